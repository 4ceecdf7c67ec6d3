"""Times as people and platforms write them, to seconds."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?")
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?")
_HALF_DAY = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s?([AaPp])\.?[Mm]\.?")


def clock(text: str) -> float | None:
    """Seconds of `h:mm:ss`, `mm:ss` (a fraction allowed) or a time of day with AM or PM; None if it is none of them.

    >>> clock("00:01:12.5"), clock("01:12"), clock("2:05 pm"), clock("soon")
    (72.5, 72.0, 50700.0, None)
    """
    text = text.strip()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = match.groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return float(f"{whole}.{fraction or 0}")
    if match := _HALF_DAY.fullmatch(text):
        hours, minutes, seconds, half = match.groups()
        hour = int(hours) % 12 + (12 if half in "Pp" else 0)
        return float(hour * 3600 + int(minutes) * 60 + int(seconds or 0))
    return None


def moment(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date and time (UTC where it names no zone); None if it is none.

    >>> moment("1970-01-01T00:01:00.500Z"), moment("1970-01-01 00:00:02"), moment("00:01")
    (60.5, 2.0, None)
    """
    text = text.strip()
    if len(text) < 15 or text[4:5] != "-":
        return None
    try:
        time = datetime.fromisoformat(text[:-1] + "+00:00" if text[-1] in "zZ" else text)
    except ValueError:
        return None
    return utc(time).timestamp()


def utc(time: datetime) -> datetime:
    """A time in UTC; one that names no zone is taken to be."""
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar, where the zone leads out of it
        return time.replace(tzinfo=UTC)


def number(text: str) -> float | None:
    """A plain finite number; None if it is none.

    >>> number("12.5"), number("1,250"), number("1e999"), number("nan")
    (12.5, None, None, None)
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None
