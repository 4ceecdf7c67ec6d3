"""Scores over Arrow and data frames are the scores of the same calls."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cxnlp.errors import ReadError
from cxnlp.schema import Call
from cxnlp.scores import ScoreBatch
from cxnlp.scoring import Scorer
from cxnlp.scoring.arrow import score_batches, score_frame, score_schema
from cxnlp.tables import scores_batch

from .conftest import CALLS


def arrow(calls: list[Call]) -> Any:
    rows = [msgspec.to_builtins(call) | {"meta": None} for call in calls]
    return pa.RecordBatch.from_pylist([{**row, "agent_id": row.get("agent_id")} for row in rows])


def frame_rows() -> list[dict[str, Any]]:
    rows = [{"call_id": call.id, "speaker": turn.speaker, "text": turn.text} for call in CALLS for turn in call.turns]
    return rows[::2] + rows[1::2]


def test_score_batches(scorer: Scorer, batch: ScoreBatch) -> None:
    one = list(score_batches(scorer, [arrow(CALLS)]))
    assert [got.schema for got in one] == [score_schema(scorer)]
    want = scores_batch(batch).to_pylist()
    alone = list(score_batches(scorer, (arrow([call]) for call in CALLS)))
    assert len(alone) == 3
    for got, row in zip(pa.Table.from_batches(alone).to_pylist(), want, strict=True):
        assert (got["id"], got["agent_id"], got["model"]) == (row["id"], row["agent_id"], scorer.model)
        for turn, other in zip(got["turns"], row["turns"], strict=True):
            assert turn["labels"] == other["labels"]
            assert [e["text"] for e in turn["evidence"]] == [e["text"] for e in other["evidence"]]
            assert turn["p"] == pytest.approx(other["p"], abs=2e-6)
    assert list(score_batches(scorer, [])) == []


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x"},
        {"id": None, "turns": [{"speaker": "agent", "text": "hi"}]},
        {"id": "x", "turns": None},
        {"id": "x", "turns": [{"speaker": "agent", "text": None}]},
        {"id": "x", "turns": [{"speaker": "robot", "text": "hi"}]},
        {"id": "x", "turns": [{"speaker": "agent", "text": "hi"}], "meta": "{"},
        {"id": "x", "turns": []},
    ],
)
def test_rows_that_are_no_calls(scorer: Scorer, row: dict[str, Any]) -> None:
    turns = pa.list_(pa.struct({"speaker": pa.string(), "text": pa.string()}))
    schema = pa.schema({"id": pa.string(), **({"turns": turns} if "turns" in row else {}), "meta": pa.string()})
    with pytest.raises(ReadError):
        list(score_batches(scorer, [pa.RecordBatch.from_pylist([row], schema)]))


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_score_frame(scorer: Scorer, kind: Any) -> None:
    rows = frame_rows()
    df = kind(rows)
    if kind is pd.DataFrame:
        df.index = [f"row{n}" for n in range(len(df))]
    got = score_frame(scorer, df)
    assert type(got) is type(df)
    assert list(got.columns)[:3] == ["call_id", "speaker", "text"]
    if kind is pd.DataFrame:
        assert list(got.index) == list(df.index)
    order = {call.id: [turn for turn in rows if turn["call_id"] == call.id] for call in CALLS}
    for number, call in enumerate(CALLS):
        turns = [
            msgspec.convert({"speaker": t["speaker"], "text": t["text"]}, type(call.turns[0])) for t in order[call.id]
        ]
        want = scorer.score_batch([Call(call.id, turns)])
        at = [place for place, row in enumerate(rows) if row["call_id"] == CALLS[number].id]
        side = np.array([turn.speaker == "agent" for turn in turns])
        column = np.array(got["p_genuine"].to_list(), dtype=float)[at]
        np.testing.assert_allclose(column[side], want.p[side, 2], atol=2e-6)
        assert np.isnan(column[~side]).all()
        labels = [list(got["labels"].to_list()[place]) for place in at]
        assert labels == [turn.labels for turn in want.call_score(0).turns]


def test_frames_that_are_none(scorer: Scorer) -> None:
    with pytest.raises(ReadError, match="without a column"):
        score_frame(scorer, pd.DataFrame({"text": ["hi"]}))
    with pytest.raises(ReadError, match="row 1 of the frame"):
        score_frame(scorer, pl.DataFrame({"call_id": ["a", "a"], "speaker": ["agent", "boss"], "text": ["hi", "ho"]}))
    with pytest.raises(ReadError, match="not a data frame"):
        score_frame(scorer, [{"call_id": "a"}])
    empty = pd.DataFrame({"call_id": [], "speaker": [], "text": []})
    assert len(score_frame(scorer, empty)) == 0


TURNS = [{"speaker": "agent", "text": "hello"}]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pa.Table.from_pylist([{"id": "a", "turns": TURNS}]), "no RecordBatch; got: Table"),
        (pa.RecordBatch.from_pylist([{"id": "a", "turns": "hello"}]), "turns that are no list of structs; got: string"),
        (pa.RecordBatch.from_pylist([{"id": "a", "turns": ["hello"]}]), "turns that are no list of structs"),
        (
            pa.RecordBatch.from_pylist([{"id": "a", "turns": [{**TURNS[0], "start": "soon"}]}]),
            "Arrow column 'start' of another kind; got: string; allowed: double",
        ),
        (
            pa.RecordBatch.from_pylist([{"id": "a", "turns": TURNS, "agent_id": [1]}]),
            "Arrow column 'agent_id' of another kind",
        ),
    ],
)
def test_batches_of_other_kinds(scorer: Scorer, given: Any, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(score_batches(scorer, [given]))
    assert words in str(caught.value)


def test_numbers_are_agents_and_times_too(scorer: Scorer) -> None:
    turns = [{**TURNS[0], "start": 1, "end": 2}]
    (found,) = score_batches(scorer, [pa.RecordBatch.from_pylist([{"id": "a", "turns": turns, "agent_id": 7}])])
    assert found.column("agent_id").to_pylist() == ["7"]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_an_empty_frame_has_the_columns_too(scorer: Scorer, kind: Any) -> None:
    some = score_frame(scorer, kind({"call_id": ["a"], "speaker": ["agent"], "text": ["hello"]}))
    none = score_frame(scorer, kind({"call_id": ["a"], "speaker": ["agent"], "text": ["hello"]})[:0])
    assert list(none.columns) == list(some.columns)
    assert len(none) == 0


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"call_id": ["a", None], "speaker": ["agent"] * 2, "text": ["a", "b"]}).convert_dtypes(),
        pd.DataFrame({"call_id": ["a", "b"], "speaker": ["agent", None], "text": ["a", "b"]}).convert_dtypes(),
        pd.DataFrame({"call_id": [["a"], "b"], "speaker": ["agent"] * 2, "text": ["a", "b"]}),
        pl.LazyFrame({"call_id": ["a"], "speaker": ["agent"], "text": ["a"]}),
        pd.Series(["a"]),
    ],
)
def test_frames_with_nulls_and_other_things(scorer: Scorer, frame: Any) -> None:
    with pytest.raises(ReadError):
        score_frame(scorer, frame)
