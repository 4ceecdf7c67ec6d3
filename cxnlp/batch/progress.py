"""How far a run is: a line that rewrites itself on a terminal, plain lines now and then in a log, or nothing."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Counts turns and text as chunks are finished.

    Parameters
    ----------
    size : about how many bytes of text there are in all; 0 where that is not known.
    quiet : say nothing.
    to : where it is written; stderr if not given.
    """

    def __init__(self, size: int, quiet: bool = False, to: TextIO | None = None) -> None:
        self._size, self._to = size, None if quiet else to or sys.stderr
        self._live = self._to is not None and self._to.isatty()
        self._begun = self._told = time.monotonic()
        self._turns = self._bytes = 0
        self._skipped = 0

    def skip(self, size: int) -> None:
        """A chunk that was finished before: it counts as done, not as work of this run."""
        self._skipped += size

    def add(self, turns: int, size: int) -> None:
        """A chunk was finished."""
        self._turns += turns
        self._bytes += size
        now = time.monotonic()
        if self._to is not None and now - self._told >= (0.2 if self._live else 10):
            self._told = now
            self._write(describe(self._turns, self._bytes, self._skipped, self._size, now - self._begun))

    def close(self) -> None:
        """The last line."""
        if self._to is None:
            return
        seconds = time.monotonic() - self._begun
        rate = f"{self._turns / seconds:,.0f} a second" if seconds > 0 else ""
        self._write(f"{self._turns:,} turns in {duration(seconds)}, {rate}")
        if self._live:
            self._to.write("\n")
        self._to.flush()

    def _write(self, line: str) -> None:
        if self._to is not None:
            self._to.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
            self._to.flush()


def describe(turns: int, done: int, skipped: int, size: int, seconds: float) -> str:
    """A line of progress; share and time left where the size is known.

    >>> describe(120_000, 30, 10, 80, 1.5)
    '120,000 turns, 80,000 a second, 50 %, 0:02 left'
    >>> describe(120_000, 30, 0, 0, 1.5)
    '120,000 turns, 80,000 a second'
    """
    line = f"{turns:,} turns, {turns / max(seconds, 1e-9):,.0f} a second"
    if not size or not done:
        return line
    share = min((done + skipped) / size, 0.99)
    left = max(size - done - skipped, 0) / done * seconds
    return f"{line}, {share:.0%}, {duration(left)} left".replace("%", " %")


def duration(seconds: float) -> str:
    """Seconds as minutes and seconds, or hours.

    >>> duration(75), duration(3700)
    ('1:15', '1:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
