"""The plain form of words as they are spoken and typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from cxnlp.language import MASK, NUM, QUIET, build_nlp
from cxnlp.language.norms import URL, USER, norm_of
from cxnlp.language.pipeline import said_twice
from cxnlp.training.words import load_swaps


@pytest.fixture(scope="module")
def nlp() -> Language:
    return build_nlp()


@pytest.mark.parametrize(
    ("word", "norm"),
    [
        ("Hello", "hello"),
        ("HELLO", "hello"),
        ("pleaaase", "please"),
        ("sooooo", "so"),
        ("noooo", "no"),
        ("book", "book"),
        ("agreed", "agreed"),
        ("Cos", "because"),
        ("'cause", "because"),
        ("pls", "please"),
        ("u", "you"),
        ("gonna", "going"),
        ("dunno", "know"),
        ("apologise", "apologize"),
        ("Cancelled", "canceled"),
        ("customer's", "customer"),
        ("customer\u2019s", "customer"),
        ("customers'", "customers"),
        ("um", QUIET),
        ("Uh-huh", QUIET),
        ("th-", QUIET),
        ("?", QUIET),
        ("...", QUIET),
        ("—", QUIET),
        ("40", NUM),
        ("£5", NUM),
        ("1,200", NUM),
        ("2nd", NUM),
        ("forty", NUM),
        ("[PII]", MASK),
        ("[noise]", MASK),
        ("<NAME>", MASK),
        ("</s>", MASK),
        ("****", MASK),
        ("█████", MASK),
        ("<url>", URL),
        ("<email>", URL),
        ("https://a.b/c?d=1", URL),
        ("ada@example.org", URL),
        ("@ada", USER),
        ("<user>", USER),
        ("😀", "😀"),
        ("\u2764\ufe0f", "\u2764"),
        (":)", ":)"),
        ("你好", "你好"),
    ],
)
def test_norm_of(word: str, norm: str) -> None:
    assert norm_of(word) == norm


@given(st.text(min_size=1, max_size=40))
def test_every_word_has_a_norm(word: str) -> None:
    norm = norm_of(word)
    assert norm
    assert norm == norm_of(word)


@pytest.mark.parametrize(
    ("texts", "norms"),
    [
        (("I'm", "im", "I am", "I\u2019m"), "i am"),
        (("don't", "dont", "do not", "DON'T"), "do not"),
        (("can't", "cannot", "cant", "can not"), "can not"),
        (("won't", "wont"), "will not"),
        (("we'll", "we will", "WE'LL"), "we will"),
        (("they've", "they have", "theyve"), "they have"),
        (("you're", "you are", "youre"), "you are"),
        (("i'd", "I would", "I'D"), "i would"),
        (("isn't", "isnt", "is not"), "is not"),
        (("couldn't have", "couldnt have"), "could not have"),
    ],
)
def test_contractions_whole_or_split(nlp: Language, texts: tuple[str, ...], norms: str) -> None:
    for text in texts:
        assert " ".join(token.norm_ for token in nlp(text)) == norms, text


@pytest.mark.parametrize("mask", ["[PII]", "<NAME>", "[noise]", "[CREDIT_CARD]", "****", "[Redacted]"])
@pytest.mark.parametrize("around", ["{}", "my name is {} okay", "it's {}.", "({})", "no,{}!", "a{}b"])
def test_a_mask_is_one_token(nlp: Language, mask: str, around: str) -> None:
    doc = nlp(around.format(mask))
    assert [token.text for token in doc if token.norm_ == MASK] == [mask]


@pytest.mark.parametrize("text", ["[", "]", "[]", "<>", "< 5", "a < b > c", "[not closed", "[5]", "x[0", "_", "**"])
def test_what_is_no_mask(nlp: Language, text: str) -> None:
    assert MASK not in [token.norm_ for token in nlp(text)]


@pytest.mark.parametrize(
    ("text", "loud"),
    [
        ("i i want", "i want"),
        ("i I'm not", "i am not"),
        ("can you can you hear", "can you hear"),
        ("the the the bill", "the bill"),
        ("i um i want", "i want"),
        ("it's it's broken", "it is broken"),
        ("four four five", "<num> <num> <num>"),
        ("[PII] [PII] here", "<mask> <mask> here"),
        ("that that is", "that is"),
        ("no no no", "no"),
        ("no", "no"),
        ("", ""),
        ("wan- want it", "want it"),
    ],
)
def test_false_starts_are_quiet(nlp: Language, text: str, loud: str) -> None:
    assert " ".join(token.norm_ for token in nlp(text) if token.norm_ != QUIET) == loud


@given(st.lists(st.sampled_from(["a", "b", "c", "<num>", "<mask>"]), max_size=12))
def test_said_twice_names_only_what_is_said_again(norms: list[str]) -> None:
    found = said_twice(norms)
    assert found == sorted(set(found))
    assert all(not norms[index].startswith("<") for index in found)
    assert all(index + 1 < len(norms) for index in found)
    kept = [norm for index, norm in enumerate(norms) if index not in found]
    assert set(kept) == set(norms)


def test_case_and_full_stops_change_no_norm(nlp: Language) -> None:
    spoken = "hello i am ringing about the bill it is wrong again can you look at it please"
    written = "Hello, I am ringing about the bill. It is wrong, again! Can you look at it, please?"

    def norms(text: str) -> list[str]:
        return [token.norm_ for token in nlp(text) if token.norm_ != QUIET]

    assert norms(spoken) == norms(written) == norms(spoken.upper())


def test_a_gendered_term_and_its_counterpart_read_the_same(nlp: Language) -> None:
    def norms(word: str) -> list[str]:
        return [token.norm_ for token in nlp(word)]

    pairs = [(word, other) for word, others in load_swaps("gendered.tsv").items() for other in others]
    assert len(pairs) > 60
    assert [pair for pair in [*pairs, ("her", "him")] if norms(pair[0]) != norms(pair[1])] == []


@pytest.mark.parametrize(
    ("word", "norm"),
    [("wee", "little"), ("Parcel", "package"), ("solicitor", "lawyer"), ("whilst", "while"), ("neighbour", "neighbor")],
)
def test_a_word_of_one_region_reads_as_that_of_another(word: str, norm: str) -> None:
    assert norm_of(word) == norm
