"""A scored batch that the table tests share."""

from __future__ import annotations

import pytest

from cxnlp.schema import Call, Turn
from cxnlp.scores import ScoreBatch
from cxnlp.scoring import Scorer

CALLS = [
    Call(
        "c1",
        [
            Turn("agent", "Thank you for calling, how may I help you today?", 0.0, 2.0),
            Turn("customer", "This is the third time I call, nobody ever called me back, I'm furious 😀!", 2.5, 9.0),
            Turn("system", "Recording started."),
            Turn(
                "agent", "I'm so sorry, three weeks without heating, I'd be livid too. I'll send one today.", 9.5, 12.0
            ),
            Turn("agent", "", 12.0, 12.1),
            Turn("customer", "oh you're a lifesaver, thank you so much", 13.0, 15.0),
        ],
        "a1",
        {"team": "north", "queue": 7, "note": {"vip": True}},
    ),
    Call("c2", [Turn("agent", "I'd need my supervisor to sign that off, that's just our policy.")]),
    Call(
        "c3", [Turn("customer", "My husband passed away and his name's on the account, I was on hold forty minutes.")]
    ),
]


@pytest.fixture(scope="session")
def batch(scorer: Scorer) -> ScoreBatch:
    return scorer.score_batch(CALLS)
