"""Runs: neighbouring turns of one side, system turns passed over; the runs of a call take turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AGENT, CUSTOMER = 0, 1


@dataclass(slots=True, frozen=True)
class Runs:
    """R runs of a batch of T turns of C calls.

    `side`, `call`, `first`, `last` (R,): whose it is, and its first and last row; `rows` (S,): rows of all
    turns but the system's; `begin` (R + 1,): where each run begins in `rows`; `of` (T,): the run of a row,
    -1 for the system's; `ptr` (C + 1,): where each call's runs begin.
    """

    side: NDArray[np.int8]
    call: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    rows: NDArray[np.int64]
    begin: NDArray[np.int64]
    of: NDArray[np.int64]
    ptr: NDArray[np.int64]

    def turns(self, runs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of some runs (K,), one run after the other, and where each begins among them (K,)."""
        sizes = self.begin[runs + 1] - self.begin[runs]
        starts = np.cumsum(sizes) - sizes
        return self.rows[np.repeat(self.begin[runs] - starts, sizes) + np.arange(sizes.sum())], starts

    def any(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """bool (R + 1,): the runs in which a mask (T,) holds for some turn; the last, which -1 finds, is False."""
        found = np.zeros(len(self.side) + 1, dtype=np.bool_)
        found[self.of[mask]] = True
        found[-1] = False
        return found

    def answers(self, runs: NDArray[np.int64]) -> NDArray[np.int64]:
        """(K, 2): the agent's next two runs after runs of the customer (K,), -1 where there are fewer."""
        after = runs[:, None] + np.array([1, 3])
        return np.where(after < self.ptr[self.call[runs] + 1, None], after, -1)


def runs_of(side: NDArray[np.int8], call_of: NDArray[np.int64], calls: int) -> Runs:
    """The runs of turns whose side and call (T,) are given.

    >>> runs = runs_of(np.array([0, 0, 2, 1, 2, 1, 0], dtype=np.int8), np.zeros(7, dtype=np.int64), 1)
    >>> runs.side.tolist(), runs.first.tolist(), runs.last.tolist()
    ([0, 1, 0], [0, 3, 6], [1, 5, 6])
    """
    rows = np.flatnonzero(side <= CUSTOMER)
    key = call_of[rows] * 2 + side[rows]
    start = np.ones(len(rows), dtype=np.bool_)
    start[1:] = key[1:] != key[:-1]
    begin = np.append(np.flatnonzero(start), len(rows))
    of = np.full(len(side), -1, dtype=np.int64)
    of[rows] = np.cumsum(start) - 1
    first, last = rows[begin[:-1]], rows[begin[1:] - 1]
    call = call_of[first]
    return Runs(side[first], call, first, last, rows, begin, of, np.searchsorted(call, np.arange(calls + 1)))
