"""Worker processes: tasks out, results back in order.

A worker is a fresh Python that talks over one socket pair. It inherits nothing else, neither the lock nor the
sockets of its fellows, so that when the parent dies, however it dies, each worker finds its socket closed and ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Protocol

from cxnlp.batch.errors import WorkerError
from cxnlp.batch.task import Result, Settings, Task

if TYPE_CHECKING:
    from cxnlp.batch.work import Worker

AHEAD = 4
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Workers(Protocol):
    """What the job sees of one process or many."""

    def begin(self, settings: Settings) -> None:
        """What is to be done, told once, before the first task."""

    def results(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in the order of the tasks."""

    def redo(self, task: Task) -> Result:
        """One task again, while others may be under way."""

    def close(self) -> None:
        """End all processes."""


class Here:
    """No other process: the model is loaded when the first task comes."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._worker: Worker | None = None

    def begin(self, settings: Settings) -> None:
        """What is to be done."""
        self._settings = settings

    def results(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in order."""
        return ((task, self.redo(task)) for task in tasks)

    def redo(self, task: Task) -> Result:
        """One task, at once."""
        if self._worker is None:
            from cxnlp.batch.work import Worker  # imports spaCy, which the parent of workers can do without

            assert self._settings is not None
            self._worker = Worker(self._settings)
        return self._worker.work(task)

    def close(self) -> None:
        """End what was begun."""
        self._worker = None


class Pool:
    """`jobs` processes, each with a model of its own. They begin to import before they are told what to do."""

    def __init__(self, jobs: int) -> None:
        self._processes: dict[Connection, subprocess.Popen[bytes]] = {}
        self._idle: list[Connection] = []
        self._done: dict[int, Result] = {}
        for _ in range(jobs):
            ours, theirs = Pipe()
            self._processes[ours] = _start(theirs)
            theirs.close()
            self._idle.append(ours)

    def begin(self, settings: Settings) -> None:
        """What is to be done."""
        for connection in self._processes:
            self._tell(connection, settings)

    def results(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in order; the next one is cut while all are busy, for who is free first."""
        waiting = deque[Task]()
        ahead = next(tasks, None)
        while True:
            while ahead and self._idle and len(waiting) < AHEAD * len(self._processes):
                self._send(ahead)
                waiting.append(ahead)
                ahead = next(tasks, None)
            if not waiting:
                return
            if waiting[0].chunk.number in self._done:
                task = waiting.popleft()
                yield task, self._done.pop(task.chunk.number)
            else:
                self._receive()

    def redo(self, task: Task) -> Result:
        """One task, at once."""
        while not self._idle:
            self._receive()
        self._send(task)
        while task.chunk.number not in self._done:
            self._receive()
        return self._done.pop(task.chunk.number)

    def close(self) -> None:
        """End what was begun."""
        for connection, process in self._processes.items():
            connection.close()
            process.kill()
        for process in self._processes.values():
            process.wait()
        self._processes.clear()

    def _send(self, task: Task) -> None:
        self._tell(self._idle.pop(), task)

    def _tell(self, connection: Connection, what: Settings | Task) -> None:
        try:
            connection.send(what)
        except OSError:
            raise self._dead(connection) from None

    def _receive(self) -> None:
        busy = [connection for connection in self._processes if connection not in self._idle]
        for connection in wait(busy):
            assert isinstance(connection, Connection)
            try:
                found = connection.recv()
            except (EOFError, OSError):
                raise self._dead(connection) from None
            if isinstance(found, BaseException):
                raise found
            self._done[found.number] = found
            self._idle.append(connection)

    def _dead(self, connection: Connection) -> WorkerError:
        code = self._processes[connection].wait()
        return WorkerError(
            "a worker process ended before its work was done",
            got=f"signal {-code}" if code < 0 else f"exit code {code}",
            todo="what is finished is kept: run the same line again, with fewer jobs if memory was short",
        )


def _start(theirs: Connection) -> subprocess.Popen[bytes]:
    number = theirs.fileno()
    return subprocess.Popen(
        [sys.executable, "-m", "cxnlp.batch.worker", str(number)],
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(part or os.curdir for part in sys.path)},
    )
