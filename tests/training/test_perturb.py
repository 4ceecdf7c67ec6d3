"""Every change keeps the call: its turns, who speaks, when; and gives the same words for the same seed."""

from __future__ import annotations

import random
import re
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.errors import LexiconError
from cxnlp.readers import read
from cxnlp.schema import Call, Turn
from cxnlp.training import words
from cxnlp.training.augment import mishear
from cxnlp.training.mishearing import can_be_misheard, misheard
from cxnlp.training.perturb import CHANGES, changed
from cxnlp.training.swapping import load_names, swap_dialect, swap_gender, swap_names
from cxnlp.training.words import load_rows, load_swaps

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["Mrs", "Gemma", "her", "rang", "innit", "...", "bill,", "42", "…", "’s"]), max_size=9
    ).map(" ".join),
)
CALLS = st.lists(st.tuples(st.sampled_from(["agent", "customer", "system"]), TEXTS), min_size=1, max_size=6).map(
    lambda turns: Call(
        "c", [Turn(who, text, float(at), at + 0.5) for at, (who, text) in enumerate(turns)], "a1", {"k": 1}
    )
)


@pytest.mark.parametrize("name", CHANGES)
@given(call=CALLS, seed=st.integers(0, 5))
def test_a_change_keeps_the_call(name: str, call: Call, seed: int) -> None:
    before = [(turn.speaker, turn.text) for turn in call.turns]
    other = changed(call, name, seed)
    assert [(turn.speaker, turn.text) for turn in call.turns] == before
    assert (other.id, other.agent_id, other.meta) == (call.id, call.agent_id, call.meta)
    assert [(turn.speaker, turn.start, turn.end) for turn in other.turns] == [
        (turn.speaker, turn.start, turn.end) for turn in call.turns
    ]
    for old, new in zip(call.turns, other.turns, strict=True):
        assert bool(new.text.strip()) == bool(old.text.strip())
        if old.speaker == "system":
            assert new.text == old.text
    assert changed(call, name, seed) == other


@pytest.mark.parametrize("name", sorted(set(CHANGES) - {"lower_case", "no_punctuation", "bare", "gender_swapped"}))
def test_another_seed_draws_other_words(name: str) -> None:
    text = "Gemma rang about the parcel and my husband waited in the queue for you all afternoon with Imran " * 4
    call = Call("c", [Turn("customer", text)])
    assert len({changed(call, name, seed).turns[0].text for seed in range(6)}) > 1


@pytest.mark.parametrize(("name", "share"), [("words_lost", 0.1), ("words_worn", 0.05)])
def test_a_tenth_of_the_words_goes(name: str, share: float) -> None:
    call = Call("c", [Turn("customer", " ".join(["complaint"] * 50))] * 100)
    left = sum(len(turn.text.split()) for turn in changed(call, name).turns)
    assert 1 - left / 5000 == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(("name", "share"), [("words_misheard", 0.1), ("words_worn", 0.05)])
def test_a_tenth_of_the_words_is_misheard_though_numbers_cannot_be(name: str, share: float) -> None:
    call = Call("c", [Turn("customer", " ".join(["complaint", "4417"] * 25))] * 100)
    found = " ".join(turn.text for turn in changed(call, name).turns).split()
    wrong = sum(word not in ("complaint", "4417") for word in found)
    assert wrong / 5000 == pytest.approx(share, abs=0.015)


def test_a_filler_before_one_word_of_ten() -> None:
    call = Call("c", [Turn("customer", " ".join(["complaint"] * 50))] * 100)
    texts = [turn.text for turn in changed(call, "fillers_added").turns]
    assert all(text.split().count("complaint") == 50 for text in texts)
    gaps = sum(len([gap for gap in f" {text}".split(" complaint") if gap]) for text in texts)
    assert gaps / 5000 == pytest.approx(0.1, abs=0.015)


NAMES = [
    ("gemma rang and Gemma's bill is wrong, GEMMA", 3),
    ("this is mr pellerin, Mr. Pellerin", 2),
    ("mr and mrs smith", 1),
    ("Mark my words. I will mark it. Rose rose", 0),
    ("Ask Mark, he knows Rose", 2),
    ("the bill is on the hill", 0),
    ("", 0),
]


