"""Hashed n-grams of norms: pairs, triples and pairs with a gap.

The hash walks like that of the cues, so that the same words give the same number on every machine.
Single words are not here: what a word adds to a head is kept by token (see `chars.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.language.wordings import STEP

KINDS = {"pair": 1, "triple": 2, "gap": 3}
REACH = (1, 2, 2)
"""How many loud words on the last word of each kind stands."""


def word_grams(hashes: NDArray[np.uint64], of: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    """Buckets of the n-grams that begin at each of L loud words, int64 (L, 3), by kind; -1 where the text ends
    before. `hashes` of the words' norms, `of` the text of each, both (L,)."""
    found = np.full((len(hashes), len(KINDS)), -1, dtype=np.int64)
    value = hashes * STEP
    pair = value[:-1] + hashes[1:]
    inside = of[:-1] == of[1:]
    found[:-1, 0] = np.where(inside, bucket_of(pair, "pair", bits), -1)
    inside = inside[:-1] & inside[1:]
    found[:-2, 1] = np.where(inside, bucket_of(pair[:-1] * STEP + hashes[2:], "triple", bits), -1)
    found[:-2, 2] = np.where(inside, bucket_of(value[:-2] + hashes[2:], "gap", bits), -1)
    return found


def bucket_of(value: NDArray[np.uint64], kind: str, bits: int) -> NDArray[np.int64]:
    """Hashes cut to `bits`, mixed with the kind of n-gram so that kinds do not meet."""
    mixed = (value ^ np.uint64(KINDS[kind] * 0x632BE59BD9B4E019 & 0xFFFFFFFFFFFFFFFF)) * STEP
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(64 - bits)).astype(np.int64)
