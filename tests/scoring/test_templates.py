"""Turns held against mined lines: which line, how much of the turn, and what it does to the score."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.config import ScoringConfig
from cxnlp.errors import ConfigError
from cxnlp.language.table import TokenTable
from cxnlp.schema import Call, Turn
from cxnlp.scores import TurnScore
from cxnlp.scoring import Scorer
from cxnlp.scoring.scripts import Example, Scripts, Template, decode_scripts, encode_scripts, read_scripts
from cxnlp.scoring.templates import TemplateMatcher, TurnTemplates

BOOKED = "Your table at <name> is booked for <number> people tonight"
ELSE = "Would you like anything else from the kitchen this evening?"
ELSE_TOO = "Anything else from the kitchen for you?"
LAW = "Our kitchen handles nuts and we cannot promise their absence."
TEMPLATES = [
    Template(BOOKED, 20, 3, 0.2, [BOOKED]),
    Template(ELSE, 980, 9, 0.98, [ELSE, ELSE_TOO], examples=[Example("c1", 4, ELSE)]),
    Template(LAW, 5, None, 0.05, [LAW], required=True),
]
FROZEN = Scripts(TEMPLATES, 1000, 4000, 12, {"least_calls": 5})


@pytest.fixture(scope="module")
def matcher(table: TokenTable) -> TemplateMatcher:
    return TemplateMatcher(TEMPLATES, table)


def held(matcher: TemplateMatcher, table: TokenTable, *texts: str) -> TurnTemplates:
    return matcher.of_turns(table, table.encode(texts), np.ones(len(texts), dtype=np.bool_))


@pytest.mark.parametrize(
    ("text", "best", "share"),
    [
        ("Your table at Luigi's is booked for 4 people tonight", 0, 0.0),
        (ELSE, 1, 0.98),
        ("WOULD YOU LIKE ANYTHING ELSE FROM THE KITCHEN THIS EVENING", 1, 0.98),
        ("um would you like like anything else from the kitchen this evening", 1, 0.98),
        ("so would you like anything else from the kitchen tonight", 1, 0.98 * 8 / 10),
        ("anything else from the kitchen for you", 1, 0.98),
        ("would you like to go to the kitchen", -1, 0.0),
        (LAW, 2, 0.0),
        ("", -1, 0.0),
        ("one two three", -1, 0.0),
    ],
)
def test_which_line_a_turn_says(
    matcher: TemplateMatcher, table: TokenTable, text: str, best: int, share: float
) -> None:
    found = held(matcher, table, text)
    assert found.best.tolist() == [best]
    if best:
        assert found.share[0] == pytest.approx(share, abs=1e-3)
        assert found.duty.tolist() == [text == LAW]
    else:
        assert 0 < found.share[0] < 0.5


def test_the_line_that_covers_most_is_the_one(matcher: TemplateMatcher, table: TokenTable) -> None:
    both = held(
        matcher, table, f"{LAW} {ELSE}", f"{ELSE} {ELSE}", f"{LAW} And now let us sit and talk of all this {ELSE}"
    )
    assert both.best.tolist() == [2, 1, 2]
    assert both.duty.tolist() == [True, False, False]
    assert both.share[1] == pytest.approx(0.98, abs=1e-3)


def test_customers_are_not_held_against_agents_lines(matcher: TemplateMatcher, table: TokenTable) -> None:
    found = matcher.of_turns(table, table.encode([ELSE, ELSE]), np.array([False, True]))
    assert (found.best.tolist(), found.share[0]) == ([-1, 1], 0)


def by_hand(table: TokenTable, text: str) -> int:
    """The definition, one gram after another."""

    def grams(words: str) -> set[tuple[str, ...]]:
        tokens = table.encode([words])
        norms = [table.norms[norm] for norm in tokens.norms.tolist()]
        rows = zip(norms, norms[1:], norms[2:], strict=False)
        return {row for row in rows if not any(norm.startswith("<") for norm in row)}

    own, found = grams(text), []
    for place, template in enumerate(TEMPLATES):
        near = [words for words in template.wordings if len(grams(words) & own) >= 0.7 * len(grams(words))]
        if near:
            found.append((place, near))
    return len(found)


WORDS = sorted({word for template in TEMPLATES for text in template.wordings for word in text.split()} | {"so", "7"})


@given(st.lists(st.sampled_from([*WORDS, ELSE, ELSE_TOO, LAW, ELSE[:31], LAW[12:]]), max_size=14))
def test_found_as_the_definition_says(matcher: TemplateMatcher, table: TokenTable, parts: list[str]) -> None:
    text = " ".join(parts)
    found = matcher.find(table, table.encode(["before", text, "after"]))
    assert len(found.template) == by_hand(table, text)
    assert set(found.turn.tolist()) <= {1}
    assert (found.covered <= len(text.split())).all()


@given(st.lists(st.sampled_from([ELSE, LAW, BOOKED, "so", f"well {ELSE_TOO} yes", ""]), min_size=1, max_size=12))
def test_company_does_not_matter(matcher: TemplateMatcher, table: TokenTable, texts: list[str]) -> None:
    together = held(matcher, table, *texts)
    for row, text in enumerate(texts):
        alone = held(matcher, table, text)
        assert (alone.best[0], alone.share[0], alone.duty[0]) == (
            together.best[row],
            together.share[row],
            together.duty[row],
        )


def test_a_template_of_nothing(table: TokenTable) -> None:
    with pytest.raises(ConfigError, match="without 3 plain words in a row; got: hello <name>"):
        TemplateMatcher([Template("hello <name>", 5, None, 0.1, [])], table)
    assert held(TemplateMatcher([], table), table, ELSE).best.tolist() == [-1]


# the frozen file


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "scripts.jsonl"
    path.write_bytes(encode_scripts(FROZEN))
    found = read_scripts(path)
    assert (found.templates, found.calls, found.agents, found.options) == (TEMPLATES, 1000, 12, {"least_calls": 5})
    assert encode_scripts(found) == path.read_bytes()
    assert len(found.hash) == 64


GOOD = encode_scripts(FROZEN)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "f: no file of stock phrases"),
        (b"Thank you for calling\n", "f: no file of stock phrases; got: Thank you"),
        (b"[" * 100_000, "f: no file of stock phrases"),
        (b'{"id": "c1", "turns": []}\n', "f: no file of stock phrases"),
        (GOOD.replace(b'"scripts":1', b'"scripts":2'), "f: of another version; got: 2; allowed: 1"),
        (GOOD.replace(b'"calls":1000', b'"calls":"many"'), "f:1: not a header"),
        (GOOD.replace(b'"calls":980', b'"calls":"many"'), "f:3: not a template"),
        (GOOD.replace(b'"calls":980', b'"calls":2'), "f: is not what was written"),
        (GOOD.replace(b"promise", b"\xff\xfe"), "f:4: not a template"),
        (GOOD.replace(b'"calls":1000', b'"calls":1001'), "f: is not what was written"),
        (GOOD[: GOOD.rindex(b"{")], "f: templates are missing; got: 2; allowed: 3"),
        (GOOD[:-20], "f:4: not a template"),
        (GOOD + b"\n", "f:5: not a template"),
    ],
)
def test_hostile_files(data: bytes, wrong: str) -> None:
    with pytest.raises(ConfigError, match=wrong):
        decode_scripts(data, "f")


@given(st.binary(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_any_change_is_noticed(data: bytes, at: int, gone: int) -> None:
    changed = GOOD[:at] + data + GOOD[at + gone :]
    if changed != GOOD:
        with pytest.raises(ConfigError):
            decode_scripts(changed, "f")


# scoring with it


@pytest.fixture(scope="module")
def scripts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scripts") / "scripts.jsonl"
    path.write_bytes(GOOD)
    return path


@pytest.fixture(scope="module")
def knowing(scorer: Scorer, scripts_file: Path) -> Scorer:
    """The bundled model with the templates."""
    return Scorer(scorer.bundle, ScoringConfig(scripts=str(scripts_file)))


CALL = Call(
    "c1",
    [
        Turn("agent", ELSE),
        Turn("customer", ELSE),
        Turn("system", ELSE),
        Turn("agent", "I hear you, a wet coat on a night like this."),
        Turn("agent", LAW),
        Turn("agent", ""),
    ],
)


def test_turns_say_by_which_template_and_how_often(scorer: Scorer, knowing: Scorer) -> None:
    turns, before = knowing.score(CALL).turns, scorer.score(CALL).turns
    assert turns[0].template == {"text": ELSE, "calls": 980, "agents": 9}
    assert turns[4].template == {"text": LAW, "calls": 5, "agents": None, "required": True}
    assert [turns[3].template, turns[5].template] == [None, None]
    assert not any(isinstance(turns[index].template, dict) for index in (1, 2))
    assert turns[0].formulaic == pytest.approx(0.98, abs=1e-3)
    assert turns[4].formulaic == before[4].formulaic
    assert all(turn.template is None for turn in before if turn.speaker == "agent")


def test_a_line_of_the_corpus_leans_to_scripted_and_changes_nothing_else(scorer: Scorer, knowing: Scorer) -> None:
    turns, before = knowing.score(CALL).turns, scorer.score(CALL).turns
    assert turns[0].p["scripted"] > before[0].p["scripted"]
    tones = ("scripted", "neutral", "genuine")
    for now, then in zip(turns, before, strict=True):
        assert {k: v for k, v in now.p.items() if k not in tones} == {k: v for k, v in then.p.items() if k not in tones}
    assert [turn.p for turn in turns[1:]] == [turn.p for turn in before[1:]]


def test_required_turns_stay_out_of_the_shares(knowing: Scorer) -> None:
    with_law, without = knowing.score(CALL), Call("c1", [turn for turn in CALL.turns if turn.text != LAW])
    assert with_law.call["tone"] == knowing.score(without).call["tone"]


def test_explained_as_scored(knowing: Scorer) -> None:
    chances = {row["name"]: row["p"] for row in knowing.explain(CALL, 0)["outputs"]}
    assert chances["scripted"] == pytest.approx(knowing.score(CALL).turns[0].p["scripted"], abs=1e-4)


def said(turns: list[TurnScore]) -> list[object]:
    return [(turn.template, turn.formulaic, turn.p, turn.tone) for turn in turns]


def test_batched_is_single(knowing: Scorer) -> None:
    chance = random.Random(5)
    texts = [ELSE, ELSE_TOO, LAW, BOOKED, "I hear you", f"so {LAW} {ELSE}", "two of them"]
    calls = [
        Call(f"c{n}", [Turn(chance.choice(("agent", "customer")), chance.choice(texts)) for _ in range(8)])
        for n in range(30)
    ]
    alone = [said(knowing.score(call).turns) for call in calls]
    assert [said(score.turns) for score in knowing.score_many(calls)] == alone
    assert [said(score.turns) for batch in knowing.batches(calls, 300) for score in batch] == alone


def test_words_are_left_out_on_request(scorer: Scorer, scripts_file: Path, make_call: Callable[..., Call]) -> None:
    mute = Scorer(scorer.bundle, ScoringConfig(text=False, scripts=str(scripts_file)))
    assert mute.score(CALL).turns[0].template == {"calls": 980, "agents": 9}
    assert b"kitchen" not in mute.score(CALL).to_json()


def test_arrow_carries_the_template(knowing: Scorer) -> None:
    pytest.importorskip("pyarrow")
    from cxnlp.tables import turns_table

    batch = knowing.score_batch([CALL])
    rows = turns_table(batch).column("template").to_pylist()
    assert rows[0] == {"text": ELSE, "calls": 980, "agents": 9, "required": False}
    assert rows[4] == {"text": LAW, "calls": 5, "agents": None, "required": True}
    assert [rows[index] for index in (1, 2, 3, 5)] == [None] * 4
    assert turns_table(batch, text=False).column("template").to_pylist()[0] == {
        "calls": 980,
        "agents": 9,
        "required": False,
    }


def test_a_file_that_cannot_be_used(scorer: Scorer, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"scripts cannot be read: No such file.*; got: .*none"):
        Scorer(scorer.bundle, ScoringConfig(scripts=str(tmp_path / "none")))
