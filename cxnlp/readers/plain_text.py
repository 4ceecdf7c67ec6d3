"""Plain text: a speaker's label at the start of a line, the lines below it going on with the same speaker.

Several calls in one file stand apart by a line of only `---` or `===`. Lines above the first speaker are taken
where they are known headings (`Call ID: 7`, `Date: ...`); other words there belong to nobody, and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cxnlp.errors import ReadError
from cxnlp.readers.document import NOT_JSON, Document
from cxnlp.readers.labels import Line, fold, parse, speakers, words
from cxnlp.readers.segments import Piece, call_of
from cxnlp.schema import Call

_BETWEEN_CALLS = re.compile(r"\s*(?:-{3,}|={3,})\s*")
_DECORATED = re.compile(r"\s*(?:\W|_)+([^\W_].*?)(?:\W|_)+\s*")
_SUBTITLE = re.compile(r"\d\d:\d\d[.,]\d{3}\s*-->")

Numbered = list[tuple[int, str]]


def detect(doc: Document) -> bool:
    """Any text that is not JSON, XML or subtitles: the last to be asked."""
    if doc.data is not NOT_JSON or doc.text.lstrip().startswith(("<?xml", "<!", "@UTF8", "WEBVTT")):
        return False
    return not any(_SUBTITLE.search(line) for line in doc.text_lines[:50])


def read(doc: Document) -> Iterator[Call]:
    """One call, or several with `#n` after the id; of several, one that cannot be read is set aside alone."""
    parts = list(_calls(doc.text_lines))
    for number, lines in enumerate(parts, 1):
        try:
            call = _call(doc, lines, f"{doc.id}#{number}" if len(parts) > 1 else doc.id)
        except ReadError as error:
            doc.reject(error.at(doc.path, lines[0][0]))
            continue
        doc.line = lines[0][0]
        yield call


def _calls(lines: list[str]) -> Iterator[Numbered]:
    """The lines of each call, numbered, without blank ones and titles; headings stay with the call below them."""
    part: Numbered = []
    for number, line in enumerate(lines, 1):
        if _BETWEEN_CALLS.fullmatch(line):
            if any(not _heading(below) for _, below in part):
                yield part
                part = []
        elif line.strip() and not _is_title(line, not part):
            part.append((number, line))
    if any(not _heading(line) for _, line in part):
        yield part


def _call(doc: Document, lines: Numbered, id: str) -> Call:
    """The call of one part."""
    headings: dict[str, str] = {}
    while lines and (heading := _heading(lines[0][1])):
        headings.setdefault(*heading)
        lines = lines[1:]
    parsed = [parse(line) for _, line in lines]
    labels = speakers(parsed, doc.roles)
    if not labels:
        raise ReadError(
            "no speaker labels found",
            got=lines[0][1],
            allowed="lines such as Agent: ... and Customer: ...",
            todo="put the speaker and a colon in front of what each says",
        )
    pieces = _pieces(lines, parsed, labels)
    return call_of(headings.get("id") or id, pieces, doc.roles, headings.get("agent_id"))


def _pieces(lines: Numbered, parsed: list[Line | None], labels: frozenset[str]) -> list[Piece]:
    """Who says what from where: a label begins a piece, a time alone a new piece of the same speaker."""
    pieces: list[Piece] = []
    label, first, said = "", lines[0][0], list[str]()
    start: float | None = None
    end: float | None = None
    alone: tuple[float | None, float | None] = (None, None)

    def close() -> None:
        if said:
            pieces.append(Piece(label, " ".join(said), start, end, first))

    for (number, raw), line in zip(lines, parsed, strict=True):
        named = line is not None and line.label in labels
        if line is None or not (named or line.rest is not None):
            text = raw.strip()
        else:
            close()
            said, first = [], number
            # A time alone on its line is that of the label below it.
            start, end = alone if named and line.start is None else (line.start, line.end)
            alone = (line.start, line.end) if not line.label and not line.text else (None, None)
            label, text = (line.label, line.text) if named else (label, line.rest or "")
        if text and not label:
            raise ReadError(
                "words before the first speaker label",
                line=number,
                got=raw,
                allowed="a label such as Agent: on the first line of speech",
                todo="take the heading out, or say who speaks",
            )
        if text:
            said.append(text)
    close()
    return pieces


def _heading(line: str) -> tuple[str, str] | None:
    """("id" | "agent_id" | "ignored", value) of a known `Key: value`; nothing in the line is speech."""
    key, colon, value = line.strip().strip("*").partition(":")
    folded = fold(key.strip(" *#"))
    kind = next((kind for kind in ("id", "agent_id", "ignored") if folded in words()[kind]), None)
    return (kind, value.strip(" *")) if colon and kind else None


def _is_title(line: str, above: bool) -> bool:
    """ "Transcript" above the first line; with marks around it ("** End of call **") anywhere."""
    if len(line) > 80:
        return False
    inner = _DECORATED.fullmatch(line)
    return (above or inner is not None) and fold(inner[1] if inner else line) in words()["titles"]
