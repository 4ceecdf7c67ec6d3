"""Texts cut at white space, a whole batch at once.

Joining, splitting and looking up are one call each for all texts. What spaCy keeps of white space as tokens, a
second space and a line end, goes along as a chunk of its own; texts in odder white space are cut one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MARK, SPACE, LINE = CODES = ("\ue0ff", "\ue0fe", "\ue0fd")
"""Chunks of number 0, 1 and 2: what stands between two texts, a second space, a line end. A chunk of a text that
looks like one of them is looked up with a space before it, which no other chunk can have."""
_MARK, _SPACE, _LINE = (code.encode() for code in CODES)
_OTHERS = [space.encode() for space in map(chr, range(0x3001)) if space.isspace() and space not in " \n"]
_BLANK, _END = b" \n"
_PART = re.compile(r"\S+|^\s+|(?<=\S )\s+|(?<=\S)[^\S ]\s*")
"""Words, and what spaCy keeps of white space as a token: a run less its first space, if that is a space."""

Numbers = Callable[[bytes, NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]
"""From chunks, which stand in some bytes at starts for sizes, to their numbers, (chunks,)."""


def _first_bytes() -> NDArray[np.bool_]:
    first = np.zeros(256, dtype=np.bool_)
    first[[_END, *(code[0] for code in (*_OTHERS, _MARK))]] = True
    return first


def _packed(codes: Iterable[bytes]) -> list[int]:
    return [int.from_bytes(code.ljust(3, b"\0")) for code in codes]


_FIRST = _first_bytes()
_ODD = [np.array(_packed([code for code in (*_OTHERS, _SPACE, _LINE) if len(code) == size])) for size in (1, 2, 3)]
_MARK_CODE = _packed([_MARK])[0]


@dataclass(slots=True)
class Chunks:
    """T texts as chunks. `ids` (K,): their numbers, a 0 behind each text; `ptr` (T+1,): where each text's begin;
    `odd`: the texts in odd white space, by place."""

    ids: NDArray[np.int64]
    ptr: NDArray[np.int64]
    odd: dict[int, str]


def cut(texts: Sequence[str], numbers: Numbers) -> Chunks:
    """The chunks of a batch."""
    data = _joined(texts)
    odd = {row: texts[row] for row in _odd_rows(data, texts)}
    if odd:
        others = list(texts)
        for row in odd:
            others[row] = ""
        data = _joined(others)
    data = data.replace(b"  " + _MARK, b" " + _MARK)
    data = data.replace(b"  ", b" " + _SPACE + b" ").replace(b"\n", b" " + _LINE + b" ")
    blanks = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _BLANK)
    sizes = np.diff(blanks) - 1
    words = sizes > 0
    ids = numbers(data, blanks[:-1][words] + 1, sizes[words])[1:]
    chunks = Chunks(ids, np.concatenate([[0], np.flatnonzero(ids == 0) + 1]), odd)
    return _with_odd(chunks, numbers) if odd else chunks


def starts_of(text: str) -> list[int]:
    """Where the chunks of a text in odd white space start."""
    return [match.start() for match in _PART.finditer(text)]


def _joined(texts: Sequence[str]) -> bytes:
    return f" {MARK} ".join(["", *texts, ""]).encode("utf-8", "surrogatepass")


def _odd_rows(data: bytes, texts: Sequence[str]) -> list[int]:
    """Texts in odd white space, or with characters that stand for something else here."""
    raw = np.frombuffer(data + b"  ", dtype=np.uint8)
    at = np.flatnonzero(_FIRST[raw])
    code = raw[at].astype(np.int64) << 16
    odd = np.isin(code, _ODD[0])
    code |= raw[at + 1].astype(np.int64) << 8
    odd |= np.isin(code, _ODD[1])
    code |= raw[at + 2]
    odd |= np.isin(code, _ODD[2])
    marks = at[code == _MARK_CODE]
    if len(marks) > len(texts) + 1:
        marked = [row for row, text in enumerate(texts) if MARK in text]
        others = ["" if MARK in text else text for text in texts]
        return sorted({*marked, *_odd_rows(_joined(others), others)})
    ends = at[raw[at] == _END]
    by = np.isin(raw[np.concatenate([ends - 1, ends + 1])], (_BLANK, _END)).reshape(2, -1).any(axis=0)
    blanks = np.flatnonzero(raw[:-2] == _BLANK)
    thrice = blanks[1:-1][blanks[2:] - blanks[:-2] == 2]
    return sorted(set((np.searchsorted(marks, np.concatenate([at[odd], ends[by], thrice])) - 1).tolist()))


def _with_odd(chunks: Chunks, numbers: Numbers) -> Chunks:
    """Put in the chunks of texts in odd white space, of which the quick cut made nothing."""
    parts: list[bytes] = []
    sizes: list[int] = []
    for text in chunks.odd.values():
        found = _PART.findall(text)
        parts += [(" " + part if part in CODES else part).encode("utf-8", "surrogatepass") for part in found]
        parts.append(MARK.encode())
        sizes.append(len(found))
    lengths = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
    ids = numbers(b"".join(parts), np.cumsum(lengths) - lengths, lengths)
    at = np.cumsum(sizes) + np.arange(len(sizes)) - sizes
    rows = np.array(list(chunks.odd))
    pieces: list[NDArray[np.int64]] = []
    done = 0
    for begin, first, count in zip(chunks.ptr[rows].tolist(), at.tolist(), sizes, strict=True):
        pieces += [chunks.ids[done:begin], ids[first : first + count]]
        done = begin
    size = np.diff(chunks.ptr)
    size[rows] += sizes
    return Chunks(np.concatenate([*pieces, chunks.ids[done:]]), np.concatenate([[0], np.cumsum(size)]), chunks.odd)
