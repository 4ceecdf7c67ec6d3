"""Whole labelled calls evaluated: figures are those of scikit-learn, measures those of the score."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from cxnlp.calls.intervals import wilson
from cxnlp.classify.bundle import load_bundle
from cxnlp.errors import ConfigError
from cxnlp.scoring import Scorer, load
from cxnlp.training.dataset import to_call
from cxnlp.training.evaluate import worst_mistakes
from cxnlp.training.evaluate_calls import as_dict, call_figures, evaluate_calls
from cxnlp.training.figures import Figure, class_figure, share
from cxnlp.training.markup import MarkedCall, parse_folder, parse_lines
from cxnlp.training.metrics import figures
from cxnlp.training.spread import bootstrap, commonest, kappa_quadratic, macro_f1

GRADES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def tiny(tiny_bundle: Path) -> Scorer:
    return load(tiny_bundle)


@pytest.fixture(scope="module")
def marked(labelled: Path) -> list[MarkedCall]:
    return parse_folder(labelled / "calls")


@pytest.fixture(scope="module")
def measures(tiny: Scorer, marked: list[MarkedCall]) -> list[dict[str, Any]]:
    return tiny.score_batch([to_call(call) for call in marked]).measures


def named(found: Sequence[Figure]) -> dict[tuple[str, str], Figure]:
    return {(figure.measure, figure.figure): figure for figure in found}


@given(GRADES)
def test_class_and_grade_figures_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, guess = (np.array(column) for column in zip(*pairs, strict=True))
    labels = list(range(5))
    assert macro_f1(truth, guess, 5) == pytest.approx(
        f1_score(truth, guess, average="macro", labels=labels, zero_division=0)
    )
    if len({*truth.tolist(), *guess.tolist()}) > 1:
        ours = kappa_quadratic(truth, guess, 5)
        assert ours == pytest.approx(cohen_kappa_score(truth, guess, weights="quadratic", labels=labels))
    assert kappa_quadratic(truth, commonest(truth), 5) == pytest.approx(0)


@given(GRADES)
def test_intervals_are_the_same_each_time_and_in_order(pairs: list[tuple[int, int]]) -> None:
    by_call = [[(str(one), str(other))] for one, other in pairs]
    figure = class_figure("x", by_call, list("01234"))
    assert figure == class_figure("x", by_call, list("01234"))
    assert figure.interval is not None
    assert 0 <= figure.interval[0] <= figure.interval[1] <= 1
    assert figure.n == len(pairs)


def test_figures_of_nothing() -> None:
    assert bootstrap(lambda pick: 1.0, 0) is None
    assert class_figure("x", [], ("a", "b")) == Figure("x", "macro_f1", 0, None, None, None)
    assert share("safety", "x", 0, 0) == Figure("safety", "x", 0, None, None, None)
    assert all(figure.n == 0 and figure.value is None for figure in call_figures([], []))


def test_the_best_constant_of_classes() -> None:
    pairs = [("a", "b"), ("a", "a"), ("b", "b"), ("a", "a")]
    figure = class_figure("x", [[pair] for pair in pairs], ("a", "b"))
    assert figure.value == pytest.approx(f1_score(*zip(*pairs, strict=True), average="macro"), abs=1e-4)
    assert figure.baseline == pytest.approx(f1_score([one for one, _ in pairs], ["a"] * 4, average="macro"), abs=1e-4)


def test_a_score_that_is_right_is_perfect(marked: list[MarkedCall], measures: list[dict[str, Any]]) -> None:
    """What a person said of the call, written where the score has it."""
    right = []
    for call, found in zip(marked, copy.deepcopy(measures), strict=True):
        found["effort"]["score"] = float(call.head["effort"])
        found["outcome"] |= {"verdict": call.head["outcome"], "resolved": call.head["resolved"]}
        found["empowerment"]["level"] = call.head["empowerment"]
        found["safety"] = [{"turn": at} for at, turn in enumerate(call.turns) if turn.safety]
        found["empathy"]["events"] = [
            {"turn": at, "response": turn.opportunity[0]}
            for at, turn in enumerate(call.turns)
            if turn.opportunity and any(later.speaker == "agent" for later in call.turns[at:])
        ]
        right.append(found)
    table = named(call_figures(marked, right))
    for key, value in {
        ("effort", "kappa_quadratic"): 1,
        ("effort", "mean_absolute_error"): 0,
        ("outcome", "macro_f1"): 1,
        ("resolved", "macro_f1"): 1,
        ("empowerment", "macro_f1"): 1,
        ("opportunities", "f1"): 1,
        ("response", "macro_f1"): 1,
        ("safety", "recall_calls"): 1,
        ("safety", "recall_turns"): 1,
        ("safety", "false_alarms_in_200_calls"): 0,
    }.items():
        assert table[key].value == value, key
        assert table[key].n > 0, key
        assert table[key].interval is not None
    assert table["effort", "kappa_quadratic"].baseline == 0
    assert table["effort", "kappa_quadratic"].n == len(marked)


SIGNS = """=== q-1 | trade: x | channel: voice | effort: 1 | outcome: met | resolved: yes
C[d3 vulnerability; >missed; !medical=none]: {vulnerability|he can't breathe}
A: okay
C: the bill
A: yes

=== q-2 | trade: x | channel: voice | effort: 1 | outcome: met | resolved: yes
C: the bill
A: yes
"""


@pytest.mark.parametrize(
    ("first", "second", "calls", "turns", "alarms"),
    [([], [], 0, 0, 0), ([0], [], 1, 1, 0), ([2], [], 1, 0, 0), ([0, 2], [0], 1, 1, 200), ([], [0], 0, 0, 200)],
)
def test_safety_by_call_and_by_turn(
    tiny: Scorer, first: list[int], second: list[int], calls: int, turns: int, alarms: int
) -> None:
    marked = list(parse_lines(SIGNS.splitlines()))
    found = copy.deepcopy(tiny.score_batch([to_call(call) for call in marked]).measures)
    for measure, shown in zip(found, (first, second), strict=True):
        measure["safety"] = [{"turn": turn} for turn in shown]
    table = named(call_figures(marked, found))
    assert [table["safety", name].value for name in ("recall_calls", "recall_turns")] == [calls, turns]
    assert table["safety", "recall_calls"].interval == wilson(calls, 1)
    assert table["safety", "false_alarms_in_200_calls"].value == alarms
    assert table["safety", "false_alarms_in_200_calls"].n == 1


@pytest.mark.parametrize(("events", "f1", "n"), [([], 0, 0), ([0], 1, 1), ([0, 2], 2 / 3, 1), ([2], 0, 0)])
def test_opportunities_by_run(tiny: Scorer, events: list[int], f1: float, n: int) -> None:
    marked = list(parse_lines(SIGNS.splitlines()))
    found = copy.deepcopy(tiny.score_batch([to_call(call) for call in marked]).measures)
    found[0]["empathy"]["events"] = [{"turn": turn, "response": "missed"} for turn in events]
    found[1]["empathy"]["events"] = []
    table = named(call_figures(marked, found))
    assert table["opportunities", "f1"].value == pytest.approx(f1, abs=1e-4)
    assert table["opportunities", "f1"].baseline == pytest.approx(2 / 4)
    assert table["response", "macro_f1"].n == n


def test_turns_are_scored_in_their_call(tiny: Scorer, marked: list[MarkedCall]) -> None:
    evaluation, _ = evaluate_calls(tiny, marked)
    assert len(evaluation.items) == sum(turn.speaker != "system" for call in marked for turn in call.turns)
    scores = {call.id: tiny.score(to_call(call)) for call in marked[:4]}
    for item, row in zip(evaluation.items, evaluation.row.tolist(), strict=True):
        id, _, at = item.id.rpartition(":")
        if id in scores:
            score = scores[id].turns[int(at)]
            assert score.text == item.text
            column = next(
                column for column in evaluation.columns if (column.side, column.name) == (item.speaker, "wait")
            )
            assert column.p[evaluation.row.tolist().index(row)] == pytest.approx(score.p["wait"], abs=1e-6)
    assert {row.name for row in evaluation.rows} == {row.name for row in figures(evaluation.columns)}


def test_mistakes_are_explained_where_they_stand(tiny: Scorer, marked: list[MarkedCall]) -> None:
    evaluation, _ = evaluate_calls(tiny, marked)
    texts = {f"{call.id}:{at}": turn.text for call in marked for at, turn in enumerate(call.turns)}
    mistakes = worst_mistakes(evaluation, tiny, 5)
    assert len(mistakes) == 5
    for mistake in mistakes:
        assert mistake["text"] == texts[mistake["id"]]
        weighed = " ".join(word for word, _ in mistake["weighed"])
        assert weighed


def test_own_data_has_the_held_out_figures_beside(tiny: Scorer, marked: list[MarkedCall]) -> None:
    evaluation, measures = evaluate_calls(tiny, marked)
    metrics = tiny.bundle.metrics
    data = as_dict(evaluation, marked, measures, own=True, metrics=metrics)
    assert data["held_out"] is False
    assert [row["held_out"] for row in data["rows"]] == [row["f1"] for row in metrics["rows"]]
    beside = {(row["measure"], row["figure"]): row["held_out"] for row in data["calls"]["measures"]}
    for measure, figure in (
        ("effort", "kappa_quadratic"),
        ("effort", "mean_absolute_error"),
        ("outcome", "macro_f1"),
        ("resolved", "macro_f1"),
        ("empowerment", "macro_f1"),
        ("opportunities", "f1"),
        ("response", "macro_f1"),
        ("safety", "recall_calls"),
        ("safety", "recall_turns"),
        ("safety", "false_alarms_in_200_calls"),
    ):
        assert beside[measure, figure] == metrics["calls"][measure][figure]
    other = as_dict(evaluation, marked, measures, own=False, metrics=metrics)
    assert other["held_out"] is None
    assert {row["held_out"] for row in [*other["rows"], *other["calls"]["measures"]]} == {None}
    json.dumps(data)


def test_the_metrics_of_a_bundle_have_intervals_and_baselines(tiny_bundle: Path) -> None:
    calls = load_bundle(tiny_bundle).metrics["calls"]
    for name in ("outcome", "resolved", "empowerment", "response"):
        assert calls[name]["interval_95"][0] <= calls[name]["macro_f1"] <= calls[name]["interval_95"][1] + 0.05
        assert 0 < calls[name]["baseline"] < 0.5
    assert len(calls["effort"]["interval_95"]) == len(calls["opportunities"]["interval_95"]) == 2
    assert calls["effort"]["baseline_error"] > 0
    assert set(calls["safety"]["intervals_95"]) == {"recall_turns", "recall_calls", "false_alarms_in_200_calls"}
    low, high = calls["safety"]["intervals_95"]["recall_calls"]
    assert low <= calls["safety"]["recall_calls"] <= high


def test_nothing_of_that_name_to_skip(tiny: Scorer, marked: list[MarkedCall]) -> None:
    with pytest.raises(ConfigError, match="nothing of that name to skip"):
        evaluate_calls(tiny, marked, frozenset({"agent:anger"}))


def test_bare_calls_lose_their_marks(tiny: Scorer, marked: list[MarkedCall]) -> None:
    evaluation, _ = evaluate_calls(tiny, marked, bare=True)
    assert all(item.text == item.text.lower() and "?" not in item.text for item in evaluation.items)
