"""Findings carried back to the words: for each the shortest run that carried it.

The heads are linear, so what each word gave to a finding is known exactly: its own row, its share of
the n-grams and cues it stands in. Of these sums, less a toll a word, the run with the highest total
is taken (Kadane's algorithm, run over all findings of a batch at once), and widened to whole words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.classify.sums import HeadSums
from cxnlp.features.grams import REACH
from cxnlp.features.reading import Reading
from cxnlp.language.table import TokenTable
from cxnlp.lexicons import CUE_LABELS
from cxnlp.scores import EvidenceColumns

TOLL = 0.08
NEAR = 1e-6


def find_evidence(
    reading: Reading,
    sums: HeadSums,
    table: TokenTable,
    cue_label: NDArray[np.int64],
    turn: NDArray[np.int64],
    output: NDArray[np.int64],
    toll: float = TOLL,
) -> EvidenceColumns:
    """Evidence of findings (turn, output), both (F,), turns in order; findings without words are left out.

    `toll`: what each word must give to be worth having, as a share of the strongest word's.
    """
    ptr = reading.ptr()
    sizes = ptr[turn + 1] - ptr[turn]
    turn, output, sizes = turn[sizes > 0], output[sizes > 0], sizes[sizes > 0]
    if not len(turn):
        none = np.zeros(0, dtype=np.int64)
        return EvidenceColumns(none, none, none, none, none.astype(np.float32))
    finding = np.repeat(np.arange(len(turn)), sizes)
    word = np.arange(len(finding)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(ptr[turn], sizes)
    values = contributions(reading, sums, table, cue_label, word, output[finding]).astype(np.float64)
    strongest = np.maximum.reduceat(values, np.cumsum(sizes) - sizes)
    first, last, good = best_runs(values - toll * np.maximum(strongest, 0)[finding], sizes)
    first, last = first[good], last[good]
    total = np.concatenate([[0], np.cumsum(values)])
    start, stop = _characters(reading, table, word[first], word[last])
    return EvidenceColumns(turn[good], output[good], start, stop, (total[last + 1] - total[first]).astype(np.float32))


def contributions(
    reading: Reading,
    sums: HeadSums,
    table: TokenTable,
    cue_label: NDArray[np.int64],
    word: NDArray[np.int64],
    output: NDArray[np.int64],
) -> NDArray[np.float32]:
    """float32 (K,): what loud words gave to outputs of their turns; `word`, `output` (K,), all words of a turn in
    order for each output that is asked of it.

    Half of an n-gram is its first word's, half its last one's; a cue's weight is shared by the words of its
    first hit in the turn.
    """
    gave: NDArray[np.float32] = sums.said(table)[reading.tokens.norms[word], output]
    rows = sums.gram_row(reading.grams[word])
    for kind, reach in enumerate(REACH):
        known = np.flatnonzero(rows[:, kind])
        half = sums.gram_rows[rows[known, kind], output[known]] / 2
        gave[known] += half
        gave[known + reach] += half
    gave *= reading.scale[reading.tokens.of[word]]
    cued = _cue_shares(reading, cue_label)
    at = np.searchsorted(cued[0], word)
    end = np.searchsorted(cued[0], word, side="right")
    some = np.flatnonzero(end > at)
    counts = (end - at)[some]
    which = np.arange(counts.sum()) + np.repeat(at[some] - np.cumsum(counts) + counts, counts)
    pair = np.repeat(some, counts)
    np.add.at(gave, pair, sums.cue_rows[cued[1][which], output[pair]] * cued[2][which])
    return gave


def _cue_shares(
    reading: Reading, cue_label: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Loud words inside cues, in order, the row of the cue's weights, and the word's share of it, all (S,)."""
    hits = reading.hits
    column = cue_label[hits.cue] + len(CUE_LABELS) * hits.negated
    _, once = np.unique(hits.text * (2 * len(CUE_LABELS)) + column, return_index=True)
    at = reading.tokens.at
    begin, end = np.searchsorted(at, hits.first[once]), np.searchsorted(at, hits.last[once])
    size = end - begin
    hit = np.repeat(np.arange(len(size)), size)
    word = begin[hit] + np.arange(len(hit)) - (np.cumsum(size) - size)[hit]
    order = np.argsort(word, kind="stable")
    return word[order], column[once][hit][order], (1 / size[hit]).astype(np.float32)[order]


def best_runs(
    values: NDArray[np.float64], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The run with the highest sum in each piece of `values`; `sizes` (P,) of at least 1 each.

    Returns first and last position (P,), and whether the sum is above 0.

    >>> best_runs(np.array([-1.0, 2, -1, 3, -5, -2]), np.array([5, 1]))
    (array([1, 5]), array([3, 5]), array([ True, False]))
    """
    piece = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.cumsum(sizes) - sizes
    sums = np.cumsum(values)
    sums -= (sums[starts] - values[starts])[piece]
    before = sums - values
    step = 2 * float(np.abs(sums).max() + np.abs(values).max()) + 1
    lowest = np.minimum.accumulate(before - piece * step) + piece * step
    gain = sums - lowest
    best = np.maximum.reduceat(gain, starts)
    is_best = np.flatnonzero(gain >= best[piece] - NEAR)
    _, pick = np.unique(piece[is_best], return_index=True)
    last = is_best[pick]
    is_low = np.where(np.abs(before - lowest) <= NEAR, np.arange(len(values)), -1)
    first = np.maximum(np.maximum.accumulate(is_low)[last], starts)
    return first, last, best > NEAR


def _characters(
    reading: Reading,
    table: TokenTable,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Characters of runs of loud words, widened to the loud words of the chunks they begin and end in."""
    batch = reading.tokens
    chunk = batch.chunk_of[batch.at]
    first = np.searchsorted(chunk, chunk[first])
    last = np.searchsorted(chunk, chunk[last], side="right") - 1
    ends = batch.at[last]
    starts = batch.starts(np.concatenate([batch.at[first], ends]))
    return starts[: len(first)], starts[len(first) :] + table.lengths[batch.tokens[ends]]
