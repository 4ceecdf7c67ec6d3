"""The ids seen in a run, as hashes of eight bytes, each with the place it was seen at."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

PLACE_BITS = 40
_MASK = (1 << PLACE_BITS) - 1


def id_hash(id: str) -> int:
    """A hash of a call's id that is the same in every process."""
    return int.from_bytes(blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def pack_place(input: int, line: int) -> int:
    """The number of an input and a line of it as one number.

    >>> unpack_place(pack_place(3, 17))
    (3, 17)
    """
    return input << PLACE_BITS | line


def unpack_place(place: int) -> tuple[int, int]:
    """(input, line) of a packed place."""
    return place >> PLACE_BITS, place & _MASK


class SeenIds:
    """A growing set of hashes in sorted runs, 16 bytes an id. Runs of like size are merged, so that
    adding and finding stay cheap however many there are.

    >>> seen = SeenIds()
    >>> seen.add(np.array([7, 5], dtype=np.uint64), np.array([70, 50]))
    >>> seen.find(np.array([5, 6, 7], dtype=np.uint64)).tolist()
    [50, -1, 70]
    """

    def __init__(self) -> None:
        self._runs: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The place at which each key (K,) was seen, -1 where it was not."""
        found = np.full(len(keys), -1, dtype=np.int64)
        for known, places in self._runs:
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            hit = known[at] == keys
            found[hit] = places[at[hit]]
        return found

    def add(self, keys: NDArray[np.uint64], places: NDArray[np.int64]) -> None:
        """Take in keys (K,) that were not seen, with their places."""
        if not len(keys):
            return
        while self._runs and len(self._runs[-1][0]) <= len(keys):
            more, at = self._runs.pop()
            keys, places = np.concatenate([more, keys]), np.concatenate([at, places])
        order = np.argsort(keys, kind="stable")
        self._runs.append((keys[order], places[order]))
