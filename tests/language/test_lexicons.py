"""The word files: they parse, every cue compiles, none of a label says what another says."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp import lexicons
from cxnlp.errors import LexiconError
from cxnlp.labels import LABELS
from cxnlp.language.cues import CueMatcher
from cxnlp.language.table import TokenTable
from cxnlp.lexicons import CALL_CUES, CUE_LABELS, Cue, fingerprint, forms, load_cues, load_pairs, load_words, parse_cues

FOLDER = resources.files(lexicons)
CUE_FILES = {"cues.jsonl": CUE_LABELS, "stock.jsonl": ("stock",), "calls.jsonl": CALL_CUES}
WORD_FILES = sorted(item.name for item in FOLDER.iterdir() if item.name.endswith(".txt"))
PAIR_FILES = sorted(item.name for item in FOLDER.iterdir() if item.name.endswith(".tsv"))


@pytest.mark.parametrize("name", CUE_FILES)
def test_every_cue_compiles(name: str, table: TokenTable) -> None:
    cues = load_cues(name, CUE_FILES[name])
    assert CueMatcher(cues, table.nlp).cues == cues


@pytest.mark.parametrize("name", CUE_FILES)
def test_every_cue_says_what_no_other_of_its_label_says(name: str, table: TokenTable) -> None:
    """Patterns may overlap; a cue of which every wording is another's is one to be taken out."""
    own: dict[tuple[str, str], set[tuple[int, ...]]] = {}
    for cue in load_cues(name, CUE_FILES[name]):
        batch = table.encode([form.replace("<num>", "0") for form in forms(cue.pattern)])
        edges = np.searchsorted(batch.at, batch.indptr).tolist()
        own[cue.label, cue.id] = {tuple(batch.norms[a:b].tolist()) for a, b in pairwise(edges)}
    said = Counter((label, norms) for (label, _), wordings in own.items() for norms in wordings)
    idle = [id for (label, id), wordings in own.items() if all(said[label, norms] > 1 for norms in wordings)]
    assert idle == []


def test_ids_are_one_of_a_kind_over_all_files() -> None:
    ids = Counter(cue.id for name in CUE_FILES for cue in load_cues(name, CUE_FILES[name]))
    assert [id for id, count in ids.items() if count > 1] == []


def test_the_labels_that_words_can_show_have_words() -> None:
    shown = {cue.label for cue in load_cues("cues.jsonl")}
    assert shown >= set(LABELS) - {"understanding", "exploration"}
    assert load_cues("stock.jsonl")
    assert {cue.label for cue in load_cues("calls.jsonl", CALL_CUES)} == set(CALL_CUES)


def test_every_cue_file_is_tested() -> None:
    assert {item.name for item in FOLDER.iterdir() if item.name.endswith(".jsonl")} == set(CUE_FILES)


@pytest.mark.parametrize("name", WORD_FILES)
def test_word_lists(name: str) -> None:
    words = load_words(name)
    assert words
    assert all(word == word.lower().strip() and " " not in word for word in words)


@pytest.mark.parametrize("name", PAIR_FILES)
def test_pairs(name: str) -> None:
    pairs = load_pairs(name)
    assert pairs
    text = FOLDER.joinpath(name).read_text(encoding="utf-8")
    lines = [line.partition("\t")[0].strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    assert [word for word, count in Counter(lines).items() if count > 1] == []


@pytest.mark.parametrize(
    ("line", "fragment"),
    [
        ("not json", "<text>:1: not a cue"),
        ('{"id": "a", "label": "wait"}', "`pattern`"),
        ('{"id": "a", "label": "wait", "pattern": 3}', "`$.pattern`"),
        ('{"id": "a", "label": "wait", "pattern": "x", "colour": "red"}', "`colour`"),
        ('{"id": "a", "label": "angry", "pattern": "x"}', "<text>:1: no such label; got: angry"),
        ('{"id": "a", "label": "wait", "pattern": "(a|b"}', "brackets do not match"),
        ('{"id": "a", "label": "wait", "pattern": "a)"}', "brackets do not match"),
        ('{"id": "a", "label": "wait", "pattern": "a|b"}', "brackets do not match"),
        ('{"id": "a", "label": "wait", "pattern": "((a|b)|c)"}', "brackets do not match"),
        ('{"id": "a", "label": "wait", "pattern": "(a|)"}', "may be empty"),
        ('{"id": "a", "label": "wait", "pattern": ""}', "may be empty"),
        ('{"id": "a", "label": "wait", "pattern": "%s"}' % ("(a|b|c|d)" * 7), "too many forms"),
    ],
)
def test_a_cue_that_is_none(line: str, fragment: str) -> None:
    with pytest.raises(LexiconError) as caught:
        parse_cues(line)
    assert fragment in str(caught.value)
    assert "<text>:1" in str(caught.value)


def test_an_id_seen_twice_names_the_line() -> None:
    line = '{"id": "a", "label": "wait", "pattern": "x"}'
    with pytest.raises(LexiconError, match=r"f\.jsonl:3: id seen twice; got: a"):
        parse_cues(f"{line}\n\n{line}", "f.jsonl")


@pytest.mark.parametrize("load", [load_cues, load_words, load_pairs])
def test_no_such_file(load: object) -> None:
    with pytest.raises(LexiconError, match=r"no such word file; got: nothing\.here"):
        load("nothing.here")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("pattern", "wordings"),
    [
        ("a", ["a"]),
        ("(a|b)", ["a", "b"]),
        ("(a|) b", ["a b", "b"]),
        ("x(a|b)y", ["x a y", "x b y"]),
        ("<num> (day|days)", ["<num> day", "<num> days"]),
        ("(a b|c)  d", ["a b d", "c d"]),
    ],
)
def test_forms(pattern: str, wordings: list[str]) -> None:
    assert forms(pattern) == wordings


WORD = st.sampled_from(["so", "very", "late", "again", "it is"])


@given(st.lists(st.lists(WORD, min_size=1, max_size=3), min_size=1, max_size=4))
def test_forms_are_all_choices(choices: list[list[str]]) -> None:
    pattern = " ".join(f"({'|'.join(options)})" for options in choices)
    found = forms(pattern)
    size = 1
    for options in choices:
        size *= len(options)
    assert len(found) == size
    assert found[0] == " ".join(options[0] for options in choices)


def test_fingerprint_is_short_and_steady() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16


def test_a_cue_is_data() -> None:
    cue = parse_cues('{"id": "a", "label": "wait", "pattern": "x", "note": "n", "negatable": false}')[0]
    assert cue == Cue("a", "wait", "x", "n", False)
