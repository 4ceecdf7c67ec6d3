"""The fitted numbers of the measures, as they stand in a bundle's config under `calls`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxnlp.calls import empathy, empowerment, outcome, safety
from cxnlp.calls.linear import Linear


@dataclass(slots=True, frozen=True)
class CallWeights:
    """`effort`: weight by name of sign; `safety_least`: probability from which a sign is shown; the rest
    are small softmaxes, each named after what it says."""

    effort: Mapping[str, float]
    response: Linear
    outcome: Linear
    resolved: Linear
    empowerment: Linear
    safety: Linear
    safety_least: float
    safety_response: Linear

    @classmethod
    def of(cls, config: Mapping[str, Any], effort: Mapping[str, float] | None = None) -> CallWeights:
        """Weights from config; `effort`, by label, goes over the fitted ones."""
        over = {f"{label}:{told}": weight for label, weight in (effort or {}).items() for told in SAID}
        models = {name: Linear.of(config[name], classes) for name, classes in MODELS.items()}
        return cls(
            effort={**config["effort"], **over},
            safety_least=float(config["safety_least"]),
            **models,
        )


SAID = ("told", "process", "agent")
"""How a sign of effort shows: told by the customer, or by the agent as the company's doing or as their own."""
MODELS = {
    "response": empathy.RESPONSES,
    "outcome": outcome.VERDICTS,
    "resolved": outcome.SETTLED,
    "empowerment": empowerment.LEVELS,
    "safety": (*safety.KINDS, safety.NONE),
    "safety_response": safety.RESPONSES,
}
"""The softmaxes and their classes, in the order in which the measures count them."""
