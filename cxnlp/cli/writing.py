"""Where a command writes what it found: a JSON or CSV file, whole or not at all, or JSON to standard output."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cxnlp.errors import ConfigError

STDOUT = "-"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check_out(out: str | None, *endings: str, inputs: Iterable[str] = ()) -> None:
    """Raise ConfigError, before any work, where an output is neither - nor a file of one of these endings (none: any),
    or is one of the inputs."""
    if out is None or out == STDOUT:
        return
    if any(os.path.realpath(out) == os.path.realpath(path) for path in inputs):
        raise ConfigError(f"{out}: is one of the inputs", todo="name another output")
    allowed = ", ".join(["-", *(f"a file ending in {ending}" for ending in endings or ("anything",))])
    if not out or (endings and not out.endswith(endings)):
        raise ConfigError("not an output", got=out, allowed=allowed)
    if os.path.isdir(out) or not os.path.isdir(os.path.dirname(out) or os.curdir):
        raise ConfigError(f"{out}: cannot be written: no such folder, or a folder itself")


def write(out: str, data: bytes) -> None:
    """Write to a file beside and put it in its place, or to standard output; ConfigError where that fails."""
    if out == STDOUT:
        sys.stdout.buffer.write(data)
        return
    path = Path(out)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigError(f"{out}: cannot be written: {error.strerror or error}") from None


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    r"""Rows of the same columns. Text that a spreadsheet would take for a formula gets a `'` before it.

    >>> as_csv([{"agent": "=1+1", "calls": 3, "rate": None}])
    b"agent,calls,rate\r\n'=1+1,3,\r\n"
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    if rows:
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return file.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
