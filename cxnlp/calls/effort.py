"""Effort of a call: 1 to 7, the sum of named reasons.

A reason has a kind, a turn and a source: `agent` where this agent made the customer do it (asked again,
held, sent away, brushed off), `process` where it was done to them before or by the company's rules. Evidence
that is no effort label itself (a refusal, anger at what was endured, a matter still open) is a
`burden` with `shown_by` saying what shows it. `ease` and work the agent takes over (`relief`) lower the
score. Each counts once a call, where it is most probable: the same obstacle told twice is one. A
reason of an effort kind stands only where a turn carries that label.
A reason weighs its fitted weight times its probability (`cxnlp.training.measures`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUSTOMER, LABEL_PLACE, PLACE, Findings
from cxnlp.columns import Lists, Names, Numbers, Records, Texts, rounded
from cxnlp.labels import group_of

KINDS = group_of("effort")
BY_AGENT = ("repeat_information", "transfer", "wait", "channel_switch", "burden")
SHOWN_BY_CUSTOMER = (
    "frustration",
    "distress>=2",
    "anxiety",
    "confusion",
    "resignation",
    "sadness",
    "churn",
    "escalation",
    "vulnerability",
)
SHOWN_BY_AGENT = (("policy_block", "process"), ("dismissal", "agent"), ("apology", "process"))
LIGHTER = (("ownership", "relief"), ("reassurance", "relief"))
SOURCES = ("process", "agent")
SIGN_KINDS = (*KINDS, "burden", "relief")
SHOWN_BY = (*PLACE, "relief", "unsettled", "length")
"""What a sign can be shown by: an output, by its place, or something that is none."""
LEAST = 0.15
LONG = 8


class Sign(NamedTuple):
    """Something that may weigh: `name` as in the weights, its kind and source, whose turns show it, and by what."""

    name: str
    kind: str
    source: str
    side: int
    shown_by: str


def _signs() -> Iterator[Sign]:
    for kind in KINDS:
        yield Sign(f"{kind}:told", kind, "process", CUSTOMER, kind)
        if kind in BY_AGENT:
            yield Sign(f"{kind}:agent", kind, "agent", AGENT, kind)
        yield Sign(f"{kind}:process", kind, "process", AGENT, kind)
    for label in SHOWN_BY_CUSTOMER:
        yield Sign(f"{label}:told", "burden", "process", CUSTOMER, label)
    for label, source in SHOWN_BY_AGENT:
        yield Sign(f"{label}:{source}", "burden", source, AGENT, label)
    for label, kind in LIGHTER:
        yield Sign(f"{label}:agent", kind, "agent", AGENT, label)


LABELLED = tuple(_signs())
SIGNS = (
    *LABELLED,
    Sign("relief", "relief", "agent", AGENT, "relief"),
    Sign("unsettled", "burden", "process", CUSTOMER, "unsettled"),
    Sign("length", "burden", "process", CUSTOMER, "length"),
)
_KIND = np.array([SIGN_KINDS.index(sign.kind) for sign in SIGNS])
_SOURCE = np.array([SOURCES.index(sign.source) for sign in SIGNS])
_SHOWN_BY = np.array([SHOWN_BY.index(sign.shown_by) for sign in SIGNS])
_OF_SIDE = np.array([[sign.side == side for sign in LABELLED] for side in (AGENT, CUSTOMER)])
_IS_KIND = np.array([sign.kind == sign.shown_by for sign in LABELLED])
_EITHER = np.array([sign.side == AGENT and sign.kind == sign.shown_by in BY_AGENT for sign in LABELLED])
"""Signs of which the agent is the source, unless a policy is: then the process."""


_TOLD_TWICE = [
    rows
    for kind in range(len(SIGN_KINDS))
    if len(rows := np.flatnonzero(_IS_KIND & (_KIND[: len(LABELLED)] == kind))) > 1
]
"""Signs of one obstacle, told by either side: the strongest counts, and the others not beside it."""


class Signs(NamedTuple):
    """The signs found in a batch (K,), in the order of SIGNS: place in SIGNS, call, row of the turn, and how strongly
    each shows."""

    sign: NDArray[np.int64]
    call: NDArray[np.int64]
    row: NDArray[np.int64]
    strength: NDArray[np.float64]


def signs_of(findings: Findings, unsettled: NDArray[np.float64]) -> Signs:
    """Everything that may weigh. `unsettled` (C,): probability that the matter is not resolved."""
    agent, customer = findings.sides
    strength = np.empty((len(LABELLED), findings.calls))
    found = np.empty(strength.shape, dtype=np.bool_)
    for side, own in zip(findings.sides, _OF_SIDE, strict=True):
        kinds = own & _IS_KIND
        strength[own] = side.most[_SHOWN_BY[: len(LABELLED)][own]]
        found[own] = strength[own] >= LEAST
        found[kinds] &= side.labelled[[LABEL_PLACE[LABELLED[at].kind] for at in np.flatnonzero(kinds)]]
    by_agent = _SOURCE[: len(LABELLED)] == SOURCES.index("agent")
    lenient = agent.most[PLACE["policy_block"]] < 0.5
    found[_EITHER] &= by_agent[_EITHER, None] == lenient
    for kind in _TOLD_TWICE:
        shown = np.where(found[kind], strength[kind], -1)
        found[kind] &= np.arange(len(kind))[:, None] == shown.argmax(axis=0)
    sign, call = found.nonzero()
    row = np.empty(len(sign), dtype=np.int64)
    for side, own in zip(findings.sides, _OF_SIDE, strict=True):
        mine = own[sign]
        row[mine] = side.peaks(_SHOWN_BY[sign[mine]], call[mine])
    parts = [(sign, call, row, strength[found])]
    taken = findings.first(agent.own & findings.says("relief"))
    size = np.log(np.maximum(np.diff(findings.runs.ptr), 1) / LONG)
    for place, (at, shown, shows) in enumerate(
        (
            (taken, taken >= 0, np.ones(findings.calls)),
            (customer.final, customer.speaks & (unsettled >= LEAST), unsettled),
            (customer.final, customer.speaks & (size > 0), size),
        ),
        len(LABELLED),
    ):
        parts.append((np.full(shown.sum(), place), np.flatnonzero(shown), at[shown], shows[shown]))
    return Signs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def effort_of(findings: Findings, weights: Mapping[str, float], unsettled: NDArray[np.float64]) -> Records:
    """`score`: clip(1 + sum of weights, 1, 7); `reasons`: in order of turn. Null where the customer never speaks."""
    speaks = findings.sides[CUSTOMER].speaks
    found = signs_of(findings, unsettled)
    weight_of = np.array([weights.get(sign.name, 0.0) for sign in SIGNS])
    weight = rounded(weight_of[found.sign] * found.strength, 2)
    order = np.argsort(found.row, kind="stable")
    order = order[((weight != 0) & speaks[found.call])[order]]
    sign, call, row, weight = found.sign[order], found.call[order], found.row[order], weight[order]
    total = 1 + np.bincount(call, weights=weight, minlength=findings.calls)
    shown_by = _SHOWN_BY[sign]
    reasons = Records(
        {
            "kind": Names(SIGN_KINDS, _KIND[sign]),
            "turn": findings.turns(row),
            "source": Names(SOURCES, _SOURCE[sign]),
            "weight": Numbers(weight),
            "text": Texts(findings.words(row, np.where(shown_by < len(PLACE), shown_by, -1))),
            "shown_by": Names(SHOWN_BY, shown_by),
        }
    )
    sizes = np.bincount(call, minlength=findings.calls)
    score = Numbers(rounded(np.clip(total, 1, 7), 2))
    return Records({"score": score, "reasons": Lists(sizes, reasons)}, speaks)
