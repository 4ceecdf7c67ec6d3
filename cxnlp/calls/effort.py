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
from dataclasses import dataclass

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
PROCESS, BY_THE_AGENT = 0, 1
SIGN_KINDS = (*KINDS, "burden", "relief")
SHOWN_BY = (*PLACE, "relief", "unsettled", "length")
"""What a sign can be shown by: an output, by its place, or something that is none."""
LEAST = 0.15
LONG = 8


@dataclass(slots=True, frozen=True)
class Signs:
    """What may weigh in the calls of a batch, one kind of sign. `name` as in the weights; `kind`, `shown_by`: places
    in SIGN_KINDS, SHOWN_BY; `source`: in SOURCES; by call, all (K,): `call`, `row` of its turn, `strength`: how
    strongly it shows."""

    name: str
    kind: int
    shown_by: int
    source: int
    call: NDArray[np.int64]
    row: NDArray[np.int64]
    strength: NDArray[np.float64]


def signs_of(findings: Findings, unsettled: NDArray[np.float64]) -> Iterator[Signs]:
    """Everything that may weigh. `unsettled` (C,): probability that the matter is not resolved."""
    agent, customer = findings.sides
    lenient = agent.most[PLACE["policy_block"]] < 0.5

    def sign(side: int, label: str, kind: str, source: str, calls: NDArray[np.bool_] | None = None) -> Signs:
        most = findings.sides[side].most[PLACE[label]]
        found = np.flatnonzero(most >= LEAST if calls is None else calls & (most >= LEAST))
        row = findings.sides[side].peak(label)[found] if len(found) else found
        name = f"{label}:{source if side == AGENT else 'told'}"
        codes = SIGN_KINDS.index(kind), SHOWN_BY.index(label), SOURCES.index(source)
        return Signs(name, *codes, found, row, most[found].astype(np.float64))

    for kind in KINDS:
        labelled = findings.labels[LABEL_PLACE[kind]]
        yield sign(CUSTOMER, kind, kind, "process", findings.any(labelled & customer.own))
        ours = findings.any(labelled & agent.own)
        yield sign(AGENT, kind, kind, "agent", ours & lenient & (kind in BY_AGENT))
        yield sign(AGENT, kind, kind, "process", ours & ~(lenient & (kind in BY_AGENT)))
    for label in SHOWN_BY_CUSTOMER:
        yield sign(CUSTOMER, label, "burden", "process")
    for label, source in SHOWN_BY_AGENT:
        yield sign(AGENT, label, "burden", source)
    for label, kind in LIGHTER:
        yield sign(AGENT, label, kind, "agent")
    yield from _signs_of_calls(findings, unsettled)


def _signs_of_calls(findings: Findings, unsettled: NDArray[np.float64]) -> Iterator[Signs]:
    """The signs that are no label: work taken over, a matter still open, a long way to its end."""
    agent, customer = findings.sides
    taken = findings.first(agent.own & findings.says("relief"))
    size = np.log(np.maximum(np.diff(findings.runs.ptr), 1) / LONG)
    for name, kind, source, row, strength, found in (
        ("relief", "relief", BY_THE_AGENT, taken, np.ones(findings.calls), taken >= 0),
        ("unsettled", "burden", PROCESS, customer.final, unsettled, customer.speaks & (unsettled >= LEAST)),
        ("length", "burden", PROCESS, customer.final, size, customer.speaks & (size > 0)),
    ):
        calls = np.flatnonzero(found)
        codes = SIGN_KINDS.index(kind), SHOWN_BY.index(name), source
        yield Signs(name, *codes, calls, row[calls], strength[calls])


def effort_of(findings: Findings, weights: Mapping[str, float], unsettled: NDArray[np.float64]) -> Records:
    """`score`: clip(1 + sum of weights, 1, 7); `reasons`: in order of turn. Null where the customer never speaks."""
    speaks = findings.sides[CUSTOMER].speaks
    signs = [sign for sign in signs_of(findings, unsettled) if len(sign.call) and weights.get(sign.name)]
    sizes = [len(sign.call) for sign in signs]
    codes = np.array([(sign.kind, sign.shown_by, sign.source) for sign in signs], dtype=np.int64).reshape(-1, 3)
    kind, shown_by, source = np.repeat(codes, sizes, axis=0).T
    none = np.zeros(0, dtype=np.int64)
    row = np.concatenate([none, *(sign.row for sign in signs)])
    weight = rounded(np.concatenate([none, *(weights[sign.name] * sign.strength for sign in signs)]), 2)
    order = np.argsort(row, kind="stable")
    order = order[(weight[order] != 0) & speaks[findings.call_of[row[order]]]]
    row, kind, shown_by, source, weight = (part[order] for part in (row, kind, shown_by, source, weight))
    call = findings.call_of[row]
    total = 1 + np.bincount(call, weights=weight, minlength=findings.calls)
    reasons = Records(
        {
            "kind": Names(SIGN_KINDS, kind),
            "turn": findings.turns(row),
            "source": Names(SOURCES, source),
            "weight": Numbers(weight),
            "text": Texts(findings.words(row, np.where(shown_by < len(PLACE), shown_by, -1))),
            "shown_by": Names(SHOWN_BY, shown_by),
        }
    )
    sizes_by_call = np.bincount(call, minlength=findings.calls)
    score = Numbers(rounded(np.clip(total, 1, 7), 2))
    return Records({"score": score, "reasons": Lists(sizes_by_call, reasons)}, speaks)
