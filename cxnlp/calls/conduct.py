"""Conduct, where a call has times: who spoke how long, who cut in, where it was silent.

A silence is a gap of over two seconds between two turns or inside one (`pauses`); hold is the silence
after, or inside, an agent turn that asks for a wait.
"""

from __future__ import annotations

from typing import Any

from cxnlp.calls.view import CallView

LEAST_SILENCE = 2.0
LEAST_OVERLAP = 0.3


def conduct_of(view: CallView) -> dict[str, Any] | None:
    """Seconds and shares; None unless turns of the call have a start and an end.

    `talk_share`: the agent's share of the time spoken, null where a side has none; `interruptions`: agent turns
    that begin over 0.3 s before the customer's turn ends.
    """
    if view.call.turns[0].end is None and view.call.turns[-1].end is None:
        return None
    timed = [
        (turn.start, turn.end, index)
        for index, turn in enumerate(view.call.turns)
        if turn.start is not None and turn.end is not None and turn.end >= turn.start and turn.speaker != "system"
    ]
    if not timed:
        return None
    timed.sort()
    agents = set(view.agent)
    spoken = {True: 0.0, False: 0.0}
    silences: list[tuple[float, bool]] = []
    interruptions, latest, latest_agent, waiting = 0, timed[0][0], True, False
    for start, end, index in timed:
        ours = index in agents
        spoken[ours] += end - start
        if start - latest > LEAST_SILENCE:
            silences.append((start - latest, waiting))
        if ours and not latest_agent and latest - start > LEAST_OVERLAP:
            interruptions += 1
        waits = ours and view.has(index, "wait")
        for low, high in view.call.turns[index].pauses or ():
            silences.append((high - low, waits))
            spoken[ours] -= high - low
        if end >= latest:
            latest, latest_agent, waiting = end, ours, waits
    both = spoken[True] > 0 and spoken[False] > 0
    return {
        "talk_share": round(spoken[True] / (spoken[True] + spoken[False]), 4) if both else None,
        "interruptions": interruptions,
        "silence_s": round(sum(length for length, _ in silences), 2),
        "longest_silence_s": round(max((length for length, _ in silences), default=0.0), 2),
        "hold_s": round(sum(length for length, held in silences if held), 2),
    }
