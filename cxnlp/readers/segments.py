"""Segments to turns: a turn is everything one speaker says until another speaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cxnlp.errors import ReadError
from cxnlp.readers.roles import Roles
from cxnlp.schema import Call, Speaker, Turn, check_call

PAUSE = 2.0
"""Silences longer than this (seconds) inside a joined turn are kept."""

_DATES = (1e8, 1e10)  # seconds since 1970, from 1973 to 2286: no call is three years long


class Segment(NamedTuple):
    """A stretch of one speaker's speech, times in seconds or None."""

    speaker: Speaker
    text: str
    start: float | None = None
    end: float | None = None


class Piece(NamedTuple):
    """A segment whose speaker is still the label that the file uses; `line` says where it stands."""

    label: str
    text: str
    start: float | None = None
    end: float | None = None
    line: int | None = None


def join(segments: Iterable[Segment]) -> list[Turn]:
    """Turns of segments: neighbours of one speaker joined, the silences between them kept.

    Segments are put in order of their start where all have one (equal starts keep their order); overlaps
    stay as they are. Segments without words are dropped. Text is stripped at both ends and otherwise
    untouched.

    >>> join([Segment("agent", " hello", 0.0, 1.0), Segment("agent", "there ", 4.5, 5.0)])
    [Turn(speaker='agent', text='hello there', start=0.0, end=5.0, pauses=[(1.0, 4.5)])]
    """
    kept = [segment for segment in segments if segment.text.strip()]
    if all(segment.start is not None for segment in kept):
        kept.sort(key=lambda segment: segment.start or 0.0)
    turns: list[Turn] = []
    run: list[Segment] = []
    for segment in kept:
        if run and run[-1].speaker != segment.speaker:
            turns.append(_turn(run))
            run = []
        run.append(segment)
    if run:
        turns.append(_turn(run))
    return turns


def _turn(run: list[Segment]) -> Turn:
    """One turn of a run of segments by one speaker."""
    pauses: list[tuple[float, float]] = []
    end = run[0].end
    for segment in run[1:]:
        if end is not None and segment.start is not None and segment.start - end > PAUSE:
            pauses.append((end, segment.start))
        # A short segment can lie inside a longer one before it: the turn ends with whichever ends last.
        end = segment.end if end is None or segment.end is None else max(end, segment.end)
    text = " ".join(segment.text.strip() for segment in run)
    return Turn(run[0].speaker, text, run[0].start, end, pauses or None)


def call_of(
    id: str, pieces: list[Piece], roles: Roles, agent_id: str | None = None, meta: dict[str, Any] | None = None
) -> Call:
    """A checked call of pieces. Times that are dates (seconds since 1970) count from the first of them.

    Raises
    ------
    ReadError
        A label without a role, a call in which nothing is said, a time that is no time.
    """
    spoken = [piece for piece in pieces if piece.text.strip()]
    first_lines = {piece.label: piece.line for piece in reversed(spoken)}
    known = roles.resolve((piece.label for piece in spoken), first_lines)
    starts = [piece.start for piece in spoken if piece.start is not None]
    zero = min(starts, default=0.0)
    if not _DATES[0] <= zero < _DATES[1]:
        zero = 0.0
    turns = join(
        Segment(known[piece.label], piece.text, _less(piece.start, zero), _less(piece.end, zero)) for piece in spoken
    )
    if not turns:
        raise ReadError("a call of no turns", got=id, todo="leave it out, or give its turns")
    call = Call(id, turns, agent_id or None, meta or None)
    check_call(call)
    return call


def _less(time: float | None, zero: float) -> float | None:
    # Rounded to the microsecond: what is left of a difference of dates below it is noise of the float.
    return time if time is None or not zero else round(time - zero, 6)
