"""What a batch leaves behind: objects that hold each other would stay until the collector comes, arrays and all."""

from __future__ import annotations

import gc

from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer


def test_a_scored_batch_is_freed_at_once(scorer: Scorer) -> None:
    calls = [
        Call(
            f"c-{number}",
            [
                Turn("customer", "this is the third time i have called about it, i am so fed up"),
                Turn("agent", "i am so sorry about that, i'll sort it out myself and ring you by four"),
                Turn("customer", "oh thank you so much, you are a star"),
            ],
        )
        for number in range(20)
    ]
    list(scorer.score_many(calls))
    gc.collect()
    gc.disable()
    try:
        batch = scorer.score_batch(calls)
        assert batch.call_score(0).call["effort"] is not None
        del batch
        assert gc.collect() == 0
    finally:
        gc.enable()
