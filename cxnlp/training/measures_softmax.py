"""Small softmaxes over named features, fitted and cross-validated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from cxnlp.calls.linear import Linear
from cxnlp.training.spread import bootstrap, codes_of, commonest, macro_f1

BALANCE = 0.5
Rows = NDArray[np.float64]


def cross_fit(
    values: Rows,
    truth: Sequence[str],
    fold: NDArray[np.int64],
    features: tuple[str, ...],
    classes: tuple[str, ...],
    C: float,
    balance: float = BALANCE,
) -> tuple[Linear, list[str], Rows]:
    """The model of all rows; the class and the chances (rows, classes) that models of the other parts give
    each row. `balance`: 0 leaves the classes as common as they are, 1 makes them equally so."""
    codes = np.array([classes.index(name) for name in truth], dtype=np.int64)
    values = np.reshape(values, (len(codes), len(features)))
    chances = np.zeros((len(codes), len(classes)))
    for part in np.unique(fold):
        own = fold == part
        model = fit_softmax(values[~own], codes[~own], features, classes, C, balance)
        chances[own] = model.chances(values[own])
    model = fit_softmax(values, codes, features, classes, C, balance)
    return model, [classes[code] for code in chances.argmax(axis=1)], chances


def fit_softmax(
    values: Rows,
    codes: NDArray[np.int64],
    features: tuple[str, ...],
    classes: tuple[str, ...],
    C: float,
    balance: float,
) -> Linear:
    """A softmax over standardised features (columns that never vary weigh nothing), written in their own units."""
    count = np.bincount(codes, minlength=len(classes))
    if (count > 0).sum() < 2:
        return Linear(features, classes, np.zeros((len(classes), len(features))), np.where(count > 0, 0.0, -20.0))
    middle, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread < 1e-6] = np.inf
    weight = (len(codes) / np.maximum(count, 1)) ** balance
    fitted = LogisticRegression(C=C, max_iter=3000).fit(
        (values - middle) / spread, codes, weight[codes] / weight.mean()
    )
    coef = np.zeros((len(classes), values.shape[1]))
    intercept = np.full(len(classes), -20.0)
    rows, offset = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:
        rows, offset = np.vstack([-rows / 2, rows / 2]), np.concatenate([-offset / 2, offset / 2])
    coef[fitted.classes_] = rows / spread
    intercept[fitted.classes_] = offset - coef[fitted.classes_] @ middle
    return Linear(features, classes, coef, intercept)


def class_figures(truth: Sequence[str], guess: Sequence[str], classes: Sequence[str]) -> dict[str, Any]:
    """Macro-F1 with its interval and that of the commonest class alone, accuracy, and F1 by class."""
    codes, said = codes_of(truth, classes), codes_of(guess, classes)
    size = len(classes)
    by_class = f1_score(truth, guess, average=None, labels=list(classes), zero_division=0.0)
    return {
        "n": len(truth),
        "macro_f1": round(float(by_class.mean()), 4),
        "interval_95": bootstrap(lambda pick: macro_f1(codes[pick], said[pick], size), len(codes)),
        "baseline": round(macro_f1(codes, commonest(codes), size), 4),
        "accuracy": round(float(np.mean([a == b for a, b in zip(truth, guess, strict=True)])), 4),
        "f1": {name: round(float(value), 4) for name, value in zip(classes, by_class, strict=True)},
    }
