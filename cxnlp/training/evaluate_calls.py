"""Figures of a model on whole labelled calls: their turns in place, and the measures of whole calls.

Each measure is taken from the score as it is written and set beside the head of the call or its marks, with
the number it was asked of, a 95 % interval (bootstrap over calls; Wilson for shares) and what the best
constant answer gets. A measure that is null is left out. Steps are not labelled in calls, so not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxnlp.calls.empowerment import LEVELS
from cxnlp.calls.outcome import SETTLED, VERDICTS
from cxnlp.scoring import Scorer
from cxnlp.training.dataset import to_call
from cxnlp.training.evaluate import Evaluation, Item, check_skip, compared
from cxnlp.training.evaluate_marks import Measures, empathy_figures, safety_figures
from cxnlp.training.figures import Figure, apart, class_figure, graded
from cxnlp.training.markup import MarkedCall
from cxnlp.training.perturb import changed

EFFORT = tuple("1234567")
ROUNDS = 60
CLASSES = {
    "outcome": (VERDICTS, "outcome", "verdict"),
    "resolved": (SETTLED, "outcome", "resolved"),
    "empowerment": (LEVELS, "empowerment", "level"),
}
"""By key of the head: its classes, and where the score has it."""


def evaluate_calls(
    scorer: Scorer,
    marked: Sequence[MarkedCall],
    skip: frozenset[str] = frozenset(),
    bare: bool = False,
) -> tuple[Evaluation, list[Figure]]:
    """Score whole calls; the figures of their turns, and of the measures. `bare`: in lower case, no marks."""
    check_skip(skip)
    calls = [to_call(call) for call in marked]
    batch = scorer.score_batch([changed(call, "bare") for call in calls] if bare else calls)
    items, rows = [], []
    for number, call in enumerate(marked):
        for index, turn in enumerate(call.turns):
            if turn.speaker == "system" or turn.context_only:
                continue
            *before, own = batch.calls[number].turns[max(0, index - 2) : index + 1]
            said = (own.speaker, own.text, list(turn.labels), before, turn.tone, turn.distress)
            items.append(Item(f"{call.id}:{index}", *said))
            rows.append(int(batch.ptr[number]) + index)
    evaluation = compared(items, batch, np.array(rows, dtype=np.int64), skip)
    return evaluation, call_figures(marked, batch.measures)


def as_dict(
    evaluation: Evaluation, marked: Sequence[MarkedCall], measures: Sequence[Figure], own: bool, metrics: dict[str, Any]
) -> dict[str, Any]:
    """Everything as plain data. `own`: whether the model was trained on these calls; then `held_out` is False and
    the held-out figures of `metrics`, the bundle's, stand beside."""
    data = evaluation.as_dict(ROUNDS)
    before = {(row["side"], row["name"]): row["f1"] for row in metrics.get("rows", ())} if own else {}
    for row in data["rows"]:
        row["held_out"] = before.get((row["side"], row["name"]))
    known = metrics.get("calls", {}) if own else {}
    rows = [{**figure._asdict(), "held_out": known.get(figure.measure, {}).get(figure.figure)} for figure in measures]
    return {**data, "held_out": False if own else None, "calls": {"n": len(marked), "measures": rows}}


def call_figures(marked: Sequence[MarkedCall], measures: Measures) -> list[Figure]:
    """The figures of the measures of calls, in the order of the measures."""
    found = _effort(marked, measures)
    for name in CLASSES:
        found.append(_classes(name, marked, measures))
    found += empathy_figures(marked, measures)
    found += safety_figures(marked, measures)
    return [*found, *_of_turns(marked, measures)]


def _effort(marked: Sequence[MarkedCall], measures: Measures) -> list[Figure]:
    known = [
        (float(call.head["effort"]), float(found["effort"]["score"]))
        for call, found in zip(marked, measures, strict=True)
        if found["effort"] is not None and "effort" in call.head
    ]
    truth, score = (np.array(column) for column in zip(*known, strict=True)) if known else (np.zeros(0), np.zeros(0))
    middle = np.full_like(truth, np.median(truth) if len(truth) else 0)
    return [
        graded("effort", truth - 1, np.rint(score) - 1, len(EFFORT)),
        apart("effort", truth, score, middle),
    ]


def _classes(name: str, marked: Sequence[MarkedCall], measures: Measures) -> Figure:
    classes, measure, key = CLASSES[name]
    pairs = [
        (call.head[name], str(found[measure][key]))
        for call, found in zip(marked, measures, strict=True)
        if name in call.head and found[measure] is not None
    ]
    return class_figure(name, [[pair] for pair in pairs], classes)


def _of_turns(marked: Sequence[MarkedCall], measures: Measures) -> list[Figure]:
    """What the labels of turns say of a call: the agent's share of genuine turns, the peak of distress."""
    shares, peaks = [], []
    for call, found in zip(marked, measures, strict=True):
        tones = [turn.tone for turn in call.turns if turn.speaker == "agent" and "disclosure" not in turn.labels]
        if tones and found["tone"] and found["tone"]["genuine"] is not None:
            shares.append((tones.count("genuine") / len(tones), float(found["tone"]["genuine"])))
        levels = [turn.distress or 0 for turn in call.turns if turn.speaker == "customer"]
        if levels and found["distress"]:
            peaks.append((max(levels), int(found["distress"]["peak"])))
    tone = np.array(shares, dtype=np.float64).reshape(-1, 2)
    peak = np.array(peaks, dtype=np.int64).reshape(-1, 2)
    middle = np.full(len(tone), np.median(tone[:, 0]) if len(tone) else 0.0)
    return [
        apart("genuine share", tone[:, 0], tone[:, 1], middle),
        graded("distress peak", peak[:, 0], peak[:, 1], 4),
    ]
