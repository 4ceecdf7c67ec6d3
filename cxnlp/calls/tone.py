"""Tone of a call: how the agent's turns fall into scripted, neutral and genuine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, Findings
from cxnlp.columns import Numbers, Records, rounded
from cxnlp.labels import TONES


def tone_of(findings: Findings) -> Records:
    """Shares of the agent's turns, disclosures and required lines left out, and of content words the customer
    said first.

    Null where the agent never speaks; the shares are null where all the agent said is such.
    """
    batch, agent = findings.batch, findings.sides[AGENT]
    counted = agent.own & ~findings.has("disclosure")
    if batch.templates is not None:
        counted &= ~batch.templates.required
    total = findings.count(counted)
    shares = {name: share(findings.count(counted & (batch.tone == code)), total) for code, name in enumerate(TONES)}
    known = counted & ~np.isnan(batch.grounded)
    said = np.bincount(findings.call_of[known], weights=batch.grounded[known], minlength=findings.calls)
    return Records({**shares, "grounded": share(said, findings.count(known))}, agent.speaks)


def share(part: NDArray[np.int64] | NDArray[np.float64], total: NDArray[np.int64]) -> Numbers:
    """part / total (C,), null where there is no total."""
    return Numbers(rounded(part / np.maximum(total, 1)), total > 0)
