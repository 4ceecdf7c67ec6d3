"""All heads as one estimator.

`y` is a label matrix (turns, heads) with the columns of `cxnlp.labels.HEADS`, -1 where a head is not
asked; each head is fitted on the rows where it is.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from cxnlp.classify.head import LinearHead
from cxnlp.classify.outputs import OUTPUTS
from cxnlp.labels import HEADS


class LabelHeads(BaseEstimator):
    """Tone as three classes, distress as ordered levels, every label as yes or no.

    Parameters
    ----------
    C : inverse strength of the L2 penalty of every head.
    n_jobs : threads to fit with.
    balance : how far rare positives are weighed up in every head, as in LinearHead.

    Attributes
    ----------
    heads_ : the fitted LinearHead of each column. classes_ : their classes.
    coef_ : float32 (outputs, features), intercept_ : float32 (outputs,), in the order of OUTPUTS.
    """

    def __init__(self, C: float = 0.5, tol: float = 1e-3, n_jobs: int = 2, balance: float = 0.0) -> None:
        self.C = C
        self.tol = tol
        self.n_jobs = n_jobs
        self.balance = balance

    def fit(self, X: Any, y: NDArray[np.int8], sample_weight: Any = None) -> Self:
        """Fit to X (turns, features) and y int (turns, heads)."""
        y = np.asarray(y)
        if y.ndim != 2 or y.shape[1] != len(HEADS) or y.shape[0] != X.shape[0]:
            raise ValueError(f"y is (turns, {len(HEADS)}) with a row a turn of X; got {y.shape} for {X.shape[0]} turns")
        jobs = [delayed(self._fit_head)(X, y[:, column], sample_weight, head) for column, head in enumerate(HEADS)]
        self.heads_: list[LinearHead] = Parallel(self.n_jobs, prefer="threads")(jobs)
        self.classes_ = [head.classes_ for head in self.heads_]
        self.coef_ = np.vstack([head.coef_ for head in self.heads_]).astype(np.float32)
        self.intercept_ = np.concatenate([head.intercept_ for head in self.heads_]).astype(np.float32)
        return self

    def _fit_head(self, X: Any, y: NDArray[np.int8], sample_weight: Any, head: str) -> LinearHead:
        asked = y >= 0
        weight = None if sample_weight is None else np.asarray(sample_weight)[asked]
        want = sum(1 for output in OUTPUTS if output.head == head)
        fitted = LinearHead(C=self.C, ordered=head == "distress", tol=self.tol, balance=self.balance)
        try:
            fitted.fit(X[asked], y[asked], sample_weight=weight)
        except ValueError as error:
            raise ValueError(f"head {head}: {error}") from error
        if len(fitted.coef_) != want:
            raise ValueError(f"head {head}: the data lacks some of its classes; got {fitted.classes_.tolist()}")
        return fitted

    def predict_proba(self, X: Any) -> list[NDArray[Any]]:
        """One (turns, classes) array a head, each turn asked every head whatever its side."""
        check_is_fitted(self)
        return [head.predict_proba(X) for head in self.heads_]

    def predict(self, X: Any) -> NDArray[np.int64]:
        """int (turns, heads): the likeliest class of each head, each turn asked every head."""
        check_is_fitted(self)
        return np.column_stack([head.predict(X) for head in self.heads_])
