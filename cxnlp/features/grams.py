"""Hashed n-grams of norms: pairs, triples and pairs with a gap.

The hash walks like that of the cues, so that the same words give the same number on every machine.
Single words are not here: what a word adds to a head is kept by token (see `chars.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.language.cues import STEP

KINDS = {"pair": 1, "triple": 2, "gap": 3}


@dataclass(slots=True)
class Grams:
    """G n-grams. `text` (G,): whose; `bucket` (G,): the hash cut to `bits`; `first`, `last` (G,):
    ranks of the first and last word among the loud tokens of the batch."""

    text: NDArray[np.int64]
    bucket: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def word_grams(hashes: NDArray[np.uint64], of: NDArray[np.int64], bits: int) -> Grams:
    """N-grams of loud words; `hashes` of their norms, `of` the text of each, both (L,)."""
    rank = np.arange(len(hashes))
    parts = []
    for reach, kind in ((1, "pair"), (2, "triple"), (2, "gap")):
        if len(hashes) <= reach:
            continue
        head = rank[: len(rank) - reach]
        inside = head[of[head] == of[head + reach]]
        value = hashes[inside] * STEP + hashes[inside + (1 if kind != "gap" else 2)]
        if kind == "triple":
            value = value * STEP + hashes[inside + 2]
        parts.append((inside, inside + reach, bucket_of(value, kind, bits)))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Grams(none, none, none, none)
    first, last, bucket = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Grams(of[first], bucket, first, last)


def bucket_of(value: NDArray[np.uint64], kind: str, bits: int) -> NDArray[np.int64]:
    """Hashes cut to `bits`, mixed with the kind of n-gram so that kinds do not meet."""
    mixed = (value ^ np.uint64(KINDS[kind] * 0x632BE59BD9B4E019 & 0xFFFFFFFFFFFFFFFF)) * STEP
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(64 - bits)).astype(np.int64)
