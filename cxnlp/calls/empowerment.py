"""Empowerment: what remedy was given, on whose authority, and whether it was asked for.

level: empowered (given on the agent's own authority), sought_approval (somebody else had to agree),
blocked (refused by policy), none (no remedy at stake). A small softmax over what the whole call
shows; the actions are the turns that speak for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUE_PLACE, CUSTOMER, PLACE, Findings
from cxnlp.calls.view import CallView

LEVELS = ("none", "blocked", "sought_approval", "empowered")
ASKING = ("remedy_ask",)
GIVING = ("remedy_given", "remedy")
APPROVAL = ("approval_needed", "approval")
CUES = (*GIVING, *APPROVAL, "refusal", "rule_policy", "rule_authority", "rule_system", "rule_department")
AGENT_OUTPUTS = ("ownership", "policy_block", "genuine", "expectation", "apology", "dismissal", "scripted")
CUSTOMER_OUTPUTS = ("delight", "churn", "escalation", "frustration")
FEATURES = (
    *(f"agent:{name}" for name in AGENT_OUTPUTS),
    *(f"customer:{name}" for name in CUSTOMER_OUTPUTS),
    *CUES,
    "given_and_owned",
    "asked",
)
LEAST_OWNED = 0.3
_GIVING_AT = [CUE_PLACE[name] for name in GIVING]
_APPROVAL_AT = [CUE_PLACE[name] for name in APPROVAL]


def empowerment_features(findings: Findings) -> NDArray[np.float64]:
    """float64 (C, features): the values of FEATURES of all calls of a batch."""
    batch, said = findings.batch, findings.said
    given = said[:, _GIVING_AT].any(axis=1) & ~said[:, _APPROVAL_AT].any(axis=1) & (batch.side == AGENT)
    owned = np.zeros((len(batch.calls), 1))
    if len(batch.calls):
        owned[:, 0] = np.maximum.reduceat(batch.p[:, PLACE["ownership"]] * given, batch.ptr[:-1])
    return np.hstack(
        [
            findings.most[AGENT][:, [PLACE[name] for name in AGENT_OUTPUTS]],
            findings.most[CUSTOMER][:, [PLACE[name] for name in CUSTOMER_OUTPUTS]],
            findings.cued[AGENT][:, [CUE_PLACE[name] for name in CUES]],
            owned,
            findings.cued[CUSTOMER][:, [CUE_PLACE[name] for name in ASKING]],
        ]
    ).astype(np.float64)


def empowerment_of(view: CallView, chances: Mapping[str, float]) -> dict[str, Any] | None:
    """`level`, the most probable of `chances`, and `actions`: remedies with their turn, and whether the
    customer had asked."""
    if not view.agent:
        return None
    level = judged(view, chances)
    asked = view.cued(CUSTOMER, ASKING)
    actions = [
        {
            "turn": turn,
            "text": view.words(turn, "ownership" if level == "empowered" else "policy_block"),
            "prompted": asked is not None and asked < turn,
        }
        for turn in acting_turns(view, level)
    ]
    return {"level": level, "actions": actions}


def judged(view: CallView, chances: Mapping[str, float]) -> str:
    """The most probable level; a remedy given in so many words, and owned, is not `none`."""
    level = max(chances, key=chances.__getitem__)
    if level == "none" and not view.cues_of(AGENT).isdisjoint(GIVING):
        for index in view.agent:
            spoken = not view.cues(index).isdisjoint(GIVING) and is_given(view, index)
            if spoken and view.p(index, "ownership") >= LEAST_OWNED and not view.has(index, "policy_block"):
                return "empowered"
    return level


def acting_turns(view: CallView, level: str) -> list[int]:
    """The agent turns that speak for a level; never empty where the level is not `none`."""
    if level == "none":
        return []
    if level == "empowered":
        turns = [index for index in view.agent if is_given(view, index) and view.p(index, "ownership") >= LEAST_OWNED]
        return turns or [view.where(AGENT, "ownership")]
    if level == "sought_approval":
        sought = view.cued(AGENT, APPROVAL)
        return [view.where(AGENT, "policy_block") if sought is None else sought]
    turns = view.labelled(AGENT, "policy_block")
    return turns or [view.where(AGENT, "policy_block")]


def is_given(view: CallView, index: int) -> bool:
    """Whether a turn gives a remedy, by its words or by owning it, and asks nobody's leave."""
    cues = view.cues(index)
    given = any(name in cues for name in GIVING) or view.has(index, "ownership")
    return given and not any(name in cues for name in APPROVAL)
