"""What is counted of a group of calls: an agent's, a team's, the centre's. Groups add up.

A count has a tuple for a name, so that all counts of a group are one dict and adding groups is adding dicts:

    calls, left_out CODE              calls in the rates; calls that reliability holds back, by what it says
    event OPENING CUE RESPONSE        opportunities, by the caller's distress as the call opened
    unprompted, unprompted^2          empathy phrases before any cue; squared, for the dispersion
    lines, lines^2, lines_calls       agent turns with empathy in calls with an opportunity; squared, over those
    grounded, grounded^2, .._turns    sum over the agent's turns, of squares, and how many have it
    tone TONE                         agent turns, disclosures left out
    effort, effort^2, effort_calls    scores of effort;  own, own KIND: weight of, calls with a reason by the agent
    verdict V, resolved R, level L, roadblock KIND, opening N
    day N opportunities|matched|lines by day, for before and after
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import msgspec

from cxnlp.calls.empathy import MARKERS
from cxnlp.calls.reliability import HARMLESS
from cxnlp.scores import CallScore, TurnScore

Counts = defaultdict[tuple[Any, ...], float]
MARKER_SET = frozenset(MARKERS)


def new_counts() -> Counts:
    """No counts yet."""
    return defaultdict(float)


def add_counts(into: Counts, other: Counts) -> None:
    """Add one group's counts to another's."""
    for name, count in other.items():
        into[name] += count


def sum_of(counts: Counts, *head: Any) -> dict[Any, float]:
    """{last part of the name: count} of all counts that begin so.

    >>> counts = new_counts()
    >>> counts["tone", "genuine"] += 2
    >>> sum_of(counts, "tone")
    {'genuine': 2.0}
    """
    size = len(head)
    return {
        name[-1]: count
        for name, count in sorted(counts.items(), key=str)
        if name[:size] == head and len(name) == size + 1
    }


def is_reliable(score: CallScore) -> bool:
    """Whether a call counts in rates: one that does not say is believed."""
    reliability = score.call.get("reliability")
    return reliability is None or bool(reliability["ok"])


def count_call(counts: Counts, score: CallScore) -> None:
    """Add one call."""
    call = score.call
    if not is_reliable(score):
        for code in sorted(set(call["reliability"]["warnings"]) - HARMLESS) or ["unknown"]:
            counts["left_out", code] += 1
        counts["left_out_calls",] += 1
        return
    counts["calls",] += 1
    _count_turns(counts, score)
    _count_empathy(counts, score)
    if (effort := call.get("effort")) is not None:
        _count_effort(counts, effort)
    if (outcome := call.get("outcome")) is not None:
        counts["verdict", outcome["verdict"]] += 1
        counts["resolved", outcome["resolved"]] += 1
    if (power := call.get("empowerment")) is not None:
        counts["level", power["level"]] += 1
    for block in call.get("roadblocks") or ():
        counts["roadblock", block["kind"]] += 1
    if call.get("roadblocks"):
        counts["roadblock_calls",] += 1


def _count_turns(counts: Counts, score: CallScore) -> None:
    for turn in score.turns:
        if turn.speaker != "agent" or "disclosure" in turn.labels:
            continue
        counts["tone", turn.tone] += 1
        if isinstance(turn.grounded, float):
            counts["grounded",] += turn.grounded
            counts["grounded^2",] += turn.grounded * turn.grounded
            counts["grounded_turns",] += 1


def _count_empathy(counts: Counts, score: CallScore) -> None:
    opening = opening_of(score)
    counts["opening", opening] += 1
    empathy = score.call.get("empathy")
    if empathy is None:
        return
    early = empathy["unprompted"]
    counts["unprompted",] += early
    counts["unprompted^2",] += early * early
    for event in empathy["events"]:
        counts["event", opening, event["cue"], event["response"]] += 1
    owed = len(empathy["events"])
    if not owed:
        return
    lines = len(empathy_turns(score))
    counts["lines",] += lines
    counts["lines^2",] += lines * lines / owed
    counts["lines_calls",] += 1
    if (day := day_of(score)) is not None:
        counts["day", day, "opportunities"] += owed
        counts["day", day, "matched"] += sum(event["response"] == "matched" for event in empathy["events"])
        counts["day", day, "lines"] += lines


def _count_effort(counts: Counts, effort: dict[str, Any]) -> None:
    counts["effort",] += effort["score"]
    counts["effort^2",] += effort["score"] * effort["score"]
    counts["effort_calls",] += 1
    own = [reason for reason in effort["reasons"] if reason["source"] == "agent"]
    counts["own",] += sum(reason["weight"] for reason in own)
    for kind in {reason["kind"] for reason in own}:
        counts["own", kind] += 1


def empathy_turns(score: CallScore) -> list[TurnScore]:
    """The agent's turns with an empathy marker, as opportunities count them."""
    return [turn for turn in score.turns if turn.speaker == "agent" and not MARKER_SET.isdisjoint(turn.labels)]


def opening_of(score: CallScore) -> int:
    """The distress a caller came with, 0 to 3; 0 where the customer never speaks."""
    distress = score.call.get("distress")
    return 0 if distress is None else min(max(int(distress["opening"]), 0), 3)


def meta_of(score: CallScore, key: str) -> str | None:
    """A value of `meta` as text: None where it is absent, null or empty."""
    value = (score.meta or {}).get(key)
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def day_of(score: CallScore) -> int | None:
    """The day a call began, counted as `date.toordinal` does (UTC where it has a zone); None where not known."""
    try:
        began = datetime.fromisoformat(meta_of(score, "started_at") or "")
        return (began.astimezone(UTC) if began.tzinfo else began).toordinal()
    except (ValueError, OverflowError):
        return None
