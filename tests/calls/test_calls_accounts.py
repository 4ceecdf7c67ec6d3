"""The five accounts, told well and badly: each call comes out as a careful listener would say.

What a listener would say stands in the heads and marks of `training_data/accounts`, never trained on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxnlp.scores import CallScore
from cxnlp.scoring import Scorer
from cxnlp.training.dataset import to_call
from cxnlp.training.markup import MarkedCall, parse_folder

ACCOUNTS = Path(__file__).resolve().parents[2] / "training_data" / "accounts"
PAIRS = [("acc-01", "acc-02"), ("acc-04", "acc-05"), ("acc-07", "acc-08"), ("acc-10", "acc-11"), ("acc-13", "acc-12")]
MOST_WRONG = 18
"""Of 94; the count may fall, and must not rise."""


@pytest.fixture(scope="module")
def told(scorer: Scorer) -> dict[str, tuple[MarkedCall, CallScore]]:
    return {marked.id: (marked, scorer.score(to_call(marked))) for marked in parse_folder(ACCOUNTS)}


def checks(marked: MarkedCall, score: CallScore) -> Iterator[tuple[str, bool]]:
    """Every single thing a listener would say of a call, and whether the score says it."""
    call, head = score.call, marked.head
    yield (
        f"effort {head['effort']}: {call['effort']['score']}",
        abs(call["effort"]["score"] - int(head["effort"])) <= 1.5,
    )
    for name in ("verdict", "resolved"):
        wanted = head["outcome" if name == "verdict" else name]
        yield f"{name} {wanted}: {call['outcome'][name]}", call["outcome"][name] == wanted
    level = call["empowerment"]["level"]
    yield f"empowerment {head['empowerment']}: {level}", level == head["empowerment"]
    events = {event["turn"]: event["response"] for event in call["empathy"]["events"]}
    for index, turn in enumerate(marked.turns):
        if turn.opportunity:
            wanted = turn.opportunity[0]
            yield f"turn {index} {wanted}: {events.get(index)}", events.get(index) == wanted
        if turn.safety:
            kinds = [sign["kind"] for sign in call["safety"] if sign["turn"] == index]
            yield f"turn {index} safety {turn.safety[0]}: {kinds}", bool(kinds)


def test_accounts_are_whole() -> None:
    marked = parse_folder(ACCOUNTS)
    assert len(marked) >= 12
    assert all(10 <= len(call.turns) <= 20 for call in marked)


def test_a_listener_would_agree(told: dict[str, tuple[MarkedCall, CallScore]]) -> None:
    found = [(key, what, holds) for key, pair in told.items() for what, holds in checks(*pair)]
    wrong = [f"{key} {what}" for key, what, holds in found if not holds]
    print(f"{len(wrong)} of {len(found)} do not agree", *wrong, sep="\n")
    assert len(wrong) <= MOST_WRONG, wrong


@pytest.mark.parametrize(("good", "bad"), PAIRS)
def test_good_and_bad_are_told_apart(told: dict[str, tuple[MarkedCall, CallScore]], good: str, bad: str) -> None:
    better, worse = told[good][1].call, told[bad][1].call
    assert better["effort"]["score"] < worse["effort"]["score"]
    assert (better["empathy"]["rate"] or 0) >= (worse["empathy"]["rate"] or 0)
    assert better["empathy"]["missed"] <= worse["empathy"]["missed"]
    assert better["outcome"]["verdict"] != "failed"


def test_the_ill_caller_is_surfaced_either_way(told: dict[str, tuple[MarkedCall, CallScore]]) -> None:
    for name in ("acc-10", "acc-11"):
        assert told[name][1].call["safety"], name
