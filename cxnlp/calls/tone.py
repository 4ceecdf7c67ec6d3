"""Tone of a call: how the agent's turns fall into scripted, neutral and genuine."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxnlp.calls.view import CallView
from cxnlp.labels import TONES


def tone_of(view: CallView) -> dict[str, Any] | None:
    """Shares of the agent's turns, disclosures left out, and of content words the customer said first.

    None where the agent never speaks; the shares are null where all the agent said is disclosure.
    """
    if not view.agent:
        return None
    counted = [index for index in view.agent if not view.has(index, "disclosure")]
    shares: dict[str, Any] = {
        name: round(sum(view.tone[index] == code for index in counted) / len(counted), 4) if counted else None
        for code, name in enumerate(TONES)
    }
    grounded = view.batch.grounded[[view.base + index for index in counted]] if counted else np.zeros(0)
    known = grounded[~np.isnan(grounded)]
    shares["grounded"] = round(float(known.mean()), 4) if len(known) else None
    return shares
