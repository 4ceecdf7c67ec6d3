"""Safety: signs that somebody may be in danger or need, for a person to look at; never a diagnosis.

A customer turn is judged where a cue of a kind stands in it or the heads see vulnerability or crisis,
by a softmax over the kinds; figures of speech are idioms of the word file, system lines are not looked at.
What the agent did is judged on the agent's next two runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cxnlp.calls.answers import FEATURES as ANSWER
from cxnlp.calls.answers import content, describe
from cxnlp.calls.findings import AGENT, CUSTOMER, PLACE
from cxnlp.calls.linear import Linear
from cxnlp.calls.view import CallView

KINDS = ("self_harm", "medical", "danger", "cognition", "bereavement", "hardship")
RESPONSES = ("acted", "signposted", "none")
NONE = "no_sign"
OUTPUTS = (
    "vulnerability",
    "distress>=1",
    "distress>=2",
    "distress>=3",
    "sadness",
    "anxiety",
    "confusion",
    "frustration",
)
CUES = (*(f"safe_{kind}" for kind in KINDS), "emergency")
SIGN_FEATURES = (*OUTPUTS, *(f"log:{name}" for name in OUTPUTS[:4]), *CUES, "figure", "also_before")
ANSWER_FEATURES = (*(f"first:{name}" for name in ANSWER), *(f"second:{name}" for name in ANSWER))
LOOK = (("vulnerability", 0.08), ("distress>=3", 0.08))
_LOOK_PLACES = [PLACE[name] for name, _ in LOOK]
_LOOK_LEAST = np.array([least for _, least in LOOK], dtype=np.float32)
_AT = [PLACE[name] for name in OUTPUTS]


def candidates(view: CallView) -> list[int]:
    """Customer turns worth judging."""
    most = view.findings.most[CUSTOMER][view.number]
    near = bool((most[_LOOK_PLACES] >= _LOOK_LEAST).any())
    if not near and view.cues_of(CUSTOMER).isdisjoint(CUES):
        return []
    rows = view.findings.batch.p[view.base : view.base + len(view.tone)]
    seen = set(np.flatnonzero(np.any(rows[:, _LOOK_PLACES] >= _LOOK_LEAST, axis=1)).tolist())
    return [index for index in view.customer if index in seen or not view.cues(index).isdisjoint(CUES)]


def sign_features(view: CallView, index: int) -> list[float]:
    """The values of SIGN_FEATURES of one customer turn."""
    values: list[float] = view.row(index)[_AT].tolist()
    cues = view.cues(index)
    before = any(not view.cues(turn).isdisjoint(CUES) for turn in view.customer if turn < index)
    return [
        *values,
        *(max(value, 1e-3) ** 0.5 for value in values[:4]),
        *(float(cue in cues) for cue in CUES),
        float("figure" in cues),
        float(before),
    ]


def safety_of(view: CallView, sign: Linear, least: float, response: Linear) -> list[dict[str, Any]] | None:
    """Signs whose probability reaches `least`, with kind and response; None where the customer never speaks."""
    if not view.customer:
        return None
    found = []
    for index in candidates(view):
        kinds = sign.probabilities(sign_features(view, index))
        if 1 - kinds.pop(NONE) >= least:
            answered, _ = response.best(answer_features(view, index))
            answers = [turn for run in view.after(index) for turn in run]
            if answered != "acted" and view.cued(AGENT, ("presence",), answers) is not None:
                answered = "acted"
            found.append({"turn": index, "kind": max(kinds, key=kinds.__getitem__), "response": answered})
    return found


def answer_features(view: CallView, index: int) -> list[float]:
    """The values of ANSWER_FEATURES: the agent's two runs after a turn."""
    said = content(view.call.turns[index].text)
    runs = [*view.after(index), [], []]
    return [*describe(view, runs[0], said, set()), *describe(view, runs[1], said, set())]
