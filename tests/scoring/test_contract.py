"""The score as other programs rely on it: names of keys, ranges, order, words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.config import ScoringConfig
from cxnlp.features.layout import Layout
from cxnlp.labels import LABELS, OUTPUT_NAMES, TONES, labels_of, outputs_of
from cxnlp.schema import Call
from cxnlp.scoring import Scorer

SCORE = {"id", "model", "agent_id", "meta", "turns", "call"}
TURN = {"index", "speaker", "text", "labels", "p", "evidence"}
OWN = {
    "agent": {"tone", "formulaic", "grounded", "template"},
    "customer": {"distress"},
    "system": set(),
}
EVIDENCE = {"label", "start", "end", "text", "weight"}
MEASURES = {
    "effort",
    "distress",
    "empathy",
    "tone",
    "empowerment",
    "roadblocks",
    "how_why",
    "outcome",
    "basics",
    "safety",
    "conduct",
    "reliability",
}
ALWAYS = {"effort", "distress", "tone"}


@pytest.fixture
def with_config(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Callable[[ScoringConfig], Scorer]:
    """A scorer of other settings that reads with the shared token table and cues, to save their making."""
    monkeypatch.setattr(Layout, "reader", lambda *_: scorer.reader)
    return lambda config: Scorer(scorer.bundle, config)


def scored(scorer: Scorer, call: Call) -> dict[str, Any]:
    return dict(json.loads(scorer.score(call).to_json()))


def assert_contract(score: dict[str, Any], call: Call) -> None:
    assert set(score) == SCORE
    assert (score["id"], score["agent_id"], score["meta"]) == (call.id, call.agent_id, call.meta)
    assert ALWAYS <= set(score["call"]) <= MEASURES
    assert [turn["index"] for turn in score["turns"]] == list(range(len(call.turns)))
    for turn, given_turn in zip(score["turns"], call.turns, strict=True):
        assert (turn["speaker"], turn["text"]) == (given_turn.speaker, given_turn.text)
        assert set(turn) == TURN | OWN[turn["speaker"]]
        assert_turn(turn)


def assert_turn(turn: dict[str, Any]) -> None:
    side, p = turn["speaker"], turn["p"]
    if side == "system":
        assert (turn["labels"], p, turn["evidence"]) == ([], {}, [])
        return
    assert list(p) == list(outputs_of(side))
    assert all(0 <= value <= 1 for value in p.values())
    assert turn["labels"] == [name for name in LABELS if name in turn["labels"]]
    assert set(turn["labels"]) <= set(labels_of(side))
    if side == "agent":
        assert turn["tone"] in TONES
        assert abs(sum(p[name] for name in TONES) - 1) < 1e-9
        assert 0 <= turn["formulaic"] <= 1
        assert turn["grounded"] is None or 0 <= turn["grounded"] <= 1
        assert turn["template"] is None
        findings = {*turn["labels"], turn["tone"]}
    else:
        assert turn["distress"] in (0, 1, 2, 3)
        assert p["distress>=1"] >= p["distress>=2"] >= p["distress>=3"]
        findings = {*turn["labels"], "distress"} if turn["distress"] else set(turn["labels"])
    assert {found["label"] for found in turn["evidence"]} <= findings
    labels = [found["label"] for found in turn["evidence"]]
    assert len(labels) == len(set(labels))
    for found in turn["evidence"]:
        assert_words(found, turn["text"])


def assert_words(found: dict[str, Any], text: str) -> None:
    """Evidence is words of the turn: whole ones, no space at its ends."""
    assert set(found) == EVIDENCE
    start, end = found["start"], found["end"]
    assert 0 <= start < end <= len(text)
    assert found["text"] == text[start:end] == text[start:end].strip()
    assert found["weight"] > 0
    for edge in (start, end):
        inside = 0 < edge < len(text) and text[edge - 1].isalpha() and text[edge].isalpha()
        assert not (inside and text[edge - 1].isascii() and text[edge].isascii())


@given(st.data())
def test_contract(scorer: Scorer, some_calls: st.SearchStrategy[list[Call]], data: st.DataObject) -> None:
    for call in data.draw(some_calls):
        assert_contract(scored(scorer, call), call)


@pytest.mark.parametrize(
    "lines",
    [
        (
            "A: hello how can i help",
            "C: it broke again, third time, i'm furious",
            "A: i'm so sorry, i'll fix it myself",
        ),
        ("A: ",),
        ("C: ",),
        ("S: you are in a queue",),
        ("S: ", "S: "),
        ("A: hello",),
        ("C: hello",),
        ("C: ...", "A: ?!", "C: ---"),
        ("C: [PII] <NAME> ****", "A: [noise]"),
        ("C: \x00\x01\x1f\x7f", "A: \u202eabc\u202c"),
        ("C: 😀😀😀 👍🏽 👨‍👩‍👧", "A: 你好 שלום مرحبا", "C: e\u0301 ﬁ ǅ"),
        ("A: thank you   for\u00a0calling \n\n how can\ti help  ",),
        ("C: " + "again " * 3000,),
        ("C: " + "a" * 20_000,),
        ("C: <script>alert(1)</script>", "A: {0} %s ${x} ../../etc/passwd"),
    ],
)
def test_odd_calls(scorer: Scorer, make_call: Callable[..., Call], lines: tuple[str, ...]) -> None:
    call = make_call(*lines, agent_id="a7", meta={"team": "north", "n": 3})
    assert_contract(scored(scorer, call), call)


@pytest.mark.parametrize("text", ["this is the third time i've rung about it. ", "x"])
def test_a_megabyte_in_one_turn(scorer: Scorer, make_call: Callable[..., Call], text: str) -> None:
    text = text * (1_000_000 // len(text))
    call = make_call("A: hello", f"C: {text}", "A: right")
    assert_contract(scored(scorer, call), call)


@pytest.mark.parametrize(
    ("lines", "null"),
    [
        (("A: hello",), {"distress", "effort"}),
        (("C: hello",), {"tone"}),
        (("S: hello",), {"tone", "distress", "effort"}),
    ],
)
def test_measures_of_a_side_that_never_speaks(
    scorer: Scorer, make_call: Callable[..., Call], lines: tuple[str, ...], null: set[str]
) -> None:
    measures = scored(scorer, make_call(*lines))["call"]
    assert {name for name in ALWAYS if measures[name] is None} == null


def test_without_text(scorer: Scorer, with_config: Callable[..., Scorer], make_call: Callable[..., Call]) -> None:
    call = make_call("C: this is the third time i've rung, i'm furious", "A: i'm so sorry we left you hanging")
    bare = with_config(ScoringConfig(text=False))
    full, short = scored(scorer, call), scored(bare, call)
    assert any(turn["evidence"] for turn in full["turns"])
    for turn, other in zip(full["turns"], short["turns"], strict=True):
        del turn["text"]
        for found in turn["evidence"]:
            del found["text"]
        assert other == turn
    assert b"furious" not in json.dumps(short["turns"]).encode()


@pytest.mark.parametrize("text", [True, False])
def test_no_words_anywhere_where_none_are_wanted(
    with_config: Callable[..., Scorer], make_call: Callable[..., Call], text: bool
) -> None:
    call = make_call(
        "C: nobody ever called me back about my zebra, this is the third time i've rung about the zebra",
        "A: i'm sorry, it's our policy that we don't refund a zebra",
        "C: i want a manager, my zebra is ill and i'm furious about the zebra",
    )
    line = with_config(ScoringConfig(text=text)).score(call).to_json()
    assert (b"zebra" in line) is text


@pytest.mark.parametrize(
    ("thresholds", "name", "there"),
    [
        ({"frustration": {"customer": 1.0}}, "frustration", False),
        ({"frustration": {"customer": 1e-9}}, "frustration", True),
        ({"frustration": {"agent": 1e-9}}, "frustration", None),
        ({"wait": {"agent": 1e-9}}, "wait", None),
        ({"wait": {"customer": 1e-9}}, "wait", True),
    ],
)
def test_thresholds_of_a_run(
    scorer: Scorer,
    with_config: Callable[..., Scorer],
    make_call: Callable[..., Call],
    thresholds: dict[str, dict[str, float]],
    name: str,
    there: bool | None,
) -> None:
    """`there` None: the threshold is of the other side, and changes nothing."""
    own = with_config(ScoringConfig(thresholds=thresholds))
    call = make_call("C: could you read me the number please")
    usual = name in scored(scorer, call)["turns"][0]["labels"]
    assert (name in scored(own, call)["turns"][0]["labels"]) is (usual if there is None else there)
    assert scored(scorer, call)["turns"][0]["p"] == scored(own, call)["turns"][0]["p"]


@pytest.mark.parametrize("kind", ["wait", "chasing"])
def test_effort_weights_of_a_run(with_config: Callable[..., Scorer], make_call: Callable[..., Call], kind: str) -> None:
    call = make_call(
        "A: hello", "C: forty minutes on hold for the router and nobody ever called back about it", "A: right"
    )

    def weight_of(weight: float) -> float:
        config = ScoringConfig(thresholds={kind: {"customer": 1e-9}}, effort={kind: weight})
        reasons = scored(with_config(config), call)["call"]["effort"]["reasons"]
        return float(sum(reason["weight"] for reason in reasons if reason["kind"] == kind))

    assert weight_of(0.0) == 0
    assert weight_of(2.0) > weight_of(0.5) > 0


@pytest.mark.parametrize(
    ("limits", "level"),
    [
        ((1e-9, 1e-9, 1e-9), 3),
        ((1e-9, 1e-9, 1.0), 2),
        ((1e-9, 1.0, 1e-9), 1),
        ((1.0, 1e-9, 1e-9), 0),
    ],
)
def test_distress_counts_consecutive_levels(
    with_config: Callable[..., Scorer], make_call: Callable[..., Call], limits: tuple[float, ...], level: int
) -> None:
    thresholds = {f"distress>={step}": {"customer": limit} for step, limit in enumerate(limits, 1)}
    score = with_config(ScoringConfig(thresholds=thresholds)).score(make_call("C: it is a lamp"))
    assert score.turns[0].distress == level


@pytest.mark.parametrize(
    ("limits", "tone"),
    [((1e-9, 1.0), "scripted"), ((1.0, 1e-9), "genuine"), ((1.0, 1.0), "neutral")],
)
def test_tone_follows_its_thresholds(
    with_config: Callable[..., Scorer], make_call: Callable[..., Call], limits: tuple[float, float], tone: str
) -> None:
    thresholds = {"scripted": {"agent": limits[0]}, "genuine": {"agent": limits[1]}}
    score = with_config(ScoringConfig(thresholds=thresholds)).score(make_call("A: it is a lamp"))
    assert score.turns[0].tone == tone


def test_outputs_are_the_heads_of_a_side() -> None:
    assert {name for side in ("agent", "customer") for name in outputs_of(side)} == set(OUTPUT_NAMES)
