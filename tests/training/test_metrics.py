"""Figures are what scikit-learn says they are."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score, roc_auc_score

from cxnlp.labels import HEADS, LABELS, OUTPUT_NAMES, TONES
from cxnlp.training.metrics import LEAST, Column, Row, auc_of, averages, columns_of, f1_of, figures, intervals, kappa_of
from cxnlp.training.quality import distinct, grams, words_of

ITEMS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5001, 0.9, 1.0])),
    min_size=1,
    max_size=40,
)


def column(items: list[tuple[bool, bool, float]], name: str = "wait", side: str = "agent") -> Column:
    truth, said, p = (np.array(part) for part in zip(*items, strict=True))
    return Column(side, name, "effort", np.ones(len(items), dtype=bool), truth, said, p.astype(np.float32))


@given(ITEMS)
def test_figures_are_those_of_scikit_learn(items: list[tuple[bool, bool, float]]) -> None:
    one = column(items)
    (row,) = figures([one])
    assert row.precision == pytest.approx(precision_score(one.truth, one.said, zero_division=0))
    assert row.recall == pytest.approx(recall_score(one.truth, one.said, zero_division=0))
    assert row.f1 == f1_of(one.truth, one.said) == pytest.approx(f1_score(one.truth, one.said, zero_division=0))
    if len({*one.truth.tolist(), *one.said.tolist()}) == 2:
        assert row.kappa == kappa_of(one.truth, one.said) == pytest.approx(cohen_kappa_score(one.truth, one.said))
    else:
        assert row.kappa == 0
    if 0 < one.truth.sum() < len(items):
        assert row.auc == auc_of(one.truth, one.p) == pytest.approx(roc_auc_score(one.truth, one.p))
    else:
        assert row.auc is None
    assert (row.asked, row.positive, row.said) == (len(items), one.truth.sum(), one.said.sum())
    assert row.averaged == (one.truth.sum() >= LEAST)


@given(ITEMS, st.data())
def test_who_is_not_asked_does_not_count(items: list[tuple[bool, bool, float]], data: st.DataObject) -> None:
    one = column(items)
    one.asked = np.array(data.draw(st.lists(st.booleans(), min_size=len(items), max_size=len(items))))
    kept = [item for item, asked in zip(items, one.asked, strict=True) if asked]
    (row,) = figures([one])
    if kept:
        assert row == figures([column(kept)])[0]
    else:
        assert (row.asked, row.f1, row.kappa, row.auc) == (0, 0, 0, None)


def test_nothing_at_all() -> None:
    none = np.zeros(0, dtype=bool)
    assert (f1_of(none, none), kappa_of(none, none)) == (0, 0)
    assert averages([]) == {"macro": None}
    assert intervals([], frozenset()) == {}


def rows() -> list[Row]:
    def row(side: str, name: str, group: str, f1: float, auc: float | None, averaged: bool = True) -> Row:
        return Row(side, name, group, 100, 20, 20, f1, f1, f1, auc, f1 / 2, averaged)

    return [
        row("agent", "apology", "empathy", 0.8, 0.9),
        row("agent", "rapport", "empathy", 0.4, None),
        row("agent", "wait", "effort", 0.6, 0.7),
        row("customer", "wait", "effort", 0.2, 0.5),
        row("customer", "ease", "effort", 0.0, 0.0, averaged=False),
    ]


def test_averages() -> None:
    means = averages(rows())
    assert means["macro"] == {"rows": 4, "f1": 0.5, "auc": 0.7, "kappa": 0.25}
    assert means["agent empathy"] == {"rows": 2, "f1": 0.6, "auc": 0.9, "kappa": 0.3}
    assert means["customer effort"] == {"rows": 1, "f1": 0.2, "auc": 0.5, "kappa": 0.1}
    assert set(means) == {"macro", "agent empathy", "agent effort", "customer effort"}


@pytest.mark.parametrize(("skip", "averaged"), [(set(), True), ({"agent:wait"}, False), ({"customer:wait"}, True)])
def test_skip(skip: set[str], averaged: bool) -> None:
    items = [(place < 12, place % 3 == 0, place / 40) for place in range(40)]
    assert figures([column(items)], frozenset(skip))[0].averaged is averaged


def test_columns_are_asked_of_their_side() -> None:
    y = np.zeros((4, len(HEADS)), dtype=np.int8)
    y[0::2, 1], y[1::2, 0] = -1, -1
    y[3] = -1
    side = np.array([0, 1, 0, 1], dtype=np.int8)
    tone, distress = np.array([2, -1, 1, -1], dtype=np.int8), np.array([-1, 3, -1, 0], dtype=np.int8)
    labels = np.zeros((4, len(LABELS)), dtype=bool)
    found = columns_of(side, y, tone, distress, labels, np.zeros((4, len(OUTPUT_NAMES)), dtype=np.float32))
    assert [column.name for column in found[:6]] == [*TONES, "distress>=1", "distress>=2", "distress>=3"]
    assert len(found) == 6 + sum(2 if label.side == "both" else 1 for label in LABELS.values())
    for column in found:
        assert column.asked.tolist() == (
            [True, False, True, False] if column.side == "agent" else [False, True, False, False]
        )
    assert [column.said.tolist()[1] for column in found[3:6]] == [True, True, True]
    assert found[2].said.tolist() == [True, False, False, False]


def test_intervals_hold_the_figure_and_are_the_same_each_time() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random(300) < 0.3
    p = np.clip(truth * 0.3 + rng.random(300) * 0.7, 0, 1)
    one = Column("agent", "wait", "effort", np.ones(300, dtype=bool), truth, p > 0.5, p.astype(np.float32))
    found = intervals([one], frozenset(), rounds=60)
    (row,) = figures([one])
    assert found == intervals([one], frozenset(), rounds=60)
    assert found["f1"][0] < row.f1 < found["f1"][1]
    assert row.auc is not None
    assert found["auc"][0] < row.auc < found["auc"][1]


def test_intervals_of_very_few_positives_warn_of_nothing() -> None:
    items = [(place < 10, place < 5, 1 - place / 12) for place in range(11)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = intervals([column(items)], frozenset(), rounds=80)
    assert all(low == low and high == high for low, high in found.values())


@pytest.mark.parametrize(
    ("texts", "figures_"),
    [
        (["a a a a"], {"distinct-1": 0.25, "distinct-2": 1 / 3, "distinct-3": 0.5, "vocabulary": 1.0, "words": 4.0}),
        ([], {"distinct-1": 0.0, "distinct-2": 0.0, "distinct-3": 0.0, "vocabulary": 0.0, "words": 0.0}),
    ],
)
def test_variety(texts: list[str], figures_: dict[str, float]) -> None:
    assert distinct(texts, 1000) == figures_
    assert grams(words_of("It's A, b"), 2) == [("it's", "a"), ("a", "b")]
