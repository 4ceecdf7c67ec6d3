"""Calls to one sparse matrix of turns: the training face of the features.

Column blocks, in order: `word`, `char` (by norm), `gram` (hashed n-grams), `before` (words of the
other side's last turn), `cue`, `not_cue`, `cue_before`, `plain`. Hashed columns
seen in fewer than `least_calls` training calls are dropped at fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from cxnlp.features.chars import norm_features
from cxnlp.features.layout import SETTINGS, Layout
from cxnlp.features.reading import PLAIN, Reader, Reading
from cxnlp.lexicons import CUE_LABELS
from cxnlp.schema import Call


class TurnVectorizer(TransformerMixin, BaseEstimator):
    """Turns calls into a matrix with a row a turn, in order.

    Parameters
    ----------
    word_bits, char_bits, gram_bits : sizes of the hashed blocks, as powers of two.
    damping : word features of a turn of n words are multiplied with n ** -damping.
    least_calls : hashed columns seen in fewer calls are dropped.
    context : weight of the block `before`; 0 leaves it out.

    Attributes
    ----------
    kept_ : int64 (features,), the columns kept of all hashed and plain ones.
    """

    def __init__(
        self,
        word_bits: int = 18,
        char_bits: int = 16,
        gram_bits: int = 20,
        damping: float = 0.25,
        least_calls: int = 3,
        char_weight: float = 1.5,
        gram_weight: float = 1.5,
        cue_weight: float = 1.0,
        context: float = 0.5,
    ) -> None:
        self.word_bits = word_bits
        self.char_bits = char_bits
        self.gram_bits = gram_bits
        self.damping = damping
        self.least_calls = least_calls
        self.char_weight = char_weight
        self.gram_weight = gram_weight
        self.cue_weight = cue_weight
        self.context = context

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.no_validation = True
        return tags

    def fit(self, calls: Sequence[Call], y: object = None) -> Self:
        """Learn which columns occur often enough."""
        full, reading = self._full(calls)
        seen = sparse.csr_matrix(
            (
                np.ones(len(reading.rows.call), dtype=np.float32),
                reading.rows.call,
                np.arange(len(reading.rows.call) + 1),
            )
        ).T.tocsr()
        pattern = full.copy()
        pattern.data[:] = 1
        in_calls = (seen @ pattern).tocsr()
        in_calls.data[:] = 1
        counts = np.asarray(in_calls.sum(axis=0)).ravel()
        keep = counts >= self.least_calls
        keep[self.offsets()["cue"] :] = True
        self.kept_: NDArray[np.int64] = np.flatnonzero(keep)
        return self

    def transform(self, calls: Sequence[Call]) -> sparse.csr_matrix:
        """csr float32 (turns, features)."""
        check_is_fitted(self)
        return self._full(calls)[0][:, self.kept_]

    def layout(self) -> Layout:
        """The columns these settings give, and the reader they ask for."""
        return Layout(**{key: getattr(self, key) for key in SETTINGS})

    def offsets(self) -> dict[str, int]:
        """Where each block begins, before columns are dropped; `end` is their number."""
        return self.layout().offsets()

    def get_feature_names_out(self, input_features: object = None) -> NDArray[Any]:
        """Names of the columns: the block and, where hashed, the bucket."""
        check_is_fitted(self)
        offsets = self.offsets()
        blocks = [name for name in offsets if name != "end"]
        edges = np.array([offsets[name] for name in blocks])
        block = np.searchsorted(edges, self.kept_, side="right") - 1
        tails = {"cue": CUE_LABELS, "not_cue": CUE_LABELS, "cue_before": CUE_LABELS, "plain": PLAIN}
        names = []
        for column, number in zip(self.kept_.tolist(), block.tolist(), strict=True):
            name, place = blocks[number], column - offsets[blocks[number]]
            names.append(f"{name}:{tails[name][place]}" if name in tails else f"{name}#{place:x}")
        return np.asarray(names, dtype=object)

    def reader(self) -> Reader:
        """The reader these settings ask for, built once."""
        if not hasattr(self, "_reader"):
            self._reader = self.layout().reader()
        return self._reader

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("_reader", None)
        return dict(state)

    def _full(self, calls: Sequence[Call]) -> tuple[sparse.csr_matrix, Reading]:
        reader = self.reader()
        reading = reader.read(calls)
        table, rows = reader.table, reading.rows
        used, local = np.unique(reading.tokens.norms, return_inverse=True)
        by_norm = norm_features([table.norms[norm] for norm in used], self.word_bits, self.char_bits)
        by_norm.data[by_norm.indices >= 1 << self.word_bits] *= self.char_weight
        said = reading.words(local, len(used)) @ by_norm
        damp = sparse.diags(reading.scale).tocsr()
        words = damp @ said
        before = sparse.csr_matrix((len(rows.side), 1 << self.word_bits), dtype=np.float32)
        cue_before = np.zeros((len(rows.side), len(CUE_LABELS)), dtype=np.float32)
        if self.context:
            last = rows.answers
            pick = sparse.csr_matrix(
                ((last >= 0) * np.float32(self.context), np.maximum(last, 0), np.arange(len(last) + 1)),
                shape=(len(last), len(last)),
            )
            before = pick @ words[:, : 1 << self.word_bits]
            before.eliminate_zeros()
            cue_before = np.where((last >= 0)[:, None], reading.cues[last, : len(CUE_LABELS)], 0)
        word, kind = np.nonzero(reading.grams >= 0)
        of = reading.tokens.of[word]
        grams = sparse.csr_matrix(
            (reading.scale[of] * np.float32(self.gram_weight), (of, reading.grams[word, kind])),
            shape=(len(rows.side), 1 << self.gram_bits),
        )
        cues = sparse.csr_matrix(np.hstack([reading.cues, cue_before]) * np.float32(self.cue_weight))
        plain = sparse.csr_matrix(reading.plain)
        return sparse.hstack([words, grams, before, cues, plain], format="csr", dtype=np.float32), reading
