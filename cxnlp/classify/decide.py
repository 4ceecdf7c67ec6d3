"""Probabilities to decisions: thresholds by output and side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cxnlp.classify.outputs import OUTPUTS, PLACE

SURFACE = [PLACE["distress>=3"], PLACE["vulnerability"]]


def surface_p(p: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (T,): probability that a turn is a crisis or tells of a vulnerability, taken as independent.

    A turn over the threshold `surface` is shown to a person whatever its labels say.
    """
    return np.asarray(1 - np.prod(1 - p[:, SURFACE], axis=1), dtype=np.float32)


def tone_codes(p: NDArray[np.float32], scripted: float, genuine: float) -> NDArray[np.int8]:
    """Tone (0 scripted, 1 neutral, 2 genuine) from its probabilities and the two thresholds; where both
    pass, the one that passes by more."""
    codes = np.ones(len(p), dtype=np.int8)
    over_scripted, over_genuine = p[:, 0] / scripted, p[:, 2] / genuine
    codes[over_scripted >= 1] = 0
    codes[(over_genuine >= 1) & (over_genuine >= over_scripted)] = 2
    return codes


def threshold_row(thresholds: Mapping[str, Mapping[str, float]], side: str) -> NDArray[np.float32]:
    """Thresholds of one side as a row (outputs,); above 1 where a head is not asked of it."""
    row = np.full(len(OUTPUTS), 2.0, dtype=np.float32)
    for number, output in enumerate(OUTPUTS):
        if side in (by_side := thresholds.get(output.name, {})):
            row[number] = by_side[side]
    return row
