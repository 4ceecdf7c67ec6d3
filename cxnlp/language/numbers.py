"""Numbers of chunks, looked up by the bytes of a whole batch: no Python object a word.

A chunk of up to fifteen bytes is two integers that hold it and its length, so that equal keys are equal chunks.
What is longer, or not known yet, is looked at one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.language.norms import with_fours

MOST_ALIKE = 50_000
_SHORT = 15
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_STEPS = np.uint64(29)
_LENGTH = np.uint64(56)

Key = NDArray[np.uint64]


class ChunkNumbers:
    """A number for each chunk, given in order as they come. One that differs from a known one in its digits alone
    has that one's number, and of these only some are kept: prices and order numbers never end.

    `new`: chunks numbered since it was last emptied; `count`, `chars`: how many chunks there are, of how many
    characters.

    >>> numbers = ChunkNumbers(["one"])
    >>> numbers.of(b"one two 12 44", np.array([0, 4, 8, 11]), np.array([3, 3, 2, 2])).tolist(), numbers.new
    ([0, 2, 1, 1], ['44', 'two'])
    """

    def __init__(self, first: list[str]) -> None:
        self.new: list[str] = []
        self.count = self.chars = self._alike = 0
        self._short = _Table()
        self._kept: dict[str, int] = {}
        for chunk in map(str.encode, first):  # one at a time: of a batch, new ones are numbered by key
            self.of(chunk, np.array([0]), np.array([len(chunk)]))
        self.new.clear()

    def of(self, data: bytes, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 (chunks,): the numbers of the chunks that stand in `data` from `starts` for `sizes` bytes."""
        low, high = _keys(data, starts, sizes)
        found = self._short.find(low, high)
        strangers = np.flatnonzero(found < 0)
        if len(strangers):
            self._meet(data, starts, sizes, strangers, (low, high), found)
        return found

    def _meet(
        self,
        data: bytes,
        starts: NDArray[np.int64],
        sizes: NDArray[np.int64],
        strangers: NDArray[np.int64],
        keys: tuple[Key, Key],
        found: NDArray[np.int64],
    ) -> None:
        """Number what the table of short chunks does not know."""
        short = strangers[sizes[strangers] <= _SHORT]
        order = np.lexsort((keys[1][short], keys[0][short]))
        short = short[order]
        low, high = keys[0][short], keys[1][short]
        first = np.ones(len(short), dtype=np.bool_)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        each = short[first]
        numbers: list[int] = []
        keep: list[bool] = []
        for start, size in zip(starts[each].tolist(), sizes[each].tolist(), strict=True):
            number, kept = self._number(data[start : start + size].decode("utf-8", "surrogatepass"))
            numbers.append(number)
            keep.append(kept)
        given, stays = np.array(numbers, dtype=np.int64), np.array(keep, dtype=np.bool_)
        found[short] = given[np.cumsum(first) - 1]
        self._short.add(low[first][stays], high[first][stays], given[stays])
        for place in strangers[sizes[strangers] > _SHORT].tolist():
            start = int(starts[place])
            found[place] = self._long(data[start : start + int(sizes[place])].decode("utf-8", "surrogatepass"))

    def _long(self, chunk: str) -> int:
        number = self._kept.get(chunk)
        if number is None:
            number, keep = self._number(chunk)
            if keep:
                self._kept[chunk] = number
        return number

    def _number(self, chunk: str) -> tuple[int, bool]:
        """The number of a chunk not met before, or forgotten, and whether to remember it."""
        if chunk.isalpha() or not any(map(str.isdigit, chunk)):
            return self._next(chunk), True
        plain = with_fours(chunk)
        number = self._kept.get(plain)
        if number is None:
            number = self._kept[plain] = self._next(plain)
        self._alike += self._alike < MOST_ALIKE
        return number, self._alike < MOST_ALIKE

    def _next(self, chunk: str) -> int:
        self.new.append(chunk)
        self.chars += len(chunk)
        self.count += 1
        return self.count - 1


def _keys(data: bytes, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[Key, Key]:
    """Both halves of the keys of chunks; what is too long has a length that no short one has."""
    raw = np.frombuffer(data + bytes(16), dtype=np.uint8)
    words = np.lib.stride_tricks.sliding_window_view(raw, 8)
    size = np.minimum(sizes, _SHORT + 1)
    low = words[starts].view("<u8")[:, 0] & _MASKS[np.minimum(size, 8)]
    high = np.zeros(len(starts), dtype=np.uint64)
    more = np.flatnonzero(size > 8)
    high[more] = words[starts[more] + 8].view("<u8")[:, 0] & _MASKS[size[more] - 8]
    high[more[size[more] > _SHORT]] = 0
    return low, high | size.astype(np.uint64) << _LENGTH


class _Table:
    """Open addressing: a key stands in the first free slot from its own on."""

    def __init__(self) -> None:
        self._size = 0
        self._room(12)

    def _room(self, bits: int) -> None:
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._low, self._high = (np.zeros(1 << bits, dtype=np.uint64) for _ in range(2))
        self._number = np.full(1 << bits, -1, dtype=np.int32)

    def _slot(self, low: Key, high: Key) -> NDArray[np.int64]:
        mixed = low * _MIX[0] ^ high
        mixed = (mixed ^ mixed >> _STEPS) * _MIX[1]
        return (mixed >> self._shift).astype(np.int64)

    def find(self, low: Key, high: Key) -> NDArray[np.int64]:
        """int64: the number of each key, -1 where there is none."""
        slot = self._slot(low, high)
        number = self._number[slot].astype(np.int64)
        left = np.flatnonzero(((self._low[slot] != low) | (self._high[slot] != high)) & (number >= 0))
        low, high, slot = low[left], high[left], slot[left]
        while len(left):
            slot = (slot + 1) & self._last
            found = self._number[slot]
            number[left] = found
            on = ((self._low[slot] != low) | (self._high[slot] != high)) & (found >= 0)
            left, low, high, slot = left[on], low[on], high[on], slot[on]
        return number

    def add(self, low: Key, high: Key, number: NDArray[np.int64]) -> None:
        """Take in keys that are not there and differ from each other."""
        self._size += len(low)
        if 2 * self._size > self._last:
            known = np.flatnonzero(self._number >= 0)
            low, high = np.concatenate([self._low[known], low]), np.concatenate([self._high[known], high])
            number = np.concatenate([self._number[known].astype(np.int64), number])
            self._room(int(4 * self._size).bit_length())
        slot = self._slot(low, high)
        left = np.arange(len(low))
        while len(left):
            free = left[self._number[slot[left]] < 0]
            _, first = np.unique(slot[free], return_index=True)
            place = free[first]
            at = slot[place]
            self._low[at], self._high[at], self._number[at] = low[place], high[place], number[place]
            left = np.setdiff1d(left, place, assume_unique=True)
            slot[left] = (slot[left] + 1) & self._last
