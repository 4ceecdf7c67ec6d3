"""Empowerment: what remedy was given, on whose authority, and whether it was asked for.

level: empowered (given on the agent's own authority), sought_approval (somebody else had to agree),
blocked (refused by policy), none (no remedy at stake). A small softmax over what the whole call
shows; the actions are the turns that speak for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUE_PLACE, CUSTOMER, PLACE, Findings
from cxnlp.columns import Lists, Names, Numbers, Records, Texts

LEVELS = ("none", "blocked", "sought_approval", "empowered")
NONE, BLOCKED, SOUGHT, EMPOWERED = range(4)
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


def empowerment_features(findings: Findings) -> NDArray[np.float64]:
    """float64 (C, features): the values of FEATURES of all calls of a batch."""
    agent, customer = findings.sides
    given = np.flatnonzero(agent.own & findings.says(*GIVING) & ~findings.says(*APPROVAL))
    owned = np.zeros((1, findings.calls))
    np.maximum.at(owned[0], findings.call_of[given], findings.p[PLACE["ownership"], given])
    return np.vstack(
        [
            agent.most[[PLACE[name] for name in AGENT_OUTPUTS]],
            customer.most[[PLACE[name] for name in CUSTOMER_OUTPUTS]],
            agent.cued[[CUE_PLACE[name] for name in CUES]],
            owned,
            customer.cued[[CUE_PLACE[name] for name in ASKING]],
        ],
        dtype=np.float64,
    ).T


def empowerment_of(findings: Findings, chances: NDArray[np.float64]) -> Records:
    """`level`, the most probable of `chances` (C, LEVELS), and `actions`: remedies with their turn, and
    whether the customer had asked. Null where the agent never speaks."""
    level = judged(findings, chances)
    acting = acting_turns(findings, level)
    rows = np.flatnonzero(acting)
    call = findings.call_of[rows]
    asked = findings.first(findings.sides[CUSTOMER].own & findings.says(*ASKING))[call]
    shown_by = np.where(level[call] == EMPOWERED, PLACE["ownership"], PLACE["policy_block"])
    actions = Records(
        {
            "turn": findings.turns(rows),
            "text": Texts(findings.words(rows, shown_by)),
            "prompted": Numbers((asked >= 0) & (asked < rows)),
        }
    )
    speaks = findings.sides[AGENT].speaks
    return Records({"level": Names(LEVELS, level), "actions": Lists(findings.count(acting), actions)}, speaks)


def judged(findings: Findings, chances: NDArray[np.float64]) -> NDArray[np.int64]:
    """(C,): the most probable level; a remedy given in so many words, and owned, is not `none`."""
    level: NDArray[np.int64] = chances.argmax(axis=1)
    given = findings.says(*GIVING)
    if given.any():
        given = given & owned_gifts(findings) & ~findings.has("policy_block")
        level[(level == NONE) & findings.any(given)] = EMPOWERED
    return level


def acting_turns(findings: Findings, level: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool (T,): the agent turns that speak for a level (C,); some in every call whose level is not `none`."""
    agent = findings.sides[AGENT]
    if not level.any():
        return np.zeros(len(findings.call_of), dtype=np.bool_)
    sought = findings.first(agent.own & findings.says(*APPROVAL))
    owned = owned_gifts(findings)
    blocked = agent.own & findings.has("policy_block")
    of = level[findings.call_of]
    acting: NDArray[np.bool_] = (owned & (of == EMPOWERED)) | (blocked & (of == BLOCKED))
    acting[sought[(level == SOUGHT) & (sought >= 0)]] = True
    bare = agent.speaks & (level != NONE) & ~findings.any(acting)
    for name, mask in (("ownership", level == EMPOWERED), ("policy_block", level != EMPOWERED)):
        calls = np.flatnonzero(bare & mask)
        acting[agent.peaks(np.full(len(calls), PLACE[name]), calls)] = True
    return acting


def owned_gifts(findings: Findings) -> NDArray[np.bool_]:
    """bool (T,): agent turns that give a remedy, by their words or by owning it, and ask nobody's leave."""
    given = (findings.says(*GIVING) | findings.has("ownership")) & ~findings.says(*APPROVAL)
    owned: NDArray[np.bool_] = findings.p[PLACE["ownership"]] >= LEAST_OWNED
    return findings.sides[AGENT].own & given & owned
