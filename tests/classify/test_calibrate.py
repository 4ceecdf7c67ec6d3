"""Probabilities, thresholds and tone: what must hold for any logits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import f1_score

from cxnlp.classify.calibrate import best_threshold, fit_calibration, fit_thresholds, recall_threshold
from cxnlp.classify.decide import surface_p, threshold_row, tone_codes
from cxnlp.classify.outputs import DISTRESS, NAMES, OUTPUTS, PLACE, TONE, YES_NO, probabilities, targets
from cxnlp.labels import HEADS, LABELS, outputs_of

FLOATS = st.floats(-1e6, 1e6, width=32)
LOGITS = hnp.arrays(np.float32, st.tuples(st.integers(0, 6), st.just(len(OUTPUTS))), elements=FLOATS)
ROW = hnp.arrays(np.float32, len(OUTPUTS), elements=st.floats(np.float32(0.05), 5, width=32))
OFFSETS = hnp.arrays(np.float32, len(OUTPUTS), elements=st.floats(-8, 8, width=32))
SHARES = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=40)


@given(LOGITS, ROW, OFFSETS)
def test_probabilities_are_such(logits: np.ndarray, slope: np.ndarray, offset: np.ndarray) -> None:
    p = probabilities(logits, slope, offset)
    assert p.shape == logits.shape
    assert p.dtype == np.float32
    assert ((p >= 0) & (p <= 1)).all()
    np.testing.assert_allclose(p[:, TONE].sum(axis=1), 1, atol=1e-5)
    assert (np.diff(p[:, DISTRESS], axis=1) <= 0).all()


@given(LOGITS, ROW, OFFSETS)
def test_a_row_does_not_depend_on_its_neighbours(logits: np.ndarray, slope: np.ndarray, offset: np.ndarray) -> None:
    together = probabilities(logits, slope, offset)
    for row in range(len(logits)):
        np.testing.assert_array_equal(probabilities(logits[row : row + 1], slope, offset)[0], together[row])


@given(hnp.arrays(np.float32, 5, elements=st.floats(-20, 20, width=32)), st.integers(YES_NO.start, YES_NO.stop - 1))
def test_a_label_grows_with_its_sum(values: np.ndarray, output: int) -> None:
    logits = np.zeros((5, len(OUTPUTS)), dtype=np.float32)
    logits[:, output] = np.sort(values)
    ones = np.ones(len(OUTPUTS), dtype=np.float32)
    assert (np.diff(probabilities(logits, ones, ones)[:, output]) >= 0).all()


@given(SHARES)
def test_best_threshold_is_the_best(pairs: list[tuple[float, bool]]) -> None:
    p = np.array([share for share, _ in pairs], dtype=np.float32)
    truth = np.array([yes for _, yes in pairs])
    found = best_threshold(p, truth)
    if not truth.any():
        assert found == 0.5
        return
    cuts = [-1.0, *((np.unique(p)[1:].astype(float) + np.unique(p)[:-1]) / 2), 0.0]
    best = max(f1_score(truth, p >= cut, zero_division=0) for cut in cuts)
    close = np.diff(np.unique(p))
    if not len(close) or close.min() > 2e-4:
        assert f1_score(truth, p >= found, zero_division=0) == pytest.approx(best)


@given(SHARES, st.sampled_from([0.5, 0.8, 0.95, 1.0]))
def test_recall_threshold_finds_its_share(pairs: list[tuple[float, bool]], recall: float) -> None:
    p = np.array([share for share, _ in pairs], dtype=np.float32)
    truth = np.array([yes for _, yes in pairs])
    found = recall_threshold(p, truth, recall)
    if not truth.any():
        assert found == 0.5
    else:
        assert (p[truth] >= found).mean() >= recall - 1e-9


@pytest.mark.parametrize(
    ("scripted", "neutral", "genuine", "code"),
    [
        (0.8, 0.1, 0.1, 0),
        (0.1, 0.1, 0.8, 2),
        (0.1, 0.8, 0.1, 1),
        (0.4, 0.2, 0.4, 2),
        (0.5, 0.1, 0.4, 0),
        (0.39, 0.22, 0.39, 1),
        (0.4, 0.6, 0.0, 0),
    ],
)
def test_tone(scripted: float, neutral: float, genuine: float, code: int) -> None:
    p = np.array([[scripted, neutral, genuine]], dtype=np.float32)
    assert tone_codes(p, 0.4, 0.4).tolist() == [code]


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_a_row_of_thresholds_asks_only_its_side(side: str) -> None:
    limits = {name: {side: 0.25} for name in outputs_of(side)}
    row = threshold_row(limits, side)
    assert {NAMES[place] for place in np.flatnonzero(row <= 1)} == set(outputs_of(side))
    other = "agent" if side == "customer" else "customer"
    assert (threshold_row(limits, other) > 1).all()


def fitted_on(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, (400, len(HEADS))).astype(np.int8)
    y[:, 0], y[:, 1] = rng.integers(0, 3, 400), rng.integers(0, 4, 400)
    y[::2, 1], y[1::2, 0] = -1, -1
    for head, label in enumerate(LABELS.values(), 2):
        if label.side != "both":
            y[(1 if label.side == "agent" else 0) :: 2, head] = -1
    truth = targets(y)
    logits = np.where(truth == 1, 1.0, -1.0) + rng.normal(size=truth.shape)
    return logits.astype(np.float32), truth


def test_calibration_and_thresholds_on_made_logits() -> None:
    logits, truth = fitted_on(2)
    slope, offset = fit_calibration(logits, truth)
    assert (slope > 0).all()
    p = probabilities(logits, slope, offset)
    for output in range(YES_NO.start, YES_NO.stop):
        asked = truth[:, output] >= 0
        assert p[asked, output].mean() == pytest.approx((truth[asked, output] == 1).mean(), abs=0.02)
    limits = fit_thresholds(p, truth)
    for side in ("agent", "customer"):
        asked = {name for name, sides in limits.items() if side in sides} - {"surface"}
        assert asked == set(outputs_of(side)) - {"neutral"}
    assert all(0 <= value <= 1 for sides in limits.values() for value in sides.values())
    crisis = (truth[1::2][:, [PLACE["distress>=3"], PLACE["vulnerability"]]] == 1).any(axis=1)
    assert (surface_p(p[1::2])[crisis] >= limits["surface"]["customer"]).mean() >= 0.95


def test_an_output_that_never_occurs_keeps_its_sum() -> None:
    logits, truth = fitted_on(3)
    truth[truth[:, 9] == 1, 9] = 0
    slope, offset = fit_calibration(logits, truth)
    assert (slope[9], offset[9]) == (1, 0)


def test_outputs_of_heads() -> None:
    assert tuple(output.name for output in OUTPUTS) == NAMES
    assert [output.head for output in OUTPUTS[:6]] == ["tone"] * 3 + ["distress"] * 3
    row = np.zeros((1, len(HEADS)), dtype=np.int8)
    for level, steps in enumerate(([0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1])):
        row[0, 1] = level
        assert targets(row)[0, DISTRESS].tolist() == steps
    row[0] = -1
    assert (targets(row) == -1).all()
