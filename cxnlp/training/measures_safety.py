"""Fitting and measuring the safety signs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.intervals import wilson
from cxnlp.calls.safety import (
    ANSWER_FEATURES,
    KINDS,
    NONE,
    RESPONSES,
    SIGN_FEATURES,
    answer_features,
    candidates,
    sign_features,
)
from cxnlp.training.measures_data import Known
from cxnlp.training.measures_softmax import class_figures, cross_fit

FALSE_ALARMS = 1 / 20


def fit_safety(known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights and figures. The probability from which a sign is shown is the lowest at which the calls
    without any sign give no more false alarms than allowed."""
    findings, place = known.findings, known.place
    rows = candidates(findings)
    rows = rows[place[findings.call_of[rows]] >= 0]
    calls = findings.call_of[rows]
    spots = list(zip(place[calls].tolist(), (rows - findings.ptr[calls]).tolist(), strict=True))
    marked_as = [known.marked[number].turns[index].safety for number, index in spots]
    truth = [mark[0] if mark else NONE for mark in marked_as]
    model, _, chances = cross_fit(
        sign_features(findings, rows),
        truth,
        known.fold[place[calls]],
        SIGN_FEATURES,
        (*KINDS, NONE),
        C=0.3,
        balance=0.0,
    )
    sign = 1 - chances[:, -1]
    marks = {
        (number, index): mark[0]
        for number, marked in enumerate(known.marked)
        for index, turn in enumerate(marked.turns)
        if (mark := turn.safety)
    }
    quiet = set(range(len(known.marked))) - {number for number, _ in marks}
    least = _threshold(spots, sign, quiet)
    kinds = [KINDS[code] for code in chances[:, :-1].argmax(axis=1)]
    weights = {"safety": model.config(), "safety_least": least}
    weights["safety_response"], answered = _fit_response(known)
    figures = _figures(spots, sign, kinds, marks, quiet, least) | {"response": answered}
    return weights, figures


def _threshold(spots: list[tuple[int, int]], sign: NDArray[np.float64], quiet: set[int]) -> float:
    highest: dict[int, float] = {}
    for (number, _), chance in zip(spots, sign.tolist(), strict=True):
        if number in quiet:
            highest[number] = max(highest.get(number, 0.0), chance)
    allowed = int(FALSE_ALARMS * len(quiet))
    alarms = sorted(highest.values(), reverse=True)
    return round(min(alarms[allowed] + 1e-4, 0.9), 4) if len(alarms) > allowed else 0.5


def _figures(
    spots: list[tuple[int, int]],
    sign: NDArray[np.float64],
    kinds: list[str],
    marks: dict[tuple[int, int], str],
    quiet: set[int],
    least: float,
) -> dict[str, Any]:
    """Recall of marked turns and of calls with a mark, at the threshold and at others; false alarms are
    calls without any mark in which something is shown."""

    def at(limit: float) -> dict[str, Any]:
        shown = {spot for spot, chance in zip(spots, sign.tolist(), strict=True) if chance >= limit}
        calls = {number for number, _ in shown}
        with_mark = {number for number, _ in marks}
        return {
            "threshold": round(limit, 4),
            "recall_turns": round(len(shown & set(marks)) / max(len(marks), 1), 4),
            "recall_calls": round(len(calls & with_mark) / max(len(with_mark), 1), 4),
            "false_alarms_in_200_calls": round(200 * len(calls & quiet) / max(len(quiet), 1), 2),
        }

    def limits() -> dict[str, Any]:
        shown = {spot for spot, chance in zip(spots, sign.tolist(), strict=True) if chance >= least}
        calls, with_mark = {number for number, _ in shown}, {number for number, _ in marks}
        alarms = wilson(len(calls & quiet), len(quiet))
        return {
            "recall_turns": wilson(len(shown & set(marks)), len(marks)),
            "recall_calls": wilson(len(calls & with_mark), len(with_mark)),
            "false_alarms_in_200_calls": alarms and [round(200 * limit, 2) for limit in alarms],
        }

    right = [kind == marks[spot] for spot, kind in zip(spots, kinds, strict=True) if spot in marks]
    return {
        "signs": len(marks),
        "calls_with": len({number for number, _ in marks}),
        "calls_without": len(quiet),
        **at(least),
        "intervals_95": limits(),
        "kind_accuracy": round(float(np.mean(right)), 4) if right else None,
        "looked_at": round(sum(spot in marks for spot in spots) / max(len(marks), 1), 4),
        "curve": [at(limit) for limit in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)],
    }


def _fit_response(known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    begin = known.findings.ptr[known.whole]
    marks = [
        (int(begin[number]) + index, turn.safety[1], int(known.fold[number]))
        for number, marked in enumerate(known.marked)
        for index, turn in enumerate(marked.turns)
        if turn.safety
    ]
    truth = [response for _, response, _ in marks]
    values = answer_features(known.findings, np.array([row for row, _, _ in marks], dtype=np.int64))
    fold = np.array([part for _, _, part in marks], dtype=np.int64)
    model, guess, _ = cross_fit(values, truth, fold, ANSWER_FEATURES, RESPONSES, C=0.01)
    return model.config(), class_figures(truth, guess, RESPONSES)
