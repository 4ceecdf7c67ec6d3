"""Speaker labels at the start of a line, and how to tell them from speech with a colon in it.

`Agent: ...`, `[00:01:12] Agent: ...`, `(00:12) Speaker 1: ...`, `Ben (Agent) [00:12]: ...`, `[Agent]: ...`,
`**Agent:** ...`, `- Agent: ...`, and the line of its own `Speaker 1  00:01`, whose speech follows below.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from cxnlp.readers.roles import Roles
from cxnlp.readers.times import clock, moment

_AT = r"(?:\d{4}-\d\d-\d\d[T ])?(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?(?:Z|\s?[AaPp]\.?[Mm]\.?)?"
_SPAN = rf"(?P<start>{_AT})(?:\s*(?:-->|[-\u2013]|to)\s*(?P<end>{_AT}))?"
_STAMP = re.compile(rf"\s*[\[(<]\s*{_SPAN}\s*[\])>]\s*(?:[-\u2013|:,]\s*)?")
_BARE_STAMP = re.compile(rf"\s*{_SPAN}(?=\s|$)\s*(?:[-\u2013|,]\s+)?")
_NAME = r"(?P<label>[^\W\d_](?:[^:\[\]*]{0,58}?[^:\[\]*\s(])?)"
_LATE = rf"(?:\s*[\[(]\s*(?P<late>{_AT})\s*[\])]|\s+(?P<later>{_AT}))"
_MARKS = r"\s*(?:[-*>\u2022]\s+)?(?:\*\*|\[)?"
_COLON = r"\s*(?::\*\*|\*\*\s*:|\]?\s*:)(?!//)"
_SAID = re.compile(rf"{_MARKS}{_NAME}{_LATE}?{_COLON}(?P<text>.*)", re.DOTALL)
_HEADED = re.compile(rf"\s*(?:\*\*)?{_NAME}(?:\*\*)?{_LATE}\s*:?\s*")

MOST_CHARACTERS, MOST_WORDS = 40, 4
_MOSTLY = 0.8


class Line(NamedTuple):
    """A line read as if its start were a label; `text` is what follows it, times in seconds.

    `label` is "" where a line has but a time. `rest` is all that follows a time in front (None without one).
    `alone`: the label stands on a line of its own with a time.
    """

    label: str
    text: str
    start: float | None = None
    end: float | None = None
    rest: str | None = None
    alone: bool = False


def parse(line: str) -> Line | None:
    """A line taken apart, None where it has neither a label nor a time in front.

    A time without brackets and without a label is speech ("10:30 suits me"), unless it has hours and seconds.

    >>> parse("[00:01:12] Agent: hello")
    Line(label='Agent', text='hello', start=72.0, end=None, rest='Agent: hello', alone=False)
    >>> parse("Speaker 1  00:01")
    Line(label='Speaker 1', text='', start=1.0, end=None, rest=None, alone=True)
    >>> parse("well I never") is None, parse("see https://example.org") is None
    (True, True)
    """
    stamp = _STAMP.match(line) or _BARE_STAMP.match(line)
    if stamp is None:
        if len(line) <= 120 and (headed := _HEADED.fullmatch(line)):
            return Line(headed["label"].strip(), "", _seconds(headed["late"] or headed["later"]), alone=True)
        said = _SAID.match(line)
        start = _seconds(said["late"] or said["later"]) if said else None
        return Line(said["label"].strip(), said["text"].strip(), start) if said else None
    start, end, rest = _seconds(stamp["start"]), _seconds(stamp["end"]), line[stamp.end() :].strip()
    if said := _SAID.match(rest):
        return Line(said["label"].strip(), said["text"].strip(), start, end, rest)
    sure = line.lstrip()[0] in "[(<" or stamp["start"].count(":") > 1 or not rest
    return Line("", rest, start, end, rest) if sure else None


def speakers(lines: Sequence[Line | None], roles: Roles) -> frozenset[str]:
    """Which of the labels of a call's lines are speakers.

    A label is one if it says a role or the caller gave it one, or another label names it; if it occurs twice; or
    if it looks like a name and has a time beside it, or nearly every line has a label. A phrase ("the time is")
    is none.

    >>> sorted(speakers([parse("Agent: hi"), parse("the time is: 5"), parse("Bo: hm"), parse("Bo: yes")], Roles()))
    ['Agent', 'Bo']
    """
    found = [line for line in lines if line and line.label]
    counts = Counter(fold(line.label) for line in found)
    named = roles.named({line.label for line in found})
    mostly = len(found) >= _MOSTLY * len(lines)
    kept = set[str]()
    for line in found:
        if line.label in kept:
            continue
        label, folded = line.label, fold(line.label)
        again = counts[folded] > 1 and not line.alone
        marked = _looks_like_name(label) and (mostly or line.alone or line.start is not None)
        if roles.of(label) or folded in named or (_may_be_name(label, folded) and (again or marked)):
            kept.add(label)
    return frozenset(kept)


def fold(label: str) -> str:
    """A label without regard to case and spacing."""
    return " ".join(label.casefold().replace(".", " ").split())


@lru_cache(maxsize=1)
def words() -> dict[str, frozenset[str]]:
    """The word lists of `header_words.json`: lines above a transcript, and what is no speaker."""
    table = json.loads(files("cxnlp.readers").joinpath("header_words.json").read_text("utf-8"))
    return {name: frozenset(entries) for name, entries in table.items()}


def _may_be_name(label: str, folded: str) -> bool:
    """Short enough for a name, and no phrase."""
    parts = folded.split()
    return (
        len(label) <= MOST_CHARACTERS
        and len(parts) <= MOST_WORDS
        and folded not in words()["not_labels"]
        and (len(parts) == 1 or words()["not_in_labels"].isdisjoint(parts))
    )


def _looks_like_name(label: str) -> bool:
    parts = label.replace("(", " ").replace("_", " ").split()
    return len(parts) <= 3 and all(not part[0].islower() for part in parts)


def _seconds(text: str | None) -> float | None:
    if not text:
        return None
    time = moment(text)
    return clock(text) if time is None else time
