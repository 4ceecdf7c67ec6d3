"""A call from a line of JSON, and back."""

from __future__ import annotations

import json
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.errors import ReadError
from cxnlp.schema import SPEAKERS, Call, Turn, check_call, decode_call, encode_call, merged_sides

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIME = st.none() | st.floats(0, 1e6)
TURNS = st.builds(
    Turn,
    st.sampled_from(SPEAKERS),
    TEXT,
    TIME,
    TIME,
    st.none() | st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), max_size=2),
)
CALLS = st.builds(
    Call,
    TEXT.filter(bool),
    st.lists(TURNS, min_size=1, max_size=5),
    st.none() | TEXT,
    st.none() | st.dictionaries(TEXT, TEXT | st.booleans() | st.none() | st.lists(TEXT, max_size=2), max_size=3),
)


@given(CALLS)
def test_there_and_back(call: Call) -> None:
    line = encode_call(call)
    assert b"\n" not in line
    assert decode_call(line) == call


@given(CALLS)
def test_merged_sides_by_groups(call: Call) -> None:
    spoken = [index for index, turn in enumerate(call.turns) if turn.speaker != "system"]
    groups = groupby(spoken, key=lambda index: call.turns[index].speaker)
    assert list(merged_sides(call)) == [(speaker, list(run)) for speaker, run in groups]


def line(**changes: object) -> str:
    return json.dumps({"id": "c1", "turns": [{"speaker": "agent", "text": "hello"}], **changes})


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "not JSON"),
        ("hello", "not JSON"),
        ('{"id": "c1", "turns": [', "not JSON"),
        (b"\xff\xfe{", "not JSON"),
        ('{"id": "\\ud800", "turns": []}', "not "),
        ("[" * 100_000, "not "),
        ("[]", "not a call"),
        ("null", "not a call"),
        ("{}", "`id`"),
        (line(id=3), "`$.id`"),
        (line(id=None), "`$.id`"),
        (line(id=""), "a call without an id"),
        (line(turns=None), "`$.turns`"),
        (line(turns=[]), "a call of no turns; got: c1"),
        (line(turns=[3]), "`$.turns["),
        (line(turns=[{"speaker": "agent"}]), "`text`"),
        (line(turns=[{"text": "hello"}]), "`speaker`"),
        (line(turns=[{"speaker": "robot", "text": "x"}]), "robot"),
        (line(turns=[{"speaker": "Agent", "text": "x"}]), "Agent"),
        (line(turns=[{"speaker": "agent", "text": None}]), "text"),
        (line(turns=[{"speaker": "agent", "text": "x", "start": "0:01"}]), "start"),
        (line(turns=[{"speaker": "agent", "text": "x", "start": 1e300}]), "a time that is no time; got: 1e+300"),
        (line(turns=[{"speaker": "agent", "text": "x", "end": -1e300}]), "a time that is no time"),
        (line(meta=[]), "`$.meta`"),
        (line(agent_id=7), "`$.agent_id`"),
    ],
)
def test_what_is_no_call(text: str | bytes, fragment: str) -> None:
    with pytest.raises(ReadError) as caught:
        decode_call(text)
    assert fragment in str(caught.value)
    assert len(str(caught.value)) < 900


def test_keys_of_others_are_let_be() -> None:
    assert decode_call(line(colour="red")).id == "c1"


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e308])
def test_huge_numbers(number: object) -> None:
    text = line(turns=[{"speaker": "agent", "text": "x", "start": "HERE"}]).replace('"HERE"', str(number))
    with pytest.raises(ReadError):
        decode_call(text)


@pytest.mark.parametrize("time", [float("nan"), float("inf"), -float("inf"), 1e12, -1e9])
def test_times_that_are_none(time: float) -> None:
    with pytest.raises(ReadError, match="turn 1 has a time that is no time"):
        check_call(Call("c", [Turn("agent", "x"), Turn("agent", "y", start=time)]))


@pytest.mark.parametrize("text", ["\ud83d", "ok \udc00", "\ude00\ud83d"])
def test_half_a_character(text: str) -> None:
    with pytest.raises(ReadError, match="turn 0 has half a character; got: "):
        check_call(Call("c", [Turn("agent", text)]))
