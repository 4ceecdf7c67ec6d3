"""Figures of what is marked inside whole calls: opportunities and how they were answered, safety signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.empathy import RESPONSES
from cxnlp.calls.intervals import wilson
from cxnlp.schema import Call, merged_sides
from cxnlp.training.dataset import to_call
from cxnlp.training.figures import Figure, Pairs, class_figure, share
from cxnlp.training.markup import MarkedCall
from cxnlp.training.spread import bootstrap

Measures = Sequence[dict[str, Any]]


def empathy_figures(marked: Sequence[MarkedCall], measures: Measures) -> list[Figure]:
    """Opportunities, a run of customer turns each, and the response to those both marked and found. Calls
    that show feeling and have no opportunity marked are left out."""
    counts: list[tuple[int, int, int, int]] = []
    answered: list[Pairs] = []
    for call, found in zip(marked, measures, strict=True):
        runs = run_of_turns(to_call(call))
        theirs = dict(marked_runs(call, runs))
        if not theirs and any((turn.distress or 0) > 0 or "delight" in turn.labels for turn in call.turns):
            continue
        events = found["empathy"]["events"] if found["empathy"] else []
        ours = {runs[event["turn"]]: event["response"] for event in events}
        both = theirs.keys() & ours.keys()
        counts.append((len(both), len(ours), len(theirs), len(answered_runs(call, runs))))
        answered.append([(theirs[run], ours[run]) for run in sorted(both)])
    table = np.array(counts, dtype=np.int64).reshape(-1, 4)

    def f1(rows: NDArray[np.int64]) -> float:
        hit, said, true, _ = rows.sum(axis=0).tolist()
        return float(2 * hit / max(said + true, 1))

    _, _, true, possible = table.sum(axis=0).tolist()
    return [
        Figure(
            "opportunities",
            "f1",
            true,
            round(f1(table), 4) if true else None,
            bootstrap(lambda pick: f1(table[pick]), len(table)) if true else None,
            round(2 * true / (true + possible), 4) if true else None,
        ),
        class_figure("response", answered, RESPONSES),
    ]


def run_of_turns(call: Call) -> dict[int, int]:
    """The number of the merged run that each turn is of."""
    return {index: run for run, (_, indices) in enumerate(merged_sides(call)) for index in indices}


def answered_runs(call: MarkedCall, runs: dict[int, int]) -> set[int]:
    """The customer's runs after which the agent speaks."""
    last = max((run for index, run in runs.items() if call.turns[index].speaker == "agent"), default=-1)
    return {run for index, run in runs.items() if call.turns[index].speaker == "customer" and run < last}


def marked_runs(call: MarkedCall, runs: dict[int, int]) -> list[tuple[int, str]]:
    """Runs with a marked opportunity that the agent could answer, and the response; the last mark counts."""
    able = answered_runs(call, runs)
    return [
        (runs[index], turn.opportunity[0])
        for index, turn in enumerate(call.turns)
        if turn.opportunity is not None and runs[index] in able
    ]


def safety_figures(marked: Sequence[MarkedCall], measures: Measures) -> list[Figure]:
    """Signs by turn and by call; showing nothing is the constant."""
    signs = hits = calls = calls_hit = quiet = alarms = 0
    for call, found in zip(marked, measures, strict=True):
        true = {index for index, turn in enumerate(call.turns) if turn.safety}
        shown = {sign["turn"] for sign in found["safety"] or ()}
        signs, hits = signs + len(true), hits + len(true & shown)
        calls, calls_hit = calls + bool(true), calls_hit + bool(true and shown)
        quiet, alarms = quiet + (not true), alarms + (not true and bool(shown))
    interval = wilson(alarms, quiet)
    return [
        share("safety", "recall_calls", calls_hit, calls),
        share("safety", "recall_turns", hits, signs),
        Figure(
            "safety",
            "false_alarms_in_200_calls",
            quiet,
            round(200 * alarms / quiet, 2) if quiet else None,
            [round(200 * limit, 2) for limit in interval] if interval else None,
            0.0 if quiet else None,
        ),
    ]
