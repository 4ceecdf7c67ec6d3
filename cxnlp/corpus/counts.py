"""Lossy counting (Manku and Motwani, 2002): how often each key of a stream comes, in bounded memory.

When there are more keys than there is room for, the rarest are forgotten, and every key that comes later may
have been forgotten before. With `floor` the most that was forgotten of any key:

    count <= true count <= count + floor,    and no key of a true count over `floor` is lost.

Below the bound nothing is forgotten, `floor` is 0 and the counts do not depend on the order of the stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Rows:
    """K keys. `key` uint64; `count`; `late`: what may have been forgotten before; `pick` uint64: the smallest of its
    occurrences'; `agent` uint64: who says it, 0 where several do; `seen`: what came with the smallest pick."""

    key: NDArray[np.uint64]
    count: NDArray[np.int64]
    late: NDArray[np.int64]
    pick: NDArray[np.uint64]
    agent: NDArray[np.uint64]
    seen: NDArray[Any]

    def where(self, keep: NDArray[Any]) -> Rows:
        """Some rows, by mask or by place."""
        columns = (self.key, self.count, self.late, self.pick, self.agent, self.seen)
        return Rows(*(column[keep] for column in columns))


class LossyCounts:
    """Counts of at most `most` keys, and room for half as many again that wait to be merged.

    >>> counts = LossyCounts(100)
    >>> for keys in ([3, 5], [5]):
    ...     counts.add(np.array(keys, dtype=np.uint64))
    >>> counts.rows().key.tolist(), counts.rows().count.tolist(), counts.floor
    ([3, 5], [1, 2], 0)
    """

    def __init__(self, most: int) -> None:
        self.most, self.floor = most, 0
        self._rows = _rows(np.zeros(0, dtype=np.uint64), 0)
        self._waiting: list[Rows] = []
        self._many = 0

    def add(
        self,
        key: NDArray[np.uint64],
        pick: NDArray[np.uint64] | None = None,
        agent: NDArray[np.uint64] | None = None,
        seen: NDArray[Any] | None = None,
    ) -> None:
        """Count keys (N,) once each occurrence."""
        new = _merged([_rows(key, self.floor, pick, agent, seen)])
        self._waiting.append(new)
        self._many += len(new.key)
        if self._many > self.most // 2:
            self._merge()

    def rows(self) -> Rows:
        """All keys, sorted."""
        self._merge()
        return self._rows

    def _merge(self) -> None:
        if self._waiting:
            self._rows = _merged([self._rows, *self._waiting])
            self._waiting, self._many = [], 0
        if len(self._rows.key) > self.most:
            reached = self._rows.count + self._rows.late
            self.floor = max(self.floor, int(np.partition(reached, -(self.most // 2) - 1)[-(self.most // 2) - 1]))
            self._rows = self._rows.where(reached > self.floor)


def _rows(
    key: NDArray[np.uint64],
    late: int,
    pick: NDArray[np.uint64] | None = None,
    agent: NDArray[np.uint64] | None = None,
    seen: NDArray[Any] | None = None,
) -> Rows:
    none = np.zeros(len(key), dtype=np.uint64)
    return Rows(
        key=key,
        count=np.ones(len(key), dtype=np.int64),
        late=np.full(len(key), late, dtype=np.int64),
        pick=none if pick is None else pick,
        agent=none if agent is None else agent,
        seen=np.zeros(len(key), dtype=np.int8) if seen is None else seen,
    )


def _merged(parts: list[Rows]) -> Rows:
    """Rows of all parts, one a key."""
    filled = [part for part in parts if len(part.key)]
    if not filled:
        return parts[0]
    columns = (np.concatenate([getattr(part, name) for part in filled]) for name in Rows.__slots__)
    rows = Rows(*columns)
    rows = rows.where(np.lexsort((rows.pick, rows.key)))
    first = np.flatnonzero(np.concatenate([[True], rows.key[1:] != rows.key[:-1]]))
    lowest, highest = np.minimum.reduceat(rows.agent, first), np.maximum.reduceat(rows.agent, first)
    return Rows(
        key=rows.key[first],
        count=np.add.reduceat(rows.count, first),
        late=np.minimum.reduceat(rows.late, first),
        pick=rows.pick[first],
        agent=np.where(lowest == highest, lowest, np.uint64(0)),
        seen=rows.seen[first],
    )
