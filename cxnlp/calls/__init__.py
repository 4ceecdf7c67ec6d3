"""Measures of whole calls, from their turns, the turns' scores and the cues found in them: a batch at once."""

from __future__ import annotations

from cxnlp.calls.basics import basics_of
from cxnlp.calls.conduct import conduct_of
from cxnlp.calls.distress import distress_of
from cxnlp.calls.effort import effort_of
from cxnlp.calls.empathy import answered, empathy_of, phrases
from cxnlp.calls.empowerment import empowerment_features, empowerment_of
from cxnlp.calls.findings import Findings
from cxnlp.calls.outcome import SETTLED, judged, outcome_features, outcome_of
from cxnlp.calls.reliability import reliability_of
from cxnlp.calls.roadblocks import roadblocks_of
from cxnlp.calls.safety import safety_of
from cxnlp.calls.steps import how_why_of
from cxnlp.calls.tone import tone_of
from cxnlp.calls.weights import CallWeights
from cxnlp.columns import Column

__all__ = ["CallWeights", "Findings", "measure_calls"]


def measure_calls(findings: Findings, weights: CallWeights) -> dict[str, Column]:
    """The measures of the calls of a batch by name: what `call` holds, columns (C,)."""
    if not findings.calls:
        return {}
    values = outcome_features(findings)
    chances, settled = weights.outcome.chances(values), weights.resolved.chances(values)
    verdict = judged(findings, chances)
    said = phrases(findings)
    empathy = answered(findings, weights.response, said)
    return {
        "effort": effort_of(findings, weights.effort, settled[:, SETTLED.index("no")]),
        "distress": distress_of(findings),
        "empathy": empathy_of(findings, empathy, said),
        "tone": tone_of(findings),
        "empowerment": empowerment_of(findings, weights.empowerment.chances(empowerment_features(findings))),
        "roadblocks": roadblocks_of(findings),
        "how_why": how_why_of(findings),
        "outcome": outcome_of(findings, verdict, chances, settled),
        "basics": basics_of(findings, empathy, verdict, settled.argmax(axis=1)),
        "safety": safety_of(findings, weights.safety, weights.safety_least, weights.safety_response),
        "conduct": conduct_of(findings),
        "reliability": reliability_of(findings),
    }
