"""Empathy over a call: opportunities, and how each was answered.

matched: the answer fits the state and takes up this customer; formulaic: stock words only, or a
phrase already used in this call; missed: neither. The better of the agent's next two runs counts. The
verdict is a small softmax over the features of both (`answers`) and the kind of cue.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cxnlp.calls.answers import FEATURES, content, describe
from cxnlp.calls.findings import AGENT
from cxnlp.calls.intervals import wilson
from cxnlp.calls.linear import Linear
from cxnlp.calls.opportunities import CUES, Opportunity, opportunities
from cxnlp.calls.view import CallView
from cxnlp.labels import group_of

RESPONSES = ("matched", "formulaic", "missed")
MARKERS = tuple(name for name in group_of("empathy") if name not in ("expectation", "ownership"))
WARM = ("rapport", "celebrate", "genuine", "taken_up")
RESPONSE_FEATURES = (
    *(f"first:{name}" for name in FEATURES),
    *(f"second:{name}" for name in FEATURES),
    *(f"cue:{cue}" for cue in CUES),
    *(f"delight:{name}" for name in WARM),
)
_WARM_AT = [FEATURES.index(name) for name in WARM]


def empathy_of(view: CallView, model: Linear) -> dict[str, Any] | None:
    """The `empathy` object; None where either side never speaks."""
    if not view.agent or not view.customer:
        return None
    found = opportunities(view)
    events = [event_of(view, opportunity, model) for opportunity in found]
    count = {name: sum(event["response"] == name for event in events) for name in RESPONSES}
    return {
        "opportunities": len(events),
        **count,
        "unprompted": unprompted(view, found),
        "rate": round(count["matched"] / len(events), 4) if events else None,
        "interval": wilson(count["matched"], len(events)),
        "events": events,
    }


def event_of(view: CallView, opportunity: Opportunity, model: Linear) -> dict[str, Any]:
    """One event: the cue, how it was answered, and by which turn (null where missed)."""
    first, second = both_answers(view, opportunity)
    values = response_features(opportunity.cue, first, second)
    response, _ = model.best(values)
    if response == "missed":
        return {"turn": opportunity.turn, "cue": opportunity.cue, "response": response, "response_turn": None}
    place = answering_place(model, response, first, second) if len(opportunity.answers) > 1 else 0
    run = opportunity.answers[place]
    if response == "matched" and is_repeated(view, run):
        response = "formulaic"
    return {
        "turn": opportunity.turn,
        "cue": opportunity.cue,
        "response": response,
        "response_turn": telling_turn(view, run),
    }


def both_answers(view: CallView, opportunity: Opportunity) -> tuple[list[float], list[float]]:
    """Features of the agent's first and second run after the cue."""
    said = content(" ".join(view.call.turns[index].text for index in opportunity.run))
    used = {view.call.turns[index].text.strip().lower() for index in view.agent if index < opportunity.turn}
    runs = [*opportunity.answers, [], []]
    return describe(view, runs[0], said, used), describe(view, runs[1], said, used)


def response_features(cue: str, first: list[float], second: list[float]) -> list[float]:
    """The values of RESPONSE_FEATURES."""
    delighted = float(cue == "delight")
    warm = [delighted * max(first[at], second[at]) for at in _WARM_AT]
    return [*first, *second, *(float(cue == name) for name in CUES), *warm]


def answering_place(model: Linear, response: str, first: list[float], second: list[float]) -> int:
    """Which of two runs speaks more for the verdict against a missed one: 0 or 1."""
    size = len(FEATURES)
    weights = model.coef[model.classes.index(response)] - model.coef[model.classes.index("missed")]
    return int(float(weights[size : 2 * size] @ second) > float(weights[:size] @ first))


def is_repeated(view: CallView, run: list[int]) -> bool:
    """Whether all the empathy phrases of a run, at least one, were said before in this call."""
    phrases = phrases_of(view, run)
    before = "\n".join(view.call.turns[index].text.lower() for index in view.agent if index < run[0])
    return bool(phrases) and all(phrase in before for phrase in phrases)


def phrases_of(view: CallView, turns: Iterable[int]) -> set[str]:
    """The words that carry empathy markers in these turns, lower case."""
    return {
        view.words(index, label).strip().lower() for index in turns for label in view.labels(index) if label in MARKERS
    }


def telling_turn(view: CallView, run: list[int]) -> int:
    """The turn of a run with the most empathy markers, the first of equals."""
    return max(run, key=lambda index: sum(label in MARKERS for label in view.labels(index)))


def unprompted(view: CallView, found: list[Opportunity]) -> int:
    """Number of empathy phrases before the call's first cue, a phrase said twice counted once."""
    if view.labels_of(AGENT).isdisjoint(MARKERS):
        return 0
    first = found[0].run[0] if found else len(view.tone)
    return len(phrases_of(view, (index for index in view.agent if index < first)))
