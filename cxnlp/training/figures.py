"""A figure of a measure of whole calls, with its number, its interval and what a constant gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.intervals import wilson
from cxnlp.training.spread import bootstrap, codes_of, commonest, kappa_quadratic, macro_f1

Pairs = list[tuple[str, str]]


class Figure(NamedTuple):
    """One figure of one measure. `n`: calls, turns or opportunities it was asked of; `baseline`: what the best
    constant answer gets."""

    measure: str
    figure: str
    n: int
    value: float | None
    interval: list[float] | None
    baseline: float | None


def graded(measure: str, truth: NDArray[Any], guess: NDArray[Any], size: int) -> Figure:
    """Quadratic-weighted kappa; that of any constant is 0."""
    one, other = truth.astype(np.int64), guess.astype(np.int64)
    interval = bootstrap(lambda pick: kappa_quadratic(one[pick], other[pick], size), len(one))
    return Figure(measure, "kappa_quadratic", len(one), _round(kappa_quadratic(one, other, size), one), interval, 0.0)


def apart(measure: str, truth: NDArray[Any], guess: NDArray[Any], constant: NDArray[Any]) -> Figure:
    """Mean absolute error; the best constant is the median."""
    gap = np.abs(truth - guess)
    return Figure(
        measure,
        "mean_absolute_error",
        len(gap),
        _round(gap.mean(), gap) if len(gap) else None,
        bootstrap(lambda pick: float(gap[pick].mean()), len(gap)),
        _round(np.abs(truth - constant).mean(), gap) if len(gap) else None,
    )


def class_figure(measure: str, by_call: Sequence[Pairs], classes: Sequence[str]) -> Figure:
    """Macro-F1 of (true, said) classes, drawn again by call; the best constant is the commonest class."""
    flat = [pair for pairs in by_call for pair in pairs]
    truth, guess = (codes_of([pair[side] for pair in flat], classes) for side in (0, 1))
    ends = np.cumsum([len(pairs) for pairs in by_call])
    rows = [np.arange(end - len(pairs), end) for pairs, end in zip(by_call, ends.tolist(), strict=True)]
    size = len(classes)

    def drawn(pick: NDArray[np.int64]) -> float:
        own = np.concatenate([rows[number] for number in pick.tolist()])
        return macro_f1(truth[own], guess[own], size)

    return Figure(
        measure,
        "macro_f1",
        len(flat),
        _round(macro_f1(truth, guess, size), truth),
        bootstrap(drawn, len(by_call)) if flat else None,
        _round(macro_f1(truth, commonest(truth), size), truth),
    )


def share(measure: str, figure: str, hits: int, total: int) -> Figure:
    """Hits of a total; the constant that never says yes has none."""
    return Figure(
        measure, figure, total, round(hits / total, 4) if total else None, wilson(hits, total), 0.0 if total else None
    )


def _round(value: float, asked: NDArray[Any]) -> float | None:
    return round(float(value), 4) if len(asked) else None
