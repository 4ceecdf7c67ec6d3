"""Near lines grouped: MinHash over pairs of words, bands of it as buckets, the rest compared in full.

Two sets of shingles have the same smallest hash with the probability of their Jaccard similarity (Broder, 1997).
With 21 bands of 3 hashes, lines that share 0.6 of their shingles meet in some bucket with a probability of 0.99.
The commonest line leads; each other joins the commonest leader that it is near to, or leads a group of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.corpus.wordings import PLAIN, Wordings
from cxnlp.language.wordings import STEP

ALIKE = 0.6
BANDS, DEEP = 21, 3
MOST_TRIED = 16
_EDGE = np.uint64(0xED6EED6EED6EED6E)
_PART = 4_000


def shingles(lines: Wordings) -> list[NDArray[np.uint64]]:
    """Pairs of neighbouring words of each line, its edges counted as words; sorted, each once."""
    found = []
    for line in range(len(lines)):
        own = lines.hash[lines.ptr[line] : lines.ptr[line + 1]]
        slot = lines.kind[lines.ptr[line] : lines.ptr[line + 1]] > PLAIN
        own = own[~(slot & np.concatenate([[False], slot[:-1]]))]
        padded = np.concatenate([[_EDGE], own, [_EDGE]])
        found.append(np.unique(_mixed(padded[:-1] * STEP + padded[1:])))
    return found


def near_groups(lines: Wordings) -> list[list[int]]:
    """Groups of near lines, the leader first, the others by calls. `lines` are sorted, commonest first.

    The same lines give the same groups.
    """
    if not len(lines):
        return []
    sets = shingles(lines)
    buckets = [_bands(sets[begin : begin + _PART]) for begin in range(0, len(sets), _PART)]
    signature = np.concatenate(buckets)
    leaders: dict[tuple[int, int], list[int]] = {}
    groups: dict[int, list[int]] = {}
    for line, bands in enumerate(signature.tolist()):
        tried: set[int] = set()
        for band in enumerate(bands):
            tried.update(leaders.get(band, ()))
        leader = next((other for other in sorted(tried) if jaccard(sets[line], sets[other]) >= ALIKE), line)
        groups.setdefault(leader, []).append(line)
        if leader == line:
            for band in enumerate(bands):
                bucket = leaders.setdefault(band, [])
                if len(bucket) < MOST_TRIED:
                    bucket.append(line)
    return list(groups.values())


def jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """Share of the members of two sets, each sorted, that are in both."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / max(len(one) + len(other) - both, 1)


def _bands(sets: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """uint64 (N, BANDS): the bucket of each line in each band."""
    begin = np.concatenate([[0], np.cumsum([len(each) for each in sets])])[:-1]
    flat = np.concatenate(sets)
    bands = np.zeros((len(sets), BANDS), dtype=np.uint64)
    for number in range(BANDS * DEEP):
        seed = _mixed(np.full(1, number + 1, dtype=np.uint64) * STEP)
        lowest = np.minimum.reduceat(_mixed(flat ^ seed), begin)
        bands[:, number // DEEP] = bands[:, number // DEEP] * STEP + lowest
    return bands


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hashes whose bits all depend on all bits of the value (splitmix64, Steele and others, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(values ^ (values >> np.uint64(31)))
