"""One call, a batch, chunks of any size, one process or two: the same scores."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pyarrow.parquet as parquet
import pytest

from cxnlp.batch import Counts
from cxnlp.config import ScoringConfig
from cxnlp.scoring import Scorer

from .conftest import lines, made_calls, shards

Run = Callable[..., Counts]


def test_batched_equals_single(scorer: Scorer) -> None:
    calls = made_calls(60)
    alone = [scorer.score_batch([call]) for call in calls]
    for most in (1, 500, 3_000, 10**9):
        batches = list(scorer.batches(calls, most))
        p = np.concatenate([batch.p for batch in batches])
        np.testing.assert_allclose(p, np.concatenate([batch.p for batch in alone]), atol=2e-6)
        for column in ("labels", "tone", "distress"):
            got = np.concatenate([getattr(batch, column) for batch in batches])
            np.testing.assert_array_equal(got, np.concatenate([getattr(batch, column) for batch in alone]))
        evidence = [
            [(e.label, e.start, e.end) for t in score.turns for e in t.evidence] for b in batches for score in b
        ]
        assert evidence == [
            [(e.label, e.start, e.end) for t in b.call_score(0).turns for e in t.evidence] for b in alone
        ]


def test_any_chunk_size_gives_the_same_rows(quick: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(made_calls(80)))
    tables = []
    for size in (1, 5_000, 10**9):
        quick(tmp_path / "in.jsonl", tmp_path / str(size), chunk_bytes=size)
        tables.append(parquet.read_table(tmp_path / str(size) / "turns"))
    for table in tables[1:]:
        assert table.drop_columns(["p", "evidence"]).equals(tables[0].drop_columns(["p", "evidence"]))
        for name, column in zip(*(_columns(table), _columns(tables[0])), strict=True):
            np.testing.assert_allclose(name, column, atol=2e-6)


def _columns(table: object) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    p = table.column("p").combine_chunks()  # type: ignore[attr-defined]
    return [column.to_numpy(zero_copy_only=False) for column in p.flatten()]


def test_two_processes_give_the_same_bytes(quick: Run, night: Path, tmp_path: Path) -> None:
    one = quick(night, tmp_path / "one")
    two = quick(night, tmp_path / "two", jobs=2)
    assert one == two == Counts(calls=240, turns=one.turns, rejects=4)
    assert shards(tmp_path / "one") == shards(tmp_path / "two")
    assert len(shards(tmp_path / "one")) > 7


@pytest.mark.parametrize("text", [True, False])
def test_json_lines_are_what_the_scorer_gives(quick: Run, scorer: Scorer, tmp_path: Path, text: bool) -> None:
    calls = made_calls(40)
    (tmp_path / "in.jsonl").write_bytes(lines(calls))
    quick(tmp_path / "in.jsonl", tmp_path / "out.jsonl", text=text)
    got = [msgspec.json.decode(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    plain = Scorer(scorer.bundle, ScoringConfig(text=text))
    for row, call in zip(got, calls, strict=True):
        want = msgspec.json.decode(plain.score(call).to_json())
        assert [(t["labels"], t.get("tone")) for t in row["turns"]] == [
            (t["labels"], t.get("tone")) for t in want["turns"]
        ]
        assert row.keys() == want.keys()
        for turn, other in zip(row["turns"], want["turns"], strict=True):
            assert turn["p"] == pytest.approx(other["p"], abs=3e-6)
    if not text:
        assert b'"text"' not in (tmp_path / "out.jsonl").read_bytes()
    assert not (tmp_path / "out.rejects.jsonl").exists()


def test_the_parent_of_workers_loads_no_model(repo: Path) -> None:
    code = "import sys, cxnlp.batch; print(*(name for name in ('spacy', 'sklearn') if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=repo, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
