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

from cxnlp.errors import LexiconError
from cxnlp.language.grow import GrowingArray
from cxnlp.language.norms import NUM
from cxnlp.language.table import BREAK, NEGATOR, SPECIAL, TokenBatch, TokenTable
from cxnlp.lexicons import Cue, forms

STEP = np.uint64(0x9E3779B97F4A7C15)
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


def text_of_tokens(batch: TokenBatch) -> NDArray[np.int64]:
    """int64 (N,): the text each token stands in."""
    return np.repeat(np.arange(len(batch.indptr) - 1), np.diff(batch.indptr))


class CueMatcher:
    """Compiled cues. `cues` keeps their order; hits name them by row.

    >>> from cxnlp.language import build_nlp
    >>> table = TokenTable()
    >>> matcher = CueMatcher([Cue("f1", "frustration", "(so|) frustrated")], build_nlp())
    >>> hits = matcher.find(table, table.encode(["I'm so FRUSTRATED!", "not frustrated at all"]))
    >>> sorted(zip(hits.text.tolist(), hits.negated.tolist()))
    [(0, False), (0, False), (1, True)]
    """

    def __init__(self, cues: Sequence[Cue], nlp: Language) -> None:
        self.cues = list(cues)
        self.labels = [cue.label for cue in self.cues]
        self._negatable = np.array([cue.negatable for cue in self.cues], dtype=np.bool_)
        self._idiom = np.array([cue.label == "idiom" for cue in self.cues], dtype=np.bool_)
        self._steps = _compile(self.cues, TokenTable(nlp=nlp))
        self._generation = -1
        self._opens = GrowingArray(np.bool_)

    def _first_words(self, table: TokenTable) -> NDArray[np.bool_]:
        """bool (norms,): norms that some wording begins with."""
        if table.generation != self._generation:
            self._generation = table.generation
            self._opens = GrowingArray(np.bool_)
        new = table.norm_hashes[len(self._opens) :]
        self._opens.extend(_among(new, self._steps[0].prefixes) if self._steps else np.zeros(len(new), dtype=np.bool_))
        return self._opens.view()

    def find(self, table: TokenTable, batch: TokenBatch) -> CueHits:
        """All hits, in order of length and place."""
        at = np.flatnonzero(batch.loud)
        norm_ids = table.norm_ids[batch.tokens[at]]
        hashes = table.norm_hashes[norm_ids]
        of = text_of_tokens(batch)[at]
        start = np.flatnonzero(self._first_words(table)[norm_ids])
        value = hashes[start]
        found: list[tuple[NDArray[np.int32], NDArray[np.int64], int]] = []
        for length, step in enumerate(self._steps, 1):
            place = _find(value, step.whole)
            hit = np.flatnonzero(place >= 0)
            if len(hit):
                first, last = step.ptr[place[hit]], step.ptr[place[hit] + 1]
                which = np.repeat(first - np.cumsum(last - first) + (last - first), last - first)
                rows = step.rows[which + np.arange(len(which))]
                found.append((rows, np.repeat(start[hit], last - first), length))
            more = (start + length < len(at)) & _among(value, step.prefixes)
            start, value = start[more], value[more]
            same = of[start + length] == of[start]
            start, value = start[same], value[same]
            value = value * STEP + hashes[start + length]
        return self._hits(table, batch, at, of, found)

    def _hits(
        self,
        table: TokenTable,
        batch: TokenBatch,
        at: NDArray[np.int64],
        of: NDArray[np.int64],
        found: list[tuple[NDArray[np.int32], NDArray[np.int64], int]],
    ) -> CueHits:
        if not found:
            none = np.zeros(0, dtype=np.int64)
            return CueHits(none.astype(np.int32), none, none, none, none.astype(np.bool_))
        cue = np.concatenate([rows for rows, _, _ in found])
        start = np.concatenate([starts for _, starts, _ in found])
        size = np.concatenate([np.full(len(rows), length) for rows, _, length in found])
        negated = _negated(table, batch, at, of)[start] & self._negatable[cue]
        hits = CueHits(cue, of[start], at[start], at[start + size - 1] + 1, negated)
        idiom = self._idiom[cue]
        if not idiom.any():
            return hits
        covered = np.zeros(len(batch.tokens) + 1, dtype=np.int64)
        for first, last in zip(hits.first[idiom].tolist(), hits.last[idiom].tolist(), strict=True):
            covered[first:last] = 1
        total = np.concatenate([[0], np.cumsum(covered)])
        inside = (total[hits.last] - total[hits.first]) == hits.last - hits.first
        return hits.where(~inside & ~idiom)


