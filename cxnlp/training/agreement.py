"""How far a blind second reading agrees with the writers' labels: `python -m cxnlp.training.agreement FOLDER`.

Readings are in `FOLDER/relabel/reading_*.txt`: `=== id`, then `n tag tag ...` for every turn that is not neutral or
calm and unlabelled, by somebody who had seen the guide and the words alone, and `call key=value ...` for the whole.
`writers.txt`, in the same form, keeps what the writers had said before both were settled.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxnlp.errors import ReadError
from cxnlp.labels import HEADS, LABELS, TONES, labels_of
from cxnlp.training.dataset import COLUMN, label_row
from cxnlp.training.markup import HEAD_VALUES, MarkedCall, MarkedTurn, parse_folder
from cxnlp.training.metrics import Column, columns_of, kappa_of
from cxnlp.training.spread import kappa_nominal, kappa_quadratic

LEAST = 10
WHOLE = ("effort", "outcome", "resolved", "empowerment")


@dataclass(slots=True)
class Reading:
    """What one reader says of a call: tags by turn, and values of the whole."""

    turns: dict[int, set[str]] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)


def read_reading(path: Path) -> dict[str, Reading]:
    """{call id: its reading} of one file; ReadError names the line that is none."""
    found: dict[str, Reading] = {}
    reading = Reading()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if words[0] == "===" and len(words) > 1:
            reading = found.setdefault(words[1], Reading())
        elif words[0].isdigit():
            reading.turns[int(words[0])] = set(words[1:])
        elif words[0] == "call":
            reading.whole = {key: value for key, _, value in (word.partition("=") for word in words[1:])}
        else:
            raise ReadError("neither a head nor a turn", path=str(path), line=number, got=line)
    return found


def row_of(speaker: str, tags: set[str]) -> list[int]:
    """The label row that a reading gives a turn.

    >>> row_of("customer", {"d2", "frustration"})[:2]
    [-1, 2]
    """
    row = [-1] * len(HEADS)
    if speaker == "agent":
        row[COLUMN["tone"]] = next((code for code, tone in enumerate(TONES) if tone in tags), 1)
    else:
        row[COLUMN["distress"]] = max((int(tag[1]) for tag in tags if tag in ("d1", "d2", "d3")), default=0)
    for name in labels_of(speaker):
        row[COLUMN[name]] = int(name in tags)
    return row


@dataclass(slots=True)
class Agreed:
    """One column: positives by the writers, by the readers and as they stand, kappa of writers and readers; of the
    turns that only one of them called so, how many and how many stand."""

    name: str
    writers: int
    readers: int
    settled: int
    kappa: float
    added: tuple[int, int]
    left: tuple[int, int]


def of_turns(calls: list[MarkedCall], readings: dict[str, Reading], writers: dict[str, Reading]) -> Iterator[Agreed]:
    """Every column of the turns that were read again; where `writers` has a call, its labels were changed since."""
    turns: list[MarkedTurn] = []
    rows: tuple[list[list[int]], ...] = ([], [], [])
    for call in calls:
        if call.id not in readings:
            continue
        read, wrote = readings[call.id].turns, writers.get(call.id)
        for number, turn in enumerate(call.turns):
            if turn.speaker == "system":
                continue
            turns.append(turn)
            now = label_row(turn)
            rows[0].append(row_of(turn.speaker, wrote.turns.get(number, set())) if wrote else now)
            rows[1].append(row_of(turn.speaker, read.get(number, set())))
            rows[2].append(now)
    side = np.array([0 if turn.speaker == "agent" else 1 for turn in turns], dtype=np.int8)
    columns = [_columns(side, np.array(y, dtype=np.int8).reshape(-1, len(HEADS))) for y in rows]
    for ours, theirs, settled in zip(*columns, strict=True):
        one, other, now = (column.truth[column.asked] for column in (ours, theirs, settled))
        added, left = ((int(only.sum()), int((only & now).sum())) for only in (other & ~one, one & ~other))
        counts = (int(one.sum()), int(other.sum()), int(now.sum()))
        yield Agreed(f"{ours.side} {ours.name}", *counts, kappa_of(one, other), added, left)


def _columns(side: NDArray[np.int8], y: NDArray[np.int8]) -> list[Column]:
    p = np.zeros((len(y), 6 + len(LABELS)), dtype=np.float32)
    return columns_of(side, y, y[:, 0], y[:, 1], y[:, 2:] == 1, p)


def of_calls(readings: dict[str, Reading], writers: dict[str, Reading]) -> Iterator[tuple[str, int, float, float]]:
    """(key, calls, share that is the same, kappa: quadratic of effort) of what both said of whole calls."""
    for key in WHOLE:
        pairs = [
            (wrote.whole[key], readings[name].whole[key])
            for name, wrote in writers.items()
            if name in readings and key in wrote.whole and key in readings[name].whole
        ]
        if not pairs:
            continue
        codes = np.array([[HEAD_VALUES[key].index(value) for value in pair] for pair in pairs]).T
        size = len(HEAD_VALUES[key])
        kappa = kappa_quadratic if key == "effort" else kappa_nominal
        yield key, len(pairs), float((codes[0] == codes[1]).mean()), kappa(codes[0], codes[1], size)


def report(folder: Path) -> Iterator[str]:
    """The agreement as lines; the mean is over columns with ten positives or more in either."""
    places = sorted((folder / "relabel").glob("reading_*.txt"))
    readings = {key: reading for path in places for key, reading in read_reading(path).items()}
    kept = folder / "relabel" / "writers.txt"
    writers = read_reading(kept) if kept.exists() else {}
    rows = list(of_turns(parse_folder(folder / "calls"), readings, writers))
    yield f"{len(readings)} calls read again; positives by writers, by readers, as they stand"
    yield from (
        f"  {row.name:<30}{row.writers:>6}{row.readers:>6}{row.settled:>6}   kappa {row.kappa:.2f}" for row in rows
    )
    used = [row.kappa for row in rows if max(row.writers, row.readers) >= LEAST]
    for who, pairs in (("readers", [row.added for row in rows]), ("writers", [row.left for row in rows])):
        given, kept = np.sum(pairs, axis=0).tolist()
        yield f"given by {who} alone: {given}, of which stand {kept}"
    if used:
        yield f"mean kappa of {len(used)} columns: {np.mean(used):.3f}"
    for key, count, same, kappa in of_calls(readings, writers):
        yield f"  {key:<30}{count:>6} calls, the same {same:.2f}   kappa {kappa:.2f}"


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description="Agreement of the writers' labels with a blind second reading.")
    parser.add_argument("folder", type=Path)
    for line in report(parser.parse_args().folder):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
