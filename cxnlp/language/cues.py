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
from cxnlp.language.norms import NUM, QUIET
from cxnlp.language.table import BREAK, NEGATOR, TokenBatch, TokenTable
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
        wordings: dict[tuple[str, ...], list[int]] = {}
        for row, cue in enumerate(self.cues):
            for form in forms(cue.pattern):
                wordings.setdefault(_norms(form, nlp, cue), []).append(row)
        self._wordings = {norms: sorted(set(rows)) for norms, rows in wordings.items()}
        self._longest = max(map(len, self._wordings), default=0)
        self._generation = -1

    def _compile(self, table: TokenTable) -> None:
        """Hashes by length: those that may go on, those that are whole. Norm ids are the table's own."""
        if table.generation == self._generation:
            return
        self._generation = table.generation
        prefixes: list[set[int]] = [set() for _ in range(self._longest)]
        whole: list[dict[int, list[int]]] = [{} for _ in range(self._longest)]
        for norms, rows in self._wordings.items():
            ids = [table.norm_id(norm) for norm in norms]
            value = 0
            for length, norm_id in enumerate(ids):
                value = (value * int(STEP) + int(table.norm_hashes[norm_id])) & 0xFFFFFFFFFFFFFFFF
                prefixes[length].add(value)
            whole[len(norms) - 1][value] = rows
        self._first_norms = np.array(sorted({table.norm_id(norms[0]) for norms in self._wordings}), dtype=np.int64)
        self._prefixes = [np.array(sorted(values), dtype=np.uint64) for values in prefixes]
        self._whole = whole
        self._whole_keys = [np.array(sorted(values), dtype=np.uint64) for values in whole]

    def find(self, table: TokenTable, batch: TokenBatch) -> CueHits:
        """All hits, in order of length and place."""
        self._compile(table)
        at = np.flatnonzero(batch.loud)
        norm_ids = table.norm_ids[batch.tokens[at]]
        hashes = table.norm_hashes[norm_ids]
        of = text_of_tokens(batch)[at]
        opens = np.zeros(len(table.norms), dtype=np.bool_)
        opens[self._first_norms] = True
        start = np.flatnonzero(opens[norm_ids])
        value = hashes[start]
        found: list[tuple[NDArray[np.int32], NDArray[np.int64], int]] = []
        for length in range(1, self._longest + 1):
            hit = _among(value, self._whole_keys[length - 1])
            if hit.any():
                rows = [self._whole[length - 1][key] for key in value[hit].tolist()]
                times = [len(row) for row in rows]
                found.append((np.concatenate(rows).astype(np.int32), np.repeat(start[hit], times), length))
            if length == self._longest:
                break
            more = (start + length < len(at)) & _among(value, self._prefixes[length - 1])
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


def _norms(form: str, nlp: Language, cue: Cue) -> tuple[str, ...]:
    norms = tuple(token.norm_ for token in nlp(form) if token.norm_ != QUIET)
    if not norms or any(norm.startswith("<") and norm != NUM for norm in norms):
        raise LexiconError(f"cue {cue.id}: a wording of no words, or with a mask", got=form)
    return norms


def _among(values: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not len(keys) or not len(values):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    same: NDArray[np.bool_] = keys[place] == values
    return same


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
