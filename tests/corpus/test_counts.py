"""Lossy counting keeps its promise, whatever the stream and however it is cut."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.corpus.counts import LossyCounts

streams = st.lists(st.lists(st.integers(0, 60), max_size=30), max_size=25)


def counted(stream: list[list[int]], most: int) -> LossyCounts:
    counts = LossyCounts(most)
    for part in stream:
        counts.add(np.array(part, dtype=np.uint64))
    return counts


@given(streams, st.integers(4, 100))
def test_counts_are_short_by_the_floor_at_most(stream: list[list[int]], most: int) -> None:
    counts, true = counted(stream, most), Counter(key for part in stream for key in part)
    rows = counts.rows()
    found = dict(zip(rows.key.tolist(), rows.count.tolist(), strict=True))
    assert len(found) <= most
    assert all(found[key] <= true[key] <= found[key] + counts.floor for key in found)
    assert {key for key in true if true[key] > counts.floor} <= set(found)


@given(streams, st.randoms(use_true_random=False))
def test_below_the_bound_counts_are_exact_in_any_order(stream: list[list[int]], chance: object) -> None:
    flat = [key for part in stream for key in part]
    chance.shuffle(flat)  # type: ignore[attr-defined]
    one, other = counted(stream, 1000), counted([flat[:7], flat[7:]], 1000)
    assert (one.floor, other.floor) == (0, 0)
    assert one.rows().key.tolist() == other.rows().key.tolist()
    assert one.rows().count.tolist() == other.rows().count.tolist()


def test_what_comes_along_is_that_of_the_lowest_pick() -> None:
    counts = LossyCounts(100)
    for pick, agent, seen in ((5, 7, "b"), (2, 7, "a"), (9, 8, "c")):
        columns = (np.array([value], dtype=np.uint64) for value in (1, pick, agent))
        counts.add(*columns, np.array([seen], dtype=object))
    rows = counts.rows()
    assert (rows.count.tolist(), rows.seen.tolist(), rows.agent.tolist()) == ([3], ["a"], [0])
