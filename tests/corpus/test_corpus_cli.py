"""`cxnlp agents` and `cxnlp compare` as a caller sees them, on scores of real calls."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cxnlp.config import ScoringConfig
from cxnlp.readers import read
from cxnlp.schema import Call
from cxnlp.scoring import Scorer
from cxnlp.training.dataset import load_dataset

from ..conftest import Ran

TEAMS = ("north", "south")


@pytest.fixture(scope="session")
def scores(scorer: Scorer, repo: Path, labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`examples.jsonl`; `a.jsonl` and `b.jsonl`: made-up agents on the small calls, by two settings of one model."""
    root = tmp_path_factory.mktemp("scores")
    examples = list(read(repo / "training_data" / "examples"))
    calls = [
        Call(call.id, call.turns, None if n % 7 == 3 else f"a{n % 4}", {"team": TEAMS[n % 2]})
        for n, call in enumerate(load_dataset(labelled).calls)
    ]
    strict = Scorer(scorer.bundle, ScoringConfig(thresholds={"frustration": {"customer": 0.99}}))
    for name, by, what in (("examples", scorer, examples), ("a", scorer, calls), ("b", strict, calls)):
        (root / f"{name}.jsonl").write_bytes(b"".join(score.to_json() + b"\n" for score in by.score_many(what)))
    return root


@pytest.fixture
def cxnlp(scores: Path, monkeypatch: pytest.MonkeyPatch, run_main: Callable[..., Ran]) -> Callable[..., Ran]:
    """Run a command where the scores are."""
    monkeypatch.chdir(scores)

    return run_main


Run = Callable[..., Ran]


