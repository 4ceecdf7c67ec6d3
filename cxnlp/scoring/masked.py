"""Turns as runs of plain words, with numbers and masks as slots: what recurring lines are counted and found by.

Fillers and false starts are passed over, so that "um thank you for for calling" is "thank you for calling".
A gram is three plain words in a row; none spans a slot, since what fills a slot may be of any length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.language.table import SPECIAL, TokenBatch, TokenTable
from cxnlp.language.wordings import STEP

GRAM = 3


@dataclass(slots=True)
class Words:
    """L words over T texts. `hash` uint64: of the word's norm, the same on every machine; `of`: its text;
    `at`: its token; `slot`: a number or a mask, several in a row being one. All (L,)."""

    hash: NDArray[np.uint64]
    of: NDArray[np.int64]
    at: NDArray[np.int64]
    slot: NDArray[np.bool_]


def masked_words(table: TokenTable, batch: TokenBatch, texts: NDArray[np.bool_] | None = None) -> Words:
    """The words of a batch, or of those `texts` (T,) of it."""
    at, of = batch.at, batch.of
    if texts is not None:
        at, of = at[texts[of]], of[texts[of]]
    tokens = batch.tokens[at]
    slot = (table.flags[tokens] & SPECIAL) > 0
    again = np.zeros(len(at), dtype=np.bool_)
    again[1:] = slot[1:] & slot[:-1] & (of[1:] == of[:-1])
    if again.any():
        at, of, tokens, slot = at[~again], of[~again], tokens[~again], slot[~again]
    return Words(table.norm_hashes[table.norm_ids[tokens]], of, at, slot)


def word_grams(words: Words) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """(hash, place of its first word) of every gram, (G,) each."""
    if len(words.of) < GRAM:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    whole = (words.of[2:] == words.of[:-2]) & ~(words.slot[2:] | words.slot[1:-1] | words.slot[:-2])
    first = np.flatnonzero(whole)
    hashes = words.hash
    return (hashes[first] * STEP + hashes[first + 1]) * STEP + hashes[first + 2], first
