"""What a worker is told, what it gives back, and how a file is written whole. No model is loaded for these."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.batch.chunks import Chunk, How
from cxnlp.config import ScoringConfig

TABLES = ("turns", "calls")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker is told once. `folder`: where it writes shards; None: it gives lines of JSON back.
    `metadata`: what the schema of a shard says of its run."""

    bundle: str | None
    config: ScoringConfig
    how: How
    folder: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """A chunk to score. `known`: hash of an id seen before it -> (path, line) of that."""

    chunk: Chunk
    known: dict[int, tuple[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Result:
    """What became of a chunk. `ids`, `places` (C,) of its calls; `shards`: {table: (file, bytes)}."""

    number: int
    calls: int
    turns: int
    rejects: list[dict[str, Any]]
    ids: NDArray[np.uint64]
    places: NDArray[np.int64]
    shards: dict[str, tuple[str, int]] = field(default_factory=dict)
    lines: bytes = b""


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Write a file and flush it to the disk."""
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
