"""Figures on held-out training calls: every decision by heads, calibration and thresholds that had not
seen the call it is about. Contrast items are left out: they are harder and rarer than life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.classify.calibrate import fit_calibration, fit_thresholds
from cxnlp.classify.decide import SURFACE, surface_p, threshold_row, tone_codes
from cxnlp.classify.outputs import DISTRESS, TONE, YES_NO, probabilities
from cxnlp.training.dataset import Dataset
from cxnlp.training.metrics import averages, columns_of, figures, intervals, rows_as_dicts


@dataclass(slots=True)
class HeldOut:
    """Held-out logits and 0/1/-1 targets, both (R, outputs), and the part (R,) each row was held out with.
    The first rows are a dataset's own turns, the rest their worn copies: calibration and thresholds are to
    hold for both."""

    logits: NDArray[np.float32]
    truth: NDArray[np.int8]
    fold: NDArray[np.int64]


@dataclass(slots=True)
class Decided:
    """`p` (R, outputs): probabilities; `over` (R, outputs): 0/1 decisions, with tone code + 1 in the first
    column; `surfaced` bool (R,)."""

    p: NDArray[np.float32]
    over: NDArray[np.float32]
    surfaced: NDArray[np.bool_]


def heldout_metrics(data: Dataset, held: HeldOut) -> dict[str, Any]:
    """The metrics of a bundle on the turns of a dataset."""
    count = len(data.y)
    truth = held.truth[:count]
    decided = decide(held.logits, held.truth, held.fold)
    p, over, surfaced = decided.p[:count], decided.over[:count], decided.surfaced[:count]
    agent, customer = data.y[:, 0] >= 0, data.y[:, 1] >= 0
    tone, distress = tone_and_distress(over, agent, customer)
    labels = over[:, YES_NO] > 0
    in_calls = np.repeat([not call.is_contrast for call in data.marked], [len(call.turns) for call in data.calls])
    side = np.where(agent, 0, np.where(customer, 1, 2)).astype(np.int8)
    keep = in_calls & (side < 2)
    columns = columns_of(side[keep], data.y[keep], tone[keep], distress[keep], labels[keep], p[keep])
    rows = figures(columns)
    asked = (truth >= 0) & keep[:, None]
    return {
        "on": "held-out training calls",
        "turns": int(keep.sum()),
        "averages": averages(rows),
        "intervals_95": intervals(columns, frozenset(), rounds=100),
        "calibration_error": round(calibration_error(p[asked], truth[asked]), 4),
        "brier_skill": round(brier_skill(p, truth, asked), 4),
        "surfacing": _surfacing(truth, surfaced, keep),
        "rows": rows_as_dicts(rows),
    }


def decide(logits: NDArray[np.float32], truth: NDArray[np.int8], fold: NDArray[np.int64]) -> Decided:
    """Held-out logits and 0/1/-1 targets, both (R, outputs), and parts (R,), to decisions: each part judged
    with the calibration and thresholds of the others."""
    p = np.zeros_like(logits)
    over = np.zeros_like(logits)
    surfaced = np.zeros(len(logits), dtype=np.bool_)
    agent, customer = truth[:, 0] >= 0, truth[:, DISTRESS.start] >= 0
    for part in np.unique(fold):
        others, own = fold != part, fold == part
        slope, offset = fit_calibration(logits[others], truth[others])
        known = probabilities(logits[others], slope, offset)
        limits = fit_thresholds(known, truth[others])
        p[own] = probabilities(logits[own], slope, offset)
        for mask, side in ((agent, "agent"), (customer, "customer")):
            rows = own & mask
            over[rows] = p[rows] >= threshold_row(limits, side)
        rows = own & agent
        over[rows, 0] = 1 + tone_codes(p[rows, TONE], limits["scripted"]["agent"], limits["genuine"]["agent"])
        surfaced[own & customer] = surface_p(p[own & customer]) >= limits["surface"]["customer"]
    return Decided(p, over, surfaced)


def tone_and_distress(
    over: NDArray[np.float32], agent: NDArray[np.bool_], customer: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Tone codes and distress levels from decisions, -1 on the other side's turns."""
    tone = np.where(agent, over[:, 0] - 1, -1).astype(np.int8)
    passed = np.logical_and.accumulate(over[:, DISTRESS] > 0, axis=1).sum(axis=1)
    return tone, np.where(customer, passed, -1).astype(np.int8)


def calibration_error(p: NDArray[np.float32], truth: NDArray[np.int8], least: float = 0.1, bins: int = 10) -> float:
    """Expected calibration error over decisions with p above `least`, in bins of equal count
    (Naeini, Cooper and Hauskrecht, 2015)."""
    use = p > least
    order = np.argsort(p[use], kind="stable")
    ps, ts = p[use][order].astype(np.float64), (truth[use][order] == 1).astype(np.float64)
    if not len(ps):
        return 0.0
    parts = np.array_split(np.arange(len(ps)), bins)
    return float(sum(abs(ps[part].mean() - ts[part].mean()) * len(part) for part in parts if len(part)) / len(ps))


def brier_skill(p: NDArray[np.float32], truth: NDArray[np.int8], asked: NDArray[np.bool_]) -> float:
    """Mean over outputs of 1 - Brier score / Brier score of the base rate."""
    skills = []
    for output in range(p.shape[1]):
        rows = asked[:, output]
        t = (truth[rows, output] == 1).astype(np.float64)
        if 0 < t.sum() < len(t):
            skills.append(1 - np.mean((p[rows, output] - t) ** 2) / np.mean((t.mean() - t) ** 2))
    return float(np.mean(skills))


def _surfacing(truth: NDArray[np.int8], surfaced: NDArray[np.bool_], keep: NDArray[np.bool_]) -> dict[str, Any]:
    positive = (truth[:, SURFACE] == 1).any(axis=1)
    shown = surfaced & keep
    hit = int((positive & shown).sum())
    return {
        "turns": int((positive & keep).sum()),
        "recall": round(hit / max(int((positive & keep).sum()), 1), 4),
        "precision": round(hit / max(int(shown.sum()), 1), 4),
    }
