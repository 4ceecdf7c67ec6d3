"""Turns of two scorings counted against one another: every label, tone, distress."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.intervals import wilson
from cxnlp.corpus.slim import MOST_LABELS, Slim
from cxnlp.labels import DISTRESS_LEVELS, TONES, labels_of
from cxnlp.schema import SPEAKERS

FLUSH = 1024
"""Calls that are counted at a time."""

SIDES = ("agent", "customer")
Table = NDArray[np.int64]


class TurnTables:
    """Counts over the turns of pairs of calls."""

    def __init__(self) -> None:
        self._tone, self._distress = (np.zeros((size, size), dtype=np.int64) for size in (3, 4))
        self._labels = np.zeros((len(SIDES), MOST_LABELS, 3), dtype=np.int64)
        self._turns = np.zeros(len(SIDES), dtype=np.int64)
        self._waiting: list[tuple[Slim, Slim]] = []

    def add(self, a: Slim, b: Slim) -> None:
        """Count a pair of the same turns."""
        self._waiting.append((a, b))
        if len(self._waiting) == FLUSH:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        a, b = ([pair[number] for pair in self._waiting] for number in (0, 1))
        self._waiting = []
        side = np.concatenate([one.side for one in a])
        tones, levels, bits = (
            tuple(np.concatenate([getattr(one, name) for one in half]) for half in (a, b))
            for name in ("tone", "distress", "labels")
        )
        for table, codes in ((self._tone, tones), (self._distress, levels)):
            asked = (codes[0] >= 0) & (codes[1] >= 0)
            np.add.at(table, (codes[0][asked], codes[1][asked]), 1)
        for number, speaker in enumerate(SIDES):
            rows = side == SPEAKERS.index(speaker)
            self._turns[number] += int(rows.sum())
            one, other = bits[0][rows], bits[1][rows]
            for column, found in enumerate((one, other, one & other)):
                for place in range(MOST_LABELS):
                    self._labels[number, place, column] += int(np.count_nonzero(found & np.uint64(1 << place)))

    def labels(self, names: list[str]) -> list[dict[str, Any]]:
        """A row for every label of a side: how many turns have it in A, in B, what was added and removed."""
        self._flush()
        rows = []
        for number, side in enumerate(SIDES):
            turns = int(self._turns[number])
            for place, name in enumerate(names):
                a, b, both = self._labels[number, place].tolist()
                if turns and (a or b or name in labels_of(side)):
                    rows.append(_row(side, name, turns, a, b, both))
        return rows

    def tone(self) -> dict[str, Any]:
        """Tone in A (rows) against tone in B (columns)."""
        self._flush()
        return _confusion(self._tone, TONES)

    def distress(self) -> dict[str, Any]:
        """Distress in A (rows) against distress in B (columns)."""
        self._flush()
        return _confusion(self._distress, DISTRESS_LEVELS)


def _row(side: str, name: str, turns: int, a: int, b: int, both: int) -> dict[str, Any]:
    flipped = a + b - 2 * both
    table = np.array([[turns - a - b + both, b - both], [a - both, both]], dtype=np.int64)
    return {
        "side": side,
        "label": name,
        "turns": turns,
        "a": a,
        "b": b,
        "added": b - both,
        "removed": a - both,
        "flipped": round(flipped / turns, 6),
        "flipped_interval": wilson(flipped, turns),
        "kappa": kappa(table),
    }


def _confusion(table: Table, names: tuple[Any, ...]) -> dict[str, Any]:
    total = int(table.sum())
    changed = total - int(table.trace())
    return {
        "names": list(names),
        "table": table.tolist(),
        "turns": total,
        "changed": changed,
        "interval": wilson(changed, total),
        "kappa": kappa(table),
    }


def kappa(table: Table) -> float | None:
    """Cohen's kappa of a table of counts (Cohen, "A coefficient of agreement for nominal scales", 1960); None where
    both give one and the same answer throughout.

    >>> kappa(np.array([[40, 10], [10, 40]]))
    0.6
    """
    total = float(table.sum())
    if not total:
        return None
    agreed = float(table.trace()) / total
    chance = float(table.sum(axis=0) @ table.sum(axis=1)) / total**2
    return round((agreed - chance) / (1 - chance), 4) if chance < 1 else None
