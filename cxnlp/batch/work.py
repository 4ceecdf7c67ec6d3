"""One chunk scored: the function that every process runs, and the only one that makes shards.

A shard is written whole under a name of its own and flushed to the disk; the parent gives it its
place. The bytes depend on the chunk, the model and the settings alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cxnlp.batch.chunks import How, Lines, Whole
from cxnlp.batch.ids import id_hash, pack_place
from cxnlp.batch.task import TABLES, Result, Settings, Task, write_whole
from cxnlp.errors import ReadError
from cxnlp.labels import OUTPUT_NAMES
from cxnlp.readers.blocks import blocks
from cxnlp.readers.canonical import calls_of_lines
from cxnlp.readers.document import Document
from cxnlp.readers.reading import calls_of, twice
from cxnlp.readers.roles import Roles
from cxnlp.schema import Call
from cxnlp.scores import ScoreBatch
from cxnlp.scoring.scorer import Scorer, load
from cxnlp.tables import calls_table, turns_table
from cxnlp.tables.arrow import pyarrow

_DICTIONARY = {
    "turns": ["call_id", "speaker", "tone", "labels.list.element", "evidence.list.element.label"],
    "calls": ["model", "agent_id", "team", "queue", "channel"],
}
_SPLIT = {"turns": [f"p.{name}" for name in OUTPUT_NAMES], "calls": False}
"""Columns of probabilities: their bytes pressed plane by plane take a fifth less room for the same time."""


class Worker:
    """Scores chunks with one loaded model."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.scorer: Scorer = load(settings.bundle, settings.config)

    def work(self, task: Task) -> Result:
        """Read, score and write one chunk; OSError where it cannot be written."""
        reading = _Reading(task, self.settings.how)
        calls = list(reading.calls())
        result = Result(
            number=task.chunk.number,
            calls=len(calls),
            turns=sum(len(call.turns) for call in calls),
            rejects=[error.as_dict() for error in reading.rejects],
            ids=np.array(reading.keys, dtype=np.uint64),
            places=np.array(reading.places, dtype=np.int64),
        )
        batches = self.scorer.batches(calls)
        if self.settings.folder is None:
            result.lines = b"".join(self._lines(batches))
        elif calls:
            self._write(result, batches)
        return result

    def _lines(self, batches: Iterator[ScoreBatch]) -> Iterator[bytes]:
        text = self.settings.config.text
        for batch in batches:
            for number in range(len(batch.calls)):
                yield batch.call_score(number, text).to_json() + b"\n"

    def _write(self, result: Result, batches: Iterator[ScoreBatch]) -> None:
        text = self.settings.config.text
        parts: dict[str, list[Any]] = {table: [] for table in TABLES}
        for batch in batches:
            parts["turns"].append(turns_table(batch, text))
            parts["calls"].append(calls_table(batch, text))
        for table in TABLES:
            path = Path(self.settings.folder or "", f"{table}-{result.number:05d}.parquet")
            data = self._parquet(table, parts.pop(table))
            write_whole(path, data)
            result.shards[table] = (str(path), len(data))

    def _parquet(self, table: str, parts: list[Any]) -> memoryview:
        pa = pyarrow()
        import pyarrow.parquet as parquet

        whole = pa.concat_tables(parts).replace_schema_metadata(self.settings.metadata)
        sink = pa.BufferOutputStream()
        parquet.write_table(
            whole,
            sink,
            compression="zstd",
            use_dictionary=_DICTIONARY[table],
            use_byte_stream_split=_SPLIT[table],
            row_group_size=1 << 17,
            write_statistics=list(_DICTIONARY[table]),
        )
        return memoryview(sink.getvalue())


class _Reading:
    """The calls of a chunk, in order, with what was rejected on the way."""

    def __init__(self, task: Task, how: How) -> None:
        self._task, self._how = task, how
        self._known = dict(task.known)
        self.rejects: list[ReadError] = []
        self.keys: list[int] = []
        self.places: list[int] = []

    def calls(self) -> Iterator[Call]:
        for piece in self._task.chunk.pieces:
            if isinstance(piece, ReadError):
                self.rejects.append(piece)
                continue
            path = piece.path if isinstance(piece, Lines) else piece.source.path
            for line, call in self._read(piece, path):
                key = id_hash(call.id)
                if (first := self._known.get(key)) is not None:
                    self.rejects.append(twice(call.id, *first).at(path, line or None))
                    continue
                self._known[key] = (path, line)
                self.keys.append(key)
                self.places.append(pack_place(piece.input, line))
                yield call

    def _read(self, piece: Lines | Whole, path: str) -> Iterator[tuple[int, Call]]:
        if isinstance(piece, Lines):
            lines = zip(piece.places, piece.data.split(b"\n"), strict=True)
            yield from calls_of_lines(lines, path, self.rejects.append)
            return
        how, source = self._how, piece.source
        try:
            doc = Document(path, source.id, blocks(path), Roles(how.roles), self.rejects.append, how.columns)
            for call, line in calls_of(doc, how.row):
                yield line or 0, call
        except ReadError as error:
            self.rejects.append(error.at(path))
