"""A batch as flat arrays; what an agent turn takes up of the customer's words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.features.turns import AGENT, CUSTOMER, turn_rows
from cxnlp.features.vectorizer import TurnVectorizer
from cxnlp.schema import SPEAKERS, Call, Turn

SIDES = {"A": "agent", "C": "customer", "S": "system"}
CALLS = st.lists(st.text("ACS", min_size=1, max_size=9), max_size=5)


def calls_of(sides: list[str]) -> list[Call]:
    return [Call(f"{n}", [Turn(SIDES[side], "x") for side in row]) for n, row in enumerate(sides)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sides", "answers"),
    [
        ("AC", [-1, 0]),
        ("CA", [-1, 0]),
        ("ACAC", [-1, 0, 1, 2]),
        ("AAC", [-1, -1, 1]),
        ("ASC", [-1, -1, 0]),
        ("SSS", [-1, -1, -1]),
        ("CSACA", [-1, -1, 0, 2, 3]),
    ],
)
def test_who_spoke_before(sides: str, answers: list[int]) -> None:
    rows = turn_rows(calls_of([sides]))
    assert rows.answers.tolist() == answers


@given(CALLS)
def test_rows_by_a_loop(sides: list[str]) -> None:
    calls = calls_of(sides)
    rows = turn_rows(calls)
    at = 0
    for number, call in enumerate(calls):
        assert rows.ptr[number] == at
        last = {"agent": -1, "customer": -1}
        for turn in call.turns:
            assert (rows.side[at], rows.call[at]) == (SPEAKERS.index(turn.speaker), number)
            other = {"agent": "customer", "customer": "agent"}.get(turn.speaker)
            assert rows.answers[at] == (last[other] if other else -1)
            if other:
                last[turn.speaker] = at
            at += 1
    assert rows.ptr[-1] == at == len(rows.texts)


@pytest.fixture(scope="module")
def vectorizer() -> TurnVectorizer:
    return TurnVectorizer(word_bits=12, char_bits=12, gram_bits=14)


@pytest.mark.parametrize(
    ("lines", "grounded"),
    [
        (("C: my boiler broke", "A: your boiler broke"), [None, 1.0]),
        (("C: my boiler broke", "A: the router failed"), [None, 0.0]),
        (("C: my boiler broke", "A: the boiler failed"), [None, 0.5]),
        (("C: my boiler broke", "A: ok"), [None, None]),
        (("C: my boiler broke", "A: "), [None, None]),
        (("A: boiler cover, hello", "C: boiler trouble", "A: boiler trouble"), [0.0, None, 0.5]),
        (("S: boiler", "C: boiler", "A: boiler"), [None, None, 1.0]),
        (("S: boiler", "A: boiler"), [None, 0.0]),
        (("C: [BOILER] 42", "A: [BOILER] 42"), [None, None]),
        (("C: BOILER!", "A: boilers boiler"), [None, 0.5]),
        (("C: hello",), [None]),
        (("S: hello",), [None]),
    ],
)
def test_grounded(
    vectorizer: TurnVectorizer, make_call: Callable[..., Call], lines: tuple[str, ...], grounded: list[float | None]
) -> None:
    reading = vectorizer.reader().read([make_call("C: boiler router", id="other"), make_call(*lines)])
    found = [None if np.isnan(value) else round(float(value), 4) for value in reading.grounded[1:]]
    assert found == grounded


@pytest.mark.parametrize(
    ("lines", "echo"),
    [
        (("C: my boiler broke", "A: your boiler broke"), [0, 2 / 2**0.5]),
        (("C: boiler boiler boiler", "A: boiler"), [0, 1]),
        (("A: boiler", "C: boiler"), [0, 1]),
        (("A: boiler", "A: boiler"), [0, 0]),
        (("C: boiler", "C: hello", "A: boiler"), [0, 0, 0]),
        (("C: boiler", "S: hello", "A: boiler"), [0, 0, 1]),
        (("S: boiler", "A: boiler"), [0, 0]),
    ],
)
def test_echo(
    vectorizer: TurnVectorizer, make_call: Callable[..., Call], lines: tuple[str, ...], echo: list[float]
) -> None:
    from cxnlp.features.reading import PLAIN

    reading = vectorizer.reader().read([make_call(*lines)])
    assert reading.plain[:, PLAIN.index("echo")] == pytest.approx(echo)


@given(CALLS)
def test_grounded_is_a_share_and_only_of_agents(vectorizer: TurnVectorizer, sides: list[str]) -> None:
    words = ("boiler", "router fault", "the", "[X]", "")
    calls = [
        Call(f"{n}", [Turn(SIDES[side], words[(n + at) % 5]) for at, side in enumerate(row)])  # type: ignore[arg-type]
        for n, row in enumerate(sides)
    ]
    reading = vectorizer.reader().read(calls)
    known = ~np.isnan(reading.grounded)
    assert (reading.rows.side[known] == AGENT).all()
    assert ((reading.grounded[known] >= 0) & (reading.grounded[known] <= 1)).all()
    assert ((reading.formulaic >= 0) & (reading.formulaic <= 1)).all()
    assert (reading.scale > 0).all()


def test_rows_of_no_calls() -> None:
    rows = turn_rows([])
    assert rows.ptr.tolist() == [0]
    assert len(rows.texts) == len(rows.side) == len(rows.answers) == 0
    assert CUSTOMER == 1
