"""Scores as JSON lines, in a file or on stdout: whole or not at all, with the rejects beside them."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import msgspec

from cxnlp.batch.errors import OutputError
from cxnlp.batch.ids import SeenIds
from cxnlp.batch.task import Result

STDOUT = "-"


class OutputLines:
    """OUT.jsonl, written beside its place and put there when all is done; "-" is stdout, as it comes.

    Rejects go to OUT.rejects.jsonl ("-": rejects.jsonl in the working directory), a file that is
    there only if something was rejected.
    """

    def __init__(self, out: str) -> None:
        self.finished, self.seen = 0, SeenIds()
        self.counts = {"calls": 0, "turns": 0, "rejects": 0}
        self._out = None if out == STDOUT else Path(out)
        self._rejects = Path("rejects.jsonl") if self._out is None else rejects_path(self._out)
        self._file: IO[bytes] = sys.stdout.buffer
        with ExitStack() as opened:
            if self._out is not None:
                self._file = opened.enter_context(open(_beside(self._out), "ab"))
                _lock(self._file, self._out)
            self._opened = opened.pop_all()
        _beside(self._rejects).unlink(missing_ok=True)

    def __enter__(self) -> OutputLines:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
        for path in (self._out, self._rejects):
            if path is not None:
                _beside(path).unlink(missing_ok=True)

    def commit(self, result: Result) -> None:
        """Write a chunk's lines."""
        self._file.write(result.lines)
        if self._out is None:
            self._file.flush()
        if result.rejects:
            with open(_beside(self._rejects), "ab") as file:
                file.writelines(msgspec.json.encode(reject) + b"\n" for reject in result.rejects)
        self.seen.add(result.ids, result.places)
        self.counts["calls"] += result.calls
        self.counts["turns"] += result.turns
        self.counts["rejects"] += len(result.rejects)

    def finish(self) -> None:
        """Put the files in their places."""
        if self.counts["rejects"]:
            os.replace(_beside(self._rejects), self._rejects)
        elif self._out is not None:
            self._rejects.unlink(missing_ok=True)
        if self._out is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            os.replace(_beside(self._out), self._out)


def rejects_path(out: Path) -> Path:
    """Where the rejects of a JSONL output go.

    >>> rejects_path(Path("scores.jsonl")).name
    'scores.rejects.jsonl'
    """
    return out.with_name(f"{out.name.removesuffix('.jsonl')}.rejects.jsonl")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _lock(file: IO[bytes], out: Path) -> None:
    """Take a file for this run alone, and empty it; OutputError where another run is writing it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(f"{out}: another run is writing it", todo="wait, or name another file") from None
    file.truncate(0)
