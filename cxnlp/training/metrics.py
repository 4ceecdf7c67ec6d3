"""Figures of a model on labelled turns: a row for each class, level and label-side.

Each row has the number of turns asked and positive, precision, recall, F1, the area under the ROC
curve of the probability, and Cohen's kappa of the decision. Averages are over rows with `LEAST`
positives or more. Intervals are percentile bootstraps over items (Efron and Tibshirani, 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.labels import LABELS, TONES

LEAST = 10
GROUPS = ("tone", "distress", "empathy", "roadblocks", "duty", "affect", "risk", "effort")


@dataclass(slots=True)
class Column:
    """One yes/no question over N items: whether asked, the truth, the decision, the probability, (N,)."""

    side: str
    name: str
    group: str
    asked: NDArray[np.bool_]
    truth: NDArray[np.bool_]
    said: NDArray[np.bool_]
    p: NDArray[np.float32]


@dataclass(slots=True)
class Row:
    """Figures of one column. `auc` is None where it is not defined."""

    side: str
    name: str
    group: str
    asked: int
    positive: int
    said: int
    precision: float
    recall: float
    f1: float
    auc: float | None
    kappa: float
    averaged: bool = True


def figures(columns: Sequence[Column], skip: frozenset[str] = frozenset()) -> list[Row]:
    """A row a column; `skip` names `side:label` columns that are shown and not averaged."""
    return [_row(column, skip) for column in columns]


def _row(column: Column, skip: frozenset[str]) -> Row:
    truth, said, p = column.truth[column.asked], column.said[column.asked], column.p[column.asked]
    hit = int((truth & said).sum())
    positive, claimed, asked = int(truth.sum()), int(said.sum()), len(truth)
    return Row(
        side=column.side,
        name=column.name,
        group=column.group,
        asked=asked,
        positive=positive,
        said=claimed,
        precision=hit / claimed if claimed else 0.0,
        recall=hit / positive if positive else 0.0,
        f1=f1_of(truth, said),
        auc=auc_of(truth, p) if 0 < positive < asked else None,
        kappa=kappa_of(truth, said),
        averaged=positive >= LEAST and f"{column.side}:{column.name}" not in skip,
    )


def f1_of(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """F1 of two yes/no columns.

    >>> f1_of(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    total = int(truth.sum()) + int(said.sum())
    return float(2 * (truth & said).sum() / total) if total else 0.0


def auc_of(truth: NDArray[np.bool_], p: NDArray[np.float32]) -> float:
    """Area under the ROC curve, by ranks (Mann and Whitney): the share of pairs set right, ties half.

    >>> auc_of(np.array([False, True, False, True]), np.array([0.1, 0.4, 0.4, 0.8], dtype=np.float32))
    0.875
    """
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    hit = int(truth.sum())
    return float((ranks[truth].sum() - hit * (hit + 1) / 2) / (hit * (len(truth) - hit)))


def kappa_of(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Cohen's kappa of two yes/no columns; 0 where chance explains all.

    >>> round(kappa_of(np.array([True, True, False, False]), np.array([True, False, False, False])), 3)
    0.5
    """
    if not len(one):
        return 0.0
    agree = float((one == other).mean())
    by_chance = float(one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean()))
    return (agree - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0


def averages(rows: Sequence[Row]) -> dict[str, Any]:
    """Macro averages over averaged rows: all, and by group and side."""
    used = [row for row in rows if row.averaged]

    def mean(part: list[Row]) -> dict[str, Any] | None:
        if not part:
            return None
        aucs = [row.auc for row in part if row.auc is not None]
        return {
            "rows": len(part),
            "f1": round(float(np.mean([row.f1 for row in part])), 4),
            "auc": round(float(np.mean(aucs)), 4) if aucs else None,
            "kappa": round(float(np.mean([row.kappa for row in part])), 4),
        }

    result: dict[str, Any] = {"macro": mean(used)}
    for group in GROUPS:
        for side in ("agent", "customer"):
            part = mean([row for row in used if row.group == group and row.side == side])
            if part is not None:
                result[f"{side} {group}"] = part
    return result


def intervals(
    columns: Sequence[Column], skip: frozenset[str], rounds: int = 200, seed: int = 0
) -> dict[str, list[float]]:
    """95 % bootstrap intervals of macro F1 and macro AUC over items; rows are those averaged on all items."""
    rng = np.random.default_rng(seed)
    used = [column for column, row in zip(columns, figures(columns, skip), strict=True) if row.averaged]
    if not used:
        return {}
    count = len(used[0].asked)
    f1, auc = [], []
    for _ in range(rounds):
        pick = rng.integers(0, count, count)
        drawn = [
            _row(Column(c.side, c.name, c.group, c.asked[pick], c.truth[pick], c.said[pick], c.p[pick]), skip)
            for c in used
        ]
        f1.append(np.mean([row.f1 for row in drawn]))
        auc += [np.mean(known)] if (known := [row.auc for row in drawn if row.auc is not None]) else []
    return {
        name: [round(float(value), 4) for value in np.percentile(means, [2.5, 97.5])]
        for name, means in (("f1", f1), ("auc", auc))
        if means
    }


def columns_of(
    side: NDArray[np.int8],
    y: NDArray[np.int8],
    tone: NDArray[np.int8],
    distress: NDArray[np.int8],
    labels: NDArray[np.bool_],
    p: NDArray[np.float32],
) -> list[Column]:
    """The columns of N turns. `side` (N,): 0 agent, 1 customer, others are not asked; `y` (N, heads): the truth,
    -1 not asked; `tone`, `distress` (N,), `labels` (N, labels): the decisions; `p` (N, outputs)."""
    agent, customer = (side == 0) & (y[:, 0] >= 0), (side == 1) & (y[:, 1] >= 0)
    columns = [
        Column("agent", name, "tone", agent, y[:, 0] == code, tone == code, p[:, code])
        for code, name in enumerate(TONES)
    ]
    columns += [
        Column(
            "customer", f"distress>={level}", "distress", customer, y[:, 1] >= level, distress >= level, p[:, 2 + level]
        )
        for level in (1, 2, 3)
    ]
    for number, label in enumerate(LABELS.values()):
        for name, asked in (("agent", agent), ("customer", customer)):
            if label.side in (name, "both"):
                column = y[:, 2 + number]
                columns.append(
                    Column(
                        name,
                        label.name,
                        label.group,
                        asked & (column >= 0),
                        column == 1,
                        labels[:, number],
                        p[:, 6 + number],
                    )
                )
    return columns


def rows_as_dicts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as plain dicts, floats to four places."""
    return [
        {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(row).items()}
        for row in rows
    ]
