"""Weights of effort reasons, fitted on the effort that was read off whole training calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear
from sklearn.metrics import cohen_kappa_score

from cxnlp.calls.effort import BY_AGENT, KINDS
from cxnlp.labels import LABELS
from cxnlp.training.dataset import COLUMN, Dataset

REASONS = tuple(f"{kind}:{source}" for kind in KINDS for source in ("process", "agent"))
_POLICY = list(LABELS).index("policy_block")


def fit_effort(data: Dataset) -> dict[str, float]:
    """Weight by `kind:source`: least squares of effort - 1 on the reasons present; `ease` is at most 0,
    the others at least 0 and at most 3."""
    first = 2
    present, effort = reason_matrix(data, data.y[:, first:] == 1)
    low = [-3.0 if reason.startswith("ease") else 0.0 for reason in REASONS]
    high = [0.0 if reason.startswith("ease") else 3.0 for reason in REASONS]
    design = np.hstack([present, np.ones((len(present), 1))])
    fitted = lsq_linear(design, effort - 1, bounds=([*low, 0.0], [*[value + 1e-9 for value in high], 1e-6]))
    return {reason: round(float(weight), 2) for reason, weight in zip(REASONS, fitted.x, strict=False)}


def reason_matrix(data: Dataset, labels: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """0/1 (calls with an effort, reasons) from labels (turns, labels), and the efforts, (calls,)."""
    ends = np.cumsum([len(call.turns) for call in data.calls])
    agent = data.y[:, COLUMN["tone"]] >= 0
    kinds = [list(LABELS).index(kind) for kind in KINDS]
    rows, effort = [], []
    for call, end in zip(data.marked, ends.tolist(), strict=True):
        if "effort" not in call.head:
            continue
        part = slice(end - len(call.turns), end)
        own, ours = labels[part], agent[part]
        row = []
        for kind, place in zip(KINDS, kinds, strict=True):
            by_agent = own[:, place] & ours & ~own[:, _POLICY] & (kind in BY_AGENT)
            row += [bool((own[:, place] & ~by_agent).any()), bool(by_agent.any())]
        rows.append(row)
        effort.append(float(call.head["effort"]))
    return np.array(rows, dtype=np.float64), np.array(effort)


def effort_agreement(data: Dataset, labels: NDArray[np.bool_], weights: dict[str, float]) -> dict[str, Any]:
    """Quadratic-weighted kappa and mean absolute error of the effort that these labels give."""
    present, effort = reason_matrix(data, labels)
    score = np.clip(1 + present @ np.array([weights[reason] for reason in REASONS]), 1, 7)
    return {
        "calls": len(effort),
        "kappa_quadratic": round(
            float(cohen_kappa_score(effort.astype(int), np.rint(score).astype(int), weights="quadratic")), 4
        ),
        "mean_absolute_error": round(float(np.abs(effort - score).mean()), 4),
    }
