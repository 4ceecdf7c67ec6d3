"""A scored batch as the measures look at it: what can be found for all its calls at once.

A measure is a pure function of these arrays that gives a column, one value a call; it makes objects and looks
at words only where something was found. Single rows and turns are asked for by masks over all T turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.runs import AGENT, CUSTOMER, runs_of
from cxnlp.columns import Numbers
from cxnlp.labels import LABELS, OUTPUT_NAMES, outputs_of
from cxnlp.language.cues import CueHits
from cxnlp.lexicons import CALL_CUES
from cxnlp.scores import ScoreBatch

__all__ = ["AGENT", "CUE_PLACE", "CUSTOMER", "LABEL_PLACE", "LAST", "PLACE", "Findings", "SideFindings"]

PLACE = {name: number for number, name in enumerate(OUTPUT_NAMES)}
LABEL_PLACE = {name: number for number, name in enumerate(LABELS)}
LAST = 3
SHARED_CUES = ("remedy", "approval", "emergency")
"""Labels of the heads' own cues that the measures use as well."""
CUE_NAMES = (*CALL_CUES, *SHARED_CUES)
CUE_PLACE = {name: number for number, name in enumerate(CUE_NAMES)}

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]


class Findings:
    """A batch of T turns of C calls, with its cues.

    `p` float32 (outputs, T); `labels` bool (labels, T); `said` bool (cues, T): cues said, those turned round
    by a "not" left out; `call_of` (T,); `runs`; `sides`: what is known of the agent's and of the customer's
    turns. `hits`: pairs of cue hits and their matcher's labels.
    """

    def __init__(self, batch: ScoreBatch, hits: Iterable[tuple[CueHits, Sequence[str]]]) -> None:
        self.batch = batch
        self.calls = len(batch.calls)
        self.ptr = batch.ptr
        self.call_of = np.repeat(np.arange(self.calls), np.diff(batch.ptr))
        self.p = np.ascontiguousarray(batch.p.T)
        self.labels = np.ascontiguousarray(batch.labels.T)
        self.said = np.zeros((len(CUE_NAMES), len(batch.side)), dtype=np.bool_)
        for found, names in hits:
            code = np.array([CUE_PLACE.get(name, -1) for name in names], dtype=np.int64)[found.cue]
            use = (code >= 0) & ~found.negated
            self.said[code[use], found.text[use]] = True
        self.runs = runs_of(batch.side, self.call_of, self.calls)
        cue, row = np.nonzero(self.said)
        self.sides = tuple(SideFindings(side, self, cue, row) for side in (AGENT, CUSTOMER))

    @cached_property
    def lower(self) -> list[str]:
        """The words of each turn in lower case, (T,)."""
        return list(map(str.lower, self.batch.texts))

    def says(self, *cues: str) -> Mask:
        """bool (T,): the turns that say one of these cues."""
        return _any(self.said, [CUE_PLACE[name] for name in cues])

    def has(self, *labels: str) -> Mask:
        """bool (T,): the turns that carry one of these labels."""
        return _any(self.labels, [LABEL_PLACE[name] for name in labels])

    def any(self, mask: Mask) -> Mask:
        """bool (C,): the calls in which a mask (T,) holds for some turn."""
        found = np.zeros(self.calls, dtype=np.bool_)
        found[self.call_of[mask]] = True
        return found

    def first(self, mask: Mask) -> Rows:
        """(C,): the first row of each call for which a mask (T,) holds, -1 if there is none."""
        rows, found = np.flatnonzero(mask)[::-1], np.full(self.calls, -1, dtype=np.int64)
        found[self.call_of[rows]] = rows
        return found

    def last(self, mask: Mask) -> Rows:
        """(C,): the last such row."""
        rows, found = np.flatnonzero(mask), np.full(self.calls, -1, dtype=np.int64)
        found[self.call_of[rows]] = rows
        return found

    def count(self, mask: Mask) -> NDArray[np.int64]:
        """(C,): for how many turns of each call a mask (T,) holds."""
        return np.bincount(self.call_of[mask], minlength=self.calls)

    def turns(self, rows: Rows) -> Numbers:
        """Rows as indices of `Call.turns`, null where -1."""
        given = rows >= 0
        return Numbers(np.where(given, rows - self.ptr[self.call_of[rows]], -1), given)

    def words(self, rows: Rows, outputs: Rows) -> list[str]:
        """The evidence of an output in a turn, else the whole turn; both (K,), an output of -1 has none."""
        keys, order, evidence = *self._evidence, self.batch.evidence
        wanted = rows * len(PLACE) + outputs
        at = np.searchsorted(keys, wanted)
        known = (at < len(keys)) & (outputs >= 0)
        known[known] = keys[at[known]] == wanted[known]
        start, end = np.zeros(len(rows), dtype=np.int64), np.full(len(rows), -1, dtype=np.int64)
        start[known], end[known] = (part[order[at[known]]] for part in (evidence.start, evidence.end))
        texts = self.batch.texts
        return [
            texts[row] if last < 0 else texts[row][first:last]
            for row, first, last in zip(rows.tolist(), start.tolist(), end.tolist(), strict=True)
        ]

    @cached_property
    def _evidence(self) -> tuple[Rows, Rows]:
        """Evidence by row and output: the keys in order, and where each stands."""
        key = self.batch.evidence.turn * len(PLACE) + self.batch.evidence.output
        order = np.argsort(key, kind="stable")
        return key[order], order


