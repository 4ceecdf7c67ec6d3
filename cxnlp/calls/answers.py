"""How an agent turn answers: the features that `empathy` and `safety` judge a response by.

A turn is described by its own findings (tone, markers, roadblocks), by cues of kinds of answer (a time, patience,
help on its way, stock sympathy), by how much of this customer's words it takes up, and by its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

from cxnlp.calls.findings import PLACE
from cxnlp.calls.view import CallView

OUTPUTS = (
    "scripted",
    "genuine",
    "acknowledgement",
    "understanding",
    "exploration",
    "apology",
    "reassurance",
    "ownership",
    "rapport",
    "gratitude",
    "expectation",
    "policy_block",
    "dismissal",
    "disclosure",
    "transfer",
    "wait",
    "channel_switch",
)
CUES = (
    "stock_sympathy",
    "time",
    "patience",
    "event_uptake",
    "celebrate",
    "protect",
    "signpost",
    "presence",
    "relief",
    "action",
    "remedy_given",
    "identity",
    "diagnosis",
    "check_more",
    "refusal",
    "pending",
)
SHAPE = ("formulaic", "grounded", "taken_up", "length", "question", "repeated", "silent")
FEATURES = (*OUTPUTS, *CUES, *SHAPE)
_PLACES = [PLACE[name] for name in OUTPUTS]
LEAST_LETTERS = 4
PUNCTUATION = ".,?!;:()\"'"


def content(text: str) -> set[str]:
    """The longer words of a text, lower case.

    >>> sorted(content("The kitchen flooded, twice!"))
    ['flooded', 'kitchen', 'twice']
    """
    return {word for raw in text.lower().split() if len(word := raw.strip(PUNCTUATION)) >= LEAST_LETTERS}


def describe(view: CallView, turns: Sequence[int], said: set[str], used: set[str]) -> list[float]:
    """The features of an agent's run of turns, in the order of FEATURES; `silent` alone where it has none.

    `said`: content words of the customer's cue; `used`: phrases this agent has said before, lower case.
    """
    if not turns:
        return [0.0] * (len(FEATURES) - 1) + [1.0]
    row = view.row(turns[0])
    for index in turns[1:]:
        row = row.clip(min=view.row(index))
    values: list[float] = row[_PLACES].tolist()
    cues = {cue for index in turns for cue in view.cues(index)}
    values += [float(cue in cues) for cue in CUES]
    text = " ".join(view.call.turns[index].text for index in turns)
    words = content(text)
    grounded = [view.grounded[index] for index in turns]
    values += [
        max(view.formulaic[index] for index in turns),
        max((share for share in grounded if share == share), default=0.0),
        len(words & said) / max(len(words), 1) ** 0.5,
        log1p(len(text.split())) / 3,
        float("?" in text),
        float(text.strip().lower() in used),
        0.0,
    ]
    return values
