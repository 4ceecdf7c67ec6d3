"""Distress over a call: how it opens, its peak, how it closes, and where the customer's state turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import CUSTOMER, Findings
from cxnlp.columns import Lists, Names, Numbers, Records

FELT = (
    ("confusion", "confused"),
    ("sadness", "sad"),
    ("resignation", "resigned"),
    ("anxiety", "anxious"),
    ("frustration", "frustrated"),
)
STATES = ("calm", "delighted", "distressed", *(state for _, state in reversed(FELT)))
"""From the weakest to the one that goes before all others where several show."""
CALM = 0
EDGE = 2


def distress_of(findings: Findings) -> Records:
    """`opening`: highest level of the customer's first two runs; `closing`: of the last two; `peak`: of
    all; `shifts`: turns that first show another state. Null where the customer never speaks."""
    runs = findings.runs
    own = np.flatnonzero(runs.side == CUSTOMER)
    rows, starts = runs.turns(own)
    call = runs.call[own]
    number = np.bincount(call, minlength=findings.calls)
    place = np.arange(len(own)) - (np.cumsum(number) - number)[call]
    distress = findings.batch.distress[rows].astype(np.int64)
    level = highest(distress, starts)
    fields = {
        "opening": Numbers(_highest_of(level, call, place < EDGE, findings.calls)),
        "peak": Numbers(_highest_of(level, call, place >= 0, findings.calls)),
        "closing": Numbers(_highest_of(level, call, place >= number[call] - EDGE, findings.calls)),
    }
    code = (distress > 0) * STATES.index("distressed")
    for label, name in (("delight", "delighted"), *reversed(FELT)):
        code = np.maximum(code, findings.has(label)[rows] * STATES.index(name))
    state = highest(code, starts)
    before, after = shifts_of(state, call)
    shifts = Records(
        {
            "turn": findings.turns(rows[first_of(code, state, starts)[after]]),
            "from": Names(STATES, state[before]),
            "to": Names(STATES, state[after]),
        }
    )
    sizes = np.bincount(call[after], minlength=findings.calls)
    return Records({**fields, "shifts": Lists(sizes, shifts)}, findings.sides[CUSTOMER].speaks)


def highest(values: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The highest of each piece of `values`, (pieces,)."""
    return np.maximum.reduceat(values, starts) if len(starts) else np.zeros(0, dtype=np.int64)


def first_of(values: NDArray[np.int64], wanted: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(pieces,): where in each piece of `values` the value wanted of it stands first.

    >>> first_of(np.array([0, 7, 7, 2]), np.array([7, 2]), np.array([0, 3])).tolist()
    [1, 3]
    """
    if not len(starts):
        return starts
    place = np.arange(len(values))
    there = values == np.repeat(wanted, np.diff(np.append(starts, len(values))))
    return np.minimum.reduceat(np.where(there, place, len(values)), starts)


def _highest_of(
    level: NDArray[np.int64], call: NDArray[np.int64], mask: NDArray[np.bool_], calls: int
) -> NDArray[np.int64]:
    """The highest level of each call among the runs for which a mask holds, 0 where it has none, (C,)."""
    found = np.zeros(calls, dtype=np.int64)
    np.maximum.at(found, call[mask], level[mask])
    return found


def shifts_of(state: NDArray[np.int64], call: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Changes of state, as places before and after in `state` (runs,), the code of each run.

    Calm counts once it has lasted two turns, or to the end: one even sentence between two angry ones is no change.

    >>> before, after = shifts_of(np.array([0, 7, 0, 7, 0, 0]), np.zeros(6, dtype=np.int64))
    >>> before.tolist(), after.tolist()
    ([0, 3], [1, 4])
    """
    opens, ends = np.ones(len(state), dtype=np.bool_), np.ones(len(state), dtype=np.bool_)
    opens[1:] = call[1:] != call[:-1]
    ends[:-1] = opens[1:]
    lasts = ends.copy()
    lasts[:-1] |= state[1:] == CALM
    kept = np.flatnonzero(opens | (state != CALM) | lasts)
    turned = np.flatnonzero((state[kept[1:]] != state[kept[:-1]]) & (call[kept[1:]] == call[kept[:-1]]))
    return kept[turned], kept[turned + 1]
