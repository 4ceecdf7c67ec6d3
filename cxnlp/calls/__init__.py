"""Measures of a whole call, from its turns, their scores and the cues found in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxnlp.calls.basics import basics_of
from cxnlp.calls.conduct import conduct_of
from cxnlp.calls.distress import distress_of
from cxnlp.calls.effort import effort_of
from cxnlp.calls.empathy import empathy_of
from cxnlp.calls.empowerment import empowerment_features, empowerment_of
from cxnlp.calls.findings import Findings
from cxnlp.calls.outcome import outcome_features, outcome_of
from cxnlp.calls.reliability import reliability_of
from cxnlp.calls.roadblocks import roadblocks_of
from cxnlp.calls.safety import safety_of
from cxnlp.calls.steps import how_why_of
from cxnlp.calls.tone import tone_of
from cxnlp.calls.view import CallView
from cxnlp.calls.weights import CallWeights

__all__ = ["CallView", "CallWeights", "Findings", "measure_calls"]

Chances = Mapping[str, float]


def measure_calls(findings: Findings, weights: CallWeights) -> list[dict[str, Any]]:
    """The `call` objects of a batch."""
    if not findings.batch.calls:
        return []
    views = [CallView(findings, number) for number in range(len(findings.batch.calls))]
    values = outcome_features(findings, views)
    verdicts, settled = weights.outcome.table(values), weights.resolved.table(values)
    levels = weights.empowerment.table(empowerment_features(findings))
    return [measure_call(*row, weights) for row in zip(views, verdicts, settled, levels, strict=True)]


def measure_call(
    view: CallView, verdict: Chances, settled: Chances, level: Chances, weights: CallWeights
) -> dict[str, Any]:
    """The `call` object of one call, with the chances of its verdicts, endings and levels of empowerment."""
    outcome = outcome_of(view, verdict, settled)
    empathy = empathy_of(view, weights.response)
    return {
        "effort": effort_of(view, weights.effort, settled["no"]),
        "distress": distress_of(view),
        "empathy": empathy,
        "tone": tone_of(view),
        "empowerment": empowerment_of(view, level),
        "roadblocks": roadblocks_of(view),
        "how_why": how_why_of(view),
        "outcome": outcome,
        "basics": basics_of(view, empathy, outcome),
        "safety": safety_of(view, weights.safety, weights.safety_least, weights.safety_response),
        "conduct": conduct_of(view),
        "reliability": reliability_of(view),
    }
