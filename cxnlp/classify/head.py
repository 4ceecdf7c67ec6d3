"""A head: one linear classifier of the scikit-learn kind, for classes or for ordered levels.

Two classes make one logistic regression; more make one a class, joined by a softmax; ordered levels
make one a step ("at least 1", "at least 2"), so that the probability of more never exceeds that of less.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data


class LinearHead(ClassifierMixin, BaseEstimator):
    """One head.

    Parameters
    ----------
    C : inverse strength of the L2 penalty, as in LogisticRegression.
    balance : how far the rare side of a regression is weighed up: each positive counts (negatives / positives) **
        balance times a negative, the whole weight staying what it was. 0 leaves them alone, 1 makes the sides equal.
    ordered : whether the classes are levels, from low to high.
    tol, max_iter : when the solver stops.

    Attributes
    ----------
    classes_ : (classes,). coef_ : (outputs, features). intercept_ : (outputs,).
    n_iter_ : int, the most steps any of its regressions took.
    """

    def __init__(
        self, C: float = 0.5, ordered: bool = False, tol: float = 1e-3, max_iter: int = 200, balance: float = 0.0
    ) -> None:
        self.C = C
        self.balance = balance
        self.ordered = ordered
        self.tol = tol
        self.max_iter = max_iter

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to X (samples, features), dense or csr, and y (samples,)."""
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32])
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"a head needs two classes; got 1 class: {self.classes_.tolist()[0]!r}")
        fitted = [self._fit_one(X, positive, sample_weight) for positive in self._splits(codes)]
        self.coef_ = np.vstack([one.coef_ for one in fitted])
        self.intercept_ = np.concatenate([one.intercept_ for one in fitted])
        self.n_iter_ = max(int(one.n_iter_.max()) for one in fitted)
        return self

    def _splits(self, codes: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
        count = len(self.classes_)
        if self.ordered:
            return [codes >= level for level in range(1, count)]
        return [codes == code for code in (range(count) if count > 2 else (1,))]

    def _fit_one(self, X: Any, positive: NDArray[np.bool_], sample_weight: Any) -> LogisticRegression:
        one = LogisticRegression(C=self.C, tol=self.tol, max_iter=self.max_iter)
        if self.balance:
            given = np.ones(len(positive)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
            total, rare = given.sum(), given[positive].sum()
            weight = given * np.where(positive, ((total - rare) / max(rare, 1e-9)) ** self.balance, 1.0)
            sample_weight = weight * (total / weight.sum())
        return one.fit(X, positive, sample_weight=sample_weight)

    def logits(self, X: Any) -> NDArray[Any]:
        """(samples, outputs): the plain sums before any link."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False, dtype=[np.float64, np.float32])
        product = X @ self.coef_.T
        dense = np.asarray(product.todense() if sparse.issparse(product) else product)
        return np.asarray(dense + self.intercept_)

    def decision_function(self, X: Any) -> NDArray[Any]:
        """(samples,) for two classes, else the log probabilities (samples, classes)."""
        logits = self.logits(X)
        if len(self.classes_) == 2:
            return np.asarray(logits[:, 0])
        return np.asarray(np.log(np.maximum(self._probabilities(logits), 1e-300)))

    def predict_proba(self, X: Any) -> NDArray[Any]:
        """(samples, classes), rows sum to 1."""
        return self._probabilities(self.logits(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """(samples,): the likeliest class."""
        best = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def _probabilities(self, logits: NDArray[Any]) -> NDArray[Any]:
        if self.ordered or len(self.classes_) == 2:
            reached = np.minimum.accumulate(expit(logits), axis=1)
            edges = np.hstack([np.ones((len(logits), 1)), reached, np.zeros((len(logits), 1))])
            return np.asarray(edges[:, :-1] - edges[:, 1:])
        return np.asarray(softmax(logits, axis=1))
