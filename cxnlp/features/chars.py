"""What a word is made of: its norm and the character n-grams of it, by distinct norm.

Misheard and misspelt words share most of their characters with the right ones. All of it is free of
context, so it is worked out once a norm and, in the heads, summed once a norm.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cxnlp.language.wordings import STEP

SHORTEST, LONGEST = 3, 5
MOST_CHARS = 20
"""Of a longer word the rest is not looked at."""


def norm_features(norms: Sequence[str], word_bits: int, char_bits: int) -> sparse.csr_matrix:
    """A row a norm, float32 (norms, 2**word_bits + 2**char_bits): its word bucket 1, and its character
    n-grams sharing a unit of length. Masks and quiet norms have no characters.

    >>> norm_features(["angry", "<mask>"], 10, 16).getnnz(axis=1).tolist()
    [13, 1]
    """
    words = np.array([zlib.crc32(norm.encode("utf-8", "surrogatepass")) for norm in norms], dtype=np.int64)
    of, buckets = char_grams(norms, char_bits)
    counts = np.bincount(of, minlength=len(norms))
    values = np.concatenate([np.ones(len(norms)), 1 / np.sqrt(counts[of])])
    rows = np.concatenate([np.arange(len(norms)), of])
    columns = np.concatenate([words >> (32 - word_bits), (1 << word_bits) + buckets])
    shape = (len(norms), (1 << word_bits) + (1 << char_bits))
    return sparse.csr_matrix((values.astype(np.float32), (rows, columns)), shape=shape)


def char_grams(norms: Sequence[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The character n-grams of norms, their ends marked: of which norm, and the bucket of each, both (G,).

    >>> of, _ = char_grams(["ask", "so"], 10)
    >>> np.bincount(of).tolist()
    [6, 3]
    """
    words = ["" if norm.startswith("<") else f"<{norm[:MOST_CHARS]}>" for norm in norms]
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    word = np.repeat(np.arange(len(words)), [len(text) for text in words])
    value = codes
    found = []
    for size in range(2, LONGEST + 1):
        value = value[:-1] * STEP + codes[size - 1 :]
        if size >= SHORTEST:
            inside = np.flatnonzero(word[: len(value)] == word[size - 1 :])
            mixed = value[inside] * STEP
            mixed ^= mixed >> np.uint64(32)
            found.append((word[inside], ((mixed * STEP) >> np.uint64(64 - bits)).astype(np.int64)))
    of, buckets = (np.concatenate(column) for column in zip(*found, strict=True))
    return of, buckets
