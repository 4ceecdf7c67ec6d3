"""Shrinking, tests and ranks: what has to hold of them whatever the numbers."""

from __future__ import annotations

from itertools import pairwise
from math import comb, inf, isinf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.corpus.rates import dispersion, excess, holm, rank_spans, shrink, strength

counts = st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
chances = st.floats(0, 1)


@given(counts, st.floats(0.01, 0.99), st.floats(0.1, 500))
def test_a_shrunk_rate_lies_between_its_own_and_the_mean(pair: tuple[int, int], mean: float, weight: float) -> None:
    hits, trials = pair
    found = shrink(hits, trials, mean, weight, 1000)
    low, high = sorted((hits / trials, mean))
    assert low - 1e-9 <= found.rate <= high + 1e-9
    assert 0 <= found.low <= found.rate <= found.high <= 1


@given(st.integers(0, 10), st.floats(0.05, 0.95), st.floats(1, 100))
def test_more_calls_are_shrunk_less(tenths: int, mean: float, weight: float) -> None:
    far = [abs(shrink(tenths * size, 10 * size, mean, weight, 1e9).rate - tenths / 10) for size in (1, 4, 20, 100)]
    assert all(less <= more + 1e-9 for more, less in pairwise(far))


def test_the_mean_weighs_no_more_than_it_was_seen() -> None:
    assert shrink(5, 10, 0.2, inf, 40) == shrink(5, 10, 0.2, 40, 40)


@pytest.mark.parametrize("rho", [0.02, 0.1, 0.3])
def test_the_spread_between_agents_is_found_again(rho: float) -> None:
    rng = np.random.default_rng(5)
    weight = (1 - rho) / rho
    trials = rng.integers(20, 200, 4000).astype(float)
    hits = rng.binomial(trials.astype(int), rng.beta(0.4 * weight, 0.6 * weight, 4000)).astype(float)
    found = strength(hits, trials, np.full(4000, hits.sum() / trials.sum()), ["all"] * 4000)
    assert 1 / (1 + found) == pytest.approx(rho, rel=0.1)


def test_agents_who_differ_by_chance_alone_are_taken_for_one() -> None:
    trials, hits = np.full(8, 10.0), np.full(8, 5.0)
    assert isinf(strength(hits, trials, np.full(8, 0.5), ["all"] * 8))


def test_nobody_and_nothing() -> None:
    assert isinf(strength(np.zeros(0), np.zeros(0), np.zeros(0), []))
    assert isinf(strength(np.zeros(2), np.zeros(2), np.full(2, 0.5), ["a", "b"]))


@given(st.integers(1, 30), st.integers(0, 30), st.integers(1, 9))
def test_excess_is_the_binomial_tail(own: int, rest: int, share: int) -> None:
    everybody, p = own + rest, share / 10
    exact = sum(comb(everybody, k) * p**k * (1 - p) ** (everybody - k) for k in range(own, everybody + 1))
    assert excess(own, share, everybody, 10, 1.0) == pytest.approx(exact, abs=1e-9)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(1, 5))
def test_clusters_make_a_finding_less_sure(own: int, rest: int, spread: float) -> None:
    if own > rest / 2:
        assert excess(own, 1, own + rest, 3, spread * 2) >= excess(own, 1, own + rest, 3, 1.0) - 1e-6


def test_dispersion_of_poisson_counts_is_one_and_of_clusters_their_size() -> None:
    rng = np.random.default_rng(1)
    for size in (1, 3):
        parts = []
        for rate in (0.3, 1.0, 2.0):
            one = size * rng.poisson(rate, 3000)
            parts.append((float((one * one).sum()), float(one.sum()), 3000.0, 3000.0))
        assert dispersion(parts) == pytest.approx(size, rel=0.06)
    assert dispersion([]) == 1.0


@given(st.lists(chances, max_size=12))
def test_holm_keeps_the_order_and_only_raises(given_chances: list[float]) -> None:
    found = holm(given_chances)
    assert all(1 >= after >= before for before, after in zip(given_chances, found, strict=True))
    order = sorted(range(len(found)), key=given_chances.__getitem__)
    assert all(found[a] <= found[b] for a, b in pairwise(order))


@given(st.lists(st.tuples(chances, chances).map(sorted).map(tuple), max_size=12))
def test_rank_spans_count_those_surely_above_and_below(intervals: list[tuple[float, float]]) -> None:
    for (low, high), (best, worst) in zip(intervals, rank_spans(intervals), strict=True):
        assert best == 1 + sum(other > high for other, _ in intervals)
        assert worst == len(intervals) - sum(other < low for _, other in intervals)
        assert 1 <= best <= worst <= len(intervals)
