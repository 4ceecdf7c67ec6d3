"""Opportunities: the moments at which a customer's feeling asked for an answer.

A run of customer turns (no agent turn between them) that shows distress or one of the feelings
below is one opportunity, if the agent still speaks after it. The agent's next two runs may answer.
"""

from __future__ import annotations

from typing import NamedTuple

from cxnlp.calls.findings import CUSTOMER
from cxnlp.calls.view import CallView

CUES = (
    "vulnerability",
    "confusion",
    "sadness",
    "resignation",
    "anxiety",
    "frustration",
    "distress",
    "delight",
)
OPENING = frozenset(("vulnerability", "confusion", "sadness", "resignation", "delight"))


class Opportunity(NamedTuple):
    """`turn`: the turn of the run that shows the cue; `run`: the customer's turns; `answers`: the agent's
    next runs, two at most."""

    turn: int
    cue: str
    run: list[int]
    answers: list[list[int]]


def opportunities(view: CallView) -> list[Opportunity]:
    """The opportunities of a call, in order."""
    found: list[Opportunity] = []
    if not view.agent or (max(view.distress) <= 0 and OPENING.isdisjoint(view.labels_of(CUSTOMER))):
        return found
    last = view.agent[-1]
    for side, run in view.runs:
        if side != CUSTOMER or run[-1] > last:
            continue
        turns = [index for index in run if opens(view, index)]
        if turns:
            cue = min((cue_of(view, index) for index in turns), key=CUES.index)
            turn = next(index for index in turns if cue_of(view, index) == cue)
            found.append(Opportunity(turn, cue, run, view.after(run[-1])))
    return found


def opens(view: CallView, index: int) -> bool:
    """Whether a customer turn opens an opportunity."""
    return view.distress[index] > 0 or not OPENING.isdisjoint(view.labels(index))


def cue_of(view: CallView, index: int) -> str:
    """The first cue that holds, in the order of CUES."""
    labels = view.labels(index)
    return next((cue for cue in CUES if cue in labels or (cue == "distress" and view.distress[index] > 0)), "distress")
