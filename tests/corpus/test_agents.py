"""Agents and teams: what is counted, what is left out, who is ranked, and whose line is shown."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.corpus.agents import agents_of
from cxnlp.corpus.counting import add_counts, new_counts
from cxnlp.corpus.expected import Expectation, owed_and_matched
from cxnlp.errors import ConfigError, ReadError
from cxnlp.scores import CallScore

Deal = Callable[..., list[CallScore]]
responses = st.sampled_from(("matched", "formulaic", "missed"))
groups = st.lists(
    st.dictionaries(
        st.tuples(st.just("event"), st.integers(0, 3), st.sampled_from(("anxiety", "delight", "distress")), responses),
        st.integers(1, 60),
        max_size=8,
    ),
    min_size=1,
    max_size=6,
)


def rows(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row[found["by"]]: row for row in found["agents"]}


@given(groups)
def test_what_is_expected_of_all_is_what_all_did(dealt: list[dict[Any, int]]) -> None:
    centre = new_counts()
    for counts in dealt:
        add_counts(centre, counts)
    expectation = Expectation(centre)
    expected = sum(expectation.of(counts) for counts in dealt)
    assert expected == pytest.approx(owed_and_matched(centre)[1], abs=1e-6)


@pytest.mark.parametrize("heavy", [1, 5, 40])
def test_who_does_as_the_centre_does_is_at_one_however_heavy_the_queue(heavy: int) -> None:
    """Half of the calm are met and a fifth of the distressed, by everybody."""

    def queue(calm: int, distressed: int) -> dict[Any, float]:
        return {
            ("event", 0, "anxiety", "matched"): 5 * calm,
            ("event", 0, "anxiety", "missed"): 5 * calm,
            ("event", 2, "anxiety", "matched"): 2 * distressed,
            ("event", 2, "anxiety", "missed"): 8 * distressed,
        }

    centre = new_counts()
    for counts in (queue(30, 3), queue(20, 20), one := queue(1, heavy)):
        add_counts(centre, counts)
    owed, matched = owed_and_matched(one)
    assert matched / owed < owed_and_matched(centre)[1] / owed_and_matched(centre)[0]
    assert matched / Expectation(centre).of(one) == pytest.approx(1.0)


def test_a_heavy_queue_is_not_held_against_anybody(made_up: Deal, usual: list[Any]) -> None:
    heavy = replace(usual[0], name="heavy", heavy=1.0, calls=200)
    light = replace(usual[1], name="light", heavy=0.0, calls=200)
    found = rows(agents_of(made_up([*usual, heavy, light], 2)))
    assert found["heavy"]["empathy"]["rate"] < found["light"]["empathy"]["rate"] - 0.1
    for name in ("heavy", "light"):
        low, high = found[name]["empathy"]["adjusted"]["interval"]
        assert low <= 1 <= high
    assert found["heavy"]["rank"][0] == 1


def test_ranks_part_where_intervals_do(made_up: Deal, usual: list[Any]) -> None:
    best, worst = (replace(usual[0], name=name, match=match, calls=150) for name, match in (("b", 0.9), ("w", 0.25)))
    found = agents_of(made_up([*usual, best, worst], 1))
    ranked = rows(found)
    assert ranked["b"]["rank"] == [1, 1]
    assert ranked["w"]["rank"] == [12, 12]
    assert ranked["a3"]["rank"][0] < ranked["a3"]["rank"][1]
    assert [row["agent"] for row in found["agents"]][::11] == ["b", "w"]


def test_few_calls_are_shown_and_not_ranked(made_up: Deal, usual: list[Any]) -> None:
    few = replace(usual[0], name="few", calls=8, match=1.0, early=3.0)
    found = agents_of(made_up([*usual, few], 1))
    assert found["agents"][-1]["agent"] == "few"
    row = found["agents"][-1]
    assert (row["too_few"], row["rank"], row["look_at"]) == (True, None, [])
    low, high = row["empathy"]["interval"]
    assert low <= row["empathy"]["rate"] <= high
    assert row["empathy"]["team_rate"] < row["empathy"]["shrunk"] < row["empathy"]["rate"]
    assert all(other["rank"][1] <= 10 for other in found["agents"][:-1])
    assert not rows(agents_of(made_up([*usual, few], 1), least_calls=8, least_opportunities=1))["few"]["too_few"]


def test_calls_of_nobody_and_calls_not_to_be_relied_on(made_up: Deal, usual: list[Any]) -> None:
    nobody = replace(usual[0], name=None, calls=40)
    swapped = replace(usual[0], name="a0", calls=30, ok=False, match=0.0)
    calls = made_up([*usual, nobody], 4)
    found = agents_of([*calls, *(replace_id(call, f"x{call.id}") for call in made_up([swapped], 5))])
    assert found["calls"] == {
        "read": 670,
        "in_rates": 640,
        "left_out": 30,
        "without_agent": 40,
        "without_text": 0,
    }
    assert None not in rows(found)
    assert rows(found)["a0"]["left_out"] == {"calls": 30, "why": {"roles_swapped": 30}}
    before = rows(agents_of(calls))["a0"]
    assert {**rows(found)["a0"], **{name: before[name] for name in ("left_out", "teams")}} == before


def replace_id(call: CallScore, id: str) -> CallScore:
    return CallScore(id, call.model, call.agent_id, call.meta, call.turns, call.call)


def test_the_order_of_calls_changes_nothing(made_up: Deal, usual: list[Any]) -> None:
    calls = made_up([*usual, replace(usual[0], name="gamer", early=1.5, lines=2.5)], 6)
    found = agents_of(calls)
    random.Random(1).shuffle(calls)
    assert without_first_places(agents_of(calls)) == without_first_places(found)


def without_first_places(found: dict[str, Any]) -> dict[str, Any]:
    """Words said again and again are shown by the first calls that had them, and by design by those alone."""
    for row in found["agents"]:
        row["look_at"] = [flag for flag in row["look_at"] if flag["kind"] != "same_words"]
    return found


def test_by_team(made_up: Deal, usual: list[Any]) -> None:
    found = agents_of(made_up([*usual, replace(usual[0], name="x", team=None, calls=25)], 1), by="team")
    assert sorted(rows(found)) == ["north", "south"]
    assert found["calls"]["without_team"] == 25
    north = rows(found)["north"]
    assert north["calls"] == 300
    assert north["empathy"]["team_rate"] == rows(found)["south"]["empathy"]["team_rate"]


def test_a_colleague_s_line_is_of_the_same_cue_and_first_of_the_same_team(made_up: Deal, usual: list[Any]) -> None:
    calls = made_up(usual, 9)
    by_id = {call.id: call for call in calls}
    found = rows(agents_of(calls))
    seen = 0
    for name, row in found.items():
        assert len(row["missed"]) == 5
        for missed in row["missed"]:
            line = missed["colleague"]
            other = by_id[line["call"]]
            assert line["agent"] == other.agent_id != name
            assert line["same_team"] is (found[line["agent"]]["team"] == row["team"]) is True
            events = other.call["empathy"]["events"]
            assert (missed["cue"], "matched", line["turn"]) in [
                (event["cue"], event["response"], event["response_turn"]) for event in events
            ]
            assert line["text"] == other.turns[line["turn"]].text
            assert by_id[missed["call"]].turns[missed["turn"]].text == missed["text"]
            seen += 1
    assert seen == 50


def test_a_colleague_of_another_team_and_nobody_at_all(made_up: Deal, usual: list[Any]) -> None:
    alone = replace(usual[0], name="alone", team="east")
    lines = [missed["colleague"] for missed in rows(agents_of(made_up([*usual, alone], 1)))["alone"]["missed"]]
    assert [line["same_team"] for line in lines] == [False] * 5
    lines = [missed["colleague"] for missed in rows(agents_of(made_up([alone], 1)))["alone"]["missed"]]
    assert lines == [None] * 5


def test_roadblocks_are_by_rule_and_touch_no_rate(made_up: Deal, usual: list[Any]) -> None:
    calls = made_up(usual, 3)
    before = agents_of(calls)
    for number, call in enumerate(calls):
        text = f"nothing over £{number} without a manager" if number % 2 else "the system is down"
        call.call["roadblocks"] = [{"turn": 0, "kind": ("system", "authority")[number % 2], "text": text}] * 2
        call.call["outcome"]["resolved"] = ("yes", "no")[number % 2]
    found = agents_of(calls)
    assert [row["empathy"] for row in found["agents"]] == [row["empathy"] for row in before["agents"]]
    assert [row["rank"] for row in found["agents"]] == [row["rank"] for row in before["agents"]]
    authority, system = found["roadblocks"]
    assert (authority["kind"], authority["calls"], authority["agents"]) == ("authority", 300, 10)
    assert (authority["unresolved"], system["unresolved"]) == (300, 0)
    assert [rule["calls"] for rule in authority["rules"]] == [300]
    assert found["agents"][0]["roadblocks"]["calls"] == 60


def test_a_call_without_measures(made_up: Deal, usual: list[Any]) -> None:
    """An older run, or one that is one-sided: counted, nothing made up."""
    bare = [CallScore(f"b{n}", "old", "a0", None, [], {}) for n in range(3)]
    (row,) = agents_of(bare)["agents"]
    assert (row["calls"], row["team"], row["empathy"]["rate"], row["effort"]["mean"]) == (3, None, None, None)
    assert row["empathy"]["adjusted"]["ratio"] is None
    assert row["missed"] == []


def test_refusals(made_up: Deal, usual: list[Any]) -> None:
    with pytest.raises(ReadError, match="no scores in it"):
        agents_of([])
    with pytest.raises(ConfigError, match="least calls"):
        agents_of([], least_calls=0)
