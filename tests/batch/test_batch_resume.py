"""Stopped anywhere and started again: the same bytes. Anything else than the same run: refused."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cxnlp.batch.folder
from cxnlp.batch import Counts, OutputError
from cxnlp.config import ScoringConfig

from .conftest import lines, made_calls, shards

Run = Callable[..., Counts]
CODE = """
import resource, sys
from cxnlp.batch import run
if limit := int(sys.argv[4]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
run(sys.argv[1], sys.argv[2], jobs=int(sys.argv[3]), quiet=True, chunk_bytes=20_000)
"""


class Stopped(BaseException):
    """The power went."""


def start(night: Path, out: Path, jobs: int, limit: int = 0) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CODE, str(night), str(out), str(jobs), str(limit)],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_stopped_at_every_step(quick: Run, night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(night, tmp_path / "whole")
    want = shards(tmp_path / "whole")
    steps = 0

    def stop_at(step: int, real: Callable[..., Any]) -> Callable[..., Any]:
        def step_on(*args: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                raise Stopped
            return real(*args)

        return step_on

    for step in (*range(1, 16), 20, 25, 30):
        out, steps = tmp_path / f"out{step}", 0
        with monkeypatch.context() as patch:
            for name in ("replace", "fsync"):
                patch.setattr(os, name, stop_at(step, getattr(os, name)))
            with pytest.raises(Stopped):
                quick(night, out)
        quick(night, out)
        assert shards(out) == want, step


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_again_and_again(quick: Run, night: Path, tmp_path: Path, jobs: int) -> None:
    quick(night, tmp_path / "whole")
    chance = random.Random(jobs)
    journal = tmp_path / "out" / ".run" / "journal.jsonl"
    for kill in range(1, 3 if jobs > 1 else 4):
        process = start(night, tmp_path / "out", jobs)
        while process.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < kill):
            time.sleep(0.001)
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = start(night, tmp_path / "out", jobs)
    assert process.communicate()[1] == b""
    assert shards(tmp_path / "out") == shards(tmp_path / "whole")


def test_disk_full(quick: Run, night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(night, tmp_path / "whole")
    process = start(night, tmp_path / "out", 1, limit=12_000)
    assert b"no room left" in process.communicate()[1].splitlines()[-1]

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="no room left"):
            quick(night, tmp_path / "out")
    quick(night, tmp_path / "out")
    assert shards(tmp_path / "out") == shards(tmp_path / "whole")


def test_half_written_journal_and_foreign_shards(quick: Run, night: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    quick(night, out)
    want = shards(out)
    journal, run = out / ".run" / "journal.jsonl", out / "run.json"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:2]) + b'{"chunk": 2, "ca')
    run.write_text(run.read_text().replace('"finished"', '"running"', 1))
    (out / "turns" / "part-00099.parquet").write_bytes(b"half a shard")
    quick(night, out)
    assert shards(out) == want
    quick(night, out)
    (out / "turns" / "part-00001.parquet").write_bytes(b"less")
    with pytest.raises(OutputError, match=r"part-00001\.parquet: is missing or was altered"):
        quick(night, out)
    assert shards(out) != want
    quick(night, out, fresh=True)
    assert shards(out) == want


def test_another_run_is_refused(quick: Run, night: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    quick(night, out)
    for options, wrong in (
        ({"config": ScoringConfig(thresholds={"wait": {"agent": 0.4}})}, "another settings"),
        ({"text": False}, "another settings"),
        ({"roles": {"X": "agent"}}, "another options"),
        ({"chunk_bytes": 30_000}, "another options"),
    ):
        with pytest.raises(OutputError, match=wrong):
            quick(night, out, **options)
    quick(night, out, fresh=True, text=False)


def test_another_model_is_refused(quick: Run, night: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    quick(night, out)
    run = out / "run.json"
    run.write_text(run.read_text().replace('"model": "', '"model": "other-'))
    with pytest.raises(OutputError, match=r"another model; got: .*; allowed: other-"):
        quick(night, out)


@pytest.mark.parametrize("change", ["more", "same size", "new file", "gone"])
def test_changed_input_is_refused(quick: Run, night: Path, tmp_path: Path, change: str) -> None:
    out, file = tmp_path / "out", night / "a.jsonl"
    quick(night, out)
    if change == "new file":
        (night / "b.txt").write_text("Agent: hello\n")
    elif change == "gone":
        file.unlink()
    else:
        data, times = file.read_bytes(), file.stat()
        file.write_bytes(
            data.replace(b"order", b"ORDER") if change == "same size" else data + lines(made_calls(1, 9, "x"))
        )
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(OutputError, match="the input changed since the run began"):
        quick(night, out)


def test_input_that_changes_under_way(quick: Run, night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = cxnlp.batch.folder.OutputFolder.commit

    def commit(self: Any, result: Any) -> None:
        real(self, result)
        with open(night / "sheet.csv", "a") as file:
            file.write("x1,agent,one more\n")

    monkeypatch.setattr(cxnlp.batch.folder.OutputFolder, "commit", commit)
    with pytest.raises(OutputError, match=r"sheet\.csv: the input changed while it was read"):
        quick(night, tmp_path / "out")


def test_two_jobs_on_one_output(quick: Run, night: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    quick(night, out)
    with open(out / ".run" / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="another run is writing here"):
            quick(night, out)
    with open(tmp_path / ".s.jsonl.part", "w") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="another run is writing it"):
            quick(night, tmp_path / "s.jsonl")


def test_outputs_that_cannot_be_written(quick: Run, night: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in ("file", "file/below", "none/out.jsonl"):
        with pytest.raises(OutputError):
            quick(night, tmp_path / out)
    (tmp_path / "theirs" / "turns").mkdir(parents=True)
    (tmp_path / "theirs" / "turns" / "part-00000.parquet").write_bytes(b"")
    with pytest.raises(OutputError, match="scores of an unknown run"):
        quick(night, tmp_path / "theirs")


def test_what_a_run_that_was_taken_away_left_is_not_believed(quick: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b"nothing\n")
    (tmp_path / "good.jsonl").write_bytes(lines(made_calls(24)))
    quick(tmp_path / "bad.jsonl", tmp_path / "out")
    for path in (tmp_path / "out").glob("[!.]*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    counts = quick(tmp_path / "good.jsonl", tmp_path / "out")
    assert (counts.calls, counts.rejects) == (24, 0)


def test_a_run_json_of_something_else(quick: Run, night: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text('{"name": "theirs"}', encoding="utf-8")
    with pytest.raises(OutputError, match=r"run\.json of something else"):
        quick(night, tmp_path / "out")
