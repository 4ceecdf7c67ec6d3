"""The token table gives what `build_nlp()` gives, for any text, also after it started afresh."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxnlp.language import QUIET, build_nlp
from cxnlp.language.table import (
    BREAK,
    CONTENT,
    EXCLAIM,
    LOUD,
    NEGATOR,
    QUESTION,
    SPECIAL,
    UPPER,
    TokenBatch,
    TokenTable,
)

CHUNKS = (
    "I i'm don't dont he's it's DON'T [PII] <NAME> [noise]. :) ( ) - :)8am 👍🏽 😀 🇮🇪 ... a.m. e.g. U.S. http://a.b/c,"
    " me@x.co #x @u '' 's 'Cause can't've y'all um uh-huh th- 1,200 £5 3pm 10km \t \n \u00a0 \x1c \u3000 \u200b"
    " \ufeff \ue0ff \ue0fe \ue0fd a\ue0ff 8) 8-) 1:30pm 12/05/2021 <3 <33 gr8 b7 b4 (b9), mp3 $3.50?! [4] x8o) 10.0.0.1"
    " 7-8 你好 שלום ok!? — –a n't can can you you the the <num> *** ___ █ é e\u0301 İ ß"
)
PIECES = st.sampled_from([*CHUNKS.split(" "), " ", "  ", "\n ", " \n", "\r\n", "\x85"])
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=10).map("".join),
    st.text("0123489:;=-,.()<>[]{}*x8XoODdp'/|\\@#$%ambrw_\ue0ff\ue0fe\n  +", max_size=12),
)


NLP = build_nlp()
FOURS = str.maketrans("0123456789", "4" * 10)


def loud_of(batch: TokenBatch) -> np.ndarray:
    loud = np.zeros(len(batch.tokens), dtype=np.bool_)
    loud[batch.at] = True
    return loud


def assert_same(table: TokenTable, texts: list[str]) -> None:
    batch = table.encode(texts)
    assert len(batch.indptr) == len(texts) + 1
    for number, text in enumerate(texts):
        own = slice(batch.indptr[number], batch.indptr[number + 1])
        doc = NLP(text)
        tokens = batch.tokens[own]
        known = [table.texts[token] for token in tokens]
        assert [text.translate(FOURS) for text in known] == [token.text.translate(FOURS) for token in doc]
        norms = [
            table.norms[table.norm_ids[token]] if loud else QUIET
            for token, loud in zip(tokens, loud_of(batch)[own], strict=True)
        ]
        assert norms == [token.norm_ for token in doc]
        places = np.arange(own.start, own.stop)
        assert batch.starts(places).tolist() == [token.idx for token in doc]
        ends = batch.starts(places) + table.lengths[tokens]
        assert [text[a:b] for a, b in zip(batch.starts(places), ends, strict=True)] == [token.text for token in doc]


@given(st.lists(TEXTS, max_size=4))
def test_table_is_the_pipeline(table: TokenTable, texts: list[str]) -> None:
    assert_same(table, texts)


SMALL = TokenTable(most_chunks=12)


@settings(max_examples=20)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_also_when_the_table_starts_afresh(texts: list[str]) -> None:
    assert_same(SMALL, texts)


@given(st.lists(TEXTS, max_size=5), st.data())
def test_a_text_is_read_the_same_in_any_company(table: TokenTable, texts: list[str], data: st.DataObject) -> None:
    together = table.encode(texts)
    for number in data.draw(st.permutations(range(len(texts)))):
        alone = table.encode([texts[number]])
        own = slice(together.indptr[number], together.indptr[number + 1])
        assert alone.tokens.tolist() == together.tokens[own].tolist()
        assert loud_of(alone).tolist() == loud_of(together)[own].tolist()


def test_generation_counts_fresh_starts() -> None:
    table = TokenTable(most_chunks=3)
    first = table.generation
    table.encode(["one two three four"])
    assert table.generation == first
    table.encode(["five"])
    assert table.generation > first
    assert "one" not in table.texts


def test_characters_bound_the_table_too() -> None:
    table = TokenTable(most_chars=10)
    first = table.generation
    table.encode(["abcdefghijklmnop"])
    table.encode(["a"])
    assert table.generation > first


def test_norm_hashes_are_the_same_in_every_table() -> None:
    one, other = TokenTable(), TokenTable()
    one.encode(["my card is lost"])
    other.encode(["lost my card", "is it"])
    for norm in ("my", "card", "lost"):
        assert one.norm_hashes[one.norm_id(norm)] == other.norm_hashes[other.norm_id(norm)]


@pytest.mark.parametrize(
    ("texts", "tokens"),
    [([], 0), ([""], 0), (["", ""], 0), (["   "], 1), (["\n"], 1), (["hello"], 1), (["", "hello", ""], 1)],
)
def test_little_or_nothing(table: TokenTable, texts: list[str], tokens: int) -> None:
    batch: TokenBatch = table.encode(texts)
    assert len(batch.tokens) == tokens == batch.indptr[-1]
    assert len(batch.indptr) == len(texts) + 1


FLAGS = {
    "CONTENT": CONTENT,
    "QUESTION": QUESTION,
    "EXCLAIM": EXCLAIM,
    "SPECIAL": SPECIAL,
    "UPPER": UPPER,
    "LOUD": LOUD,
    "NEGATOR": NEGATOR,
    "BREAK": BREAK,
}


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("router", {"CONTENT", "LOUD"}),
        ("ROUTER", {"CONTENT", "LOUD", "UPPER"}),
        ("the", {"LOUD"}),
        ("um", set()),
        ("?", {"QUESTION", "BREAK"}),
        ("!", {"EXCLAIM", "BREAK"}),
        (",", {"BREAK"}),
        ("but", {"BREAK", "LOUD"}),
        ("not", {"NEGATOR", "LOUD"}),
        ("never", {"NEGATOR", "LOUD"}),
        ("[PII]", {"SPECIAL", "LOUD"}),
        ("42", {"SPECIAL", "LOUD"}),
        ("OK", {"LOUD"}),
    ],
)
def test_flags(table: TokenTable, word: str, names: set[str]) -> None:
    batch = table.encode([word])
    assert len(batch.tokens) == 1
    found = {name for name, bit in FLAGS.items() if table.flags[batch.tokens[0]] & bit}
    assert found - {"CONTENT"} == names - {"CONTENT"}
    assert ("CONTENT" in found) == ("CONTENT" in names) or word in ("never", "but")


def test_a_million_characters_without_a_space(table: TokenTable) -> None:
    text = "a" * 1_000_000
    batch = TokenTable().encode([text, "and on"])
    assert batch.indptr.tolist() == [0, 1, 3]


def test_two_pipelines_are_strangers() -> None:
    one, other = build_nlp(), build_nlp()
    one.tokenizer.add_special_case("hello", [{"ORTH": "hel"}, {"ORTH": "lo"}])
    assert [token.text for token in other("hello")] == ["hello"]
