"""A batch of calls is measured as each of them alone, whatever calls stand beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxnlp
from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer
from cxnlp.tables import calls_table
from cxnlp.training.dataset import to_call
from cxnlp.training.markup import parse_folder

DATA = Path(__file__).resolve().parents[2] / "training_data"
SPEAKERS = ("agent", "customer", "system")
SAID = (
    "",
    " ",
    "?",
    "yes",
    "thank you for calling how can i help",
    "I am so sorry to hear that, let me put it right for you.",
    "i am so sorry to hear that, let me put it right for you.",
    "i've taken the forty dollars off your bill myself",
    "our policy does not allow that, I'd need my supervisor to sign it off",
    "one moment please while i look",
    "this is the third time i've called and nobody rang back, it is ridiculous",
    "my husband died and i don't know what to do",
    "i'm so dizzy i can't see the numbers",
    "i'm staying on the line with you till they come",
    "oh that's wonderful, you've saved my week, thank you so much",
    "you said noon and it's gone four",
    "press 1 for billing. all our agents are busy, please hold the line",
    "it is still not working, forget it, i give up, it's always like that with you and the",
)
TIMES = st.none() | st.floats(0, 60, allow_nan=False).map(lambda seconds: round(seconds, 1))
TURNS = st.builds(
    lambda speaker, text, start, size: Turn(
        speaker, text, start, None if start is None or size is None else round(start + size, 1)
    ),
    st.sampled_from(SPEAKERS),
    st.sampled_from(SAID),
    TIMES,
    TIMES,
)
ONE_SIDED = st.sampled_from(SPEAKERS).flatmap(
    lambda side: st.lists(st.sampled_from(SAID).map(lambda text: Turn(side, text)), min_size=1, max_size=4)  # type: ignore[arg-type]
)
CALLS = st.lists((ONE_SIDED | st.lists(TURNS, min_size=1, max_size=14)).map(lambda turns: Call("c", turns)), max_size=6)


def alone(scorer: Scorer, calls: list[Call]) -> list[dict[str, object]]:
    return [scorer.score_batch([call]).measures[0] for call in calls]


@given(calls=CALLS)
def test_a_batch_is_its_calls(scorer: Scorer, calls: list[Call]) -> None:
    batch = scorer.score_batch(calls)
    assert batch.measures == alone(scorer, calls)
    assert json.loads(json.dumps(batch.measures)) == batch.measures
    if calls:
        assert calls_table(batch).column("call").to_pylist() == batch.measures


@pytest.mark.parametrize("folder", ["examples", "accounts"])
def test_real_calls_in_one_batch_are_as_alone(scorer: Scorer, folder: str) -> None:
    if folder == "accounts":
        calls = [to_call(marked) for marked in parse_folder(DATA / folder)]
    else:
        calls = [call for path in sorted((DATA / folder).iterdir()) for call in cxnlp.read(path)]
    assert len(calls) > 3
    assert scorer.score_batch(calls).measures == alone(scorer, calls)
    assert scorer.score_batch(calls[::-1]).measures == scorer.score_batch(calls).measures[::-1]
