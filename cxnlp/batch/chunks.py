"""Cutting the inputs into chunks of equal text.

Where a chunk ends depends on the inputs and on the size asked for, never on processes or on what was
done before: that is what lets a run go on where it was. Canonical JSONL goes to a worker as the bytes
of its lines; small files as their names, for the worker to read; a large file of another format is read
here and goes as lines too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cxnlp.batch.inputs import Found, Input
from cxnlp.errors import ReadError
from cxnlp.readers.blocks import blocks
from cxnlp.readers.canonical import by_line
from cxnlp.readers.document import Document
from cxnlp.readers.reading import calls_of
from cxnlp.readers.roles import Roles
from cxnlp.readers.table import FORMATS, Format
from cxnlp.schema import encode_call

CHUNK_BYTES = 2 << 20
FILE_COST = 200
"""What a small file counts for beside its bytes."""
PACKED_MOST = 64 << 10
"""Bytes of a compressed file that is read whole: how much there is in a larger one is not known beforehand."""


@dataclass(frozen=True, slots=True)
class How:
    """How inputs are read: the format's name if it was given, roles of speaker labels, names of CSV columns."""

    format: str | None = None
    roles: Mapping[str, str] | None = None
    columns: Mapping[str, str] | None = None

    @property
    def row(self) -> Format | None:
        """The row of the format that was given."""
        return next((row for row in FORMATS if row.name == self.format), None)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of canonical JSON, and the place of each in its file (0 where not known)."""

    input: int
    path: str
    data: bytes
    places: list[int]


@dataclass(frozen=True, slots=True)
class Whole:
    """A file to be read whole by a worker."""

    input: int
    source: Input


Piece = Lines | Whole | ReadError
_Room = Callable[[], int]


@dataclass(slots=True)
class Chunk:
    """The pieces that make one shard, in order; `size`: about how many bytes of text."""

    number: int
    pieces: list[Piece] = field(default_factory=list)
    size: int = 0

    @property
    def inputs(self) -> set[int]:
        """The inputs its pieces are of."""
        return {piece.input for piece in self.pieces if not isinstance(piece, ReadError)}


def cut(inputs: Iterable[Found], how: How, most: int = CHUNK_BYTES) -> Iterator[Chunk]:
    """The chunks of all inputs, in order; each but the last holds at least `most` bytes of text."""
    chunk = Chunk(0)

    def room() -> int:
        return most - chunk.size

    for number, found in enumerate(inputs):
        for piece, size in _pieces(number, found, how, most, room):
            chunk.pieces.append(piece)
            chunk.size += size
            if chunk.size >= most:
                yield chunk
                chunk = Chunk(chunk.number + 1)
    if chunk.pieces:
        yield chunk


def _pieces(number: int, found: Found, how: How, most: int, room: _Room) -> Iterator[tuple[Piece, int]]:
    if isinstance(found, ReadError):
        yield found, FILE_COST
    elif found.opened == found.path and 0 < found.text_size <= most and not (found.packed and found.size > PACKED_MOST):
        yield Whole(number, found), found.text_size + FILE_COST
    else:
        yield from _stream(number, found, how, room)


def _stream(number: int, found: Input, how: How, room: _Room) -> Iterator[tuple[Piece, int]]:
    """A large file, or stdin, as runs of lines that each fill what room there is in the chunk."""
    rejects: list[ReadError] = []
    lines, places, size = list[bytes](), list[int](), 0

    def taken() -> Iterator[tuple[Piece, int]]:
        nonlocal lines, places, size
        if lines:
            yield Lines(number, found.path, b"\n".join(lines), places), size
        yield from ((error, FILE_COST) for error in rejects)
        rejects.clear()
        lines, places, size = [], [], 0

    try:
        for place, line in _lines(found, how, rejects):
            if rejects:
                yield from taken()
            lines.append(line)
            places.append(place)
            size += len(line)
            if size >= room():
                yield from taken()
    except ReadError as error:
        rejects.append(error.at(found.path))
    yield from taken()


def _lines(found: Input, how: How, rejects: list[ReadError]) -> Iterator[tuple[int, bytes]]:
    """(place, line of canonical JSON) of every call of a file; canonical JSONL as it is, unread."""
    doc = Document(found.path, found.id, blocks(found.opened), Roles(how.roles), rejects.append, how.columns)
    if how.format in (None, "jsonl") and by_line(doc):
        yield from doc.lines()
    else:
        yield from ((line or 0, encode_call(call)) for call, line in calls_of(doc, how.row))
