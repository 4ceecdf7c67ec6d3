"""Texts cut at white space, a whole batch at once.

Where a text has single spaces between its words, joining, splitting and looking up are one call each for all
texts. Those in odd white space (two spaces, line ends, tabs) are found by their length and cut one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MARK = "\ue0ff"
"""Stands behind every text of a joined batch: a chunk of number 0, of no tokens. One that a text itself has is
looked up with a space before it, which no other chunk can have."""
_SPACES = [space for space in map(chr, range(0x3001)) if space.isspace() and space != " "]
_ASCII_SPACES = [space for space in _SPACES if space.isascii()]
_PART = re.compile(r"\S+|^\s+|(?<=\S )\s+|(?<=\S)[^\S ]\s*")
"""Words, and what spaCy keeps of white space as a token: a run less its first space, if that is a space."""

Numbers = Callable[[Sequence[str]], tuple[NDArray[np.int64], NDArray[np.int32]]]
"""From chunks to their numbers (chunks,), and the characters (numbers,) of all numbers so far."""


@dataclass(slots=True)
class Chunks:
    """T texts as chunks. `ids` (K,): their numbers, a 0 behind each text; `ptr` (T+1,): where each text's begin;
    `odd`: the texts in odd white space, by place."""

    ids: NDArray[np.int64]
    ptr: NDArray[np.int64]
    odd: dict[int, str]


def cut(texts: Sequence[str], numbers: Numbers) -> Chunks:
    """The chunks of a batch."""
    joined = f" {MARK} ".join([*texts, ""])
    odd = {}
    if joined.count(MARK) > len(texts):
        odd = {row: text for row, text in enumerate(texts) if MARK in text}
        texts = ["" if row in odd else text for row, text in enumerate(texts)]
        joined = f" {MARK} ".join([*texts, ""])
    ids, chars = numbers(joined.split())
    ends = np.flatnonzero(ids == 0)
    ptr = np.concatenate([[0], ends + 1])
    total = np.concatenate([[0], np.cumsum(chars[ids] + 1)])
    spaced = np.maximum(total[ends] - total[ptr[:-1]] - 1, 0)
    length = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    for row in np.flatnonzero(length != spaced).tolist():
        if length[row] - spaced[row] > 1 or not spaced[row] or texts[row][-1] != " ":
            odd[row] = texts[row]
    for row in _other_spaces(joined, np.cumsum(length + 3)):
        odd[row] = texts[row]
    chunks = Chunks(ids, ptr, dict(sorted(odd.items())))
    return _with_odd(chunks, numbers) if odd else chunks


def starts_of(text: str) -> list[int]:
    """Where the chunks of a text in odd white space start."""
    return [match.start() for match in _PART.finditer(text)]


def _other_spaces(joined: str, ends: NDArray[np.int64]) -> list[int]:
    """Texts that have white space other than spaces; `ends` of the texts in `joined`, their marks included."""
    places: list[int] = []
    for space in _SPACES if not joined.isascii() else _ASCII_SPACES:
        place = joined.find(space)
        while place >= 0:
            places.append(place)
            place = joined.find(space, place + 1)
    return np.unique(np.searchsorted(ends, places, side="right")).tolist() if places else []


def _with_odd(chunks: Chunks, numbers: Numbers) -> Chunks:
    """Put the chunks of texts in odd white space in the place of what the quick cut made of them."""
    parts: list[str] = []
    sizes: list[int] = []
    for text in chunks.odd.values():
        found = _PART.findall(text)
        parts += [" " + part if part == MARK else part for part in found] if MARK in text else found
        parts.append(MARK)
        sizes.append(len(found) + 1)
    ids, _ = numbers(parts)
    pieces: list[NDArray[np.int64]] = []
    size = np.diff(chunks.ptr)
    done = at = 0
    for row, count in zip(chunks.odd, sizes, strict=True):
        pieces += [chunks.ids[done : chunks.ptr[row]], ids[at : at + count]]
        done, at = chunks.ptr[row + 1], at + count
    size[list(chunks.odd)] = sizes
    return Chunks(np.concatenate([*pieces, chunks.ids[done:]]), np.concatenate([[0], np.cumsum(size)]), chunks.odd)
