"""Turns cut into lines, and lines that differ only in what fills a slot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.corpus.counts import Rows
from cxnlp.corpus.lines import LineCutter, Spans
from cxnlp.corpus.near import jaccard, near_groups
from cxnlp.corpus.slots import with_slots
from cxnlp.corpus.wordings import Wordings
from cxnlp.language.table import TokenTable


def texts_of(table: TokenTable, text: str, least_words: int = 1) -> list[str]:
    lines = LineCutter(table, least_words).read([text])
    return lines.texts(lines.worth(lines.sentences()), [text])


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello, how are you? All set!", ["Hello, how are you?", "All set!"]),
        ("You see Dr. Morgan at nine. Please come.", ["You see Dr. Morgan at nine.", "Please come."]),
        ("It is 30.50 pounds; is that fine", ["It is 30.50 pounds;", "is that fine"]),
        ("  um   thank you\nfor  calling ", ["thank you\nfor  calling"]),
        ("...", []),
        ("", []),
    ],
)
def test_sentences(table: TokenTable, text: str, sentences: list[str]) -> None:
    assert texts_of(table, text) == sentences


def test_short_lines_are_not_worth_counting_slots_aside(table: TokenTable) -> None:
    assert texts_of(table, "One moment please. Okay 30 40 50 thanks. I will put you on hold.", 4) == [
        "I will put you on hold."
    ]


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "7", "[NAME]", "delta", "um"]), max_size=20), st.data())
def test_a_key_is_of_the_words_wherever_they_stand(table: TokenTable, words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    alone, among = LineCutter(table, 1).read([text]), LineCutter(table, 1).read(["zeta eta", text, "theta"])
    count = len(alone.words.of)
    first = data.draw(st.integers(0, count))
    last = data.draw(st.integers(first, count))
    where = np.array([first]), np.array([last])
    shift = int(np.searchsorted(among.words.of, 1))
    assert alone.keys(Spans(*where)) == among.keys(Spans(where[0] + shift, where[1] + shift))


def test_runs_that_recur_inside_long_turns(table: TokenTable) -> None:
    texts = [
        "right so thank you for calling the acme power line today lovely weather we have",
        "well hello thank you for calling the acme power line what is your postcode",
    ]
    lines = LineCutter(table, 4).read(texts)
    keys, count = np.unique(lines.keys(lines.windows()), return_counts=True)
    runs = lines.runs(keys[count > 1], count[count > 1])
    assert lines.texts(runs, texts) == ["thank you for calling the acme power line"] * 2


def wordings(table: TokenTable, lines: dict[str, int], agents: list[int] | None = None) -> Wordings:
    count, numbers = len(lines), np.arange(len(lines), dtype=np.uint64)
    who = np.array(agents or [0] * count, dtype=np.uint64)
    calls = np.array(list(lines.values()), dtype=np.int64)
    return Wordings.of(Rows(numbers, calls, 0 * calls, numbers, who, np.array(list(lines), dtype=object)), table)


def slotted(table: TokenTable, lines: dict[str, int], agents: list[int] | None = None) -> dict[str, int]:
    found = with_slots(wordings(table, lines, agents), 3)
    return {found.shows(line): int(found.calls[line]) for line in range(len(found))}


@pytest.mark.parametrize(
    ("lines", "agents", "found"),
    [
        ({"Hi, this is Ana from sales": 3, "Hi, this is Beth Benson from sales": 2}, [], {"<name>": 5}),
        ({"hi this is ana from sales": 3, "hi this is carla from sales": 2}, [4, 9], {"<name>": 5}),
        ({"hi this is ana from sales": 3, "hi this is carla from sales": 2}, [4, 4], {"ana": 3, "carla": 2}),
        ({f"hi this is {w} from sales": 2 for w in ("lamp", "kite", "pump", "tyre", "soap")}, [], {"<word>": 10}),
        ({f"hi this is {w} from sales": n for w, n in (("lamp", 90), ("kite", 2))}, [], {"lamp": 90, "kite": 2}),
    ],
)
def test_what_is_a_slot(table: TokenTable, lines: dict[str, int], agents: list[int], found: dict[str, int]) -> None:
    shape = next(iter(lines)).split()
    want = {" ".join([*shape[:3], fill, *shape[-2:]]): calls for fill, calls in found.items()}
    assert slotted(table, lines, agents) == want


def test_several_slots_and_a_capital_that_is_no_name(table: TokenTable) -> None:
    names = ("Ana", "Carla", "Dominic")
    lines = {
        f"Hello {a}, you booked {b} for {n} pounds today": 1 for a in names for b in ("Leeds", "York") for n in (3,)
    }
    assert slotted(table, lines) == {"Hello <name>, you booked <name> for <number> pounds today": 6}
    shouted = {"THIS IS THE GAS LINE": 2, "THIS IS THE POWER LINE": 2}
    assert slotted(table, shouted) == shouted


def test_near_lines_share_a_group(table: TokenTable) -> None:
    lines = {
        "is there anything else i can help you with": 9,
        "thank you for calling and have a great day": 8,
        "is there anything else i can help you with today": 5,
        "thank you for calling have a great day": 4,
        "what is the number on the back of the card": 3,
    }
    assert near_groups(wordings(table, lines)) == [[0, 2], [1, 3], [4]]


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_jaccard(one: set[int], other: set[int]) -> None:
    sides = (np.array(sorted(side), dtype=np.uint64) for side in (one, other))
    assert jaccard(*sides) == len(one & other) / max(len(one | other), 1)
