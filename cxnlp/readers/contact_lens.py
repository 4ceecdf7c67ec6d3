"""Amazon Connect Contact Lens: the analysis files of voice contacts and of chats.

Rows of `Transcript` say who speaks by `ParticipantId`, and `Participants` what that one is; chat rows also carry
the role. Voice has offsets in milliseconds; a chat has the time of day of each message and no end, so its times
count from its first row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from cxnlp.readers.document import Document, shaped
from cxnlp.readers.segments import Piece, call_of
from cxnlp.readers.times import utc
from cxnlp.schema import Call


class _Participant(msgspec.Struct, rename="pascal"):
    participant_id: str
    participant_role: str | None = None


class _Row(msgspec.Struct, rename="pascal"):
    participant_id: str | None = None
    participant_role: str | None = None
    type: str | None = None
    content: str | None = None
    begin_offset_millis: float | None = None
    end_offset_millis: float | None = None
    absolute_time: datetime | None = None


class _Customer(msgspec.Struct, rename="pascal"):
    contact_id: str | None = None


class _File(msgspec.Struct, rename="pascal"):
    transcript: list[_Row]
    participants: list[_Participant]
    channel: str | None = None
    customer_metadata: _Customer | None = None


def detect(doc: Document) -> bool:
    """A `Transcript` and `Participants` that have ids, and a `Channel` or `CustomerMetadata`."""
    data = doc.data
    if not isinstance(data, dict) or not {"Channel", "CustomerMetadata"} & data.keys():
        return False
    people = data.get("Participants")
    return "Transcript" in data and isinstance(people, list) and "ParticipantId" in str(people[:1])


def read(doc: Document) -> Iterator[Call]:
    """One call; its id is the ContactId where the file has one. Rows of type EVENT are not speech."""
    file = shaped(doc.data, _File, "Contact Lens")
    roles = {person.participant_id: person.participant_role for person in file.participants}
    times = [utc(row.absolute_time) for row in file.transcript if row.absolute_time]
    first = min(times, default=None)
    pieces = []
    for row in file.transcript:
        if row.type == "EVENT" or not row.content:
            continue
        at, end = row.begin_offset_millis, row.end_offset_millis
        start = None if at is None else at / 1000
        if start is None and row.absolute_time and first:
            start = (utc(row.absolute_time) - first).total_seconds()
        # An id can be the role itself, where the file lists no participant of that id.
        label = row.participant_role or roles.get(row.participant_id or "") or row.participant_id or "(no participant)"
        pieces.append(Piece(label, row.content, start, None if end is None else end / 1000))
    contact = file.customer_metadata.contact_id if file.customer_metadata else None
    meta = {}
    if file.channel and file.channel.lower() in ("voice", "chat"):
        meta["channel"] = file.channel.lower()
    if first:
        meta["started_at"] = first.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield call_of(contact or doc.id, pieces, doc.roles, meta=meta)