@dataclass(slots=True)
class _Step:
    """Wordings by number of words. `prefixes`: hashes, sorted, of beginnings of this length that some longer
    wording goes on from (of length one: of all). `whole`: hashes, sorted, of wordings of this length;
    `rows[ptr[i]:ptr[i + 1]]`: the cues of the i-th."""

    prefixes: NDArray[np.uint64]
    whole: NDArray[np.uint64]
    ptr: NDArray[np.int64]
    rows: NDArray[np.int32]


def _compile(cues: Sequence[Cue], table: TokenTable) -> list[_Step]:
    wordings = [(form, row) for row, cue in enumerate(cues) for form in forms(cue.pattern)]
    if not wordings:
        return []
    batch = table.encode([form.replace(NUM, "0") for form, _ in wordings])
    loud = np.flatnonzero(batch.loud)
    size = np.diff(np.searchsorted(loud, batch.indptr))
    begin = np.searchsorted(loud, batch.indptr[:-1])
    norms = table.norm_ids[batch.tokens[loud]]
    number = table.norm_id(NUM)
    masked = ((table.flags[batch.tokens[loud]] & SPECIAL) > 0) & (norms != number)
    if masked.any():
        bad = wordings[int(np.searchsorted(begin, np.flatnonzero(masked)[0], side="right")) - 1]
        raise LexiconError(f"cue {cues[bad[1]].id}: no pattern can hold a mask", got=bad[0])
    row = np.array([row for _, row in wordings], dtype=np.int32)
    if len(silent := np.setdiff1d(row, row[size > 0])):
        raise LexiconError(f"cue {cues[silent[0]].id}: a pattern of no words", got=cues[silent[0]].pattern)
    hashes = table.norm_hashes[norms]
    value = np.zeros(len(wordings), dtype=np.uint64)
    steps = []
    for length in range(1, int(size.max()) + 1):
        going = size >= length
        value[going] = value[going] * STEP + hashes[begin[going] + length - 1]
        ends, on = size == length, (going if length == 1 else size > length)
        pairs = np.unique(np.stack([value[ends], row[ends].astype(np.uint64)]), axis=1)
        whole, first = np.unique(pairs[0], return_index=True)
        ptr = np.append(first, len(pairs[0])).astype(np.int64)
        steps.append(_Step(np.unique(value[on]), whole, ptr, pairs[1].astype(np.int32)))
    return steps


def _find(values: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Place of each value among sorted keys, -1 where it is none."""
    if not len(keys):
        return np.full(len(values), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    return np.where(keys[place] == values, place, -1)


def _among(values: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return _find(values, keys) >= 0


def _negated(table: TokenTable, batch: TokenBatch, at: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a negator stands close before each loud token, in its text and clause. A bare "no"
    reaches one word only: elsewhere it is an answer."""
    flags = table.flags[batch.tokens]
    steps = np.arange(len(at))
    negator = (flags[at] & NEGATOR) > 0
    short = negator & (table.norm_ids[batch.tokens[at]] == table.norm_id("no"))
    breaks = np.maximum.accumulate(np.where((flags & BREAK) > 0, np.arange(len(flags)), -1))
    negated = np.zeros(len(at), dtype=np.bool_)
    for marks, reach in ((negator & ~short, NEGATION_REACH), (short, 1)):
        last = np.maximum.accumulate(np.where(marks, steps, -1))
        before = np.concatenate([[-1], last[:-1]])
        ok = (before >= 0) & (steps - before <= reach)
        ok &= of[np.maximum(before, 0)] == of
        ok &= breaks[at] < at[np.maximum(before, 0)]
        negated |= ok
    return negated
