"""Effort of a call: 1 to 7, the sum of named reasons.

A reason is an effort label with its turn and its source: `agent` where this agent's own turn asks it of
the customer (asked again, held, sent away), `process` where the customer tells it or the company's
rules cause it. The same obstacle told twice counts once. `ease` lowers the score. Weights are fitted on
the training calls' own effort (non-negative least squares of effort - 1 on the reasons present).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxnlp.calls.view import CallView
from cxnlp.labels import group_of

KINDS = group_of("effort")
BY_AGENT = ("repeat_information", "transfer", "wait", "channel_switch", "burden")


def effort_of(view: CallView, weights: Mapping[str, float]) -> dict[str, Any]:
    """`score`: clip(1 + sum of weights, 1, 7), one decimal kept; `reasons`: in order of turn."""
    reasons: list[dict[str, Any]] = []
    for kind, source, turn in reasons_of(view):
        reasons.append(
            {
                "kind": kind,
                "turn": turn,
                "source": source,
                "weight": round(weights.get(f"{kind}:{source}", 0.0), 2),
                "text": view.words(turn, kind),
            }
        )
    reasons.sort(key=lambda reason: reason["turn"])
    total = 1 + sum(reason["weight"] for reason in reasons)
    return {"score": round(min(max(total, 1.0), 7.0), 2), "reasons": reasons}


def reasons_of(view: CallView) -> list[tuple[str, str, int]]:
    """(kind, source, first turn) of every reason, each kind and source once."""
    first: dict[tuple[str, str], int] = {}
    for index in sorted(view.labels):
        for kind in view.labels[index]:
            if kind in KINDS:
                first.setdefault((kind, source_of(view, index, kind)), index)
    return [(kind, source, turn) for (kind, source), turn in first.items()]


def source_of(view: CallView, index: int, kind: str) -> str:
    """Who made the effort: this agent, or what came before and the rules."""
    by_agent = view.tone[index] >= 0 and kind in BY_AGENT and not view.has(index, "policy_block")
    return "agent" if by_agent else "process"
