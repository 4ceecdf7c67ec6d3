"""The same turns scored twice, as they are and changed: what the change costs, with an interval.

The interval is a paired percentile bootstrap (Efron and Tibshirani, 1993): each draw takes the same turns of
both, so what the turns have in common falls out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxnlp.training.metrics import Column, f1_of, figures
from cxnlp.training.spread import ROUNDS, Picks, bootstrap

LEAST = 40
"""Columns with fewer positives move by a turn or two and are left out."""


def cost_of_change(
    before: Sequence[Column],
    after: Sequence[Column],
    skip: frozenset[str] = frozenset(),
    least: int = LEAST,
    rounds: int = ROUNDS,
) -> dict[str, Any] | None:
    """Macro F1 of both over averaged columns with `least` positives or more, the difference and its 95 % interval.

    Returns {"rows", "least", "before", "after", "change", "interval_95"}; None where no column has so many.
    """
    rows = figures(before, skip)
    pairs = [
        (one, other)
        for one, other, row in zip(before, after, rows, strict=True)
        if row.averaged and row.positive >= least
    ]
    if not pairs:
        return None

    def means(pick: Picks) -> tuple[float, float]:
        one, other = np.mean([[_f1(column, pick) for column in pair] for pair in pairs], axis=0)
        return float(one), float(other)

    def change(pick: Picks) -> float:
        one, other = means(pick)
        return other - one

    count = len(pairs[0][0].asked)
    one, other = means(np.arange(count))
    return {
        "rows": len(pairs),
        "least": least,
        "before": round(one, 4),
        "after": round(other, 4),
        "change": round(other - one, 4),
        "interval_95": bootstrap(change, count, rounds),
    }


def _f1(column: Column, pick: Picks) -> float:
    drawn = pick[column.asked[pick]]
    return f1_of(column.truth[drawn], column.said[drawn])
