"""Which column is which: the blocks of the feature matrix, known to training and scoring alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxnlp.features.reading import PLAIN, Reader
from cxnlp.language.cues import CueMatcher
from cxnlp.language.table import TokenTable
from cxnlp.language.wordings import Step
from cxnlp.lexicons import CALL_CUES, CUE_LABELS, load_cues


@dataclass(slots=True, frozen=True)
class Layout:
    """Settings of the features, as `TurnVectorizer` explains them."""

    word_bits: int
    char_bits: int
    gram_bits: int
    damping: float
    least_calls: int
    char_weight: float
    gram_weight: float
    cue_weight: float
    context: float

    def offsets(self) -> dict[str, int]:
        """Where each block begins, before columns are dropped; `end` is their number."""
        cues = len(CUE_LABELS)
        sizes = {
            "word": 1 << self.word_bits,
            "char": 1 << self.char_bits,
            "gram": 1 << self.gram_bits,
            "before": 1 << self.word_bits,
            "cue": cues,
            "not_cue": cues,
            "cue_before": cues,
            "plain": len(PLAIN),
        }
        starts = np.concatenate([[0], np.cumsum(list(sizes.values()))]).tolist()
        return dict(zip([*sizes, "end"], starts, strict=True))

    def reader(self, steps: Sequence[Step] | None = None) -> Reader:
        """A reader over a fresh token table and the packaged cues; `steps`: the cues compiled, if a model has them."""
        table = TokenTable()
        told = steps is not None
        cues = [*load_cues("cues.jsonl", known=told), *load_cues("stock.jsonl", known=told)]
        matcher = CueMatcher(cues, table.nlp, load_cues("calls.jsonl", CALL_CUES, told), steps)
        return Reader(table, matcher, self.gram_bits, self.damping)


SETTINGS = tuple(Layout.__dataclass_fields__)
