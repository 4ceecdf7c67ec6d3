"""Counts as figures: every share with how many it is of, and its interval."""

from __future__ import annotations

from collections import Counter
from math import sqrt
from typing import Any

from cxnlp.calls.intervals import Z95, wilson
from cxnlp.corpus.counting import Counts, sum_of
from cxnlp.labels import TONES


def share(hits: float, total: float) -> dict[str, Any]:
    """A share with what it is of and Wilson's interval.

    >>> share(8, 10)
    {'n': 8, 'of': 10, 'share': 0.8, 'interval': [0.4902, 0.9433]}
    """
    n, of = int(hits), int(total)
    return {"n": n, "of": of, "share": round(n / of, 4) if of else None, "interval": wilson(n, of)}


def mean(total: float, squares: float, cases: float) -> dict[str, Any]:
    """A mean with its interval of 95 % (normal); null of no cases, no interval of one.

    >>> mean(10.0, 30.0, 4)
    {'n': 4, 'mean': 2.5, 'interval': [1.2348, 3.7652]}
    """
    if not cases:
        return {"n": 0, "mean": None, "interval": None}
    middle = total / cases
    if cases < 2:
        return {"n": 1, "mean": round(middle, 4), "interval": None}
    half = Z95 * sqrt(max(0.0, (squares - cases * middle * middle) / (cases - 1)) / cases)
    limits = [round(middle - half, 4), round(middle + half, 4)]
    return {"n": int(cases), "mean": round(middle, 4), "interval": limits}


def figures_of(counts: Counts) -> dict[str, Any]:
    """The figures of a group of calls: empathy, tone, effort, outcome, empowerment, roadblocks, what was left out."""
    return {
        "calls": int(counts["calls",]),
        "left_out": {"calls": int(counts["left_out_calls",]), "why": _whole(sum_of(counts, "left_out"))},
        "opening": _whole(sum_of(counts, "opening")),
        "empathy": _empathy(counts),
        "tone": _tone(counts),
        "effort": _effort(counts),
        "outcome": _outcome(counts),
        "empowerment": _whole(sum_of(counts, "level")),
        "roadblocks": {
            "calls": int(counts["roadblock_calls",]),
            "kinds": _whole(sum_of(counts, "roadblock")),
        },
    }


def _empathy(counts: Counts) -> dict[str, Any]:
    responses, cues = Counter[str](), dict[str, Counter[str]]()
    for name, count in counts.items():
        if name[0] == "event":
            _, _, cue, response = name
            responses[response] += int(count)
            cues.setdefault(cue, Counter())[response] += int(count)
    owed = responses.total()
    met = share(responses["matched"], owed)
    return {
        "opportunities": owed,
        **{name: responses[name] for name in ("matched", "formulaic", "missed")},
        "rate": met["share"],
        "interval": met["interval"],
        "unprompted": int(counts["unprompted",]),
        "by_cue": {cue: share(found["matched"], found.total()) for cue, found in sorted(cues.items())},
    }


def _tone(counts: Counts) -> dict[str, Any]:
    tones = sum_of(counts, "tone")
    turns, known = sum(tones.values()), counts["grounded_turns",]
    shares: dict[str, Any] = {tone: share(tones.get(tone, 0), turns) for tone in TONES}
    return {**shares, "grounded": round(counts["grounded",] / known, 4) if known else None}


def _effort(counts: Counts) -> dict[str, Any]:
    """`own`: mean weight a call of what the agent made the customer do, less what they took over; by kind: calls."""
    calls = counts["effort_calls",]
    return {
        **mean(counts["effort",], counts["effort^2",], calls),
        "own": round(counts["own",] / calls, 4) if calls else None,
        "own_reasons": _whole(sum_of(counts, "own")),
    }


def _outcome(counts: Counts) -> dict[str, Any]:
    resolved = sum_of(counts, "resolved")
    return {
        "verdicts": _whole(sum_of(counts, "verdict")),
        "resolved": share(resolved.get("yes", 0), sum(resolved.values())),
        "not_resolved": share(resolved.get("no", 0), sum(resolved.values())),
    }


def _whole(counts: dict[Any, float]) -> dict[str, int]:
    return {str(name): int(count) for name, count in counts.items()}
