"""Who is held up to be listened to: agents with many words and no more effect, and nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cxnlp.corpus.agents import agents_of

SEEDS = 12
PHRASE = "i completely understand how you feel and i am here"
GAMING = {
    "unprompted": {"early": 1.4},
    "lines_not_met": {"lines": 2.6},
    "same_words": {"phrase": PHRASE},
    "lines_up": {"later": 2.8},
}


def kinds(found: dict[str, Any]) -> dict[str, set[str]]:
    return {row["agent"]: {flag["kind"] for flag in row["look_at"]} for row in found["agents"]}


def test_the_honest_are_left_alone(made_up: Callable[..., Any], usual: list[Any]) -> None:
    """Stated: one flag at the most in ten centres of a dozen agents, all questions together (2 were seen in 120
    others). Somebody warm uses twice the words, and meets more, and is never told that words are all there is;
    somebody with a heavy queue meets less."""
    warm = replace(usual[0], name="warm", match=0.85, lines=1.7, grounded=0.3, early=0.25)
    heavy = replace(usual[1], name="heavy", heavy=0.9)
    flagged = Counter[str]()
    for seed in range(SEEDS):
        for found in kinds(agents_of(made_up([*usual, warm, heavy], seed))).values():
            flagged.update(found)
    assert flagged.total() <= SEEDS / 10
    assert not flagged["lines_not_met"]


@pytest.mark.parametrize("kind", GAMING)
def test_who_games_is_found(made_up: Callable[..., Any], usual: list[Any], kind: str) -> None:
    """In two centres of three at the least, and for what they do: now and then who games meets more by luck."""
    gamer = replace(usual[0], name="gamer", calls=90, **GAMING[kind])
    hits = sum(kind in kinds(agents_of(made_up([*usual, gamer], seed)))["gamer"] for seed in range(6))
    assert hits >= 4


def test_a_flag_gives_numbers_and_places_and_no_verdict(made_up: Callable[..., Any], usual: list[Any]) -> None:
    gamer = replace(usual[0], name="gamer", calls=90, early=1.4, lines=2.6, phrase=PHRASE)
    calls = made_up([*usual, gamer], 3)
    by_id = {call.id: call for call in calls}
    (row,) = [row for row in agents_of(calls)["agents"] if row["agent"] == "gamer"]
    assert {"unprompted", "same_words"} <= {flag["kind"] for flag in row["look_at"]}
    for flag in row["look_at"]:
        assert flag["says"].startswith("look at ")
        assert flag["numbers"]
        assert flag["examples"]
        for place in flag["examples"]:
            assert by_id[place["call"]].agent_id == "gamer"
            assert by_id[place["call"]].turns[place["turn"]].speaker == "agent"
    (same,) = [flag for flag in row["look_at"] if flag["kind"] == "same_words"]
    assert same["numbers"]["words"] in PHRASE
    assert same["numbers"]["share_others"] < 0.01


def test_what_the_whole_centre_says_is_nobody_s_habit(made_up: Callable[..., Any], usual: list[Any]) -> None:
    calls = made_up([replace(agent, phrase=PHRASE) for agent in usual], 1)
    assert all("same_words" not in found for found in kinds(agents_of(calls)).values())


def test_without_times_nothing_is_said_of_before_and_after(made_up: Callable[..., Any], usual: list[Any]) -> None:
    calls = made_up([*usual, replace(usual[0], name="late", later=2.8, calls=90)], 0)
    assert any("lines_up" in found for found in kinds(agents_of(calls)).values())
    for call in calls:
        call.meta["started_at"] = "last tuesday"
    assert all("lines_up" not in found for found in kinds(agents_of(calls)).values())


def test_the_words_of_many_with_few_calls_are_nobody_s_habit(made_up: Callable[..., Any], usual: list[Any]) -> None:
    one = replace(usual[0], name="often", calls=60, phrase=PHRASE)
    rare = [replace(usual[0], name=f"rare-{number}", calls=12, phrase=PHRASE) for number in range(20)]
    assert "same_words" not in kinds(agents_of(made_up([one, *rare], 2)))["often"]
