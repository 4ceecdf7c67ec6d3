"""Generated calls: plain talk, odd characters, masks, nothing at all."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from cxnlp.schema import Call, Turn

LINES = (
    "thank you for calling how can i help",
    "I'm so sorry about that, three weeks without heating, I'd be livid too.",
    "this is the third time i've rung and nobody ever called me back",
    "is there anything else i can help you with today?",
    "don't worry, nothing has left your account",
    "i understand, and what's the account number",
    "my husband died in March and his name's still on it",
    "I'll call you back myself at four, [NAME]",
    "no problem at all",
    "oh you're a lifesaver, thank you so much!!",
    "um it's it's 07 [PII] 4 4 1",
    "i want to speak to your manager NOW",
    "that's just our policy, you should have read the terms",
    "okay",
)
SAID = "i'm so um the the bill [PII] not frustrated ? ! — 😀 again 42 £5 don't café 你好 ... sorry hold"
WORDS = (*SAID.split(" "), "\n", "\t", "\u200b", "  ")
TEXTS = st.one_of(
    st.sampled_from(LINES),
    st.lists(st.sampled_from([*LINES, *WORDS]), max_size=5).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=6).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
TURNS = st.builds(Turn, st.sampled_from(["agent", "customer", "agent", "customer", "system"]), TEXTS)


@pytest.fixture(scope="session")
def some_calls() -> st.SearchStrategy[list[Call]]:
    """A strategy: one to five calls of one to seven turns, each with an id of its own."""

    def name(turns: list[list[Turn]]) -> list[Call]:
        return [
            Call(f"c{number}", row, meta=None if len(row) % 3 else {"fragment": True, "team": "north"})
            for number, row in enumerate(turns)
        ]

    return st.lists(st.lists(TURNS, min_size=1, max_size=7), min_size=1, max_size=5).map(name)
