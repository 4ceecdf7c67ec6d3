"""Amazon Transcribe Call Analytics, post-call: rows with a role, offsets in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cxnlp.readers.document import Document, shaped
from cxnlp.readers.segments import Piece, call_of
from cxnlp.schema import Call


class _Row(msgspec.Struct, rename="pascal"):
    participant_role: str
    content: str | None = None
    begin_offset_millis: float | None = None
    end_offset_millis: float | None = None


class _File(msgspec.Struct, rename="pascal"):
    transcript: list[_Row]
    job_name: str | None = None
    channel: str | None = None


def detect(doc: Document) -> bool:
    """A `JobName` and a `Transcript` whose rows carry `ParticipantRole`, and `ConversationCharacteristics`."""
    data = doc.data
    if not isinstance(data, dict) or not {"JobName", "ConversationCharacteristics"} <= data.keys():
        return False
    rows = data.get("Transcript")
    return isinstance(rows, list) and (not rows or (isinstance(rows[0], dict) and "ParticipantRole" in rows[0]))


def read(doc: Document) -> Iterator[Call]:
    """One call; its id is the name of the transcription job."""
    file = shaped(doc.data, _File, "Transcribe Call Analytics")
    pieces = [
        Piece(
            row.participant_role, row.content or "", _seconds(row.begin_offset_millis), _seconds(row.end_offset_millis)
        )
        for row in file.transcript
    ]
    channel = (file.channel or "").lower()
    meta = {"channel": channel} if channel in ("voice", "chat") else None
    yield call_of(file.job_name or doc.id, pieces, doc.roles, meta=meta)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
