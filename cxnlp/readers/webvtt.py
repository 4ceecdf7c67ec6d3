"""WebVTT: `<v Name>` voices as Teams writes them, or `Name: ` in front of the words as Zoom does.

The cues are parsed here: the package webvtt-py passes over cues with a malformed time, drops masks such as
`<NAME>`, and of two voices in one cue keeps one; words would be lost without a sign.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from cxnlp.errors import ReadError
from cxnlp.readers.document import Document
from cxnlp.readers.labels import Line, parse, speakers
from cxnlp.readers.segments import Piece, call_of
from cxnlp.readers.times import clock
from cxnlp.schema import Call

_TIMES = re.compile(r"\s*(?P<start>[\d:.,]+)\s*-->\s*(?P<end>[\d:.,]+)(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^<>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:v|b|i|u|c|ruby|rt|lang)(?:[.\s][^<>]*)?>|<[\d:.]+>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|lrm|rlm|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});")
_NO_SPEECH = ("NOTE", "STYLE", "REGION")


class Cue(NamedTuple):
    """Lines shown from `start` to `end` (seconds), and where they stand in the file."""

    line: int
    start: float
    end: float
    payload: list[str]


def detect(doc: Document) -> bool:
    """Whether the first line begins with WEBVTT."""
    return doc.head.lstrip().startswith(b"WEBVTT")


def read(doc: Document) -> Iterator[Call]:
    """One call; a cue without a name goes on with the last speaker. Raises ReadError where nobody is named."""
    cues = list(_cues(doc.text_lines))
    voiced = any(_VOICE.search(line) for cue in cues for line in cue.payload)
    pieces = list(_voices(cues) if voiced else _names(cues, doc))
    first = next((piece for piece in pieces if piece.text.strip()), None)
    if first and not first.label:
        named = any(piece.label for piece in pieces)
        raise ReadError(
            "words before the first speaker is named" if named else "a WebVTT file that names no speakers",
            line=first.line,
            got=first.text,
            allowed="<v Name>words, or Name: words",
            todo="name the speaker of each cue, or export the transcript with speaker names",
        )
    yield call_of(doc.id, pieces, doc.roles)


def _cues(lines: list[str]) -> Iterator[Cue]:
    """The cues; ReadError names the line of one that is malformed, or of words outside a cue."""
    for number, block in _blocks(lines):
        at = next((n for n, line in enumerate(block[:2]) if "-->" in line), None)
        if at is None:
            if block[0].startswith(_NO_SPEECH) or (len(block) == 1 and block[0].strip().isdigit()):
                continue
            raise ReadError(
                "words outside a cue",
                line=number,
                got=block[0],
                allowed="00:00:01.000 --> 00:00:02.000 above the words",
                todo="put them under a time, or take the blank line before them out",
            )
        match = _TIMES.fullmatch(block[at])
        start, end = (clock(match["start"]), clock(match["end"])) if match else (None, None)
        if start is None or end is None:
            raise ReadError(
                "a cue whose time is malformed",
                line=number + at,
                got=block[at],
                allowed="00:00:01.000 --> 00:00:02.000",
                todo="mend the time",
            )
        yield Cue(number + at + 1, start, end, block[at + 1 :])


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(line number, lines) of what stands between blank lines, the header left out; a time begins a new block."""
    block: list[str] = []
    header = True
    for number, line in enumerate([*lines, ""], 1):
        timed = "-->" in line
        if not line.strip() or (timed and (header or any("-->" in above for above in block))):
            if block and not header:
                yield number - len(block), block
            if block:
                header = False
            block = []
        if line.strip():
            block.append(line)


def _voices(cues: list[Cue]) -> Iterator[Piece]:
    """The words of each `<v Name>`; one cue may hold several."""
    label = ""
    for cue in cues:
        before, *voices = _VOICE.split(" ".join(cue.payload))
        yield Piece(label, _plain(before), cue.start, cue.end, cue.line)
        for name, words in zip(voices[::2], voices[1::2], strict=True):
            label = _plain(name) or label
            yield Piece(label, _plain(words), cue.start, cue.end, cue.line)


def _names(cues: list[Cue], doc: Document) -> Iterator[Piece]:
    """The words after each `Name: `."""
    rows = [(cue, n, _plain(text)) for cue in cues for n, text in enumerate(cue.payload) if text.strip()]
    parsed = [_named(text) for _, _, text in rows]
    labels = speakers(parsed, doc.roles)
    label = ""
    for (cue, n, text), line in zip(rows, parsed, strict=True):
        if line and line.label in labels:
            label, text = line.label, line.text
        yield Piece(label, text, cue.start, cue.end, cue.line + n)


def _named(text: str) -> Line | None:
    line = parse(text)
    return line if line and line.label and not line.alone else None


def _plain(text: str) -> str:
    """Without the markup of WebVTT, its character entities resolved; other tags (`<NAME>`) are words."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), _TAG.sub("", text)).strip()
