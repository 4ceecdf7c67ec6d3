"""Conduct, where a call has times: who spoke how long, who cut in, where it was silent.

A silence is a gap of over two seconds between two turns or inside one (`pauses`); hold is the silence
after, or inside, an agent turn that asks for a wait.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import Findings
from cxnlp.columns import Numbers, Records
from cxnlp.schema import Call

LEAST_SILENCE = 2.0
LEAST_OVERLAP = 0.3


@dataclass(slots=True)
class Spoken:
    """Of one call: seconds each side speaks, the silences and whether each was a hold, interruptions."""

    agent: float
    customer: float
    silences: list[tuple[float, bool]]
    interruptions: int


def conduct_of(findings: Findings) -> Records:
    """Seconds and shares; null unless turns of the call have a start and an end.

    `talk_share`: the agent's share of the time spoken, null where a side has none; `interruptions`: agent turns
    that begin over 0.3 s before the customer's turn ends.
    """
    found: dict[int, Spoken] = {}
    waits = findings.has("wait")
    for number, call in enumerate(findings.batch.calls):
        if all(turn.end is None for turn in call.turns):
            continue
        if spoken := spoken_of(call, waits[findings.ptr[number] : findings.ptr[number + 1]]):
            found[number] = spoken
    table = np.zeros((5, findings.calls))
    shared = np.zeros(findings.calls, dtype=np.bool_)
    for number, spoken in found.items():
        lengths = [length for length, _ in spoken.silences]
        held = sum(length for length, hold in spoken.silences if hold)
        shared[number] = both = spoken.agent > 0 and spoken.customer > 0
        share = round(spoken.agent / (spoken.agent + spoken.customer), 4) if both else 0.0
        seconds = (round(part, 2) for part in (sum(lengths), max(lengths, default=0.0), held))
        table[:, number] = (share, spoken.interruptions, *seconds)
    given = np.zeros(findings.calls, dtype=np.bool_)
    given[list(found)] = True
    return Records(
        {
            "talk_share": Numbers(table[0], shared),
            "interruptions": Numbers(table[1].astype(np.int64)),
            "silence_s": Numbers(table[2]),
            "longest_silence_s": Numbers(table[3]),
            "hold_s": Numbers(table[4]),
        },
        given,
    )


def spoken_of(call: Call, waits: NDArray[np.bool_]) -> Spoken | None:
    """Who spoke how long, in order of time; None without any timed turn. `waits` (turns,): asks for a wait."""
    timed = sorted(
        (turn.start, turn.end, index)
        for index, turn in enumerate(call.turns)
        if turn.start is not None and turn.end is not None and turn.end >= turn.start and turn.speaker != "system"
    )
    if not timed:
        return None
    spoken = {True: 0.0, False: 0.0}
    silences: list[tuple[float, bool]] = []
    interruptions, latest, latest_agent, waiting = 0, timed[0][0], True, False
    for start, end, index in timed:
        ours = call.turns[index].speaker == "agent"
        spoken[ours] += end - start
        if start - latest > LEAST_SILENCE:
            silences.append((start - latest, waiting))
        if ours and not latest_agent and latest - start > LEAST_OVERLAP:
            interruptions += 1
        asks = ours and bool(waits[index])
        for low, high in call.turns[index].pauses or ():
            silences.append((high - low, asks))
            spoken[ours] -= high - low
        if end >= latest:
            latest, latest_agent, waiting = end, ours, asks
    return Spoken(spoken[True], spoken[False], silences, interruptions)
