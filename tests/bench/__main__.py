"""`python -m tests.bench`: our speed beside others', in one run on one machine, as a table of ratios.

Times of one process are of its own CPU, medians of rounds; those of two are by the clock. Nothing
is kept by whole turn or call; warm means that the token table was filled on other calls.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from cxnlp.batch.work import Worker
from cxnlp.schema import Call
from tests.bench import data, others, ours

ROUNDS = 5
BASE = "(a) nlp.pipe, TF-IDF, a logistic regression a head"


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds that it takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--turns", type=int, default=100_000, help="turns of the measured file, 0 for no speeds")
    parser.add_argument("--sample", type=int, default=4_000, help="turns that the slow ones get")
    parser.add_argument("--train", type=int, default=100_000, help="training turns, at most")
    parser.add_argument(
        "--memory", type=int, default=0, help="turns of the memory runs, 0 for none; the target is 2000000"
    )
    parser.add_argument("--two", type=int, default=0, help="turns of one process against two, 0 for none")
    parser.add_argument("--cold", action="store_true", help="cold start, and where it goes")
    options = parser.parse_args()
    print(f"{machine()}\n")
    calls = data.measured_calls()
    with tempfile.TemporaryDirectory() as folder:
        if options.turns:
            speed(calls, options, Path(folder))
        if options.two:
            processes(calls, options.two, Path(folder))
        if options.memory:
            memory(calls, options.memory, Path(folder))
    if options.cold:
        table("cold start, ms", ours.cold_start())


def machine() -> str:
    """What it runs on, and how busy that is."""
    name = next(
        (line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.processor()
    )
    load = f", load {os.getloadavg()[0]:.1f}"
    return f"{name}, {os.cpu_count()} cores{load}; Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def speed(calls: list[Call], options: argparse.Namespace, folder: Path) -> None:
    """Turns a second of all, and each as a multiple of (a): medians of rounds in which all take their turn."""
    half = len(calls) // 2
    file, warming = folder / "measured.jsonl", folder / "warming.jsonl"
    turns = data.write_calls(file, data.more_calls(calls[half:], options.turns))
    data.write_calls(warming, data.more_calls(calls[:half], options.turns))
    texts = [turn.text for call in data.more_calls(calls[half:], options.turns) for turn in call.turns]
    sample = texts[: options.sample]
    known, y, _ = data.training_turns()
    known, y = known[: options.train], y[: options.train]
    raw = file.read_bytes()
    obvious = others.obvious(known, y)
    rivals = {
        BASE: (obvious, sample),
        "(b) scikit-learn TF-IDF and one head": (others.one_head(known, y), texts),
        "(c) fastText f.predict of one label": (others.fasttext(known, y), texts),
        "(d) VADER": (others.vader(), sample),
    }
    rates: dict[str, list[float]] = {}

    def round_of() -> Iterator[tuple[str, float]]:
        for name, (scores, some) in rivals.items():
            if not isinstance(scores, str):
                yield name, len(some) / seconds(partial(scores, some))
        yield "(e) msgspec decode and split", turns / seconds(lambda: data.decode_and_split(raw))
        for name, measures in (("turns alone", False), ("calls measured too", True)):
            worker = ours.make_worker(folder, measures)
            if not measures:
                yield f"ours, file to Parquet, cold, {name}", turns / seconds(partial(ours.to_parquet, worker, file))
                worker = ours.make_worker(folder, measures)
            ours.to_parquet(worker, warming)
            yield f"ours, file to Parquet, warm, {name}", turns / seconds(partial(ours.to_parquet, worker, file))

    for _ in range(ROUNDS):
        for name, rate in round_of():
            rates.setdefault(name, []).append(rate)
    for name, found in rates.items():
        times = median(rate / base for rate, base in zip(found, rates[BASE], strict=True))
        print(f"{name:55}{median(found):12,.0f} turns/s {times:8.2f} x (a)")
    for scores, _ in rivals.values():
        if isinstance(scores, str):
            print(scores)
    one_call(calls, ours.make_worker(folder), obvious)


def one_call(calls: list[Call], worker: Worker, obvious: others.Scores) -> None:
    """One call of 40 turns with all that is loaded, milliseconds: medians of rounds."""
    turns = [turn for call in calls[:40] for turn in call.turns][:40]
    call, texts = Call("forty", turns), [turn.text for turn in turns]
    worker.scorer.score(call)
    found = [
        (seconds(lambda: worker.scorer.score(call)) * 1000, seconds(lambda: obvious(texts)) * 1000) for _ in range(15)
    ]
    mine, theirs, ratio = (median(row) for row in zip(*((a, b, b / a) for a, b in found), strict=True))
    table("one call of 40 turns, ms", [("ours", mine), ("(a)", theirs), ("(a) / ours", ratio)])


def processes(calls: list[Call], turns: int, folder: Path) -> None:
    """One process against two, whole jobs by the clock."""
    file = folder / "two.jsonl"
    turns = data.write_calls(file, data.more_calls(calls, turns))
    one, two = (ours.wall(file, folder / f"out{jobs}", jobs) for jobs in (1, 2))
    table(f"{turns:,} turns, seconds", [("one process", one), ("two processes", two), ("one / two", one / two)])


def memory(calls: list[Call], turns: int, folder: Path) -> None:
    """Memory over many turns, and over a stream of words that are all new."""
    for name, share in (("a tenth of the words changed", 0.1), ("every word new", 2.0)):
        file = folder / "memory.jsonl"
        count = data.write_calls(file, data.more_calls(calls, turns, share))
        found = ours.memory(file, folder / f"memory{share}")
        table(
            f"{count:,} turns, {name}, MB", [("highest", found.peak), ("growth after the first 100,000", found.growth)]
        )


def table(title: str, rows: Iterable[tuple[str, float]]) -> None:
    """A title and lines of a name and a number."""
    print(f"\n{title}")
    for name, value in rows:
        print(f"  {name:53} {value:12,.2f}")


if __name__ == "__main__":
    main()
