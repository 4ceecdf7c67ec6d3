"""A head is a scikit-learn estimator; all heads together are one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from cxnlp.classify.head import LinearHead
from cxnlp.classify.heads import LabelHeads
from cxnlp.classify.outputs import OUTPUTS
from cxnlp.labels import HEADS


@parametrize_with_checks([LinearHead(), LinearHead(ordered=True)])
def test_scikit_learn_checks(estimator, check) -> None:  # type: ignore[no-untyped-def]
    check(estimator)


def samples(classes: int, seed: int = 0, size: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.arange(size) % classes
    return rng.normal(size=(size, 5)) + y[:, None] * [0.9, -0.4, 0, 0.2, 0.7], y


@settings(max_examples=25)
@given(st.integers(2, 5), st.booleans(), st.integers(0, 99))
def test_probabilities(classes: int, ordered: bool, seed: int) -> None:
    X, y = samples(classes, seed)
    head = LinearHead(ordered=ordered).fit(X, y)
    p = head.predict_proba(X * 7)
    assert p.shape == (len(X), classes)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    assert (head.predict(X * 7) == head.classes_[p.argmax(axis=1)]).all()


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 4])
def test_sparse_is_dense(ordered: bool, classes: int) -> None:
    X, y = samples(classes)
    X[X < 0.3] = 0
    one, other = LinearHead(ordered=ordered).fit(X, y), LinearHead(ordered=ordered).fit(sparse.csr_matrix(X), y)
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(sparse.csr_matrix(X)), atol=1e-2)
    assert one.coef_.shape == (1 if classes == 2 else classes - 1 if ordered else classes, 5)


@pytest.mark.parametrize("labels", [["low", "mid", "top"], [3, 5, 9], [False, True]])
def test_classes_keep_their_names(labels: list[object]) -> None:
    X, y = samples(len(labels))
    head = LinearHead().fit(X, np.array(labels)[y])
    assert head.classes_.tolist() == sorted(labels, key=str)
    assert set(head.predict(X).tolist()) <= set(labels)


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="two classes; got 1 class: 'a'"):
        LinearHead().fit(np.ones((3, 2)), ["a", "a", "a"])


def label_matrix(size: int = 240) -> np.ndarray:
    """Every value of every head; agents on even rows, customers on odd ones."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, (size, len(HEADS))).astype(np.int8)
    y[:, 0], y[:, 1] = rng.integers(0, 3, size), rng.integers(0, 4, size)
    y[::2, 1], y[1::2, 0] = -1, -1
    return y


@pytest.fixture(scope="module")
def fitted() -> tuple[LabelHeads, np.ndarray, np.ndarray]:
    X = np.random.default_rng(1).normal(size=(240, 8))
    y = label_matrix()
    return LabelHeads(n_jobs=1).fit(X, y), X, y


def test_all_heads_at_once(fitted: tuple[LabelHeads, np.ndarray, np.ndarray]) -> None:
    heads, X, y = fitted
    assert heads.coef_.shape == (len(OUTPUTS), 8)
    assert heads.intercept_.shape == (len(OUTPUTS),)
    assert [len(classes) for classes in heads.classes_] == [3, 4, *[2] * (len(HEADS) - 2)]
    p = heads.predict_proba(X)
    assert [part.shape for part in p] == [(240, len(classes)) for classes in heads.classes_]
    said = heads.predict(X)
    assert said.shape == y.shape
    assert (said >= 0).all()
    np.testing.assert_allclose(heads.heads_[0].logits(X), X @ heads.coef_[:3].T + heads.intercept_[:3], atol=1e-5)


def test_heads_do_not_see_what_they_are_not_asked(fitted: tuple[LabelHeads, np.ndarray, np.ndarray]) -> None:
    heads, X, y = fitted
    moved = X.copy()
    moved[1::2] += 5
    other = LabelHeads(n_jobs=1).fit(moved, y)
    np.testing.assert_array_equal(other.coef_[:3], heads.coef_[:3])
    assert not np.array_equal(other.coef_[3:6], heads.coef_[3:6])


def test_threads_change_nothing(fitted: tuple[LabelHeads, np.ndarray, np.ndarray]) -> None:
    heads, X, y = fitted
    np.testing.assert_array_equal(clone(heads).set_params(n_jobs=2).fit(X, y).coef_, heads.coef_)


def test_weight_nothing_is_leaving_out(fitted: tuple[LabelHeads, np.ndarray, np.ndarray]) -> None:
    heads, X, y = fitted
    both = np.vstack([X, X[:40] + 3]), np.vstack([y, 1 - np.abs(y[:40])])
    weight = np.r_[np.ones(len(X)), np.zeros(40)]
    both[1][len(X) :][y[:40] < 0] = -1
    np.testing.assert_allclose(LabelHeads(n_jobs=1).fit(*both, weight).coef_, heads.coef_, atol=5e-2)


@pytest.mark.parametrize(
    ("spoil", "fragment"),
    [
        (lambda y: y[:, :5], r"y is \(turns, "),
        (lambda y: y[:100], r"y is \(turns, "),
        (lambda y: y[:, 0], r"y is \(turns, "),
        (lambda y: np.where(np.arange(len(HEADS)) == 0, np.minimum(y, 1), y), "head tone: the data lacks some"),
        (lambda y: np.where(np.arange(len(HEADS)) == 4, 0, y), f"head {HEADS[4]}: a head needs two classes"),
        (lambda y: np.where(np.arange(len(HEADS)) == 4, -1, y), f"head {HEADS[4]}: "),
    ],
)
def test_a_label_matrix_that_is_none(
    fitted: tuple[LabelHeads, np.ndarray, np.ndarray], spoil: object, fragment: str
) -> None:
    _, X, y = fitted
    with pytest.raises(ValueError, match=fragment):
        LabelHeads(n_jobs=1).fit(X, spoil(y))  # type: ignore[operator]
