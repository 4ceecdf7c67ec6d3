"""Cue phrases: what a pattern stands for, where it is found, what turns it round, what hides it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxnlp.errors import LexiconError
from cxnlp.language import build_nlp
from cxnlp.language.cues import CueMatcher
from cxnlp.language.table import TokenTable
from cxnlp.language.wordings import as_arrays, from_arrays
from cxnlp.lexicons import Cue

CUES = [
    Cue("f1", "frustration", "(so|really|) (frustrated|annoyed)"),
    Cue("f2", "frustration", "complaints"),
    Cue("p1", "frustration", "problem"),
    Cue("w1", "wait", "<num> minutes on hold"),
    Cue("v1", "vulnerability", "died"),
    Cue("s1", "stock", "is there anything else", negatable=False),
    Cue("r1", "repeat_contact", "second time"),
    Cue("n1", "churn", "not coming back"),
    Cue("i1", "idiom", "no problem"),
    Cue("i2", "idiom", "my phone (has|) died"),
]


@pytest.fixture(scope="module")
def matcher(table: TokenTable) -> CueMatcher:
    return CueMatcher(CUES, table.nlp)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i'm so FRUSTRATED!", {"f1"}),
        ("Really annoyed.", {"f1"}),
        ("not frustrated at all", {"-f1"}),
        ("i am not really that annoyed", {"-f1"}),
        ("i'm never annoyed", {"-f1"}),
        ("isn't frustrated", {"-f1"}),
        ("isnt frustrated", {"-f1"}),
        ("not the bill, i'm frustrated", {"f1"}),
        ("it's not that but annoyed yes", {"f1"}),
        ("not now. annoyed", {"f1"}),
        ("not a word of it did i ever get annoyed", {"f1"}),
        ("no annoyed", {"-f1"}),
        ("no i am annoyed", {"f1"}),
        ("no complaints", {"-f2"}),
        ("no, complaints", {"f2"}),
        ("complaints? no", {"f2"}),
        ("no problem", set()),
        ("no problem at all, a problem though", {"p1"}),
        ("it's no real problem", {"p1"}),
        ("my phone died", set()),
        ("my mobile has died", set()),
        ("my husband died", {"v1"}),
        ("my phone died and my husband died", {"v1"}),
        ("40 minutes on hold", {"w1"}),
        ("forty minutes on hold", {"w1"}),
        ("some minutes on hold", set()),
        ("[PII] minutes on hold", set()),
        ("not is there anything else", {"s1"}),
        ("is there um anything else", {"s1"}),
        ("is there there anything else", {"s1"}),
        ("i'm not coming back", {"n1"}),
        ("the second time", {"r1"}),
        ("second", set()),
        ("frustratedly", set()),
        ("[frustrated]", set()),
        ("<complaints>", set()),
        ("", set()),
        ("...", set()),
    ],
)
def test_cues(matcher: CueMatcher, table: TokenTable, text: str, found: set[str]) -> None:
    assert signed(matcher, table, [text])[0] == found


def signed(matcher: CueMatcher, table: TokenTable, texts: list[str]) -> list[set[str]]:
    hits = matcher.find(table, table.encode(texts))
    result: list[set[str]] = [set() for _ in texts]
    for cue, text, negated in zip(hits.cue, hits.text, hits.negated, strict=True):
        result[text].add(("-" if negated else "") + matcher.cues[cue].id)
    return result


VOCABULARY = (
    "frustrated so really not no but , . annoyed problem my phone died has minutes on hold forty [PII] um i complaints"
    " second time is there anything else coming back"
)
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=5))
def test_batched_is_single(matcher: CueMatcher, table: TokenTable, texts: list[str]) -> None:
    assert signed(matcher, table, texts) == [signed(matcher, table, [text])[0] for text in texts]


SMALL = TokenTable(most_chunks=4)


@settings(max_examples=8)
@given(st.lists(st.lists(WORDS, max_size=9).map(" ".join), min_size=1, max_size=4))
def test_after_the_table_started_afresh(matcher: CueMatcher, table: TokenTable, texts: list[str]) -> None:
    assert signed(matcher, SMALL, texts) == signed(matcher, table, texts)


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_hits_lie_in_their_text(matcher: CueMatcher, table: TokenTable, text: str) -> None:
    batch = table.encode(["before it", text])
    hits = matcher.find(table, batch)
    assert (hits.first < hits.last).all()
    assert (hits.first >= batch.indptr[hits.text]).all()
    assert (hits.last <= batch.indptr[hits.text + 1]).all()


@pytest.mark.parametrize("pattern", ["[PII] is here", "<name>", "um", "...", "(um|)(er)"])
def test_no_pattern_holds_a_mask_or_nothing(pattern: str) -> None:
    with pytest.raises(LexiconError, match="cue x1"):
        CueMatcher([Cue("x1", "wait", pattern)], build_nlp())


def test_no_cues_no_hits(table: TokenTable) -> None:
    hits = CueMatcher([], table.nlp).find(table, table.encode(["hello there"]))
    assert len(hits.cue) == len(hits.text) == len(hits.negated) == 0


def test_compiled_cues_are_kept_and_read_again(matcher: CueMatcher, table: TokenTable, tmp_path: Path) -> None:
    arrays: Any = as_arrays(matcher.steps)
    np.savez(tmp_path / "cues.npz", **arrays)
    with np.load(tmp_path / "cues.npz", allow_pickle=False) as file:
        again = CueMatcher(CUES, table.nlp, steps=from_arrays(dict(file)))
    batch = table.encode(["not frustrated", "no problem, forty minutes on hold", "is there anything else", "annoyed"])
    ours, theirs = matcher.find(table, batch), again.find(table, batch)
    assert [matcher.cues[row].id for row in ours.cue] == ["f1", "f1", "w1", "s1"]
    for name in ("cue", "text", "first", "last", "negated"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


def test_no_cues_are_kept_too() -> None:
    assert from_arrays(as_arrays([])) == []
