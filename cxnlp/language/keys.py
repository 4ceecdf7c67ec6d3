"""A set of 64-bit hashes in which many are looked up at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Keys:
    """Sorted hashes, with a table of where those of each leading bits begin: a look into the table tells most
    strangers, and leaves one or two keys to compare with for the rest.

    >>> keys = Keys(np.array([7 << 60, 5, 7 << 60], dtype=np.uint64))
    >>> keys.find(np.array([5, 6, 7 << 60], dtype=np.uint64))
    array([ 0, -1,  1])
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        self.sorted: NDArray[np.uint64] = np.unique(hashes)
        bits = max(int(2 * len(self.sorted)).bit_length(), 1)
        self._shift = np.uint64(64 - bits)
        edges = np.arange((1 << bits) + 1)
        self._begin = np.searchsorted((self.sorted >> self._shift).astype(np.int64), edges).astype(np.int32)

    def find(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """int64: the place of each among `sorted`, -1 where it is none of them."""
        place = np.full(len(hashes), -1, dtype=np.int64)
        slot = (hashes >> self._shift).astype(np.int64)
        at, end = self._begin[slot], self._begin[slot + 1]
        left = np.flatnonzero(end > at)
        at, end, asked = at[left], end[left], hashes[left]
        while len(left):
            same = self.sorted[at] == asked
            place[left[same]] = at[same]
            on = ~same & (at + 1 < end)
            left, at, end, asked = left[on], at[on] + 1, end[on], asked[on]
        return place
