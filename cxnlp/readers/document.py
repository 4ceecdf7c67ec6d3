"""One input while it is read: its place, its bytes, and the ways of looking at them that a format needs.

A format looks at `head_lines`, `text` or `data` to say whether a document is its own, and reads it from
`lines()` (a stream), `text` (whole) or `data` (parsed JSON). Only `lines()` never holds the whole file.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Any, Final, TypeVar

import msgspec

from cxnlp.errors import ReadError
from cxnlp.readers.decoding import decode, refuse_binary, sniff, to_utf8
from cxnlp.readers.roles import Roles

Shape = TypeVar("Shape")

HEAD = 1 << 16
"""Bytes that are looked at to find the format (a longer first line is looked at whole)."""

MOST_LINE = 1 << 28
MOST_FILE = 1 << 31
"""Bytes of one line, and of a file that has to be held whole; what is longer is refused, not swapped to death."""

NOT_JSON: Final = object()
"""`Document.data` of a text that is not JSON."""

_JSON_START = re.compile(r'\s*(\{|\[\s*[\[\]{"])')
_HIGH, _LOW = r"u[dD][89abAB][\da-fA-F]{2}", r"u[dD][c-fC-F][\da-fA-F]{2}"
_ESCAPE = re.compile(rf"\\(?:{_HIGH}\\{_LOW}|(?P<lone>{_HIGH}|{_LOW})|.)", re.DOTALL)
_LINE_END = re.compile(r"\r\n|\n|\r")


class Document:
    """One file, or stdin, being read.

    Parameters
    ----------
    path, id
        The place as messages name it, and the id of a call whose format has none.
    blocks
        The bytes, decompressed, in blocks of any size.
    roles, columns
        What the caller said about speaker labels, and about column names ({"text": "Utterance"}).
    reject
        Called with a ReadError about a part of the file; it may raise. What makes a reader give up on the whole
        file is raised by the reader instead.

    Attributes
    ----------
    line
        Where the call now being given begins; a reader that knows sets it before it yields.
    rejected
        Whether a part was set aside.
    """

    def __init__(
        self,
        path: str,
        id: str,
        blocks: Iterator[bytes],
        roles: Roles | None = None,
        reject: Callable[[ReadError], None] | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.path, self.id = path, id
        self.roles = roles or Roles()
        self.columns = dict(columns or {})
        self.line: int | None = None
        self.rejected = False
        self._reject = reject
        self.head, self._blocks = _begin(blocks)
        if not self.head.strip():
            raise ReadError("empty file", path=path, todo="leave it out, or give a transcript")

    def reject(self, error: ReadError) -> None:
        """Set a part of the file aside; without someone to take it, raise."""
        self.rejected = True
        error.at(self.path)
        if self._reject is None:
            raise error
        self._reject(error)

    @property
    def suffix(self) -> str:
        """The file name's ending in lower case, without that of a compression: ".csv" of "a.CSV.gz"."""
        name = re.sub(r"\.(gz|zst)$", "", self.path.lower())
        return "." + name.rpartition(".")[2] if "." in name else ""

    @cached_property
    def head_lines(self) -> list[bytes]:
        """The whole lines of the head, without those that are blank."""
        lines = self.head.split(b"\n")
        if len(lines) > 1 and len(self.head) >= HEAD:
            lines.pop()  # cut in the middle, for all we know
        return [line for line in lines if line.strip()]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """(line number from 1, line) of every line that is not blank, as a stream; to be taken once."""
        number, parts, size = 0, list[bytes](), 0
        for block in self._blocks:
            first, *others = block.split(b"\n")
            parts.append(first)
            size += len(first)
            if size > MOST_LINE:
                raise ReadError(f"a line of over {MOST_LINE >> 20} MB", path=self.path, line=number + 1)
            if not others:
                continue
            last = others.pop()
            for line in (b"".join(parts), *others):
                number += 1
                if line and not line.isspace():
                    yield number, line
            parts, size = [last], len(last)
        if (line := b"".join(parts)).strip():
            yield number + 1, line

    @cached_property
    def text(self) -> str:
        """The whole text, line ends as they are. Raises ReadError where it is none (see `decode`)."""
        parts, size = list[bytes](), 0
        for block in self._blocks:
            parts.append(block)
            size += len(block)
            if size > MOST_FILE:
                raise ReadError(f"over {MOST_FILE >> 30} GB in one file", todo="split it, or give canonical JSONL")
        text = decode(b"".join(parts))
        if not text.strip():  # a few marks are blank as text and not as bytes
            raise ReadError("empty file", todo="leave it out, or give a transcript")
        return text

    @cached_property
    def text_lines(self) -> list[str]:
        """The lines of the whole text, without their ends (CR LF, LF or CR)."""
        return _LINE_END.split(self.text)

    @cached_property
    def data(self) -> Any:
        """The parsed JSON of the whole text, NOT_JSON where it does not look like JSON.

        Half a surrogate pair (an emoji cut in two by its maker) becomes U+FFFD.

        Raises
        ------
        ReadError
            It looks like JSON and does not parse; the line and the place in it are named.
        """
        if not _JSON_START.match(self.text):
            return NOT_JSON
        try:
            return json.loads(_whole_pairs(self.text))
        except json.JSONDecodeError as error:
            raise ReadError(
                f"broken or truncated JSON: {error.msg} at line {error.lineno}, column {error.colno}",
                line=error.lineno,
                got=self.text[max(0, error.pos - 40) : error.pos + 40],
                allowed="one whole JSON document, or one JSON object a line",
            ) from None
        except RecursionError:
            raise ReadError("JSON nested too deep to be a transcript", todo="send the transcript alone") from None
        except ValueError as error:
            raise ReadError(f"broken JSON: {error}") from None


def _whole_pairs(json_text: str) -> str:
    """JSON in which half a surrogate pair, which no UTF-8 can hold, is written as U+FFFD."""
    if "\\ud" not in json_text and "\\uD" not in json_text:
        return json_text
    return _ESCAPE.sub(lambda match: r"\ufffd" if match["lone"] else match[0], json_text)


def _begin(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The head as UTF-8 (or as it is, if in no encoding with a mark) and all blocks, the head's among them."""
    first = _gather(blocks, lambda got: len(got) >= 16)
    refuse_binary(first)
    first += _gather(blocks, lambda got: len(got) >= 512)
    encoding, mark = sniff(first)
    rest: Iterator[bytes] = chain([first[mark:]], blocks)
    if encoding:
        rest = to_utf8(rest, encoding)
    head = _gather(rest, lambda got: len(got) >= HEAD and b"\n" in got.lstrip()).removeprefix(BOM_UTF8)
    return head, chain([head], rest)


def _gather(blocks: Iterator[bytes], enough: Callable[[bytearray], bool]) -> bytes:
    got = bytearray()
    for block in blocks:
        got += block
        if enough(got) or len(got) > MOST_LINE:
            break
    return bytes(got)


def shaped(data: Any, shape: type[Shape], maker: str) -> Shape:
    """Parsed JSON as a typed structure. Raises ReadError naming the field that is not as `maker` writes it."""
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise ReadError(f"not as {maker} writes it: {error}", todo="export it again, or see what it lacks") from None
