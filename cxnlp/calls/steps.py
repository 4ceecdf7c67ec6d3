"""HOW and WHY: the steps of the protocol found, and whether the customer's reason was understood.

how: share of seven steps found, in any order. why: the highest probability of `understanding` among agent
turns that take up something the customer said first. Each axis is cut at 0.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, PLACE, Findings
from cxnlp.columns import Names, Numbers, Records, rounded

STEPS = ("greeting", "identity", "diagnosis", "action", "recap", "check_more", "close")
OPENING_TURNS = CLOSING_TURNS = 3
CUT = 0.5
QUADRANTS = ("neither", "warm", "compliant", "excellent")
"""By twice whether how, and once whether why, reaches the cut."""


def how_why_of(findings: Findings) -> Records:
    """The `how_why` records; null where the agent never speaks."""
    agent = findings.sides[AGENT]
    steps = {step: step_of(findings, step) for step in STEPS}
    how = (np.stack(list(steps.values())) >= 0).sum(axis=0) / len(STEPS)
    rows = np.flatnonzero(agent.own & (findings.batch.grounded > 0))
    why = np.zeros(findings.calls, dtype=np.float32)
    np.maximum.at(why, findings.call_of[rows], findings.p[PLACE["understanding"], rows])
    return Records(
        {
            "how": Numbers(rounded(how)),
            "why": Numbers(rounded(why)),
            "quadrant": Names(QUADRANTS, 2 * (how >= CUT) + (why >= CUT)),
            "steps": Records({step: findings.turns(row) for step, row in steps.items()}),
        },
        agent.speaks,
    )


def step_of(findings: Findings, step: str) -> NDArray[np.int64]:
    """The row of a step in each call, -1 where it is not found, (C,): a greeting stands among the agent's first
    turns, a close among the last and not in the greeting; of closes and of questions whether there is more the last
    counts, of all else the first."""
    agent = findings.sides[AGENT]
    said = agent.own & findings.says(step)
    if step == "greeting":
        said &= agent.place < OPENING_TURNS
    elif step == "close":
        said &= agent.left < CLOSING_TURNS
        opening = step_of(findings, "greeting")
        said[opening[opening >= 0]] = False
    if step in ("check_more", "close"):
        return findings.last(said)
    found = findings.first(said)
    if step == "action":
        return np.where(found < 0, findings.first(agent.own & findings.has("ownership")), found)
    return found
