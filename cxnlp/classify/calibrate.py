"""Slopes, offsets and thresholds, from logits of calls the heads had not seen.

Probabilities: one slope and offset an output (Platt, "Probabilistic outputs for support vector
machines", 1999); the three of tone together, by the likelihood of the softmax. Thresholds: for each
label and side the one with the best F1; tone says scripted or genuine when either passes its own.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from cxnlp.classify.decide import SURFACE, surface_p, tone_codes
from cxnlp.classify.outputs import DISTRESS, OUTPUTS, TONE, YES_NO
from cxnlp.labels import LABELS

Thresholds = dict[str, dict[str, float]]
SURFACE_RECALL = 0.95


def fit_calibration(
    logits: NDArray[np.float32], targets: NDArray[np.int8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slopes and offsets, float32 (outputs,), from logits and 0/1/-1 targets (turns, outputs)."""
    slope = np.ones(len(OUTPUTS), dtype=np.float32)
    offset = np.zeros(len(OUTPUTS), dtype=np.float32)
    asked = targets[:, 0] >= 0
    slope[TONE], offset[TONE] = _fit_softmax(logits[asked, TONE], targets[asked, TONE].argmax(axis=1))
    for output in range(TONE.stop, len(OUTPUTS)):
        asked = targets[:, output] >= 0
        if len(np.unique(targets[asked, output])) < 2:
            continue
        platt = LogisticRegression(C=1e4).fit(logits[asked, output, None], targets[asked, output])
        slope[output] = max(float(platt.coef_[0, 0]), 0.05)
        offset[output] = float(platt.intercept_[0])
    return slope, offset


def _fit_softmax(
    logits: NDArray[np.float32], codes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows = np.arange(len(codes))

    def loss(parameters: NDArray[np.float64]) -> float:
        scaled = logits * parameters[:3] + parameters[3:]
        return float(-log_softmax(scaled, axis=1)[rows, codes].mean() + 1e-4 * (parameters**2).sum())

    best = minimize(loss, np.array([1.0, 1, 1, 0, 0, 0]), method="L-BFGS-B", bounds=[(0.05, 5)] * 3 + [(-5, 5)] * 3)
    return best.x[:3], best.x[3:]


def best_threshold(p: NDArray[np.float32], positive: NDArray[np.bool_]) -> float:
    """The threshold with the highest F1, between two values seen; 0.5 where nothing is positive.

    >>> best_threshold(np.array([0.1, 0.3, 0.8], dtype=np.float32), np.array([False, True, True]))
    0.2
    """
    if not positive.any():
        return 0.5
    order = np.argsort(-p, kind="stable")
    values = p[order].astype(np.float64)
    hit = np.cumsum(positive[order])
    f1 = 2 * hit / (np.arange(1, len(p) + 1) + positive.sum())
    f1[:-1][values[:-1] == values[1:]] = 0
    best = int(f1.argmax())
    below = values[best + 1] if best + 1 < len(values) else 0.0
    return round(float((values[best] + below) / 2), 4)


def recall_threshold(p: NDArray[np.float32], positive: NDArray[np.bool_], recall: float) -> float:
    """The highest threshold that still finds this share of the positives; 0.5 where there is none."""
    if not positive.any():
        return 0.5
    values = np.sort(p[positive].astype(np.float64))
    return round(float(values[int(np.floor((1 - recall) * len(values)))]) - 5e-5, 4)


def fit_thresholds(p: NDArray[np.float32], targets: NDArray[np.int8]) -> Thresholds:
    """Thresholds by output and side, from calibrated probabilities and 0/1/-1 targets (turns, outputs)."""
    agent, customer = targets[:, TONE.start] >= 0, targets[:, DISTRESS.start] >= 0
    result: Thresholds = {}
    sides = {"agent": agent, "customer": customer}
    result["scripted"], result["genuine"] = _tone_thresholds(p[agent, TONE], targets[agent, TONE])
    for output in range(DISTRESS.start, DISTRESS.stop):
        result[OUTPUTS[output].name] = {"customer": best_threshold(p[customer, output], targets[customer, output] == 1)}
    for output in range(YES_NO.start, YES_NO.stop):
        name = OUTPUTS[output].name
        asked = [side for side in sides if LABELS[name].side in (side, "both")]
        result[name] = {
            side: best_threshold(p[sides[side], output], targets[sides[side], output] == 1) for side in asked
        }
    result["surface"] = {
        "customer": recall_threshold(
            surface_p(p[customer]), (targets[customer][:, SURFACE] == 1).any(axis=1), SURFACE_RECALL
        )
    }
    return result


def _tone_thresholds(p: NDArray[np.float32], targets: NDArray[np.int8]) -> tuple[dict[str, float], dict[str, float]]:
    truth = targets.argmax(axis=1)
    grid = np.round(np.arange(0.15, 0.76, 0.03), 2)
    best = max(
        product(grid, grid),
        key=lambda pair: _macro_f1(tone_codes(p, float(pair[0]), float(pair[1])), truth),
    )
    return {"agent": float(best[0])}, {"agent": float(best[1])}


def _macro_f1(guess: NDArray[np.int8], truth: NDArray[np.int64]) -> float:
    total = 0.0
    for code in range(3):
        hit = ((guess == code) & (truth == code)).sum()
        total += 2 * hit / max((guess == code).sum() + (truth == code).sum(), 1)
    return float(total / 3)
