"""What weighed, word by word, adds up to the sums the score stands on."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxnlp.errors import ReadError
from cxnlp.labels import outputs_of
from cxnlp.schema import Call
from cxnlp.scoring import Scorer
from cxnlp.scoring.evidence import best_runs


@pytest.mark.parametrize("index", [0, 1, 2])
def test_every_output_of_the_side_with_its_words(scorer: Scorer, make_call: Callable[..., Call], index: int) -> None:
    call = make_call("S: beep", "C: i'm furious, third time", "A: so sorry about that")
    found = scorer.explain(call, index, most=3)
    assert (found["id"], found["index"]) == ("c1", index)
    assert (found["speaker"], found["text"]) == (call.turns[index].speaker, call.turns[index].text)
    side = found["speaker"]
    assert {row["name"] for row in found["outputs"]} == (set(outputs_of(side)) if side != "system" else set())
    score = scorer.score(call).turns[index]
    for row in found["outputs"]:
        assert row["p"] == pytest.approx(score.p[row["name"]], abs=1e-4)
        assert len(row["words"]) <= 3
        weights = [abs(weight) for _, weight in row["words"]]
        assert weights == sorted(weights, reverse=True)
        assert all(word in found["text"] for word, _ in row["words"])
    json.dumps(found)


def test_labels_found_come_first(scorer: Scorer, make_call: Callable[..., Call]) -> None:
    call = make_call("C: this is the third time i've rung and i am absolutely furious, nobody called me back")
    labels = set(scorer.score(call).turns[0].labels)
    rows = [row for row in scorer.explain(call, 0)["outputs"] if not row["name"].startswith("distress")]
    passed = [row["p"] >= row["threshold"] for row in rows]
    assert {row["name"] for row, over in zip(rows, passed, strict=True) if over} == labels
    assert passed == sorted(passed, reverse=True)


@pytest.mark.parametrize("index", [-1, 1, 99])
def test_a_turn_that_is_not_there(scorer: Scorer, make_call: Callable[..., Call], index: int) -> None:
    with pytest.raises(ReadError, match=rf"call 'c1' has no turn {index}; allowed: 0 to 0"):
        scorer.explain(make_call("A: hello"), index)


def test_a_turn_without_words(scorer: Scorer, make_call: Callable[..., Call]) -> None:
    rows = scorer.explain(make_call("A: "), 0)["outputs"]
    assert all(row["words"] == [] and row["words_sum"] == 0 for row in rows)


@settings(max_examples=40)
@given(st.data())
def test_words_add_up(scorer: Scorer, some_calls: st.SearchStrategy[list[Call]], data: st.DataObject) -> None:
    """The sum of an output is what the words gave, and what no word gave: it is the same for a turn of no words
    but for the plain numbers, so here only that words never seen give nothing that the sum lacks."""
    call = data.draw(some_calls)[0]
    for index, turn in enumerate(call.turns):
        if turn.speaker == "system":
            continue
        for row in scorer.explain(call, index, most=10_000)["outputs"]:
            assert row["words_sum"] == pytest.approx(sum(weight for _, weight in row["words"]), abs=0.001 * 60)


@given(st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=8), min_size=1, max_size=5))
def test_best_runs_by_trying_all(pieces: list[list[int]]) -> None:
    values = np.array([value for piece in pieces for value in piece], dtype=np.float64)
    first, last, good = best_runs(values, np.array([len(piece) for piece in pieces]))
    start = 0
    for number, piece in enumerate(pieces):
        runs = {(a, b): sum(piece[a : b + 1]) for a in range(len(piece)) for b in range(a, len(piece))}
        best = max(runs.values())
        assert bool(good[number]) == (best > 0)
        if best > 0:
            run = (int(first[number]) - start, int(last[number]) - start)
            assert runs[run] == best
            shortest = min(b - a for (a, b), total in runs.items() if total == best and b == run[1])
            assert run[1] - run[0] == shortest
        start += len(piece)