class SideFindings:
    """The turns of one side.

    `own` bool (T,); `number` (C,): how many turns it has in each call; `place`, `left` (T,): how many of its own stand
    before and after each of them; `speaks` bool (C,); `most`, `most_last` float32 (outputs, C): highest
    probability among its turns and its last three, 0 where it never speaks; `cued`, `cued_last` bool
    (cues, C): cues said in them; `final` (C,): row of its last turn, -1 if none.
    """

    def __init__(self, side: int, findings: Findings, cue: Rows, row: Rows) -> None:
        self._findings = findings
        self.own: Mask = findings.batch.side == side
        rows = np.flatnonzero(self.own)
        call = findings.call_of[rows]
        self.number = np.bincount(call, minlength=findings.calls)
        self.speaks: Mask = self.number > 0
        self.place, self.left = (np.full(len(self.own), -1, dtype=np.int64) for _ in range(2))
        ends = np.cumsum(self.number)
        self.left[rows] = ends[call] - 1 - np.arange(len(rows))
        self.place[rows] = self.number[call] - 1 - self.left[rows]
        self.final = findings.last(self.own)
        late = self.own & (self.left < LAST)
        self._outputs = [PLACE[name] for name in outputs_of(("agent", "customer")[side])]
        self.most, self.most_last = self._highest(rows), self._highest(np.flatnonzero(late))
        self.cued, self.cued_last = (np.zeros((len(CUE_NAMES), findings.calls), dtype=np.bool_) for _ in range(2))
        for said, mask in ((self.cued, self.own), (self.cued_last, late)):
            kept = mask[row]
            said[cue[kept], findings.call_of[row[kept]]] = True

    def _highest(self, rows: Rows) -> NDArray[np.float32]:
        """Of each of the side's outputs the highest among some rows of each call, (outputs, C)."""
        most = np.zeros((len(PLACE), self._findings.calls), dtype=np.float32)
        if len(rows):
            call = self._findings.call_of[rows]
            starts = np.flatnonzero(np.append(True, call[1:] != call[:-1]))
            for output in self._outputs:
                most[output, call[starts]] = np.maximum.reduceat(self._findings.p[output, rows], starts)
        return most

    def peak(self, name: str) -> Rows:
        """(C,): the row at which an output is most probable, the first of equals; -1 where the side never speaks."""
        most = self.most[PLACE[name]]
        return self._findings.first(self.own & (self._findings.p[PLACE[name]] == most[self._findings.call_of]))


def _any(table: Mask, places: list[int]) -> Mask:
    found: Mask = table[places[0]] if len(places) == 1 else np.logical_or.reduce(table[places], axis=0)
    return found
