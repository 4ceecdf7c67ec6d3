"""Fitting and measuring the call-level measures, by cross-validation over whole calls.

Each model is a small softmax or a bounded least squares; figures are of calls it was not fitted on,
with label probabilities of heads that had not seen them either.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.empathy import RESPONSE_FEATURES, RESPONSES, response_features
from cxnlp.calls.empowerment import FEATURES as EMPOWERMENT_FEATURES
from cxnlp.calls.empowerment import LEVELS, empowerment_features
from cxnlp.calls.empowerment import judged as level_of
from cxnlp.calls.findings import CUSTOMER
from cxnlp.calls.opportunities import CUES, Opportunities, opportunities
from cxnlp.calls.outcome import FEATURES as OUTCOME_FEATURES
from cxnlp.calls.outcome import SETTLED, UNCLEAR, VERDICTS, judged, outcome_features
from cxnlp.features.reading import Reader
from cxnlp.training.dataset import Dataset
from cxnlp.training.measures_data import Known, known_calls
from cxnlp.training.measures_effort import fit_effort
from cxnlp.training.measures_safety import fit_safety
from cxnlp.training.measures_softmax import class_figures, cross_fit
from cxnlp.training.spread import bootstrap


def fit_calls(
    data: Dataset, logits: NDArray[np.float32], fold: NDArray[np.int64], reader: Reader
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights for the bundle's config (`calls`) and figures for its metrics (`calls`).

    `logits` float32 (turns, outputs) and `fold` (turns,) as in `heldout_metrics`: by heads that had not
    seen the call; `reader`: the vectorizer's.
    """
    known = known_calls(data, logits, fold, reader)
    weights: dict[str, Any] = {}
    figures: dict[str, Any] = {"calls": len(known.marked)}
    values = outcome_features(known.findings)[known.whole]
    speaks = known.findings.sides[CUSTOMER].speaks[known.whole]
    for name, classes in (("outcome", VERDICTS), ("resolved", SETTLED)):
        truth = [call.head[name] for call in known.marked]
        model, guess, chances = cross_fit(values, truth, known.fold, OUTCOME_FEATURES, classes, C=0.01)
        weights[name] = model.config()
        if name == "outcome":
            verdict = np.where(speaks, judged(known.findings, known.spread(chances))[known.whole], UNCLEAR)
            guess = [VERDICTS[code] for code in verdict.tolist()]
        figures[name] = class_figures(truth, guess, classes)
    unsettled = chances[:, SETTLED.index("no")]
    weights["effort"], figures["effort"] = fit_effort(known, unsettled)
    weights["empowerment"], figures["empowerment"] = _fit_empowerment(known)
    weights["response"], figures["response"] = _fit_response(known)
    figures["opportunities"] = opportunity_figures(known)
    safety_weights, figures["safety"] = fit_safety(known)
    return weights | safety_weights, figures


def _fit_empowerment(known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    have = [number for number, call in enumerate(known.marked) if "empowerment" in call.head]
    values = empowerment_features(known.findings)[known.whole][have]
    truth = [known.marked[number].head["empowerment"] for number in have]
    model, _, chances = cross_fit(values, truth, known.fold[have], EMPOWERMENT_FEATURES, LEVELS, C=0.3)
    calls = known.whole[have]
    level = level_of(known.findings, known.spread(chances, calls))[calls]
    guess = [LEVELS[code] for code in level.tolist()]
    return model.config(), class_figures(truth, guess, LEVELS)


def _fit_response(known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """On the marked opportunities, found or not."""
    found, truth = marked_opportunities(known)
    values = response_features(known.findings, found)
    fold = known.fold[known.place[known.findings.call_of[found.row]]]
    model, guess, _ = cross_fit(values, truth, fold, RESPONSE_FEATURES, RESPONSES, C=0.03)
    return model.config(), class_figures(truth, guess, RESPONSES)


def marked_opportunities(known: Known) -> tuple[Opportunities, list[str]]:
    """The opportunities a person marked, with how they were answered; each at the last marked turn of its run."""
    runs, begin = known.findings.runs, known.findings.ptr[known.whole].tolist()
    rows: dict[int, int] = {}
    labels: dict[int, set[str]] = {}
    responses: dict[int, str] = {}
    for start, marked in zip(begin, known.marked, strict=True):
        for row, turn in enumerate(marked.turns, start):
            run = int(runs.of[row])
            if turn.opportunity is not None and turn.speaker == "customer" and run + 1 < runs.ptr[runs.call[run] + 1]:
                rows[run], responses[run] = row, turn.opportunity[0]
                labels.setdefault(run, set()).update(turn.labels)
    cue = [next((code for code, name in enumerate(CUES) if name in labels[run]), DISTRESS) for run in rows]
    columns = (np.array(column, dtype=np.int64) for column in (list(rows.values()), cue, list(rows)))
    return Opportunities(*columns), list(responses.values())


DISTRESS = CUES.index("distress")


def opportunity_figures(known: Known) -> dict[str, Any]:
    """Precision, recall and F1 of opportunities, a run of customer turns each, the interval of F1 over calls, and
    the F1 of taking every answered run for one; calls not marked though they show feeling are left out."""
    findings, runs, place = known.findings, known.findings.runs, known.place
    marked, found = marked_opportunities(known)[0].run, opportunities(findings).run
    counted = np.zeros(findings.calls, dtype=np.bool_)
    counted[known.whole] = [
        not any((turn.distress or 0) > 0 or "delight" in turn.labels for turn in call.turns) for call in known.marked
    ]
    counted[runs.call[marked]] = True
    counted &= place >= 0
    able = np.flatnonzero((runs.side == CUSTOMER) & (np.arange(len(runs.side)) + 1 < runs.ptr[runs.call + 1]))
    kinds = (np.intersect1d(found, marked), found, marked, able)
    table = np.stack([np.bincount(runs.call[kind], minlength=findings.calls)[counted] for kind in kinds], axis=1)

    def f1(rows: NDArray[np.int64]) -> float:
        hit, said, true, _ = rows.sum(axis=0).tolist()
        return float(2 * hit / max(said + true, 1))

    hit, said, true, possible = table.sum(axis=0).tolist()
    return {
        "marked": true,
        "found": said,
        "precision": round(hit / max(said, 1), 4),
        "recall": round(hit / max(true, 1), 4),
        "f1": round(f1(table), 4),
        "interval_95": bootstrap(lambda pick: f1(table[pick]), len(table)),
        "baseline": round(2 * true / max(true + possible, 1), 4),
    }
