"""What a word is made of: its norm and the character n-grams of it, by distinct norm.

Misheard and misspelt words share most of their characters with the right ones. All of it is free of
context, so it is worked out once a norm and, in the heads, summed once a norm.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from scipy import sparse

SHORTEST, LONGEST = 3, 5


def norm_features(norms: Sequence[str], word_bits: int, char_bits: int) -> sparse.csr_matrix:
    """A row a norm, float32 (norms, 2**word_bits + 2**char_bits): its word bucket 1, and its character
    n-grams sharing a unit of length. Masks and quiet norms have no characters.

    >>> norm_features(["angry", "<mask>"], 10, 10).getnnz(axis=1).tolist()
    [13, 1]
    """
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, norm in enumerate(norms):
        grams = [] if norm.startswith("<") else char_grams(norm)
        columns.append(zlib.crc32(norm.encode("utf-8", "surrogatepass")) >> (32 - word_bits))
        values.append(1.0)
        share = 1.0 / np.sqrt(len(grams)) if grams else 0.0
        for gram in grams:
            bucket = zlib.crc32(b"#" + gram.encode("utf-8", "surrogatepass")) >> (32 - char_bits)
            columns.append((1 << word_bits) + bucket)
            values.append(share)
        rows += [row] * (1 + len(grams))
    shape = (len(norms), (1 << word_bits) + (1 << char_bits))
    matrix = sparse.csr_matrix((np.asarray(values, dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def char_grams(norm: str, most: int = 60) -> list[str]:
    """Character n-grams with the word's ends marked; very long words are cut.

    >>> char_grams("ask")
    ['<as', 'ask', 'sk>', '<ask', 'ask>', '<ask>']
    """
    word = f"<{norm[:40]}>"
    grams = [
        word[start : start + size] for size in range(SHORTEST, LONGEST + 1) for start in range(len(word) - size + 1)
    ]
    return grams[:most]
