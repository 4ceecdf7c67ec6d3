"""Intervals of rates."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054


def wilson(hits: int, total: int, z: float = Z95) -> list[float] | None:
    """The Wilson score interval of hits / total (Wilson, "Probable inference, the law of succession, and
    statistical inference", 1927); None where the total is 0.

    >>> wilson(8, 10)
    [0.4902, 0.9433]
    """
    if total == 0:
        return None
    rate, square = hits / total, z * z / total
    middle = (rate + square / 2) / (1 + square)
    half = z * sqrt(rate * (1 - rate) / total + square / (4 * total)) / (1 + square)
    return [round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)]
