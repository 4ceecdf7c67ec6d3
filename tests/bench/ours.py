"""Our side: file to Parquet through the batch job's own worker, memory over many turns, cold start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil

from cxnlp.batch.chunks import How, cut
from cxnlp.batch.inputs import hashed, take_stock
from cxnlp.batch.work import Settings, Task, Worker
from cxnlp.config import ScoringConfig

RUN = "import sys; from cxnlp.batch import run; run(sys.argv[1], sys.argv[2], jobs=int(sys.argv[3]), quiet=True)"
SETTLED = 100_000
MB = 1 << 20


def make_worker(folder: Path, measures: bool = True) -> Worker:
    """A worker of the batch job with its model loaded, its token table empty."""
    return Worker(Settings(None, ScoringConfig(measures=measures), How(), str(folder)))


def to_parquet(worker: Worker, file: Path) -> int:
    """A JSONL file to shards, as one process of the job does it; returns the number of turns."""
    inputs = hashed(take_stock(file, str(file) + ".out", None))
    return sum(worker.work(Task(chunk)).turns for chunk in cut(inputs, How()))


def wall(file: Path, out: Path, jobs: int) -> float:
    """Seconds of a whole job in a fresh Python."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", RUN, str(file), str(out), str(jobs)], check=True, env=environment())
    return time.perf_counter() - begun


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(part or os.curdir for part in sys.path)}


class Memory(NamedTuple):
    """Megabytes: highest of all, and how far above the highest of the first 100,000 turns."""

    peak: float
    growth: float


def memory(file: Path, out: Path) -> Memory:
    """Resident memory of a job of one process, watched from outside."""
    process = subprocess.Popen([sys.executable, "-c", RUN, str(file), str(out), "1"], env=environment())
    watched = psutil.Process(process.pid)
    early = late = 0.0
    while process.poll() is None:
        try:
            now = watched.memory_info().rss / MB
        except psutil.NoSuchProcess:
            break
        if turns_done(out) < SETTLED:
            early = max(early, now)
        late = max(late, now)
        time.sleep(0.25)
    return Memory(late, late - early)


def turns_done(out: Path) -> int:
    """Turns that are in a run's journal."""
    try:
        lines = (out / ".run" / "journal.jsonl").read_bytes().splitlines()[:50]
    except FileNotFoundError:
        return 0
    return sum(msgspec.json.decode(line)["turns"] for line in lines if line.endswith(b"}"))


def cold_start() -> Iterator[tuple[str, float]]:
    """(what, milliseconds): a fresh Python that loads the model, and the packages that it imports, dearest first."""
    code = "import cxnlp; cxnlp.load()"
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment())
    yield "import cxnlp; cxnlp.load()", (time.perf_counter() - begun) * 1000
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], check=True, env=environment(), capture_output=True, text=True
    )
    own: dict[str, float] = {}
    for line in told.stderr.splitlines():
        parts: list[Any] = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdigit():
            package = parts[2].strip().split(".")[0]
            own[package] = own.get(package, 0.0) + int(parts[0]) / 1000
    yield from sorted(own.items(), key=lambda row: -row[1])[:8]
