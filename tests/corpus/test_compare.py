"""One corpus scored twice: what is counted, in which direction, and what is refused."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.corpus.compare import compare
from cxnlp.errors import ConfigError, ReadError
from cxnlp.scores import CallScore

Deal = Callable[..., list[CallScore]]


def again(calls: list[CallScore], seed: int = 1, share: float = 0.3, model: str = "other") -> list[CallScore]:
    """The same calls as another model might score them: some of them with a change of each sort."""
    rng = random.Random(seed)
    found = copy.deepcopy(calls)
    for call in found:
        call.model = model
        if rng.random() > share:
            continue
        for turn in call.turns:
            if turn.speaker == "customer":
                turn.distress = rng.randrange(4)
                turn.labels = rng.sample(["churn", "anxiety", "wait"], rng.randrange(3))
            else:
                turn.tone = rng.choice(("scripted", "neutral", "genuine"))
        call.call["effort"]["score"] = rng.uniform(1, 7)
        call.call["outcome"]["verdict"] = rng.choice(("failed", "met", "unclear"))
        call.call["outcome"]["resolved"] = rng.choice(("yes", "no"))
        kinds = rng.sample(["medical", "danger"], rng.randrange(3))
        call.call["safety"] = [{"turn": 1, "kind": kind, "response": "none"} for kind in kinds]
        call.call["roadblocks"] = [{"turn": 2, "kind": "policy", "text": "x"}][: rng.randrange(2)]
    return found


@pytest.fixture(scope="module")
def calls(made_up: Deal, usual: list[Any]) -> list[CallScore]:
    return made_up(usual[:4], 1)


def test_with_itself_there_is_no_change(calls: list[CallScore]) -> None:
    found = compare(again(calls), again(calls))
    assert found["same"] is True
    assert found["calls"]["unchanged"] == found["calls"]["both"] == len(calls)
    assert found["changed_most"] == found["safety"]["lost"] == found["safety"]["gained"] == []
    assert all(row["added"] == row["removed"] == row["flipped"] == 0 for row in found["labels"])
    assert all(row["kappa"] in (1.0, None) for row in [*found["labels"], found["tone"], found["distress"]])
    assert found["effort"]["mean"] == 0


def mirrored(found: dict[str, Any]) -> dict[str, Any]:
    """What a comparison the other way round should give."""
    there = copy.deepcopy(found)
    there["models"] = {"a": found["models"]["b"], "b": found["models"]["a"]}
    for end in ("", "_first"):
        there["calls"][f"only_a{end}"], there["calls"][f"only_b{end}"] = (
            found["calls"][f"only_{side}{end}"] for side in "ba"
        )
    there["safety"] |= {"lost": found["safety"]["gained"], "gained": found["safety"]["lost"]}
    for row in [*there["labels"], *there["roadblocks"].values()]:
        row["a"], row["b"], row["added"], row["removed"] = row["b"], row["a"], row["removed"], row["added"]
    for name in ("tone", "distress"):
        there[name]["table"] = [list(column) for column in zip(*found[name]["table"], strict=True)]
    for name in ("verdict", "resolved"):
        moves = [{"a": move["b"], "b": move["a"], "calls": move["calls"]} for move in found[name]["moves"]]
        there[name]["moves"] = sorted(moves, key=lambda move: (-move["calls"], move["a"], move["b"]))
    there["empathy"] = {"a": found["empathy"]["b"], "b": found["empathy"]["a"]}
    for row in there["changed_most"]:
        row["measures"] = {name: both[::-1] for name, both in row["measures"].items()}
        for turn in row["turns"]:
            added, removed = turn.pop("added", None), turn.pop("removed", None)
            turn |= {name: labels for name, labels in (("added", removed), ("removed", added)) if labels}
            turn |= {name: turn[name][::-1] for name in ("tone", "distress") if name in turn}
    del there["effort"]
    return there


@pytest.mark.parametrize("seed", range(3))
def test_the_other_way_round_everything_is_mirrored(calls: list[CallScore], seed: int) -> None:
    a, b = again(calls, seed, 0.2, "one"), again(calls, seed + 10, 0.4)
    b = b[5:]
    there, back = compare(a, b), compare(b, a)
    assert there["effort"]["mean"] == -back["effort"]["mean"] != 0
    assert there["effort"]["by_1_or_more"] == back["effort"]["by_1_or_more"]
    del back["effort"]
    assert mirrored(there) == back
    assert there["calls"]["only_a"] == 5


def test_counts_are_those_of_a_plain_count(calls: list[CallScore]) -> None:
    b = again(calls)
    found = compare(calls, b)
    rows = {(row["side"], row["label"]): row for row in found["labels"]}
    pairs = [
        (one, other)
        for first, second in zip(calls, b, strict=True)
        for one, other in zip(first.turns, second.turns, strict=True)
    ]
    for side, label in (("customer", "churn"), ("customer", "wait"), ("agent", "acknowledgement"), ("agent", "wait")):
        mine = [(label in one.labels, label in other.labels) for one, other in pairs if one.speaker == side]
        row = rows[side, label]
        assert row["turns"] == len(mine)
        assert row["added"] == mine.count((False, True))
        assert row["removed"] == mine.count((True, False))
        assert row["a"] == sum(one for one, _ in mine)
        assert row["flipped_interval"][0] <= row["flipped"] <= row["flipped_interval"][1]
    levels = [(one.distress, other.distress) for one, other in pairs if one.speaker == "customer"]
    assert found["distress"]["table"] == [[levels.count((i, j)) for j in range(4)] for i in range(4)]
    shifts = [
        second.call["effort"]["score"] - first.call["effort"]["score"] for first, second in zip(calls, b, strict=True)
    ]
    assert found["effort"]["by_1_or_more"]["n"] == sum(abs(shift) >= 1 for shift in shifts)
    assert found["models"] == {"a": {"made-up": len(calls)}, "b": {"other": len(calls)}}
    lost = [(call.id, sign["kind"]) for call in b for sign in call.call["safety"]]
    assert sorted(lost) == [(sign["call"], sign["kind"]) for sign in found["safety"]["gained"]]


def test_the_order_of_either_changes_nothing(calls: list[CallScore]) -> None:
    a, b = again(calls, 1), again(calls, 2)
    found = compare(a, b)
    random.Random(3).shuffle(a)
    random.Random(4).shuffle(b)
    assert compare(a, b) == found


@given(st.integers(0, 12), st.integers(0, 12))
def test_what_only_one_has(calls: list[CallScore], first: int, second: int) -> None:
    found = compare(calls[:30][first:], calls[: 30 - second])
    assert (found["calls"]["only_b"], found["calls"]["only_a"]) == (first, second)
    assert found["calls"]["both"] == 30 - first - second
    assert found["same"] is (first == second == 0)


def test_the_calls_that_changed_most(calls: list[CallScore]) -> None:
    b = again(calls)
    found = compare(calls, b, most=5)["changed_most"]
    everything = compare(calls, b, most=len(calls))["changed_most"]
    assert found == everything[:5]
    assert [-row["amount"] for row in everything] == sorted(-row["amount"] for row in everything)
    assert len(everything) == compare(calls, b)["calls"]["both"] - compare(calls, b)["calls"]["unchanged"]
    by_id = {call.id: call for call in b}
    for row in found:
        for turn in row["turns"]:
            assert turn["text"] == by_id[row["call"]].turns[turn["turn"]].text
    assert compare(calls, b, most=0)["changed_most"] == []


def test_other_words_and_other_turns_are_warned_of(calls: list[CallScore]) -> None:
    b = copy.deepcopy(calls)
    b[0].turns[1].text = "[redacted]"
    b[1].turns.pop()
    found = compare(calls, b)
    assert found["inputs"] == {
        "turns_differ": 1,
        "words_differ": 1,
        "turns_differ_first": [b[1].id],
        "words_differ_first": [b[0].id],
    }
    assert not found["same"]
    assert found["tone"]["turns"] == sum(
        turn.speaker == "agent" for call in [*calls[:1], *calls[2:]] for turn in call.turns
    )


def test_scores_without_words_can_be_compared(calls: list[CallScore]) -> None:
    b = copy.deepcopy(calls)
    for call in b:
        for turn in call.turns:
            turn.text = msgspec.UNSET
    assert compare(calls, b)["same"]


def test_a_label_of_another_version_is_counted(calls: list[CallScore]) -> None:
    b = copy.deepcopy(calls)
    b[0].turns[0].labels = ["sarcasm"]
    (row,) = [row for row in compare(calls, b)["labels"] if row["label"] == "sarcasm"]
    assert (row["side"], row["a"], row["b"], row["added"]) == ("agent", 0, 1, 1)


def test_refusals(calls: list[CallScore]) -> None:
    with pytest.raises(ReadError, match="no call in common"):
        compare(calls[:10], calls[10:])
    with pytest.raises(ReadError, match="no call in common"):
        compare([], [])
    with pytest.raises(ConfigError):
        compare(calls, calls, most=-1)
    many = copy.deepcopy(calls[:1])
    many[0].turns[0].labels = [f"label {number}" for number in range(80)]
    with pytest.raises(ReadError, match="more labels"):
        compare(calls[:1], many)
