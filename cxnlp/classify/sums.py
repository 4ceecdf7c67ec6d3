"""A batch through all heads: what a word adds to every head is summed once a word.

A linear head is a sum over features, and a word's own features (its bucket, its characters, the same
of it in the turn before) do not depend on its neighbours. So the weights are folded into one row a
norm, kept while the token table lives; what is left to multiply are word counts and hashed n-grams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cxnlp.classify.outputs import NAMES
from cxnlp.features.chars import norm_features
from cxnlp.features.layout import Layout
from cxnlp.features.reading import Reading
from cxnlp.language.grow import GrowingArray
from cxnlp.language.table import TokenTable
from cxnlp.lexicons import CUE_LABELS

Rows = NDArray[np.float32]


@dataclass(slots=True)
class Weights:
    """What scoring needs of a model. `rows` floating (columns kept, outputs), mapped from the disk or not;
    `columns` (columns kept,): which hashed or plain column each row is; `intercept` (outputs,); `settings` of the
    vectorizer."""

    rows: NDArray[np.floating[Any]]
    columns: NDArray[np.integer[Any]]
    intercept: Rows
    settings: dict[str, Any]


class HeadSums:
    """Weights laid out for scoring. `logits` is exact: the same sums as
    `TurnVectorizer.transform(calls) @ weights + intercept`."""

    def __init__(self, weights: Weights) -> None:
        self._settings = weights.settings
        offsets = Layout(**self._settings).offsets()
        edges = np.searchsorted(weights.columns, list(offsets.values()))
        at = dict(zip(offsets, edges.tolist(), strict=True))
        self._own = _Lookup(weights, 0, offsets["gram"], 0, at["gram"])
        self._own.scale[at["char"] :] = self._settings["char_weight"]
        self._before = _Lookup(weights, offsets["before"], offsets["cue"], at["before"], at["cue"])
        self._before.scale[:] = self._settings["context"]
        grams = _Lookup(weights, offsets["gram"], offsets["before"], at["gram"], at["before"])
        grams.scale[:] = self._settings["gram_weight"]
        self.gram_rows, self._gram_row = grams.all(), grams.row_of
        cue, not_cue, before, plain = (at[name] for name in ("cue", "not_cue", "cue_before", "plain"))
        cues = weights.rows[cue:plain].astype(np.float32) * np.float32(self._settings["cue_weight"])
        self.cue_rows, before_rows = np.split(cues, [before - cue])
        self._sign_rows = np.zeros((len(self.cue_rows) + len(weights.rows) - plain, 2 * len(NAMES)), dtype=np.float32)
        self._sign_rows[:, : len(NAMES)] = np.vstack([self.cue_rows, weights.rows[plain:]])
        self._sign_rows[: len(before_rows), len(NAMES) :] = before_rows
        if not_cue - cue != len(CUE_LABELS):
            raise ValueError("a bundle whose cue columns are not those of the lexicon")
        self._intercept = weights.intercept
        self._generation = -1

    def _extend(self, table: TokenTable) -> None:
        """Fold the weights of norms that are new to the table."""
        if table.generation != self._generation:
            self._generation = table.generation
            self._words = GrowingArray(np.float32, 2 * len(NAMES))
        new = table.norms[len(self._words) :]
        for start in range(0, len(new), 4096):
            part = new[start : start + 4096]
            features = norm_features(part, self._settings["word_bits"], self._settings["char_bits"])
            heard = features[:, : 1 << self._settings["word_bits"]]
            self._words.extend(np.hstack([self._own.fold(features), self._before.fold(heard)]))

    def said(self, table: TokenTable) -> Rows:
        """float32 (norms, outputs): what each norm adds where it is said, before damping."""
        self._extend(table)
        return self._words.view()[:, : len(NAMES)]

    def gram_row(self, bucket: NDArray[np.int64]) -> NDArray[np.int32]:
        """Row of `gram_rows` of each bucket; 0, a row of zeros, where it was not trained or is -1."""
        return self._gram_row[bucket]

    def logits(self, reading: Reading, table: TokenTable) -> Rows:
        """float32 (turns, outputs)."""
        self._extend(table)
        outputs = len(NAMES)
        both = np.asarray(reading.words(reading.tokens.norms, len(self._words)) @ self._words.view(), dtype=np.float32)
        rows = self.gram_row(reading.grams).ravel()
        known = rows > 0
        ends = np.concatenate([[0], np.cumsum(known)])[reading.grams.shape[1] * reading.ptr()]
        grams = sparse.csr_matrix(
            (np.ones(ends[-1], dtype=np.float32), rows[known], ends), shape=(len(both), len(self.gram_rows))
        )
        both[:, :outputs] += grams @ self.gram_rows
        both *= reading.scale[:, None]
        both += _as_sparse(reading.signs) @ self._sign_rows
        total: Rows = both[:, :outputs] + self._intercept
        if self._settings["context"]:
            after = np.flatnonzero(reading.rows.answers >= 0)
            total[after] += both[reading.rows.answers[after], outputs:]
        return total


def _as_sparse(dense: Rows) -> sparse.csr_matrix:
    """Sums over a sparse row do not depend on its neighbours, those of a dense product may."""
    place = np.flatnonzero(dense != 0)
    row, column = np.divmod(place, dense.shape[1])
    ptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(dense)))])
    return sparse.csr_matrix((dense.ravel()[place], column, ptr), shape=dense.shape)


class _Lookup:
    """Rows of one block of columns: `row_of[column]` is 0 (zeros) where the column was dropped, or is -1. The rows
    stay where they are, on the disk if they are mapped, and are fetched for the words that come, each times its
    `scale`."""

    def __init__(self, weights: Weights, begin: int, end: int, first: int, last: int) -> None:
        self._rows = weights.rows[first:last]
        self.scale = np.ones(last - first, dtype=np.float32)
        self.row_of = np.zeros(end - begin + 1, dtype=np.int32)
        self.row_of[weights.columns[first:last] - begin] = np.arange(1, last - first + 1)

    def all(self) -> Rows:
        """float32 (rows + 1, outputs): row 0 of zeros, then all."""
        return self._fetch(np.arange(len(self._rows) + 1))

    def fold(self, features: sparse.csr_matrix) -> Rows:
        """Weights summed by norm, (norms, outputs), from the feature matrix of norms."""
        used, local = np.unique(self.row_of[features.indices], return_inverse=True)
        kept = sparse.csr_matrix((features.data, local, features.indptr), shape=(features.shape[0], len(used)))
        return np.asarray(kept @ self._fetch(used), dtype=np.float32)

    def _fetch(self, rows: NDArray[np.integer[Any]]) -> Rows:
        found = np.zeros((len(rows), len(NAMES)), dtype=np.float32)
        known = rows > 0
        at = rows[known] - 1
        found[known] = self._rows[at]
        found[known] *= self.scale[at, None]
        return found
