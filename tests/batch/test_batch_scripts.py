"""A night scored with mined lines: the same from any number of processes; another file of them is another run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow.parquet as parquet
import pytest

from cxnlp.batch import Counts, OutputError
from cxnlp.config import ScoringConfig
from cxnlp.corpus import MiningOptions, mine
from cxnlp.errors import ConfigError
from cxnlp.language.table import TokenTable
from cxnlp.scoring import Scorer
from cxnlp.scoring.scripts import encode_scripts

from .conftest import lines, made_calls, shards

Run = Callable[..., Counts]


@pytest.fixture
def frozen(tmp_path: Path, table: TokenTable) -> Path:
    path = tmp_path / "frozen.jsonl"
    path.write_bytes(encode_scripts(mine(made_calls(80), MiningOptions(least_calls=5), table=table)))
    return path


@pytest.fixture
def night(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_bytes(lines(made_calls(80)))
    return tmp_path / "in.jsonl"


def test_one_process_or_two(quick: Run, night: Path, frozen: Path, tmp_path: Path, scorer: Scorer) -> None:
    config = ScoringConfig(scripts=str(frozen))
    for jobs in (1, 2):
        quick(night, tmp_path / str(jobs), config=config, jobs=jobs)
    assert shards(tmp_path / "1") == shards(tmp_path / "2")
    rows = parquet.read_table(tmp_path / "1" / "turns").to_pylist()
    said = [row["template"] for row in rows if row["speaker"] == "agent"]
    assert sum(row is not None for row in said) > len(said) / 2
    quick(night, tmp_path / "out.jsonl", config=config)
    decoded = [msgspec.json.decode(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    turns = [turn.get("template") for call in decoded for turn in call["turns"]]
    assert [row and row["calls"] for row in turns] == [row["template"] and row["template"]["calls"] for row in rows]


def test_another_file_is_refused(quick: Run, night: Path, frozen: Path, tmp_path: Path, table: TokenTable) -> None:
    out, config = tmp_path / "out", ScoringConfig(scripts=str(frozen))
    quick(night, out, config=config)
    moved = frozen.rename(tmp_path / "moved.jsonl")
    quick(night, out, config=ScoringConfig(scripts=str(moved)))
    moved.write_bytes(encode_scripts(mine(made_calls(80), MiningOptions(least_calls=7), table=table)))
    with pytest.raises(OutputError, match=r"another settings; got: \{'scripts': '"):
        quick(night, out, config=ScoringConfig(scripts=str(moved)))
    with pytest.raises(OutputError, match=r"another settings; got: \{'scripts': None"):
        quick(night, out)


@pytest.mark.parametrize("out", ["folder", "lines.jsonl"])
def test_a_file_that_cannot_be_used_stops_at_once(quick: Run, night: Path, tmp_path: Path, out: str) -> None:
    with pytest.raises(ConfigError, match="no file of stock phrases"):
        quick(night, tmp_path / out, config=ScoringConfig(scripts=str(night)))
    assert not (tmp_path / out).is_file()
    assert not (tmp_path / out / "run.json").exists()
