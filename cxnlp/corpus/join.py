"""Two streams of scores side by side, each call with its other half.

Both are read in step. A call whose other half has not come yet waits, slim (a kilobyte or two), under its id: two
runs over the same input wait for nothing, two in another order wait for as many calls as lie between a call's two
places, and a call that only one run has waits to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from cxnlp.corpus.slim import LabelBits, Slim, slim
from cxnlp.scores import CallScore


class Pair(NamedTuple):
    """A call of both runs. `score`: the later read of the two in full, for its words."""

    a: Slim
    b: Slim
    score: CallScore


Alone = Callable[[Slim], None]


def joined(
    a: Iterable[CallScore], b: Iterable[CallScore], bits: LabelBits, only_a: Alone, only_b: Alone
) -> Iterator[Pair]:
    """The calls that both runs have, as their second half comes; the others go to `only_a` and `only_b` at the end."""
    waiting_a, waiting_b = dict[str, Slim](), dict[str, Slim]()
    for one, other in zip_longest(a, b):
        if one is not None and other is not None and one.id == other.id:
            yield Pair(slim(one, bits), slim(other, bits), other)
            continue
        if one is not None:
            half = slim(one, bits)
            if (found := waiting_b.pop(one.id, None)) is not None:
                yield Pair(half, found, one)
            else:
                waiting_a[one.id] = half
        if other is not None:
            half = slim(other, bits)
            if (found := waiting_a.pop(other.id, None)) is not None:
                yield Pair(found, half, other)
            else:
                waiting_b[other.id] = half
    for half in waiting_a.values():
        only_a(half)
    for half in waiting_b.values():
        only_b(half)
