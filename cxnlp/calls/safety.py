"""Safety: signs that somebody may be in danger or need, for a person to look at; never a diagnosis.

A customer turn is judged where a cue of a kind stands in it or the heads see vulnerability or crisis,
by a softmax over the kinds; figures of speech are idioms of the word file, system lines are not looked at.
What says in so many words that a life is at stake is shown whatever the softmax holds.
What the agent did is judged on the agent's next two runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.answers import FEATURES as ANSWER
from cxnlp.calls.answers import contents, describe_both
from cxnlp.calls.findings import CUE_PLACE, CUSTOMER, PLACE, Findings
from cxnlp.calls.linear import Linear
from cxnlp.columns import Lists, Names, Records

KINDS = ("self_harm", "medical", "danger", "cognition", "bereavement", "hardship")
RESPONSES = ("acted", "signposted", "none")
NONE = "no_sign"
ALARM = "alarm"
ALARMING = 3
"""An alarm is of one of the first kinds."""
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
LOOK = (("vulnerability", 0.03), ("distress>=3", 0.03), ("sadness", 0.1))
_OUTPUTS_AT = np.array([PLACE[name] for name in OUTPUTS])
_CUES_AT = np.array([CUE_PLACE[name] for name in (*CUES, "figure")])
ROOTED = 4
"""Of the first of OUTPUTS the root stands beside the value: small probabilities say much."""


def candidates(findings: Findings) -> NDArray[np.int64]:
    """Rows of the customer turns worth judging."""
    near = [findings.p[PLACE[name]] >= np.float32(least) for name, least in LOOK]
    return np.flatnonzero(findings.sides[CUSTOMER].own & np.logical_or.reduce([findings.says(*CUES, ALARM), *near]))


def sign_features(findings: Findings, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64 (K, SIGN_FEATURES) of customer turns (K,)."""
    values = findings.p[_OUTPUTS_AT[:, None], rows].astype(np.float64)
    first = findings.first(findings.sides[CUSTOMER].own & findings.says(*CUES))[findings.call_of[rows]]
    roots = np.maximum(values[:ROOTED], 1e-3) ** 0.5
    cues = findings.said[_CUES_AT[:, None], rows]
    return np.vstack([values, roots, cues, (first >= 0) & (first < rows)]).T


def safety_of(findings: Findings, sign: Linear, least: float, response: Linear) -> Lists:
    """Signs whose probability reaches `least`, with kind and response; null where the customer never speaks."""
    rows = candidates(findings)
    chances = sign.chances(sign_features(findings, rows))
    alarmed = (findings.says(ALARM) & ~findings.says("figure"))[rows]
    kinds = np.where(alarmed, kind_of_alarm(findings, rows, chances), chances[:, :-1].argmax(axis=1))
    shown = alarmed | (1 - chances[:, -1] >= least)
    rows, kinds = rows[shown], kinds[shown]
    answered = response.chances(answer_features(findings, rows)).argmax(axis=1)
    answered[stays(findings, rows)] = RESPONSES.index("acted")
    signs = Records({"turn": findings.turns(rows), "kind": Names(KINDS, kinds), "response": Names(RESPONSES, answered)})
    sizes = np.bincount(findings.call_of[rows], minlength=findings.calls)
    return Lists(sizes, signs, findings.sides[CUSTOMER].speaks)


def kind_of_alarm(findings: Findings, rows: NDArray[np.int64], chances: NDArray[np.float64]) -> NDArray[np.int64]:
    """(K,): of the kinds that an alarm can be of the likeliest, those with a cue in the turn before the others."""
    cued = findings.said[_CUES_AT[:ALARMING, None], rows].T
    found: NDArray[np.int64] = (cued + chances[:, :ALARMING]).argmax(axis=1)
    return found


def answer_features(findings: Findings, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64 (K, ANSWER_FEATURES): the agent's two runs after customer turns (K,)."""
    said = contents(findings.lower[row].split() for row in rows.tolist())
    return describe_both(findings, findings.runs.of[rows], said)


def stays(findings: Findings, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool (K,): whether in the two runs after a turn the agent says to stay on with them."""
    runs = findings.runs.answers(findings.runs.of[rows])
    said = findings.runs.any(findings.says("presence"))
    return said[runs[:, 0]] | said[runs[:, 1]]
