"""Effort of a call: 1 to 7, the sum of named reasons.

A reason has a kind, a turn and a source: `agent` where this agent made the customer do it (asked again,
held, sent away, brushed off), `process` where it was done to them before or by the company's rules. Evidence
that is no effort label itself (a refusal, anger at what was endured, a matter still open) is a
`burden` with `shown_by` saying what shows it. `ease` and work the agent takes over (`relief`) lower the
score. Each counts once a call, where it is most probable: the same obstacle told twice is one. A
reason of an effort kind stands only where a turn carries that label.
A reason weighs its fitted weight times its probability (`cxnlp.training.measures`).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any, NamedTuple

from cxnlp.calls.findings import AGENT, CUSTOMER, PLACE
from cxnlp.calls.view import CallView
from cxnlp.labels import group_of

KINDS = group_of("effort")
BY_AGENT = ("repeat_information", "transfer", "wait", "channel_switch", "burden")
SHOWN_BY_CUSTOMER = (
    "frustration",
    "distress>=2",
    "anxiety",
    "confusion",
    "resignation",
    "sadness",
    "churn",
    "escalation",
    "vulnerability",
)
SHOWN_BY_AGENT = (("policy_block", "process"), ("dismissal", "agent"), ("apology", "process"))
LIGHTER = (("ownership", "relief"), ("reassurance", "relief"))
LEAST = 0.15
LONG = 8


class Sign(NamedTuple):
    """Something that may weigh: `name` as in the weights, its kind and source, how strongly it shows."""

    name: str
    kind: str
    source: str
    turn: int
    strength: float
    shown_by: str


def signs_of(view: CallView, unsettled: float) -> list[Sign]:
    """Everything that may weigh in a call. `unsettled`: probability that the matter is not resolved."""
    found: list[Sign] = []
    customer, agent = (view.findings.most[side][view.number].tolist() for side in (CUSTOMER, AGENT))
    policy = agent[PLACE["policy_block"]]

    def add(side: int, label: str, kind: str, source: str, most: list[float]) -> None:
        if (strength := most[PLACE[label]]) >= LEAST:
            name = f"{label}:{source}" if side == AGENT else f"{label}:told"
            found.append(Sign(name, kind, source, view.where(side, label), strength, label))

    for kind in KINDS:
        if kind in view.labels_of(CUSTOMER):
            add(CUSTOMER, kind, kind, "process", customer)
        if kind in view.labels_of(AGENT):
            add(AGENT, kind, kind, "agent" if kind in BY_AGENT and policy < 0.5 else "process", agent)
    for label in SHOWN_BY_CUSTOMER:
        add(CUSTOMER, label, "burden", "process", customer)
    for label, source in SHOWN_BY_AGENT:
        add(AGENT, label, "burden", source, agent)
    for label, kind in LIGHTER:
        add(AGENT, label, kind, "agent", agent)
    taken = view.cued(AGENT, ("relief",))
    if taken is not None:
        found.append(Sign("relief", "relief", "agent", taken, 1.0, "relief"))
    if view.customer:
        last = view.customer[-1]
        if unsettled >= LEAST:
            found.append(Sign("unsettled", "burden", "process", last, unsettled, "unsettled"))
        if len(view.runs) > LONG:
            found.append(Sign("length", "burden", "process", last, log(len(view.runs) / LONG), "length"))
    return found


def effort_of(view: CallView, weights: Mapping[str, float], unsettled: float) -> dict[str, Any] | None:
    """`score`: clip(1 + sum of weights, 1, 7); `reasons`: in order of turn. None where the customer never speaks."""
    if not view.customer:
        return None
    reasons: list[dict[str, Any]] = []
    for sign in signs_of(view, unsettled):
        weight = round(weights.get(sign.name, 0.0) * sign.strength, 2)
        if weight == 0:
            continue
        reasons.append(
            {
                "kind": sign.kind,
                "turn": sign.turn,
                "source": sign.source,
                "weight": weight,
                "text": view.words(sign.turn, sign.shown_by),
                "shown_by": sign.shown_by,
            }
        )
    reasons.sort(key=lambda reason: reason["turn"])
    total = 1 + sum(reason["weight"] for reason in reasons)
    return {"score": round(min(max(total, 1.0), 7.0), 2), "reasons": reasons}
