"""Weights of effort signs, fitted on the effort that was read off whole training calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from cxnlp.calls.effort import KINDS, SIGNS, signs_of
from cxnlp.training.measures_data import Known
from cxnlp.training.spread import bootstrap, kappa_quadratic

MOST = 3.0
POINTS = 7
LEAST = 0.25
SURE = (*KINDS, "relief")
LIGHT = ("ease", "relief", "ownership", "reassurance")


def fit_effort(known: Known, unsettled: NDArray[np.float64]) -> tuple[dict[str, float], dict[str, Any]]:
    """Weight by name of sign, and its figures on calls held out in turn.

    Bounded least squares of effort - 1 on the strengths of the signs: what lightens is at most 0, all
    else at least 0, effort labels and relief 0.25 away from it, and none beyond 3. `unsettled` (calls,):
    held-out probability of not resolved.
    """
    place, strengths = known.place, dict[str, NDArray[np.float64]]()
    found = signs_of(known.findings, known.spread(unsettled))
    for number in np.unique(found.sign[place[found.call] >= 0]).tolist():
        of = (found.sign == number) & (place[found.call] >= 0)
        strengths[SIGNS[number].name] = np.zeros(len(known.marked))
        strengths[SIGNS[number].name][place[found.call[of]]] = found.strength[of]
    names = sorted(strengths)
    values = np.array([strengths[name] for name in names]).T
    effort = np.array([float(call.head["effort"]) for call in known.marked])
    score = np.zeros(len(effort))
    for part in np.unique(known.fold):
        own = known.fold == part
        score[own] = values[own] @ _weights(names, values[~own], effort[~own])
    weights = _weights(names, values, effort)
    return (
        {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if abs(weight) >= 5e-3},
        agreement(effort, np.clip(1 + score, 1, 7)),
    )


def _weights(names: list[str], values: NDArray[np.float64], effort: NDArray[np.float64]) -> NDArray[np.float64]:
    light = np.array([name.startswith(LIGHT) for name in names])
    sure = np.array([name.partition(":")[0] in SURE for name in names]) * LEAST
    low, high = np.where(light, -MOST, sure - 1e-9), np.where(light, 1e-9 - sure, MOST)
    found: NDArray[np.float64] = lsq_linear(values, effort - 1, bounds=(low, high)).x
    return found


def agreement(effort: NDArray[np.float64], score: NDArray[np.float64]) -> dict[str, Any]:
    """Quadratic-weighted kappa of whole points with its interval (any constant has 0), mean absolute error and
    that of the median; both (calls,)."""
    true, said = effort.astype(np.int64) - 1, np.rint(score).astype(np.int64) - 1
    return {
        "n": len(effort),
        "kappa_quadratic": round(kappa_quadratic(true, said, POINTS), 4),
        "interval_95": bootstrap(lambda pick: kappa_quadratic(true[pick], said[pick], POINTS), len(true)),
        "mean_absolute_error": round(float(np.abs(effort - score).mean()), 4),
        "baseline_error": round(float(np.abs(effort - np.median(effort)).mean()), 4),
    }
