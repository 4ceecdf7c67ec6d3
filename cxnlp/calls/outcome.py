"""Outcome: was what the customer expected failed, met or exceeded, and is the matter settled.

Judged on the customer's last words, on what was done and promised, and on what had been expected before;
two small softmaxes over those. A routine goodbye shows nothing: its turns weigh towards `unclear`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUE_PLACE, CUSTOMER, LAST, PLACE, Findings
from cxnlp.calls.view import CallView

VERDICTS = ("failed", "met", "exceeded", "unclear")
SETTLED = ("yes", "no", "unclear")
CUSTOMER_OUTPUTS = (
    "distress>=1",
    "distress>=2",
    "frustration",
    "anxiety",
    "sadness",
    "confusion",
    "resignation",
    "delight",
    "churn",
    "escalation",
    "chasing",
    "contradiction",
    "ease",
)
AGENT_OUTPUTS = (
    "genuine",
    "scripted",
    "ownership",
    "expectation",
    "reassurance",
    "apology",
    "rapport",
    "policy_block",
    "dismissal",
    "transfer",
    "channel_switch",
    "burden",
    "wait",
    "ease",
)
CUSTOMER_CUES = (
    "thanks",
    "strong_thanks",
    "works",
    "broken",
    "gave_up",
    "accept",
    "goodbye",
    "early",
    "late",
    "prior",
)
AGENT_CUES = (
    "action",
    "remedy_given",
    "pending",
    "refusal",
    "approval_needed",
    "relief",
    "time",
    "check_more",
    "close",
    "celebrate",
    "hedge",
    "stock_sympathy",
)
SHAPE = ("length", "short", "customer_last", "last_words", "last_question", "agent_question")
FEATURES = (
    *(f"customer:{name}" for name in CUSTOMER_OUTPUTS),
    *(f"customer_last:{name}" for name in CUSTOMER_OUTPUTS),
    *(f"agent:{name}" for name in AGENT_OUTPUTS),
    *(f"agent_last:{name}" for name in AGENT_OUTPUTS),
    *(f"customer_said:{name}" for name in CUSTOMER_CUES),
    *(f"customer_last_said:{name}" for name in CUSTOMER_CUES),
    *(f"agent_said:{name}" for name in AGENT_CUES),
    *(f"agent_last_said:{name}" for name in AGENT_CUES),
    *SHAPE,
)
SURE, LIKELY = 0.7, 0.25
SATISFIED = ("met", "exceeded")
CONFIRMING = frozenset(("works", "strong_thanks", "early"))
PLEASED = frozenset(("delight", "ease"))
DOING = frozenset(("action", "remedy_given"))
TELLING = ("works", "strong_thanks", "broken", "gave_up", "thanks", "accept", "early", "late")
_CUSTOMER_AT = [PLACE[name] for name in CUSTOMER_OUTPUTS]
_AGENT_AT = [PLACE[name] for name in AGENT_OUTPUTS]
_CUSTOMER_CUES_AT = [CUE_PLACE[name] for name in CUSTOMER_CUES]
_AGENT_CUES_AT = [CUE_PLACE[name] for name in AGENT_CUES]


def outcome_features(findings: Findings, views: Sequence[CallView]) -> NDArray[np.float64]:
    """float64 (C, features): the values of FEATURES of all calls of a batch; `last` are the last three turns
    of a side."""
    blocks: list[NDArray[Any]] = []
    for side, at in ((CUSTOMER, _CUSTOMER_AT), (AGENT, _AGENT_AT)):
        blocks += [findings.most[side][:, at], findings.most_last[side][:, at]]
    for side, cues in ((CUSTOMER, _CUSTOMER_CUES_AT), (AGENT, _AGENT_CUES_AT)):
        blocks += [findings.cued[side][:, cues], findings.cued_last[side][:, cues]]
    shapes = np.array([shape_of(view) for view in views], dtype=np.float64).reshape(-1, len(SHAPE))
    return np.hstack([*blocks, shapes]).astype(np.float64)


def shape_of(view: CallView) -> list[float]:
    """The values of SHAPE."""
    turns = view.call.turns
    closing = turns[view.customer[-1]].text if view.customer else ""
    answer = turns[view.agent[-1]].text if view.agent else ""
    return [
        log1p(len(view.runs)) / 3,
        float(len(view.runs) < 6),
        float(bool(view.runs) and view.runs[-1][0] == CUSTOMER),
        log1p(len(closing.split())) / 3,
        float("?" in closing),
        float("?" in answer),
    ]


def outcome_of(view: CallView, verdict: Mapping[str, float], resolved: Mapping[str, float]) -> dict[str, Any] | None:
    """The `outcome` object from the chances of each verdict; None where the customer never speaks."""
    if not view.customer:
        return None
    name = judged(view, verdict)
    return {
        "verdict": name,
        "resolved": max(resolved, key=resolved.__getitem__),
        "confidence": round(verdict[name], 4),
        "turns": telling_turns(view),
    }


def judged(view: CallView, chances: Mapping[str, float]) -> str:
    """The most probable verdict, but for three rules: what the customer says at the end of what they had been
    told goes first; giving up is failed where that is likely; and a good verdict for which little but a
    routine goodbye speaks is `unclear`."""
    for index in reversed(view.customer[-2:]):
        if "prior" in (said := view.cues(index)) and ("early" in said) != ("late" in said):
            return "exceeded" if "early" in said else "failed"
    name = max(chances, key=chances.__getitem__)
    if name == "unclear" and chances["failed"] >= LIKELY and "gave_up" in view.cues(view.customer[-1]):
        return "failed"
    doubtful = name in SATISFIED and chances[name] < SURE and is_routine(view)
    return "unclear" if doubtful else name


def is_routine(view: CallView) -> bool:
    """Whether nothing but courtesy speaks for a good ending: the customer's last turns confirm nothing, and the
    agent neither did nor gave anything."""
    if not view.cues_of(AGENT).isdisjoint(DOING) or "ownership" in view.labels_of(AGENT):
        return False
    last = view.customer[-LAST - 1 :]
    return not any(view.cues(index) & CONFIRMING or view.labels(index) & PLEASED for index in last)


def telling_turns(view: CallView) -> list[int]:
    """The last customer turns that tell of the ending, or else the last one."""
    last = view.customer[-LAST:]
    turns = [index for index in last if not view.cues(index).isdisjoint(TELLING) or view.labels(index)]
    return turns or last[-1:]