def text_block_after(repo: Path, command: str) -> str:
    readme = (repo / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(command)}$.*?^```text\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def test_the_readme_shows_what_agents_prints(cxnlp: Run, repo: Path) -> None:
    ran = cxnlp("agents", "examples.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == text_block_after(repo, "cxnlp agents scores.jsonl")


def test_the_readme_shows_what_compare_prints(cxnlp: Run, repo: Path) -> None:
    ran = cxnlp("compare", "examples.jsonl", "examples.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == text_block_after(repo, "cxnlp compare scores.jsonl night/")


def test_agents_ranked(cxnlp: Run) -> None:
    ran = cxnlp("agents", "a.jsonl", "--least-calls", 2, "--least-opportunities", 2)
    assert (ran.code, ran.err) == (0, "")
    assert re.search(r"^rank +agent +team +calls", ran.out, re.MULTILINE)
    assert re.search(r"^1 to \d +a\d +(north|south)", ran.out, re.MULTILINE)
    assert "name no agent: they count for the centre alone" in ran.out
    assert "missed, and how a colleague met the like" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 150


def test_agents_as_json_and_csv(cxnlp: Run, scores: Path, tmp_path: Path) -> None:
    for by in ("agent", "team"):
        ran = cxnlp("agents", "a.jsonl", "--by", by, "--to", "-")
        assert (ran.code, ran.err) == (0, "")
        found = json.loads(ran.out)
        assert cxnlp("agents", "a.jsonl", "--by", by, "--to", tmp_path / "x.json").out == ""
        assert json.loads((tmp_path / "x.json").read_bytes()) == found
        cxnlp("agents", "a.jsonl", "--by", by, "--to", tmp_path / "x.csv")
        rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8"))))
        assert [row[by] for row in rows] == [row[by] for row in found["agents"]]
        assert [int(row["matched"]) for row in rows] == [row["empathy"]["matched"] for row in found["agents"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv", "x.json"]


def test_agents_from_standard_input(cxnlp: Run, scores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = cxnlp("agents", "a.jsonl", "--to", "-").out
    data = (scores / "a.jsonl").read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert cxnlp("agents", "-", "--to", "-").out == expected


def test_compare_two_settings(cxnlp: Run, tmp_path: Path) -> None:
    ran = cxnlp("compare", "a.jsonl", "b.jsonl", "--calls", 3)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[2].startswith("safety findings lost in B")
    assert re.search(r"^customer +frustration +\d+ +\d+ +0 +0 +\d+ ", ran.out, re.MULTILINE)
    assert "-frustration" in ran.out
    found = json.loads(cxnlp("compare", "a.jsonl", "b.jsonl", "--calls", 3, "--to", "-").out)
    assert len(found["changed_most"]) == 3
    changed = [row["label"] for row in found["labels"] if row["added"] or row["removed"]]
    assert changed == ["frustration"]
    cxnlp("compare", "a.jsonl", "b.jsonl", "--calls", 3, "--to", tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_bytes()) == found


def test_what_a_terminal_would_act_on_is_not_printed(cxnlp: Run, scores: Path, tmp_path: Path) -> None:
    escape = "\x1b[2J=cmd()"
    rows = [json.loads(line) for line in (scores / "a.jsonl").read_bytes().splitlines()]
    for number, row in enumerate(rows):
        row |= {"id": f"{escape}{number}", "agent_id": f"={escape}{number % 3}", "meta": {"team": escape}}
        for turn in row["turns"]:
            turn["text"] += escape
    for name in ("x", "y"):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        rows[0]["turns"][0]["labels"] = ["dismissal"]
        rows[1]["model"] = escape
    for arguments in (
        ("agents", tmp_path / "x.jsonl", "--least-calls", 1, "--least-opportunities", 1),
        ("compare", tmp_path / "x.jsonl", tmp_path / "y.jsonl"),
    ):
        ran = cxnlp(*arguments)
        assert ran.code == 0
        assert "[2J" in ran.out
        assert "\x1b" not in ran.out
    cxnlp("agents", tmp_path / "x.jsonl", "--to", tmp_path / "x.csv")
    rows_out: list[dict[str, Any]] = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8"))))
    assert {row["agent"][:2] for row in rows_out} == {"'="}


MISTAKES: list[tuple[tuple[object, ...], str]] = [
    (("agents",), "SCORES"),
    (("agents", "nowhere"), "no such file or folder"),
    (("agents", "a.jsonl", "b.jsonl"), "there before"),
    (("agents", "a.jsonl", "--by", "queue"), "queue"),
    (("agents", "a.jsonl", "--least-calls", 0), "least calls"),
    (("agents", "a.jsonl", "--to", "x.parquet"), "not an output"),
    (("agents", "a.jsonl", "--to", "no/where/x.csv"), "cannot be written"),
    (("compare", "a.jsonl"), "SCORES_B"),
    (("compare", "a.jsonl", "examples.jsonl"), "no call in common"),
    (("compare", "-", "-"), "read once"),
    (("compare", "a.jsonl", "b.jsonl", "--calls", -1), "calls to show"),
    (("compare", "a.jsonl", "b.jsonl", "--to", "x.csv"), "not an output"),
]


@pytest.mark.parametrize(("arguments", "fragment"), MISTAKES, ids=lambda part: str(part)[:60])
def test_a_mistake_is_said_and_nothing_is_written(
    cxnlp: Run, scores: Path, arguments: tuple[object, ...], fragment: str
) -> None:
    before = sorted(scores.iterdir())
    ran = cxnlp(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert fragment in ran.err
    assert sorted(scores.iterdir()) == before


def test_a_transcript_is_not_taken_for_scores(cxnlp: Run, repo: Path) -> None:
    for name, fragment in (
        ("two_quick_ones.jsonl", "a transcript, not scores"),
        ("burst_pipe.txt", "not a score"),
    ):
        path = repo / "training_data" / "examples" / name
        for arguments in (("agents", path), ("compare", "a.jsonl", path)):
            ran = cxnlp(*arguments)
            assert (ran.code, ran.out) == (2, "")
            assert fragment in ran.err
