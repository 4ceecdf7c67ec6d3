"""Measures of a whole call, from its turns and their scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxnlp.calls.distress import distress_of
from cxnlp.calls.effort import effort_of
from cxnlp.calls.tone import tone_of
from cxnlp.calls.view import CallView
from cxnlp.scores import ScoreBatch

__all__ = ["CallView", "measure_call"]


def measure_call(batch: ScoreBatch, number: int, effort_weights: Mapping[str, float]) -> dict[str, Any]:
    """The `call` object of one call of a batch."""
    view = CallView(batch, number)
    return {"effort": effort_of(view, effort_weights), "distress": distress_of(view), "tone": tone_of(view)}
