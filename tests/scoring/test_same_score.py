"""The same call gets the same score: alone, in any batch, in any company, twice, after anything."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxnlp.classify.bundle import load_bundle
from cxnlp.errors import ReadError
from cxnlp.language.table import TokenTable
from cxnlp.readers import read
from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer, load

Strategy = st.SearchStrategy[list[Call]]


def lines_of(scorer: Scorer, calls: list[Call], most_chars: int) -> list[bytes]:
    return [score.to_json() for batch in scorer.batches(calls, most_chars) for score in batch]


@given(st.data(), st.integers(1, 600))
def test_batched_is_single(scorer: Scorer, some_calls: Strategy, data: st.DataObject, most_chars: int) -> None:
    calls = data.draw(some_calls)
    alone = [scorer.score(call).to_json() for call in calls]
    assert [score.to_json() for score in scorer.score_many(calls)] == alone
    assert lines_of(scorer, calls, most_chars) == alone
    assert [score.to_json() for score in scorer.score_batch(calls)] == alone


@given(st.data())
def test_company_and_order_do_not_matter(scorer: Scorer, some_calls: Strategy, data: st.DataObject) -> None:
    calls = data.draw(some_calls)
    alone = {call.id: scorer.score(call).to_json() for call in calls}
    for score in scorer.score_many(data.draw(st.permutations(calls))):
        assert score.to_json() == alone[score.id]


@pytest.fixture(scope="module")
def forgetful(scorer: Scorer) -> Scorer:
    """A scorer whose token table starts afresh all the time."""
    own = Scorer(scorer.bundle)
    own.reader.table = TokenTable(most_chunks=60)
    return own


@settings(max_examples=8)
@given(st.data())
def test_after_the_table_started_afresh(
    scorer: Scorer, forgetful: Scorer, some_calls: Strategy, data: st.DataObject
) -> None:
    for call in data.draw(some_calls):
        assert forgetful.score(call).to_json() == scorer.score(call).to_json()


def test_the_examples_in_every_batch_size(scorer: Scorer, repo: Path) -> None:
    calls = list(read(repo / "training_data" / "examples"))
    alone = [scorer.score(call).to_json() for call in calls]
    assert len(calls) >= 3
    for most_chars in (1, 500, 2_000, 10**9):
        assert lines_of(scorer, calls, most_chars) == alone
    assert lines_of(scorer, calls[::-1], 2_000) == alone[::-1]


def test_many_copies_in_one_batch(scorer: Scorer, repo: Path) -> None:
    call = next(iter(read(repo / "training_data" / "examples")))
    lines = {score.to_json() for score in scorer.score_batch([call] * 40)}
    assert lines == {scorer.score(call).to_json()}


def test_two_scorers_agree(tiny_bundle: Path, repo: Path) -> None:
    calls = list(read(repo / "training_data" / "examples"))
    one, other = load(tiny_bundle), Scorer(load_bundle(tiny_bundle))
    other.score(Call("before", [Turn("agent", "something else first"), Turn("customer", "café [X]")]))
    for call in calls:
        assert one.score(call).to_json() == one.score(call).to_json() == other.score(call).to_json()


def test_scoring_leaves_the_call_alone(scorer: Scorer, make_call: Callable[..., Call]) -> None:
    call = make_call("A: hello", "C: i'm furious", meta={"team": "north"}, agent_id="a")
    before = copy.deepcopy(call)
    scorer.score(call)
    assert call == before


def test_score_many_is_lazy(scorer: Scorer) -> None:
    drawn = []

    def calls():  # type: ignore[no-untyped-def]
        for number in range(1000):
            drawn.append(number)
            yield Call(f"{number}", [Turn("agent", "hello " * 20_000)])

    scores = scorer.score_many(calls())
    assert drawn == []
    assert [next(scores).id, next(scores).id] == ["0", "1"]
    assert len(drawn) < 30


def test_no_calls(scorer: Scorer) -> None:
    assert list(scorer.score_many([])) == []


@pytest.mark.parametrize(
    ("call", "fragment"),
    [
        (Call("c1", []), "call 'c1': a call of no turns"),
        (Call("", [Turn("agent", "x")]), "call '': a call without an id"),
        (Call("c1", [Turn("robot", "x")]), "call 'c1': unknown speaker in turn 0; got: robot; allowed: agent, "),  # type: ignore[arg-type]
        (Call("c1", [Turn("agent", None)]), "call 'c1': turn 0 has a text that is no text"),  # type: ignore[arg-type]
        (Call("c1", [Turn("agent", "a\ud83d")]), "call 'c1': turn 0 has half a character; got: \\xd83d"),
        (Call("c1", [Turn("agent", "a", start=float("nan"))]), "call 'c1': turn 0 has a time that is no time"),
        (Call("c1", [Turn("agent", "a", end=1e300)]), "call 'c1': turn 0 has a time that is no time"),
    ],
)
def test_what_is_no_call_is_refused_and_leaves_no_trace(
    scorer: Scorer, make_call: Callable[..., Call], call: Call, fragment: str
) -> None:
    good = make_call("C: half\u200ba word never seen before")
    with pytest.raises(ReadError) as caught:
        scorer.score(call)
    assert fragment in str(caught.value)
    with pytest.raises(ReadError):
        scorer.score_batch([good, call])
    assert scorer.score(good).to_json() == scorer.score_batch([good, good]).call_score(1).to_json()
