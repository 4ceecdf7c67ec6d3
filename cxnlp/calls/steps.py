"""HOW and WHY: the steps of the protocol found, and whether the customer's reason was understood.

how: share of seven steps found, in any order. why: the highest probability of `understanding` among agent
turns that take up something the customer said first. Each axis is cut at 0.5.
"""

from __future__ import annotations

from typing import Any

from cxnlp.calls.findings import AGENT, PLACE
from cxnlp.calls.view import CallView

STEPS = ("greeting", "identity", "diagnosis", "action", "recap", "check_more", "close")
OPENING_RUNS = 3
CUT = 0.5
QUADRANTS = {(True, True): "excellent", (True, False): "compliant", (False, True): "warm", (False, False): "neither"}


def how_why_of(view: CallView) -> dict[str, Any] | None:
    """The `how_why` object; None where the agent never speaks."""
    if not view.agent:
        return None
    steps: dict[str, int | None] = {step: view.cued(AGENT, (step,), turns_of(view, step)) for step in STEPS}
    if steps["action"] is None:
        steps["action"] = next(iter(view.labelled(AGENT, "ownership")), None)
    how = sum(turn is not None for turn in steps.values()) / len(STEPS)
    column = view.findings.batch.p[view.base : view.base + len(view.tone), PLACE["understanding"]].tolist()
    why = max((column[index] for index in view.agent if view.grounded[index] > 0), default=0.0)
    return {
        "how": round(how, 4),
        "why": round(why, 4),
        "quadrant": QUADRANTS[how >= CUT, why >= CUT],
        "steps": steps,
    }


def turns_of(view: CallView, step: str) -> list[int]:
    """Where a step can stand: a greeting among the agent's first turns, a close among the last."""
    if step == "greeting":
        return view.agent[:OPENING_RUNS]
    if step in ("close", "check_more"):
        return view.agent[::-1] if step == "check_more" else view.agent[-OPENING_RUNS:]
    return view.agent
