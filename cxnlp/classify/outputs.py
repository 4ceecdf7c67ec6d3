"""The numbers behind the heads: 36 outputs, and how they become probabilities.

Tone is three outputs (softmax), distress three cumulative ones (`distress>=1` ...), every label one.
A bundle keeps for each output a slope and an offset, fitted on held-out training calls.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxnlp.labels import HEADS, LABELS, OUTPUT_NAMES, TONES


class Output(NamedTuple):
    """One linear output: its name, the head it is of, and which classes of the head make it positive."""

    name: str
    head: str
    positive: tuple[int, ...]


OUTPUTS: tuple[Output, ...] = (
    *(Output(tone, "tone", (code,)) for code, tone in enumerate(TONES)),
    *(Output(f"distress>={level}", "distress", tuple(range(level, 4))) for level in (1, 2, 3)),
    *(Output(name, name, (1,)) for name in LABELS),
)
NAMES = OUTPUT_NAMES
PLACE: dict[str, int] = {name: number for number, name in enumerate(NAMES)}
TONE = slice(0, 3)
DISTRESS = slice(3, 6)
YES_NO = slice(6, len(OUTPUTS))


def targets(y: NDArray[np.int8]) -> NDArray[np.int8]:
    """0/1 targets of every output, int8 (T, outputs), from a label matrix (T, heads); -1 stays -1.

    >>> row = np.full((1, len(HEADS)), -1, dtype=np.int8); row[0, 1] = 2
    >>> targets(row)[0, DISTRESS].tolist()
    [1, 1, 0]
    """
    result = np.full((len(y), len(OUTPUTS)), -1, dtype=np.int8)
    for number, output in enumerate(OUTPUTS):
        column = y[:, HEADS.index(output.head)]
        result[:, number] = np.where(column >= 0, np.isin(column, output.positive), -1)
    return result


def probabilities(
    logits: NDArray[np.float32], slope: NDArray[np.float32], offset: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Calibrated probabilities, float32 (T, outputs). Tone sums to 1, distress never increases."""
    scaled = logits * slope + offset
    tone = scaled[:, TONE]
    tone = np.exp(tone - tone.max(axis=1, keepdims=True))
    result = np.empty_like(scaled)
    result[:, TONE] = tone / tone.sum(axis=1, keepdims=True)
    rest = scaled[:, 3:]
    np.clip(rest, -30, 30, out=rest)
    np.negative(rest, out=rest)
    np.exp(rest, out=rest)
    rest += 1
    np.reciprocal(rest, out=rest)
    result[:, 3:] = rest
    result[:, DISTRESS] = np.minimum.accumulate(result[:, DISTRESS], axis=1)
    return result
