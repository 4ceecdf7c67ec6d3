"""The tables say what the JSON of a score says."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from cxnlp.columns import Numbers
from cxnlp.errors import MissingExtraError
from cxnlp.schema import Call, Turn
from cxnlp.scores import ScoreBatch
from cxnlp.scoring import Scorer
from cxnlp.tables import MEASURES, calls_of, calls_schema, calls_table, turns_schema, turns_table
from cxnlp.tables.calls import measures_of
from cxnlp.tables.schema import META

from .conftest import CALLS


def given(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def rounded(turn: dict[str, Any]) -> dict[str, Any]:
    """A row of the turns table as its JSON: keys a side does not have left out, numbers as they are printed."""
    row = given(turn)
    row["p"] = {key: pytest.approx(value, abs=2e-6) for key, value in given(row["p"]).items()}
    for key in ("formulaic", "grounded"):
        if key in row:
            row[key] = pytest.approx(row[key], abs=1e-4)
    for found in row["evidence"]:
        found["weight"] = pytest.approx(found["weight"], abs=1e-3)
    return row


@pytest.mark.parametrize("text", [True, False])
def test_turns_say_what_the_json_says(batch: ScoreBatch, text: bool) -> None:
    table = turns_table(batch, text)
    table.validate(full=True)
    assert table.schema.equals(turns_schema(text))
    rows = table.to_pylist()
    for call_score, number in zip(batch, range(len(CALLS)), strict=True):
        want = msgspec.json.decode(batch.call_score(number, text).to_json())["turns"]
        got = [row for row in rows if row.pop("call_id", call_score.id) == call_score.id]
        rows = rows[len(want) :]
        assert [given(turn) for turn in want] == [rounded(row) for row in got[: len(want)]]
    assert not rows


def test_evidence_is_the_words_of_the_turn(batch: ScoreBatch) -> None:
    found = 0
    for row in turns_table(batch).to_pylist():
        for evidence in row["evidence"]:
            assert evidence["text"] == row["text"][evidence["start"] : evidence["end"]]
            found += 1
    assert found


def test_calls_say_what_the_measures_say(batch: ScoreBatch) -> None:
    table = calls_table(batch)
    table.validate(full=True)
    assert set(batch.measures[0]) <= set(MEASURES)
    assert table.schema.equals(calls_schema(batch.measures[0]))
    assert table.column("call").to_pylist() == batch.measures
    row = table.to_pylist()[0]
    assert (row["id"], row["agent_id"], row["team"], row["queue"], row["channel"]) == ("c1", "a1", "north", "7", None)
    assert msgspec.json.decode(row["meta"]) == CALLS[0].meta
    assert table.column("meta").to_pylist()[1:] == [None, None]
    assert all(name in table.schema.names for name in META)


def test_no_words_without_text(batch: ScoreBatch) -> None:
    for schema in (turns_schema(False), calls_schema(MEASURES, False)):
        assert "text" not in str(schema)
    assert "furious" not in str(calls_table(batch, text=False).to_pylist()) + str(turns_table(batch, False).to_pylist())


def test_a_measure_without_a_shape_is_an_error(batch: ScoreBatch, scorer: Scorer) -> None:
    other = scorer.score_batch(CALLS[:1])
    other.call["mood"] = Numbers(np.ones(1))
    with pytest.raises(KeyError, match="mood"):
        measures_of(other)
    assert measures_of(batch) == tuple(name for name in MEASURES if name in batch.measures[0])


def test_calls_come_back_from_arrow() -> None:
    rows = [msgspec.to_builtins(call) for call in CALLS]
    for row in rows:
        row["meta"] = msgspec.json.encode(row.get("meta")).decode() if row.get("meta") else None
    batch = pa.RecordBatch.from_pylist(rows)
    assert calls_of(batch) == CALLS
    assert calls_of(batch.slice(1, 2)) == CALLS[1:]
    assert calls_of(batch.slice(0, 0)) == []
    plain = pa.RecordBatch.from_pylist([{"id": "x", "turns": [{"speaker": "agent", "text": "hi"}], "meta": {"a": 1}}])
    assert calls_of(plain) == [Call("x", [Turn("agent", "hi")], meta={"a": 1})]


def test_without_pyarrow(batch: ScoreBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"cxnlp\[tables\]"):
        turns_table(batch)
