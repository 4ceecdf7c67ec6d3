"""Roadblocks: where policy, authority, a system or another department was the reason not to help.

Kinds by the words of the turn, the first that holds; the text is the rule as it was cited, so that what
is reported is the rule, to those who own it.
"""

from __future__ import annotations

import numpy as np

from cxnlp.calls.findings import AGENT, PLACE, Findings
from cxnlp.columns import Lists, Names, Records, Texts

KINDS = (
    ("authority", ("approval_needed", "approval", "rule_authority")),
    ("policy", ("rule_policy",)),
    ("system", ("rule_system",)),
    ("department", ("rule_department",)),
    ("other", ()),
)


def roadblocks_of(findings: Findings) -> Lists:
    """One entry a turn labelled `policy_block`; null where the agent never speaks."""
    agent = findings.sides[AGENT]
    blocked = agent.own & findings.has("policy_block")
    rows = np.flatnonzero(blocked)
    kind = np.full(len(rows), len(KINDS) - 1)
    for code, (_, cues) in reversed(list(enumerate(KINDS[:-1]))):
        kind[findings.says(*cues)[rows]] = code
    entries = Records(
        {
            "turn": findings.turns(rows),
            "kind": Names(tuple(name for name, _ in KINDS), kind),
            "text": Texts(findings.words(rows, np.full(len(rows), PLACE["policy_block"]))),
        }
    )
    return Lists(findings.count(blocked), entries, agent.speaks)
