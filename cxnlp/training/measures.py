"""Fitting and measuring the call-level measures, by cross-validation over whole calls.

Each model is a small softmax or a bounded least squares; figures are of calls it was not fitted on,
with label probabilities of heads that had not seen them either.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.empathy import RESPONSE_FEATURES, RESPONSES, both_answers, response_features
from cxnlp.calls.empowerment import FEATURES as EMPOWERMENT_FEATURES
from cxnlp.calls.empowerment import LEVELS, empowerment_features
from cxnlp.calls.empowerment import judged as level_of
from cxnlp.calls.findings import CUSTOMER
from cxnlp.calls.opportunities import Opportunity, opportunities
from cxnlp.calls.outcome import FEATURES as OUTCOME_FEATURES
from cxnlp.calls.outcome import SETTLED, VERDICTS, judged, outcome_features
from cxnlp.calls.view import CallView
from cxnlp.features.reading import Reader
from cxnlp.training.dataset import Dataset
from cxnlp.training.markup import MarkedCall
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
    figures: dict[str, Any] = {"calls": len(known.views)}
    every = [CallView(known.findings, number) for number in range(len(known.findings.batch.calls))]
    values = outcome_features(known.findings, every)[known.whole]
    for name, classes in (("outcome", VERDICTS), ("resolved", SETTLED)):
        truth = [call.head[name] for call in known.marked]
        model, guess, chances = cross_fit(values, truth, known.fold, OUTCOME_FEATURES, classes, C=0.01)
        weights[name] = model.config()
        if name == "outcome":
            rows = [dict(zip(classes, row, strict=True)) for row in chances.tolist()]
            both = zip(known.views, rows, strict=True)
            guess = [judged(view, row) if view.customer else "unclear" for view, row in both]
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
    rows = [dict(zip(LEVELS, row, strict=True)) for row in chances.tolist()]
    guess = [level_of(known.views[number], row) for number, row in zip(have, rows, strict=True)]
    return model.config(), class_figures(truth, guess, LEVELS)


def _fit_response(known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """On the marked opportunities, found or not."""
    rows, truth, fold = [], [], []
    for (view, marked), part in zip(known, known.fold.tolist(), strict=True):
        for opportunity, response in marked_opportunities(view, marked):
            rows.append(response_features(opportunity.cue, *both_answers(view, opportunity)))
            truth.append(response)
            fold.append(part)
    model, guess, _ = cross_fit(np.array(rows), truth, np.array(fold), RESPONSE_FEATURES, RESPONSES, C=0.03)
    return model.config(), class_figures(truth, guess, RESPONSES)


def marked_opportunities(view: CallView, marked: MarkedCall) -> list[tuple[Opportunity, str]]:
    """The opportunities a person marked, with how they were answered."""
    found = []
    for side, run in view.runs:
        turns = [index for index in run if marked.turns[index].opportunity is not None] if side == CUSTOMER else []
        if turns and (answers := view.after(run[-1])):
            labels = {label for index in turns for label in marked.turns[index].labels}
            cue = next((cue for cue in CUE_ORDER if cue in labels), "distress")
            mark = marked.turns[turns[-1]].opportunity
            found.append((Opportunity(turns[-1], cue, run, answers), mark[0] if mark else "missed"))
    return found


CUE_ORDER = ("vulnerability", "confusion", "sadness", "resignation", "anxiety", "frustration", "delight")


def opportunity_figures(known: Known) -> dict[str, Any]:
    """Precision, recall and F1 of opportunities, a run of customer turns each, the interval of F1 over calls, and
    the F1 of taking every answered run for one; calls not marked though they show feeling are left out."""
    counts = []
    for view, marked in known:
        theirs = {tuple(opportunity.run) for opportunity, _ in marked_opportunities(view, marked)}
        if not theirs and any((turn.distress or 0) > 0 or "delight" in turn.labels for turn in marked.turns):
            continue
        ours = {tuple(opportunity.run) for opportunity in opportunities(view)}
        possible = sum(side == CUSTOMER and bool(view.after(run[-1])) for side, run in view.runs)
        counts.append((len(ours & theirs), len(ours), len(theirs), possible))
    table = np.array(counts, dtype=np.int64).reshape(-1, 4)

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
