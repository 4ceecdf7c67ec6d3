"""One call of a batch as the measures look at it: turns with their findings, by index."""

from __future__ import annotations

import numpy as np

from cxnlp.labels import LABELS, OUTPUT_NAMES
from cxnlp.schema import merged_sides
from cxnlp.scores import ScoreBatch

_NAMES = tuple(LABELS)


class CallView:
    """Findings of one call. Indices are those of `Call.turns`."""

    def __init__(self, batch: ScoreBatch, number: int) -> None:
        self.batch = batch
        self.call = batch.calls[number]
        self.base = int(batch.ptr[number])
        rows = slice(self.base, int(batch.ptr[number + 1]))
        side = batch.side[rows]
        self.agent: list[int] = np.flatnonzero(side == 0).tolist()
        self.customer: list[int] = np.flatnonzero(side == 1).tolist()
        self.tone: list[int] = batch.tone[rows].tolist()
        self.distress: list[int] = batch.distress[rows].tolist()
        turns, labels = np.nonzero(batch.labels[rows])
        self.labels: dict[int, list[str]] = {}
        for turn, label in zip(turns.tolist(), labels.tolist(), strict=True):
            self.labels.setdefault(turn, []).append(_NAMES[label])

    def has(self, index: int, label: str) -> bool:
        """Whether a turn carries a label."""
        return label in self.labels.get(index, ())

    def words(self, index: int, label: str) -> str:
        """The evidence of a label in a turn, else the whole turn."""
        columns = self.batch.evidence
        low, high = np.searchsorted(columns.turn, [self.base + index, self.base + index + 1])
        for at in range(int(low), int(high)):
            if OUTPUT_NAMES[columns.output[at]] == label:
                return self.call.turns[index].text[int(columns.start[at]) : int(columns.end[at])]
        return self.call.turns[index].text

    def runs(self, speaker: str) -> list[list[int]]:
        """Neighbouring turns of one side as one, as lists of indices."""
        return [indices for who, indices in merged_sides(self.call) if who == speaker]
