"""A scored batch as the measures look at it: what can be found for all its calls at once.

Per call and side: the highest probability of each output and where it stands, the same among the last
three turns, and which cues were said. All measures start from these, and look at single turns only
where something was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.labels import LABELS, OUTPUT_NAMES
from cxnlp.language.cues import CueHits
from cxnlp.lexicons import CALL_CUES
from cxnlp.scores import ScoreBatch

NAMES = tuple(LABELS)
PLACE = {name: number for number, name in enumerate(OUTPUT_NAMES)}
AGENT, CUSTOMER = 0, 1
LAST = 3
SHARED_CUES = ("remedy", "approval", "emergency")
"""Labels of the heads' own cues that the measures use as well."""
CUE_NAMES = (*CALL_CUES, *SHARED_CUES)
CUE_PLACE = {name: number for number, name in enumerate(CUE_NAMES)}


class Findings:
    """A batch of T turns of C calls, with its cues.

    `said` bool (T, cues); by side: `most`, `most_last` float32 (C, outputs), 0 where the side never
    speaks; `at` int64 (C, outputs), the row of the highest; `cued`, `cued_last` bool (C, cues).
    `hits`: pairs of cue hits and their matcher's labels.
    """

    def __init__(self, batch: ScoreBatch, hits: Iterable[tuple[CueHits, Sequence[str]]]) -> None:
        self.batch = batch
        self.ptr: list[int] = batch.ptr.tolist()
        self.side: list[int] = batch.side.tolist()
        self.tone: list[int] = batch.tone.tolist()
        self.distress: list[int] = batch.distress.tolist()
        self.formulaic: list[float] = batch.formulaic.tolist()
        self.grounded: list[float] = batch.grounded.tolist()
        self.call_of = np.repeat(np.arange(len(batch.calls)), np.diff(batch.ptr))
        self.said = said_cues(len(batch.side), hits)
        self.labels = _names_by_row(batch.labels, NAMES)
        self.cues = _names_by_row(self.said, CUE_NAMES)
        first, last = batch.ptr[:-1], batch.ptr[1:]
        self.most: list[NDArray[np.float32]] = []
        self.most_last: list[NDArray[np.float32]] = []
        self.at: list[NDArray[np.int64]] = []
        self.cued: list[NDArray[np.bool_]] = []
        self.cued_last: list[NDArray[np.bool_]] = []
        for side in (AGENT, CUSTOMER):
            own = batch.side == side
            total = np.concatenate([[0], np.cumsum(own)])
            late = own & (total[last][self.call_of] - total[:-1] <= LAST)
            self.most.append(_highest(batch.p, own, first))
            self.most_last.append(_highest(batch.p, late, first))
            self.at.append(_first_rows(batch.p, own, self.most[-1], self.call_of))
            self.cued.append(_highest(self.said, own, first))
            self.cued_last.append(_highest(self.said, late, first))
        self.call_labels = [_names_by_row(_highest(batch.labels, batch.side == side, first), NAMES) for side in (0, 1)]
        self.call_cues = [_names_by_row(cued, CUE_NAMES) for cued in self.cued]
        edges = np.searchsorted(batch.evidence.turn, np.arange(len(batch.side) + 1))
        self.evidence_ptr: list[int] = edges.tolist()
        self.evidence_output: list[int] = batch.evidence.output.tolist()


def said_cues(count: int, hits: Iterable[tuple[CueHits, Sequence[str]]]) -> NDArray[np.bool_]:
    """bool (T, cues): the cues said in each turn, those turned round by a "not" left out."""
    said = np.zeros((count, len(CUE_NAMES)), dtype=np.bool_)
    for found, labels in hits:
        if len(found.cue):
            code = np.array([CUE_PLACE.get(label, -1) for label in labels], dtype=np.int64)[found.cue]
            use = (code >= 0) & ~found.negated
            said[found.text[use], code[use]] = True
    return said


def _highest(values: NDArray[Any], own: NDArray[np.bool_], first: NDArray[np.int64]) -> NDArray[Any]:
    """The highest of each column among a call's own rows, (C, columns); every call has rows."""
    if not len(first):
        return np.zeros((0, values.shape[1]), dtype=values.dtype)
    return np.maximum.reduceat(values * own[:, None], first, axis=0)


def _first_rows(
    p: NDArray[np.float32], own: NDArray[np.bool_], most: NDArray[np.float32], call_of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The first own row of each call with the highest value, (C, outputs)."""
    at = np.zeros(most.shape, dtype=np.int64)
    rows, outputs = np.nonzero((p == most[call_of]) & own[:, None])
    at[call_of[rows[::-1]], outputs[::-1]] = rows[::-1]
    return at


def _names_by_row(found: NDArray[np.bool_], names: Sequence[str]) -> dict[int, set[str]]:
    by_row: dict[int, set[str]] = {}
    rows, columns = np.nonzero(found)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        by_row.setdefault(row, set()).add(names[column])
    return by_row