@pytest.mark.parametrize(("text", "count"), NAMES, ids=[text for text, _ in NAMES])
def test_names_are_swapped_and_words_are_not(text: str, count: int) -> None:
    (other,) = swap_names([text], random.Random(4))
    old, new = text.split(), other.split()
    assert len(old) == len(new)
    changes = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert len(changes) == count
    plain = [{word.lower().strip(".,").removesuffix("'s") for word in side} for side in zip(*changes, strict=True)]
    assert len({len(side) for side in plain}) <= 1
    for one, two in changes:
        assert (one[0].isupper(), one.isupper()) == (two[0].isupper(), two.isupper())


def test_names_come_from_many_places_and_stand_for_their_kind() -> None:
    names = load_names()
    assert min(len(names.by_kind[kind]) for kind in ("woman", "man", "family")) >= 70
    assert len({row[1] for row in load_rows("names.tsv")}) >= 12
    for seed in range(30):
        (other,) = swap_names(["gemma"], random.Random(seed))
        assert names.kind_of[other] == "woman"


GENDER = [
    ("her husband rang her", "his wife rang him"),
    ("ask her. It's hers, she's sure", "ask him. It's his, he's sure"),
    ("I told her twice and her mum too", "I told him twice and his dad too"),
    ("His mother's house, HE said", "Her father's house, SHE said"),
    ("she’d gone", "he'd gone"),
    ("sir, the manager here", "madam, the manager here"),
    ("Mrs Hill", "Mr Hill"),
    ("where there is other heritage", "where there is other heritage"),
]


@pytest.mark.parametrize(("text", "other"), GENDER, ids=[text for text, _ in GENDER])
def test_gendered_terms(text: str, other: str) -> None:
    assert swap_gender([text], random.Random(0)) == [other]


DIALECT = [
    ("Cheers, my mum rang", {"cheers", "mum", "rang"}),
    ("brings the ringing springs", {"ringing"}),
    ("a mobile phone", {"mobile"}),
    ("nothing of the kind", set()),
]


@pytest.mark.parametrize(("text", "gone"), DIALECT, ids=[text for text, _ in DIALECT])
def test_words_of_a_region(text: str, gone: set[str]) -> None:
    (other,) = swap_dialect([text], random.Random(1))
    assert set(re.findall(r"\w+", text.lower())) - set(re.findall(r"\w+", other.lower())) == gone
    assert other[:1].isupper() == text[:1].isupper()


def test_what_a_word_stands_for_is_another() -> None:
    for name in ("dialect.tsv", "gendered.tsv", "sounds.tsv"):
        assert [word for word, others in load_swaps(name).items() if word in others] == []


@given(st.text(max_size=20), st.integers(0, 9))
def test_a_misheard_word_is_another_or_cannot_be(word: str, seed: int) -> None:
    other = misheard(word, random.Random(seed))
    assert (other != word) == can_be_misheard(word) or other.lower() != word.lower()
    assert bool(other) == bool(word)


def test_words_are_not_misheard_as_they_are_taught() -> None:
    """What robustness is tried with is not what training makes."""
    heard = ("complaint", "delivery", "account", "refund", "manager", "waiting", "terrible", "insurance", "engineer")
    tried = {(word, misheard(word, random.Random(seed))) for word in heard for seed in range(40)}
    taught = {(word, mishear(word, random.Random(seed))) for word in heard for seed in range(40)}
    assert len(tried & taught) / len(tried) < 0.1


def test_word_files_are_no_part_of_what_a_model_is_made_with() -> None:
    inside = {item.name for item in resources.files("cxnlp.lexicons").iterdir()}
    ours = {item.name for item in resources.files("cxnlp.training").iterdir() if item.name.endswith((".tsv", ".txt"))}
    assert len(ours) == 7
    assert not inside & ours


@pytest.mark.parametrize("text", ["one", "one\ttwo\tthree", "one\ttwo\none\ttwo", "one\t", "one\ttwo||three"])
def test_a_word_file_that_is_none(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(words, "load_rows", lambda name: iter(line.split("\t") for line in text.splitlines()))
    with pytest.raises(LexiconError, match=r"x\.tsv: two columns"):
        load_swaps("x.tsv")


def test_no_such_word_file() -> None:
    with pytest.raises(LexiconError, match="no such word file; got: none"):
        list(load_rows("none.tsv"))


def test_sound_alikes_are_groups_of_words() -> None:
    rows = list(load_rows("soundalikes.tsv"))
    heads = [row[0] for row in rows]
    assert len(heads) == len(set(heads)) > 200
    assert all(len(row) >= 2 and row[0] not in row[1:] and all(row) for row in rows)


def test_real_calls_come_changed(repo: Path) -> None:
    calls = list(read(repo / "training_data" / "examples"))
    for name in CHANGES:
        assert any(changed(call, name) != call for call in calls), name
