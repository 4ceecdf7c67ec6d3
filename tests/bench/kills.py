"""`python -m tests.bench.kills`: jobs killed at random instants, started again, compared.

Each round is a run killed (-9) at an instant drawn over the whole length of a run, some rounds two or three
times, then the same line again until it ends. Every tenth round has two processes. The model is loaded once
and every run forked from there, so that the instants fall into the work and not into the loading.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from unittest.mock import patch

from cxnlp.batch import run
from cxnlp.scoring import load
from tests.bench import data


def start(file: Path, out: Path, jobs: int, chunk_bytes: int) -> ForkProcess:
    """A run in a process of its own."""
    options = {"jobs": jobs, "quiet": True, "chunk_bytes": chunk_bytes}
    process = get_context("fork").Process(target=run, args=(file, out), kwargs=options)
    process.start()
    return process


def contents(out: Path) -> dict[str, bytes]:
    """Shards and rejects, by name."""
    files = [*sorted(out.glob("*/part-*.parquet")), out / "rejects.jsonl"]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def one_round(number: int, chance: random.Random, given: tuple[Path, Path, int, float]) -> tuple[int, dict[str, bytes]]:
    """Kill, start again; returns how many shards there were at the last kill, and what there is in the end."""
    file, out, size, length = given
    jobs = 2 if number % 10 == 9 else 1
    for _ in range(1 + number % 3):
        process = start(file, out, jobs, size)
        time.sleep(chance.random() * length * (3 if jobs > 1 else 1))
        process.kill()
        process.join()
    done = len(list(out.glob("turns/part-*.parquet")))
    ended = start(file, out, jobs, size)
    ended.join()
    found = contents(out) if ended.exitcode == 0 else {}
    shutil.rmtree(out)
    return done, found


def main() -> None:
    """Run, kill, start again, compare; exit code 1 where a result differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50, help="rounds, each with one to three kills")
    parser.add_argument("--turns", type=int, default=20_000)
    parser.add_argument("--chunks", type=int, default=30, help="about how many chunks the input makes")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance, wrong = random.Random(options.seed), 0
    scorer = load()

    with tempfile.TemporaryDirectory() as temporary, patch("cxnlp.batch.work.load", lambda *_: scorer):
        folder = Path(temporary)
        file, whole = folder / "in.jsonl", folder / "whole"
        data.write_calls(file, data.more_calls(data.measured_calls(), options.turns))
        with open(file, "ab") as more:
            more.write(file.read_bytes()[:100_000].rpartition(b"\n")[0] + b"\nno call\n")
        size = os.path.getsize(file) // options.chunks
        begun = time.perf_counter()
        start(file, whole, 1, size).join()
        given = (file, folder / "out", size, time.perf_counter() - begun)
        want = contents(whole)
        for number in range(options.kills):
            done, found = one_round(number, chance, given)
            wrong += found != want
            same = "same" if found == want else "DIFFERS"
            print(f"{number + 1:3} last killed with {done:3} of {len(want) // 2} shards: {same}", flush=True)
    print(f"{options.kills} rounds, {wrong} results that differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
