"""Cue phrases found in a batch of texts, on norms, all at once.

Every wording of every pattern is a sequence of norms; a rolling hash walks from each possible first
word as far as some wording goes on. A cue inside an idiom does not count ("no problem"), and a
"not" shortly before it, in the same clause, turns it round ("not frustrated at all"). Masks match
nothing: no pattern can hold one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from cxnlp.language.grow import GrowingArray
from cxnlp.language.table import BREAK, NEGATOR, TokenBatch, TokenTable
from cxnlp.language.wordings import STEP, Step, compile_wordings
from cxnlp.lexicons import Cue

NEGATION_REACH = 3


@dataclass(slots=True)
class CueHits:
    """H hits. `cue`: row of the matcher's cues; `first`, `last`: token positions, last exclusive;
    `text`: which text; `negated`: turned round by a "not" before it. All (H,)."""

    cue: NDArray[np.int32]
    text: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    negated: NDArray[np.bool_]

    def where(self, keep: NDArray[np.bool_]) -> CueHits:
        """The hits for which `keep` is true."""
        return CueHits(self.cue[keep], self.text[keep], self.first[keep], self.last[keep], self.negated[keep])


class CueMatcher:
    """Compiled cues. `cues` keeps their order; hits name them by row. Cues `beside` them, an idiom of which is
    none of theirs, are found on the same walk and told apart. `steps`: all of them compiled, if that was done before.

    >>> from cxnlp.language import build_nlp
    >>> table = TokenTable()
    >>> matcher = CueMatcher([Cue("f1", "frustration", "(so|) frustrated")], build_nlp())
    >>> hits = matcher.find(table, table.encode(["I'm so FRUSTRATED!", "not frustrated at all"]))
    >>> sorted(zip(hits.text.tolist(), hits.negated.tolist()))
    [(0, False), (0, False), (1, True)]
    """

    def __init__(
        self, cues: Sequence[Cue], nlp: Language, beside: Sequence[Cue] = (), steps: Sequence[Step] | None = None
    ) -> None:
        self.cues, self.beside = list(cues), list(beside)
        self.labels = [cue.label for cue in self.cues]
        every = [*self.cues, *self.beside]
        self._negatable = np.array([cue.negatable for cue in every], dtype=np.bool_)
        self._idiom = np.array([cue.label == "idiom" for cue in every], dtype=np.bool_)
        self.steps = compile_wordings(every, nlp) if steps is None else steps
        self._generation = -1
        self._first = GrowingArray(np.int32)

    def _first_words(self, table: TokenTable) -> NDArray[np.int32]:
        """int32 (norms,): the place of each norm among the first step's keys, -1 where no wording begins so."""
        if table.generation != self._generation:
            self._generation = table.generation
            self._first = GrowingArray(np.int32)
        self._first.extend(self.steps[0].keys.find(table.norm_hashes[len(self._first) :]))
        return self._first.view()

    def find(self, table: TokenTable, batch: TokenBatch) -> CueHits:
        """Hits of the cues, in order of length and place."""
        return self.find_both(table, batch)[0]

    def find_both(self, table: TokenTable, batch: TokenBatch) -> tuple[CueHits, CueHits]:
        """Hits of the cues, and of those beside them, whose rows count from 0 too."""
        found: list[tuple[NDArray[np.int32], NDArray[np.int64], int]] = []
        hashes = table.norm_hashes[batch.norms]
        place = self._first_words(table)[batch.norms].astype(np.int64) if self.steps else np.zeros(0, dtype=np.int64)
        start, value = np.arange(len(place)), hashes
        for length, step in enumerate(self.steps, 1):
            if length > 1:
                place = step.keys.find(value)
            known = np.flatnonzero(place >= 0)
            start, value, place = start[known], value[known], place[known]
            first, count = step.first[place], step.count[place]
            if count.any():
                which = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
                found.append((step.rows[which], np.repeat(start, count), length))
            more = step.on[place] & (start + length < len(hashes))
            start, value = start[more], value[more]
            same = batch.of[start + length] == batch.of[start]
            start, value = start[same], value[same]
            value = value * STEP + hashes[start + length]
        hits = self._hits(table, batch, found)
        own = hits.cue < len(self.cues)
        others = hits.where(~own)
        others.cue -= len(self.cues)
        return self._without_idioms(hits.where(own), 0), self._without_idioms(others, len(self.cues))

    def _hits(
        self,
        table: TokenTable,
        batch: TokenBatch,
        found: list[tuple[NDArray[np.int32], NDArray[np.int64], int]],
    ) -> CueHits:
        if not found:
            none = np.zeros(0, dtype=np.int64)
            return CueHits(none.astype(np.int32), none, none, none, none.astype(np.bool_))
        cue = np.concatenate([rows for rows, _, _ in found])
        start = np.concatenate([starts for _, starts, _ in found])
        size = np.concatenate([np.full(len(rows), length) for rows, _, length in found])
        negated = _negated(table, batch, start) & self._negatable[cue]
        return CueHits(cue, batch.of[start], batch.at[start], batch.at[start + size - 1] + 1, negated)

    def _without_idioms(self, hits: CueHits, first: int) -> CueHits:
        idiom = self._idiom[first + hits.cue]
        if not idiom.any():
            return hits
        covered = np.zeros(int(hits.last.max()) + 1, dtype=np.int64)
        for first, last in zip(hits.first[idiom].tolist(), hits.last[idiom].tolist(), strict=True):
            covered[first:last] = 1
        total = np.concatenate([[0], np.cumsum(covered)])
        inside = (total[hits.last] - total[hits.first]) == hits.last - hits.first
        return hits.where(~inside & ~idiom)


def _negated(table: TokenTable, batch: TokenBatch, start: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a negator stands close before each of some loud tokens, given by rank, in its text and clause. A
    bare "no" reaches one word only: elsewhere it is an answer."""
    at, of, norms = batch.at, batch.of, batch.norms
    breaks = np.cumsum((table.flags[batch.tokens] & BREAK) > 0)
    negated = np.zeros(len(start), dtype=np.bool_)
    for reach in range(1, NEGATION_REACH + 1):
        before = np.maximum(start - reach, 0)
        found = (table.flags[batch.tokens[at[before]]] & NEGATOR) > 0
        if reach > 1:
            found &= norms[before] != table.norm_id("no")
        found &= (start >= reach) & (of[before] == of[start]) & (breaks[at[before]] == breaks[at[start]])
        negated |= found
    return negated
