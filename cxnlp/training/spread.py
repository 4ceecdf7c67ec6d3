"""Figures of classes and grades with what they are to be read against: an interval and a constant.

Intervals are percentile bootstraps over calls (Efron and Tibshirani, 1993). A baseline is what the best
constant answer gets: the commonest class, the middle grade.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
Picks = NDArray[np.int64]


def bootstrap(figure: Callable[[Picks], float], count: int, rounds: int = ROUNDS, seed: int = 0) -> list[float] | None:
    """The 95 % interval of a figure of `count` calls; `figure` takes numbers of calls drawn. None of no calls.

    >>> bootstrap(lambda pick: float(np.mean(pick < 50)), 100)
    [0.3998, 0.6]
    """
    if not count:
        return None
    rng = np.random.default_rng(seed)
    drawn = [figure(rng.integers(0, count, count)) for _ in range(rounds)]
    return [round(float(value), 4) for value in np.percentile(drawn, [2.5, 97.5])]


def codes_of(names: Sequence[str], classes: Sequence[str]) -> NDArray[np.int64]:
    """The place of each name among the classes."""
    return np.array([classes.index(name) for name in names], dtype=np.int64)


def confusion(truth: NDArray[np.int64], guess: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Counts (classes, classes): rows what is true, columns what was said."""
    return np.bincount(truth * size + guess, minlength=size * size).reshape(size, size)


def macro_f1(truth: NDArray[np.int64], guess: NDArray[np.int64], size: int) -> float:
    """Mean F1 over classes; a class that is neither true nor said counts 0, as in scikit-learn.

    >>> round(macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1]), 2), 4)
    0.6667
    """
    table = confusion(truth, guess, size)
    total = table.sum(axis=0) + table.sum(axis=1)
    return float(np.mean(2 * table.diagonal() / np.maximum(total, 1)))


def kappa_quadratic(truth: NDArray[np.int64], guess: NDArray[np.int64], size: int) -> float:
    """Quadratic-weighted kappa of grades (Cohen, 1968); 0 where chance explains all.

    >>> round(kappa_quadratic(np.array([0, 1, 2, 3]), np.array([0, 1, 3, 3]), 4), 4)
    0.9167
    """
    return _kappa(truth, guess, np.subtract.outer(np.arange(size), np.arange(size)) ** 2)


def kappa_nominal(truth: NDArray[np.int64], guess: NDArray[np.int64], size: int) -> float:
    """Kappa of classes without an order (Cohen, 1960); 0 where chance explains all.

    >>> round(kappa_nominal(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 2), 4)
    0.5
    """
    return _kappa(truth, guess, 1 - np.eye(size, dtype=np.int64))


def _kappa(truth: NDArray[np.int64], guess: NDArray[np.int64], apart: NDArray[np.int64]) -> float:
    """Kappa where being apart costs `apart` (classes, classes)."""
    table = confusion(truth, guess, len(apart))
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(len(truth), 1)
    by_chance = float((apart * chance).sum())
    return 1 - float((apart * table).sum()) / by_chance if by_chance else 0.0


def commonest(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The commonest code in the place of every one."""
    return np.full_like(codes, np.bincount(codes).argmax() if len(codes) else 0)
