"""How far a blind second reading agrees with the labels: `python -m cxnlp.training.agreement FOLDER`.

The reading is in `FOLDER/relabel/*.txt`: `=== id`, then `n tag tag ...` for every turn that is not
neutral or calm and unlabelled, by somebody who had seen the guide and the words alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cxnlp.errors import ReadError
from cxnlp.labels import HEADS, LABELS, TONES, labels_of
from cxnlp.training.dataset import COLUMN, label_row
from cxnlp.training.markup import MarkedCall, parse_folder
from cxnlp.training.metrics import columns_of, kappa_of

LEAST = 10


def read_reading(path: Path) -> dict[str, dict[int, set[str]]]:
    """{call id: {turn: tags}} of one file; ReadError names the line that is none."""
    found: dict[str, dict[int, set[str]]] = {}
    turns: dict[int, set[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.replace(";", " ").replace(",", " ").split()
        if not words:
            continue
        if words[0] == "===":
            turns = found.setdefault(words[1], {})
        elif words[0].rstrip(":").isdigit():
            turns[int(words[0].rstrip(":"))] = set(words[1:])
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


def agreement(
    calls: list[MarkedCall], reading: dict[str, dict[int, set[str]]]
) -> Iterator[tuple[str, int, int, float]]:
    """(side and name, positives of the labels, of the reading, Cohen's kappa) of every column."""
    pairs = [
        (turn, reading[call.id].get(number, set()))
        for call in calls
        if call.id in reading
        for number, turn in enumerate(call.turns)
        if turn.speaker != "system"
    ]
    side = np.array([0 if turn.speaker == "agent" else 1 for turn, _ in pairs], dtype=np.int8)
    sides = []
    for y in (
        np.array([label_row(turn) for turn, _ in pairs], dtype=np.int8),
        np.array([row_of(turn.speaker, tags) for turn, tags in pairs], dtype=np.int8),
    ):
        p = np.zeros((len(y), 6 + len(LABELS)), dtype=np.float32)
        sides.append(columns_of(side, y, y[:, 0], y[:, 1], y[:, 2:] == 1, p))
    for ours, theirs in zip(*sides, strict=True):
        one, other = ours.truth[ours.asked], theirs.truth[theirs.asked]
        yield f"{ours.side} {ours.name}", int(one.sum()), int(other.sum()), kappa_of(one, other)


def report(folder: Path) -> Iterator[str]:
    """The agreement as lines; the mean is over columns with ten positives or more in either."""
    reading = {
        key: turns for path in sorted((folder / "relabel").glob("*.txt")) for key, turns in read_reading(path).items()
    }
    rows = list(agreement(parse_folder(folder / "calls"), reading))
    yield f"{len(reading)} calls read again"
    yield from (f"  {name:<30}{ours:>6}{theirs:>6}   kappa {kappa:.2f}" for name, ours, theirs, kappa in rows)
    used = [kappa for _, ours, theirs, kappa in rows if max(ours, theirs) >= LEAST]
    yield f"mean kappa of {len(used)} columns: {np.mean(used):.3f}"


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description="Agreement of the labels with a blind second reading.")
    parser.add_argument("folder", type=Path)
    for line in report(parser.parse_args().folder):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
