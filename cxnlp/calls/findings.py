"""A scored batch as the measures look at it: what can be found for all its calls at once.

A measure is a pure function of these arrays that gives a column, one value a call; it makes objects and looks
at words only where something was found. Single rows and turns are asked for by masks over all T turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

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
            code = _cue_places(tuple(names))[found.cue]
            use = (code >= 0) & ~found.negated
            self.said[code[use], found.text[use]] = True
        self.runs = runs_of(batch.side, self.call_of, self.calls)
        cues, labels = _pairs(self.said), _pairs(self.labels)
        self.sides = tuple(SideFindings(side, self, cues, labels) for side in (AGENT, CUSTOMER))

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
        rows, found = mask.nonzero()[0][::-1], np.full(self.calls, -1, dtype=np.int64)
        found[self.call_of[rows]] = rows
        return found

    def last(self, mask: Mask) -> Rows:
        """(C,): the last such row."""
        rows, found = mask.nonzero()[0], np.full(self.calls, -1, dtype=np.int64)
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
        if not len(rows):
            return []
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
    """The N turns of one side.

    `own` bool (T,); `rows` (N,); `number` (C,): how many turns it has in each call; `begin` (C,): where they begin in
    `rows`; `place`, `left` (T,): how many of its own stand before and after each of them, -1 for others;
    `speaks` bool (C,); `final` (C,): row of its last turn, -1 if none; `most`, `most_last` float32
    (outputs, C): highest probability among its turns and its last three, 0 where it never speaks; `labelled`
    bool (labels, C), `cued`, `cued_last` bool (cues, C): labels that they carry, cues said in them.
    """

    def __init__(self, side: int, findings: Findings, cues: Rows, labels: Rows) -> None:
        # what it needs of the findings and not the findings: objects that hold each other wait for the collector
        self._p, self._calls, self._call_of = findings.p, findings.calls, findings.call_of
        self.own: Mask = findings.batch.side == side
        self.rows: Rows = self.own.nonzero()[0]
        call = self._call_of[self.rows]
        self.number = np.bincount(call, minlength=findings.calls)
        self.speaks: Mask = self.number > 0
        ends = np.cumsum(self.number)
        self.begin = ends - self.number
        self.place, self.left = np.full((2, len(self.own)), -1, dtype=np.int64)
        self.place[self.rows] = np.arange(len(call)) - self.begin[call]
        self.left[self.rows] = ends[call] - 1 - np.arange(len(call))
        self.final = findings.last(self.own)
        late = self.own & (self.left < LAST)
        self._outputs = np.array([PLACE[name] for name in outputs_of(("agent", "customer")[side])])
        self.most, self.most_last = self._highest(self.rows), self._highest(late.nonzero()[0])
        self.cued, self.cued_last = (self._in_calls(cues, mask, len(CUE_NAMES)) for mask in (self.own, late))
        self.labelled = self._in_calls(labels, self.own, len(LABELS))

    def _in_calls(self, found: Rows, mask: Mask, names: int) -> Mask:
        """bool (names, C): what is found, names and rows (2, K), in rows for which a mask holds."""
        table = np.zeros((names, self._calls), dtype=np.bool_)
        name, row = found
        kept = mask[row]
        table[name[kept], self._call_of[row[kept]]] = True
        return table

    def _highest(self, rows: Rows) -> NDArray[np.float32]:
        """Of each of the side's outputs the highest among some rows of each call, (outputs, C)."""
        most = np.zeros((len(PLACE), self._calls), dtype=np.float32)
        if len(rows):
            call = self._call_of[rows]
            start = np.ones(len(rows), dtype=np.bool_)
            start[1:] = call[1:] != call[:-1]
            starts, values = start.nonzero()[0], self._p[self._outputs[:, None], rows]
            most[self._outputs[:, None], call[starts]] = np.maximum.reduceat(values, starts, axis=1)
        return most

    def peaks(self, outputs: Rows, calls: Rows) -> Rows:
        """(K,): the row of the side at which an output (K,) is most probable in a call (K,) in which it speaks; the
        first of equals."""
        if not len(calls):
            return calls
        sizes = self.number[calls]
        pair = np.repeat(np.arange(len(calls)), sizes)
        rows = self.rows[np.arange(len(pair)) + np.repeat(self.begin[calls] - np.cumsum(sizes) + sizes, sizes)]
        best = (self._p[outputs[pair], rows] == self.most[outputs, calls][pair]).nonzero()[0]
        _, first = np.unique(pair[best], return_index=True)
        found: Rows = rows[best[first]]
        return found


@lru_cache(maxsize=8)
def _cue_places(names: tuple[str, ...]) -> Rows:
    """The places of names in CUE_NAMES, -1 for others."""
    return np.array([CUE_PLACE.get(name, -1) for name in names], dtype=np.int64)


def _pairs(table: Mask) -> Rows:
    """(2, K): the names and rows that hold in a table (names, T)."""
    return np.stack(np.divmod(table.ravel().nonzero()[0], max(table.shape[1], 1)))


def _any(table: Mask, places: list[int]) -> Mask:
    found: Mask = table[places[0]] if len(places) == 1 else np.logical_or.reduce(table[places], axis=0)
    return found
