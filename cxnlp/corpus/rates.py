"""Rates of few cases: drawn to the mean of the team, compared with the rest, corrected for many looks.

Shrinking. Hits of agent i are taken as binomial with a rate that varies between agents as a beta with mean
m_i (what the team would reach) and strength M = (1 - rho) / rho, in trials. rho is found by the method of
moments, weights the numbers of trials (Kleinman, "Proportions with extraneous variance", Journal of the American
Statistical Association 68, 1973), over the agents of all teams about their own teams' means, so that a team of
three need not estimate a spread. The rate shown is the mean of the posterior beta, its interval the middle 95 %
(stretched to the mean where that lies outside). Opportunities of one call are taken for independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, betaincinv

Numbers = NDArray[np.float64]


class Shrunk(NamedTuple):
    """A rate drawn to its mean, and the interval of 95 % in which it lies."""

    rate: float
    low: float
    high: float


def strength(hits: Numbers, trials: Numbers, means: Numbers, pools: Sequence[object]) -> float:
    """Trials that the mean of the pool weighs. All arrays (agents,); infinite where agents differ by chance alone.

    >>> hits, trials = np.array([9.0, 1.0]), np.array([10.0, 10.0])
    >>> strength(hits, trials, np.array([0.5, 0.5]), ["north", "north"]) < 10
    True
    """
    total: dict[object, float] = {}
    for pool, count in zip(pools, trials.tolist(), strict=True):
        total[pool] = total.get(pool, 0.0) + count
    held = trials / np.maximum([total[pool] for pool in pools], 1.0)
    spread = means * (1 - means)
    seen = np.divide(hits, trials, out=means.copy(), where=trials > 0)
    between = float(np.sum(trials * (seen - means) ** 2 - (trials > 0) * spread * (1 - held)))
    most = float(np.sum(spread * np.maximum(trials - 1, 0) * (1 - held)))
    if between <= 0 or most <= 0:
        return float("inf")
    rho = min(between / most, 0.99)
    return (1 - rho) / rho


def shrink(hits: float, trials: float, mean: float, weight: float, most: float) -> Shrunk:
    """A rate drawn to `mean`, which weighs as `weight` trials but no more than `most`, those it was seen in.

    >>> shrink(9, 10, 0.5, 10, 1000).rate
    0.7
    """
    weight = min(weight, max(most, 1.0))
    mean = min(max(mean, 1e-6), 1 - 1e-6)
    a, b = hits + weight * mean, trials - hits + weight * (1 - mean)
    rate = a / (a + b)
    low, high = (float(betaincinv(a, b, part)) for part in (0.025, 0.975))
    return Shrunk(rate, min(low, rate), max(high, rate))


def excess(hits: float, exposure: float, all_hits: float, all_exposure: float, dispersion: float) -> float:
    """Probability of so many hits or more, had everybody the same rate: given all hits, an agent's are binomial
    with the share of the exposure (Przyborowski and Wilenski, Biometrika 31, 1940). Hits that come in clusters
    are divided by their dispersion first, rounded against the finding.

    >>> round(excess(8, 1, 16, 4, 1.0), 4)
    0.0271
    """
    own, everybody = int(hits / dispersion), int(all_hits / dispersion)
    if own < 1 or exposure >= all_exposure:
        return 1.0
    return float(bdtrc(own - 1, everybody, exposure / all_exposure))


def dispersion(parts: Sequence[tuple[float, float, float, float]]) -> float:
    """Variance of counts over what Poisson counts would have, at least 1: Pearson's statistic within agents.

    Parts are (sum of count^2 / exposure, sum of counts, sum of exposures, cases) of one agent.

    >>> dispersion([(40.0, 20.0, 10.0, 10)])
    1.0
    """
    known = [part for part in parts if part[1] > 0 and part[3] > 1]
    free = sum(cases - 1 for *_, cases in known)
    found = sum(squares * exposure / count - count for squares, count, exposure, _ in known)
    return max(1.0, found / free) if free else 1.0


def holm(chances: Sequence[float]) -> list[float]:
    """Chances corrected for how many were looked at (Holm, Scandinavian Journal of Statistics 6, 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    corrected, worst = [1.0] * len(chances), 0.0
    for place, at in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        worst = max(worst, min(1.0, (len(chances) - place) * chances[at]))
        corrected[at] = worst
    return corrected


def rank_spans(intervals: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """(best, worst) rank that each may have, 1 the highest: only intervals that do not touch set two apart.

    >>> rank_spans([(0.1, 0.2), (0.5, 0.7), (0.6, 0.9)])
    [(3, 3), (1, 2), (1, 2)]
    """
    lows, highs = (np.sort(np.array([pair[end] for pair in intervals], dtype=float)) for end in (0, 1))
    spans = []
    for low, high in intervals:
        above = len(lows) - int(np.searchsorted(lows, high, side="right"))
        below = int(np.searchsorted(highs, low, side="left"))
        spans.append((1 + above, len(intervals) - below))
    return spans
