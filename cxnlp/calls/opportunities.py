"""Opportunities: the moments at which a customer's feeling asked for an answer.

A run of customer turns (no agent turn between them) that shows distress or one of the feelings
below is one opportunity, if the agent still speaks after it. The agent's next two runs may answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUSTOMER, Findings

CUES = (
    "vulnerability",
    "confusion",
    "sadness",
    "resignation",
    "anxiety",
    "frustration",
    "distress",
    "delight",
)
OPENING = ("vulnerability", "confusion", "sadness", "resignation", "delight")


@dataclass(slots=True, frozen=True)
class Opportunities:
    """Opportunities of a batch, in order, all (N,). `row`: the turn that shows the cue; `cue`: place in
    CUES; `run`: the customer's run it is in."""

    row: NDArray[np.int64]
    cue: NDArray[np.int64]
    run: NDArray[np.int64]


def opportunities(findings: Findings) -> Opportunities:
    """The opportunities of all calls: of each run the turn with the cue that goes first, the first of equals."""
    upset = findings.batch.distress > 0
    opens = findings.sides[CUSTOMER].own & (upset | findings.has(*OPENING))
    rows = np.flatnonzero(opens)
    answered = findings.sides[AGENT].final[findings.call_of[rows]] > rows
    rows = rows[answered]
    cue = np.full(len(rows), len(CUES))
    for code, name in reversed(list(enumerate(CUES))):
        cue[(upset if name == "distress" else findings.has(name))[rows]] = code
    run = findings.runs.of[rows]
    order = np.lexsort((rows, cue, run))
    _, first = np.unique(run[order], return_index=True)
    chosen = order[first]
    return Opportunities(rows[chosen], cue[chosen], run[chosen])
