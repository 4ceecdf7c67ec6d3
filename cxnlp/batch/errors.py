"""What can stop a batch job."""

from __future__ import annotations

import errno

from cxnlp.errors import ConfigError, CxnlpError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class OutputError(ConfigError):
    """OUT cannot be used: unwritable, full, busy, from another run, or its input has changed."""


class WorkerError(CxnlpError):
    """A worker process that ended before its work was done."""


def unwritable(out: str, error: OSError) -> OutputError:
    """The error of an output that cannot be written.

    >>> print(unwritable("scores", OSError(errno.EACCES, "Permission denied")))
    scores: cannot be written: Permission denied
    """
    if error.errno in _FULL:
        return OutputError(
            f"{out}: no room left to write: {error.strerror or error}",
            todo="make room and run the same line again: it goes on behind what is finished",
        )
    return OutputError(f"{out}: cannot be written: {error.strerror or error}")
