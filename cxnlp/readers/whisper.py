"""openai-whisper JSON and what is built on it: segments of text and times, a whole file or a bare list.

Whisper does not say who speaks. A file in which every segment carries a `speaker`, as tools that diarize Whisper's
output write it, is read (those labels carry no role, so roles must be given); any other is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cxnlp.errors import ReadError
from cxnlp.readers.document import Document, shaped
from cxnlp.readers.segments import Piece, call_of
from cxnlp.schema import Call


class _Segment(msgspec.Struct):
    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | int | None = None


def detect(doc: Document) -> bool:
    """A list of segments with text and times, bare or under `segments`, with nothing of other makers beside it."""
    data = doc.data
    if isinstance(data, dict):
        if {"speakers", "metadata", "transcript", "recordId"} & data.keys():
            return False
        data = data.get("segments")
    return (
        isinstance(data, list)
        and bool(data)
        and isinstance(data[0], dict)
        and {"text", "start", "end"} <= data[0].keys()
    )


def read(doc: Document) -> Iterator[Call]:
    """One call of segments that all have a speaker. Raises ReadError, saying what to do, where they do not."""
    rows = doc.data.get("segments") if isinstance(doc.data, dict) else doc.data
    segments = [segment for segment in shaped(rows, list[_Segment], "Whisper") if segment.text.strip()]
    without = [number for number, segment in enumerate(segments, 1) if segment.speaker in (None, "")]
    if len(without) == len(segments):
        raise ReadError(
            "Whisper's JSON has no speakers: who is the agent and who the customer is not in it",
            allowed='a "speaker" in every segment',
            todo="diarize the recording with a tool that writes a speaker for each segment and give roles (--role), "
            "or transcribe each channel by itself and join the two, one row a turn, as CSV or canonical JSONL",
        )
    if without:
        raise ReadError(
            f"{len(without)} of {len(segments)} segments have no speaker, the first of them segment {without[0]}",
            got=segments[without[0] - 1].text,
            allowed='a "speaker" in every segment',
            todo="give them one: whose words they are is not guessed",
        )
    pieces = [Piece(str(segment.speaker), segment.text, segment.start, segment.end) for segment in segments]
    yield call_of(doc.id, pieces, doc.roles)
