"""Outcome: was what the customer expected failed, met or exceeded, and is the matter settled.

Judged on the customer's last words, on what was done and promised, and on what had been expected before;
two small softmaxes over those. A routine goodbye shows nothing: its turns weigh towards `unclear`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUE_PLACE, CUSTOMER, LAST, PLACE, Findings
from cxnlp.columns import Lists, Names, Numbers, Records, rounded

VERDICTS = ("failed", "met", "exceeded", "unclear")
FAILED, MET, EXCEEDED, UNCLEAR = range(4)
SETTLED = ("yes", "no", "unclear")
CUSTOMER_OUTPUTS = (
    "distress>=1",
    "distress>=2",
    "frustration",
    "anxiety",
    "sadness",
    "confusion",
    "resignation",
    "delight",
    "churn",
    "escalation",
    "chasing",
    "contradiction",
    "ease",
)
AGENT_OUTPUTS = (
    "genuine",
    "scripted",
    "ownership",
    "expectation",
    "reassurance",
    "apology",
    "rapport",
    "policy_block",
    "dismissal",
    "transfer",
    "channel_switch",
    "burden",
    "wait",
    "ease",
)
CUSTOMER_CUES = (
    "thanks",
    "strong_thanks",
    "works",
    "broken",
    "gave_up",
    "accept",
    "goodbye",
    "early",
    "late",
    "prior",
)
AGENT_CUES = (
    "action",
    "remedy_given",
    "pending",
    "refusal",
    "approval_needed",
    "relief",
    "time",
    "check_more",
    "close",
    "celebrate",
    "hedge",
    "stock_sympathy",
)
SHAPE = ("length", "short", "customer_last", "last_words", "last_question", "agent_question")
FEATURES = (
    *(f"customer:{name}" for name in CUSTOMER_OUTPUTS),
    *(f"customer_last:{name}" for name in CUSTOMER_OUTPUTS),
    *(f"agent:{name}" for name in AGENT_OUTPUTS),
    *(f"agent_last:{name}" for name in AGENT_OUTPUTS),
    *(f"customer_said:{name}" for name in CUSTOMER_CUES),
    *(f"customer_last_said:{name}" for name in CUSTOMER_CUES),
    *(f"agent_said:{name}" for name in AGENT_CUES),
    *(f"agent_last_said:{name}" for name in AGENT_CUES),
    *SHAPE,
)
SURE, LIKELY = 0.5, 0.25
CONFIRMING = ("works", "strong_thanks", "early")
PLEASED = ("delight", "ease")
DOING = ("action", "remedy_given")
TELLING = ("works", "strong_thanks", "broken", "gave_up", "thanks", "accept", "early", "late")
SHORT = 6
_AT = {
    CUSTOMER: ([PLACE[name] for name in CUSTOMER_OUTPUTS], [CUE_PLACE[name] for name in CUSTOMER_CUES]),
    AGENT: ([PLACE[name] for name in AGENT_OUTPUTS], [CUE_PLACE[name] for name in AGENT_CUES]),
}


def outcome_features(findings: Findings) -> NDArray[np.float64]:
    """float64 (C, features): the values of FEATURES of all calls of a batch; `last` are the last three turns
    of a side."""
    heads: list[NDArray[Any]] = []
    cues: list[NDArray[Any]] = []
    for side, (outputs_at, cues_at) in _AT.items():
        own = findings.sides[side]
        heads += [own.most[outputs_at], own.most_last[outputs_at]]
        cues += [own.cued[cues_at], own.cued_last[cues_at]]
    return np.vstack([*heads, *cues, shape_of(findings)], dtype=np.float64).T


def shape_of(findings: Findings) -> NDArray[np.float64]:
    """float64 (SHAPE, C): the values of SHAPE."""
    closing, answer = (
        [findings.batch.texts[row] if row >= 0 else "" for row in findings.sides[side].final.tolist()]
        for side in (CUSTOMER, AGENT)
    )
    size = np.diff(findings.runs.ptr)
    ends = findings.sides[CUSTOMER].final > findings.sides[AGENT].final
    said = np.array([len(text.split()) for text in closing])
    asked, asking = (["?" in text for text in texts] for texts in (closing, answer))
    return np.vstack([np.log1p(size) / 3, size < SHORT, ends, np.log1p(said) / 3, asked, asking], dtype=np.float64)


def outcome_of(
    findings: Findings, verdict: NDArray[np.int64], chances: NDArray[np.float64], settled: NDArray[np.float64]
) -> Records:
    """The `outcome` records from the verdicts judged (C,), their chances (C, VERDICTS) and those of the ending
    (C, SETTLED); null where the customer never speaks."""
    telling = telling_turns(findings)
    return Records(
        {
            "verdict": Names(VERDICTS, verdict),
            "resolved": Names(SETTLED, settled.argmax(axis=1)),
            "confidence": Numbers(rounded(chances[np.arange(findings.calls), verdict])),
            "turns": Lists(findings.count(telling), findings.turns(np.flatnonzero(telling))),
        },
        findings.sides[CUSTOMER].speaks,
    )


def judged(findings: Findings, chances: NDArray[np.float64]) -> NDArray[np.int64]:
    """(C,): the most probable verdict, but for three rules: what the customer says at the end of what they had
    been told goes first, unless it is better than told and all else speaks of failure; giving up is failed where
    that is likely; and a good verdict for which little but a routine goodbye speaks is `unclear`."""
    customer = findings.sides[CUSTOMER]
    name: NDArray[np.int64] = chances.argmax(axis=1)
    gave_up = findings.any(findings.says("gave_up") & customer.own & (customer.left == 0))
    failed = (name == UNCLEAR) & (chances[:, FAILED] >= LIKELY) & gave_up
    good = (name == MET) | (name == EXCEEDED)
    name[good & (chances.max(axis=1) < SURE) & is_routine(findings)] = UNCLEAR
    name[failed] = FAILED
    early = findings.says("early")
    against = findings.says("prior") & (early != findings.says("late"))
    told = findings.last(against & customer.own & (customer.left < 2))
    name[(told >= 0) & ~early[told]] = FAILED
    name[(told >= 0) & early[told] & (chances[:, FAILED] < LIKELY)] = EXCEEDED
    return name


def is_routine(findings: Findings) -> NDArray[np.bool_]:
    """bool (C,): whether nothing but courtesy speaks for a good ending: the customer's last turns confirm
    nothing, and the agent neither did nor gave anything."""
    agent, customer = findings.sides
    done = agent.own & (findings.says(*DOING) | findings.has("ownership"))
    content = customer.own & (customer.left <= LAST) & (findings.says(*CONFIRMING) | findings.has(*PLEASED))
    return ~findings.any(done | content)


def telling_turns(findings: Findings) -> NDArray[np.bool_]:
    """bool (T,): of each call the last customer turns that tell of the ending, or else the last one."""
    customer = findings.sides[CUSTOMER]
    telling = customer.own & (customer.left < LAST) & (findings.says(*TELLING) | findings.labels.any(axis=0))
    telling[customer.final[customer.speaks & ~findings.any(telling)]] = True
    return telling
