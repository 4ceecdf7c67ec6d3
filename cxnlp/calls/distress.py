"""Distress over a call: how it opens, its peak, how it closes, and where the customer's state turns."""

from __future__ import annotations

from typing import Any

from cxnlp.calls.findings import CUSTOMER
from cxnlp.calls.view import CallView

STATES = (
    ("confusion", "confused"),
    ("sadness", "sad"),
    ("resignation", "resigned"),
    ("anxiety", "anxious"),
    ("frustration", "frustrated"),
)
FEELING = frozenset(("delight", *(label for label, _ in STATES)))
STEADY = 2


def distress_of(view: CallView) -> dict[str, Any] | None:
    """`opening`: highest level of the customer's first two turns; `closing`: of the last two; `peak`: of
    all; `shifts`: turns at which the state becomes another. None where the customer never speaks."""
    if not view.customer:
        return None
    if max(view.distress) <= 0 and FEELING.isdisjoint(view.labels_of(CUSTOMER)):
        return {"opening": 0, "peak": 0, "closing": 0, "shifts": []}
    runs = view.sides(CUSTOMER)
    levels = [max(view.distress[index] for index in run) for run in runs]
    return {
        "opening": max(levels[:2]),
        "peak": max(levels),
        "closing": max(levels[-2:]),
        "shifts": shifts_of([state_of(view, run) for run in runs], [run[0] for run in runs]),
    }


def state_of(view: CallView, run: list[int]) -> str:
    """The state a run of customer turns shows."""
    labels = {label for index in run for label in view.labels(index)}
    for label, state in STATES:
        if label in labels:
            return state
    if any(view.distress[index] > 0 for index in run):
        return "distressed"
    return "delighted" if "delight" in labels else "calm"


def shifts_of(states: list[str], turns: list[int]) -> list[dict[str, Any]]:
    """Changes of state. Calm counts once it has lasted two turns, or to the end: one even sentence
    between two angry ones is no change.

    >>> shifts_of(["calm", "frustrated", "calm", "frustrated", "calm", "calm"], [0, 2, 4, 6, 8, 10])
    [{'turn': 2, 'from': 'calm', 'to': 'frustrated'}, {'turn': 8, 'from': 'frustrated', 'to': 'calm'}]
    """
    found: list[dict[str, Any]] = []
    now = states[0] if states else "calm"
    for place, state in enumerate(states[1:], 1):
        if state == now:
            continue
        if state == "calm" and set(states[place : place + STEADY]) != {"calm"}:
            continue
        found.append({"turn": turns[place], "from": now, "to": state})
        now = state
    return found
