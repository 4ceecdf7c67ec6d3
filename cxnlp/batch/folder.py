"""The output folder of a run: shards, journal, lock, and how a run that was stopped goes on.

    OUT/turns/part-00000.parquet    OUT/calls/part-00000.parquet
    OUT/rejects.jsonl               what could not be read, written when the run is finished
    OUT/run.json                    what the run is, its counts, versions, times, inputs and shards
    OUT/.run/journal.jsonl          a line a finished chunk, in order: its counts, rejects, sizes of its shards
    OUT/.run/ids.bin                hash and place of every call's id, in the order of the journal
    OUT/.run/lock                   held while a run is at work

A chunk is finished once its line is in the journal. Before that its shards were flushed and renamed; a shard
that no line tells of is left from a stop in between, is made again and is the same to the byte.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cxnlp.batch.errors import OutputError
from cxnlp.batch.ids import SeenIds
from cxnlp.batch.inputs import changed
from cxnlp.batch.task import TABLES, Result, write_whole
from cxnlp.schema import readable_json

_ID = np.dtype([("key", "<u8"), ("place", "<i8")])
_SHARDS = "part-[0-9]*.parquet"
_ROW = {"chunk", "calls", "turns", "shards", "rejects"}
_START_AFRESH = "name another folder, or start afresh (fresh)"


class OutputFolder:
    """OUT, locked for one run. Use as a context manager; `begin` before anything is committed.

    Attributes
    ----------
    finished : chunks that are done, all before the first that is not.
    seen : the ids of their calls.
    counts : calls, turns and rejects of them.
    """

    def __init__(self, out: Path) -> None:
        self.out, self.hidden = out, out / ".run"
        self.shards = self.hidden / f"shards-{os.getpid()}"
        self.finished, self.seen = 0, SeenIds()
        self.counts = {"calls": 0, "turns": 0, "rejects": 0}
        self._journal = self.hidden / "journal.jsonl"
        self._ids = self.hidden / "ids.bin"
        self.hidden.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.hidden / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise OutputError(
                f"{out}: another run is writing here", todo="wait for it, or name another folder"
            ) from None

    def __enter__(self) -> OutputFolder:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.shards, ignore_errors=True)
        os.close(self._lock)

    def clear(self) -> None:
        """Remove all that a run before left here, and nothing else."""
        for path in (self.out / "run.json", self.out / "rejects.jsonl", self._journal, self._ids):
            path.unlink(missing_ok=True)
        for table in TABLES:
            for path in (self.out / table).glob(_SHARDS):
                path.unlink()

    def begin(self, key: dict[str, Any], inputs: list[dict[str, Any]]) -> bool:
        """Take up the run that was begun here, or begin one; returns whether it is finished already.

        Parameters
        ----------
        key : what makes a run this run and no other, plain data.
        inputs : the manifest of its inputs.

        Raises
        ------
        OutputError
            What is here is of another run: another model, option or input, or shards were altered.
        """
        before = self._run_before()
        if before is not None:
            if not isinstance(before.get("key"), dict):
                raise OutputError(f"{self.out}: holds a run.json of something else", todo="name another folder")
            _same_inputs(before.get("inputs", []), inputs)
            _same_run(self.out, before["key"], key)
        for path in self.hidden.glob("shards-*"):
            shutil.rmtree(path, ignore_errors=True)
        self.shards.mkdir()
        for table in TABLES:
            (self.out / table).mkdir(exist_ok=True)
        self._take_up()
        return before is not None and before.get("status") == "finished"

    def _run_before(self) -> dict[str, Any] | None:
        path = self.out / "run.json"
        try:
            found: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
            return found
        except FileNotFoundError:
            for rest in (self._journal, self._ids):  # of a run that was taken away: nothing tells which it was
                rest.unlink(missing_ok=True)
            if any(any((self.out / table).glob(_SHARDS)) for table in TABLES):
                raise OutputError(f"{self.out}: holds scores of an unknown run", todo=_START_AFRESH) from None
            return None
        except msgspec.DecodeError as error:
            raise OutputError(f"{path}: cannot be read: {error}", todo=_START_AFRESH) from None

    def _take_up(self) -> None:
        """Count what is finished; cut off a line or ids that were half written; remove shards no line tells of."""
        size, calls = 0, 0
        for line, row in self._rows():
            for table, bytes in row["shards"].items():
                shard = self.shard(table, row["chunk"])
                if not shard.is_file() or shard.stat().st_size != bytes:
                    raise OutputError(f"{shard}: is missing or was altered", todo=_START_AFRESH)
            size += len(line)
            calls += row["calls"]
            self._count(row)
        _cut_off(self._journal, size)
        _cut_off(self._ids, calls * _ID.itemsize)
        ids = np.fromfile(self._ids, dtype=_ID)
        if len(ids) != calls:
            raise OutputError(f"{self._ids}: is missing or was altered", todo=_START_AFRESH)
        self.seen.add(ids["key"].copy(), ids["place"].copy())
        for table in TABLES:
            for path in (self.out / table).glob(_SHARDS):
                number = path.stem.removeprefix("part-")
                if number.isdecimal() and int(number) >= self.finished:
                    path.unlink()

    def _rows(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        if not self._journal.exists():
            return
        with open(self._journal, "rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                try:
                    row = msgspec.json.decode(line, type=dict[str, Any])
                except msgspec.DecodeError:
                    return
                if not row.keys() >= _ROW:
                    raise OutputError(f"{self._journal}: was altered", got=line[:80], todo=_START_AFRESH)
                yield line, row

    def _count(self, row: dict[str, Any]) -> None:
        self.finished += 1
        self.counts["calls"] += row["calls"]
        self.counts["turns"] += row["turns"]
        self.counts["rejects"] += len(row["rejects"])

    def shard(self, table: str, number: int) -> Path:
        """Where a chunk's shard is."""
        return self.out / table / f"part-{number:05d}.parquet"

    def commit(self, result: Result) -> None:
        """Give a chunk's shards their places and put it in the journal."""
        for table, (path, _) in result.shards.items():
            os.replace(path, self.shard(table, result.number))
            _flush_folder(self.out / table)
        ids = np.empty(len(result.ids), dtype=_ID)
        ids["key"], ids["place"] = result.ids, result.places
        _append(self._ids, ids.tobytes())
        row = {
            "chunk": result.number,
            "calls": result.calls,
            "turns": result.turns,
            "shards": {table: size for table, (_, size) in result.shards.items()},
            "rejects": result.rejects,
        }
        _append(self._journal, msgspec.json.encode(row) + b"\n")
        self.seen.add(result.ids, result.places)
        self._count(row)

    def write_run(self, run: dict[str, Any]) -> None:
        """run.json, whole or not at all."""
        self._replace(self.out / "run.json", readable_json(run))

    def finish(self) -> dict[str, Any]:
        """Write rejects.jsonl; returns {table: [[shard, bytes]]} for run.json."""
        shards: dict[str, Any] = {table: [] for table in TABLES}
        path = self.hidden / "rejects"
        with open(path, "wb") as file:
            for _, row in self._rows():
                for table, size in row["shards"].items():
                    shards[table].append([self.shard(table, row["chunk"]).name, size])
                file.writelines(msgspec.json.encode(reject) + b"\n" for reject in row["rejects"])
            file.flush()
            os.fsync(file.fileno())
        os.replace(path, self.out / "rejects.jsonl")
        _flush_folder(self.out)
        return shards

    def _replace(self, path: Path, data: bytes) -> None:
        new = self.hidden / path.name
        write_whole(new, data)
        os.replace(new, path)
        _flush_folder(self.out)


def _same_inputs(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> None:
    """Raise OutputError naming the first input that is not what it was when the run began."""
    for old, new in zip_longest(before, now, fillvalue=dict[str, Any]()):
        if {**old, "mtime_ns": 0} != {**new, "mtime_ns": 0}:
            row = new or old
            raise changed(row.get("path") or row.get("file") or "", "since the run began")


def _same_run(out: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise OutputError naming the first thing in which two runs differ."""
    for name in now:
        if before.get(name) != now[name]:
            got, allowed = now[name], before.get(name)
            if isinstance(got, dict) and isinstance(allowed, dict):
                differ = [part for part in {**allowed, **got} if allowed.get(part) != got.get(part)]
                got, allowed = ({part: side.get(part) for part in differ} for side in (got, allowed))
            raise OutputError(f"{out}: was begun with another {name}", got=got, allowed=allowed, todo=_START_AFRESH)


def _append(path: Path, data: bytes) -> None:
    with open(path, "ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _cut_off(path: Path, size: int) -> None:
    path.touch()
    if path.stat().st_size > size:
        os.truncate(path, size)


def _flush_folder(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
