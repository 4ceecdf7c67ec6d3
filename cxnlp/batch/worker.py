"""The other end of `pool`: `python -m cxnlp.batch.worker FD` takes settings, then tasks, until its socket closes."""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection

from cxnlp.batch.task import Result, Settings, Task
from cxnlp.batch.work import Worker
from cxnlp.errors import CxnlpError


def main(number: int) -> None:
    """Work for the parent at file descriptor `number`. Its errors go back to it, and are its to report."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and closes the socket
    parent = Connection(number)
    try:
        ready = _load(parent.recv())
        while task := parent.recv():
            parent.send(_reply(ready, task))
    except (EOFError, OSError):
        pass  # the parent is gone, or has had enough


def _load(settings: Settings) -> Worker | CxnlpError:
    """A worker with its model, loaded before the first task comes; the error is the answer to that task."""
    try:
        return Worker(settings)
    except CxnlpError as error:
        return error


def _reply(ready: Worker | CxnlpError, task: Task) -> Result | CxnlpError | OSError:
    if isinstance(ready, CxnlpError):
        return ready
    try:
        return ready.work(task)
    except (CxnlpError, OSError) as error:
        return error


if __name__ == "__main__":
    main(int(sys.argv[1]))
