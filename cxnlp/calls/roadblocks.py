"""Roadblocks: where policy, authority, a system or another department was the reason not to help.

Kinds by the words of the turn, the first that holds; the text is the rule as it was cited, so that what
is reported is the rule, to those who own it.
"""

from __future__ import annotations

from typing import Any

from cxnlp.calls.findings import AGENT
from cxnlp.calls.view import CallView

KINDS = (
    ("authority", ("approval_needed", "approval", "rule_authority")),
    ("policy", ("rule_policy",)),
    ("system", ("rule_system",)),
    ("department", ("rule_department",)),
)


def roadblocks_of(view: CallView) -> list[dict[str, Any]] | None:
    """One entry a turn labelled `policy_block`; None where the agent never speaks."""
    if not view.agent:
        return None
    return [
        {"turn": index, "kind": kind_of(view, index), "text": view.words(index, "policy_block")}
        for index in view.labelled(AGENT, "policy_block")
    ]


def kind_of(view: CallView, index: int) -> str:
    """authority, system, policy, department, else other."""
    cues = view.cues(index)
    return next((kind for kind, names in KINDS if any(name in cues for name in names)), "other")
