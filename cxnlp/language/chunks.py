"""Texts cut at white space, a whole batch at once.

Joining, splitting and looking up are one call each for all texts. What spaCy keeps of white space as tokens, a
second space and a line end, goes along as a chunk of its own; texts in odder white space are cut one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MARK, SPACE, LINE = CODES = ("\ue0ff", "\ue0fe", "\ue0fd")
"""Chunks of number 0, 1 and 2: what stands between two texts, a second space, a line end. A chunk of a text that
looks like one of them is looked up with a space before it, which no other chunk can have."""
_OTHERS = [space for space in map(chr, range(0x3001)) if space.isspace() and space not in " \n"]
_ASCII_OTHERS = [space for space in _OTHERS if space.isascii()]
_ODD = ("   ", " \n", "\n ", "\n\n")
_PART = re.compile(r"\S+|^\s+|(?<=\S )\s+|(?<=\S)[^\S ]\s*")
"""Words, and what spaCy keeps of white space as a token: a run less its first space, if that is a space."""

Numbers = Callable[[Sequence[str]], NDArray[np.int64]]
"""From chunks to their numbers, (chunks,)."""


@dataclass(slots=True)
class Chunks:
    """T texts as chunks. `ids` (K,): their numbers, a 0 behind each text; `ptr` (T+1,): where each text's begin;
    `odd`: the texts in odd white space, by place."""

    ids: NDArray[np.int64]
    ptr: NDArray[np.int64]
    odd: dict[int, str]


def cut(texts: Sequence[str], numbers: Numbers) -> Chunks:
    """The chunks of a batch."""
    between = f" {MARK} "
    joined = between.join(["", *texts, ""])
    rows = _odd_rows(joined, texts)
    odd = {row: texts[row] for row in rows}
    if odd:
        joined = between.join(["", *("" if row in odd else text for row, text in enumerate(texts)), ""])
    joined = joined.replace("  " + MARK, " " + MARK).replace("  ", f" {SPACE} ").replace("\n", f" {LINE} ")
    ids = numbers(joined.split())[1:]
    chunks = Chunks(ids, np.concatenate([[0], np.flatnonzero(ids == 0) + 1]), odd)
    return _with_odd(chunks, numbers) if odd else chunks


def starts_of(text: str) -> list[int]:
    """Where the chunks of a text in odd white space start."""
    return [match.start() for match in _PART.finditer(text)]


def _odd_rows(joined: str, texts: Sequence[str]) -> list[int]:
    """Texts in odd white space, or with characters that stand for something else here."""
    places: list[int] = []
    for what in (*_ODD, SPACE, LINE, *(_ASCII_OTHERS if joined.isascii() else _OTHERS)):
        place = joined.find(what)
        while place >= 0:
            places.append(place + len(what) - 1)
            place = joined.find(what, place + 1)
    marked = [row for row, text in enumerate(texts) if MARK in text] if joined.count(MARK) > len(texts) + 1 else []
    if not places:
        return marked
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 3) + 3
    return sorted({*marked, *np.searchsorted(ends, places, side="right").tolist()})


def _with_odd(chunks: Chunks, numbers: Numbers) -> Chunks:
    """Put in the chunks of texts in odd white space, of which the quick cut made nothing."""
    parts: list[str] = []
    sizes: list[int] = []
    for text in chunks.odd.values():
        found = _PART.findall(text)
        parts += [" " + part if part in CODES else part for part in found]
        parts.append(MARK)
        sizes.append(len(found))
    ids = numbers(parts)
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
