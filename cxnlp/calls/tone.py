"""Tone of a call: how the agent's turns fall into scripted, neutral and genuine."""

from __future__ import annotations

from typing import Any

from cxnlp.calls.view import CallView
from cxnlp.labels import TONES


def tone_of(view: CallView) -> dict[str, Any] | None:
    """Shares of the agent's turns, disclosures and required lines left out, and of content words that the customer
    said first.

    None where the agent never speaks; the shares are null where all the agent said is such.
    """
    if not view.agent:
        return None
    counted = [index for index in view.agent if not (view.has(index, "disclosure") or view.required(index))]
    tones = [view.tone[index] for index in counted]
    shares: dict[str, Any] = {
        name: round(tones.count(code) / len(tones), 4) if tones else None for code, name in enumerate(TONES)
    }
    known = [share for index in counted if (share := view.grounded[index]) == share]
    shares["grounded"] = round(sum(known) / len(known), 4) if known else None
    return shares
