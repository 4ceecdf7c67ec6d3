"""What a QA lead asks first, asked with DuckDB over the folder that a run wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as parquet
import pytest

from cxnlp.batch import Counts

from .conftest import lines, made_calls

Run = Callable[..., Counts]

WORST = """
SELECT id, agent_id, team, call.effort.score AS effort, call.distress.closing AS distress_at_the_end
FROM 'OUT/calls/*.parquet'
WHERE started_at >= '2026-03-05' AND started_at < '2026-03-08'
ORDER BY effort DESC, distress_at_the_end DESC, id
LIMIT 10
"""
EMPATHY = """
SELECT team, sum(call.empathy.opportunities) AS owed, sum(call.empathy.missed) AS missed,
       round(sum(call.empathy.matched) / sum(call.empathy.opportunities), 2) AS rate
FROM 'OUT/calls/*.parquet'
GROUP BY team
HAVING owed > 0
ORDER BY missed DESC, team
"""
ROADBLOCKS = """
SELECT block.kind, lower(block.text) AS rule, count(*) AS times, count(DISTINCT id) AS calls
FROM (SELECT id, unnest(call.roadblocks) AS block FROM 'OUT/calls/*.parquet')
GROUP BY ALL
ORDER BY times DESC, rule
LIMIT 10
"""
EVIDENCE = """
SELECT call_id, index, found.label, found.text, found.weight
FROM (SELECT call_id, index, unnest(evidence) AS found FROM 'OUT/turns/*.parquet')
ORDER BY found.weight DESC
LIMIT 5
"""


@pytest.fixture
def ask(quick: Run, tmp_path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    (tmp_path / "in.jsonl").write_bytes(lines(made_calls(120)))
    quick(tmp_path / "in.jsonl", tmp_path / "OUT")

    def answer(query: str) -> list[tuple[Any, ...]]:
        return duckdb.execute(query.replace("OUT/", f"{tmp_path}/OUT/")).fetchall()

    return answer


def measures(tmp_path: Path) -> list[str]:
    return [field.name for field in parquet.read_table(tmp_path / "OUT" / "calls").schema.field("call").type]


def test_worst_calls_last_night(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask(WORST)
    assert len(rows) > 3
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)


def test_words_that_show_it(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    assert all(text and weight > 0 for _, _, _, text, weight in ask(EVIDENCE))


def test_empathy_owed_and_missed_by_team(ask: Callable[[str], list[tuple[Any, ...]]], tmp_path: Path) -> None:
    if "empathy" not in measures(tmp_path):
        pytest.skip("the scorer gives no empathy measure")
    rows = ask(EMPATHY)
    assert {row[0] for row in rows} <= {"north", "south", None}
    assert all(owed >= missed >= 0 for _, owed, missed, _ in rows)


def test_top_roadblocks(ask: Callable[[str], list[tuple[Any, ...]]], tmp_path: Path) -> None:
    if "roadblocks" not in measures(tmp_path):
        pytest.skip("the scorer gives no roadblocks measure")
    rows = ask(ROADBLOCKS)
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


def test_shards_say_what_made_them(ask: Callable[[str], list[tuple[Any, ...]]], tmp_path: Path) -> None:
    found = {
        tuple(parquet.read_schema(path).metadata[key] for key in (b"cxnlp.model", b"cxnlp.input"))
        for path in (tmp_path / "OUT").glob("*/*.parquet")
    }
    assert len(found) == 1
    model = ask("SELECT DISTINCT model FROM 'OUT/calls/*.parquet'")
    assert next(iter(found))[0].decode() == model[0][0]
