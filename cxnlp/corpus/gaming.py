"""Empathy that grows in words and not in effect: what somebody should listen to, never a verdict.

Four questions are asked of every agent with enough calls, each answered against all other calls of the centre:

    unprompted           empathy said before anything called for it, at least twice as often a call
    lines_not_met        empathy lines an opportunity, half as many again, while feeling is not met more often than is
                         to be expected of such callers, nor is more taken up of what they said than by the others
    same_words           the same words of empathy in a good part of the calls, which the others do not say
    lines_up             lines an opportunity up by half from the first half of the period to the second, matched not

The first two and the last are one-sided conditional tests of Poisson counts, divided by their dispersion within
agents, corrected for the number of agents by Holm's method, at 5 % a question; the third is Wilson's lower limit of
the share of calls. Being far over is asked for beside being surely over: with many calls any difference is sure.
"Not more" is up to one standard error over: whoever is further over than that is not held up.
"""

from __future__ import annotations

from math import hypot, sqrt
from typing import Any

from cxnlp.calls.intervals import wilson
from cxnlp.corpus.counting import Counts
from cxnlp.corpus.expected import Expectation, owed_and_matched
from cxnlp.corpus.groups import Group
from cxnlp.corpus.rates import dispersion, excess, holm
from cxnlp.corpus.repeats import Place

CHANCE = 0.05
UNPROMPTED, LINES = 2.0, 1.5
SAME_SHARE, SAME_CALLS, SAME_MOST = 0.25, 8, 3
HALF_OWED = 10
"""Opportunities that each half of the period must have."""

_OWED = "opportunities"
_RATES = ("lines", "matched")

Flags = dict[str, list[dict[str, Any]]]


def look_at(groups: dict[str, Group], everyone: dict[str, Group], centre: Counts, expectation: Expectation) -> Flags:
    """{agent: flags} of the agents given, those with enough calls; a flag says what, with its numbers.

    Parameters
    ----------
    everyone : the agents given and all others.
    centre : counts of all calls, also of agents that are not looked at.
    """
    flags: Flags = {name: [] for name in groups}
    _unprompted(flags, groups, centre)
    _lines(flags, groups, centre, expectation)
    _same_words(flags, groups, everyone)
    _lines_up(flags, groups, centre)
    return flags


def _unprompted(flags: Flags, groups: dict[str, Group], centre: Counts) -> None:
    spread = dispersion(
        [
            (g.counts["unprompted^2",], g.counts["unprompted",], g.counts["calls",], g.counts["calls",])
            for g in groups.values()
        ]
    )
    pairs = {name: (group.counts["unprompted",], group.counts["calls",]) for name, group in groups.items()}
    everybody = (centre["unprompted",], centre["calls",])
    for name, row in _over(pairs, everybody, spread, UNPROMPTED).items():
        says = (
            f"look at empathy said before any cue: {row['own']:.2f} phrases a call, {row['others']:.2f} with the others"
        )
        flags[name].append(_flag("unprompted", says, row, [place[1:] for place in groups[name].early]))


def _lines(flags: Flags, groups: dict[str, Group], centre: Counts, expectation: Expectation) -> None:
    spread = _lines_dispersion(groups)
    pairs = {name: (group.counts["lines",], _owed(group.counts)) for name, group in groups.items()}
    for name, row in _over(pairs, (centre["lines",], _owed(centre)), spread, LINES).items():
        counts = groups[name].counts
        _, matched = owed_and_matched(counts)
        expected = expectation.of(counts)
        (own, error), (others, _) = _grounded(counts), _grounded(centre, counts)
        if matched > expected + _count_error(expected, row["of"]) or own > others + error:
            continue
        row |= {"matched": matched, "expected": _round(expected)}
        row |= {"grounded": _round(own), "grounded_others": _round(others)}
        says = (
            f"look at {row['own']:.1f} empathy lines an opportunity, {row['others']:.1f} with the others, "
            f"while {matched} were met and {expected:.1f} were to be expected"
        )
        flags[name].append(_flag("lines_not_met", says, row, [place[1:] for place in groups[name].many]))


def _same_words(flags: Flags, groups: dict[str, Group], everyone: dict[str, Group]) -> None:
    for name, group in groups.items():
        calls, found, said = int(group.counts["calls",]), 0, list[str]()
        for run, count, places in group.repeats.most():
            limits = wilson(min(count, calls), calls)
            if found == SAME_MOST or limits is None or count < SAME_CALLS or limits[0] < SAME_SHARE:
                break
            others = [(other.repeats.calls_with(run), other.counts["calls",]) for other in everyone.values()]
            rest = sum(calls for _, calls in others) - calls
            phrase = group.repeats.phrase(run)
            pieces = (" ".join(run[1:]), " ".join(run[:-1]), phrase)
            if rest < SAME_CALLS or any(piece in one for piece in pieces for one in said):
                continue
            share = (sum(count for count, _ in others) - count) / rest
            if share > SAME_SHARE / 2:
                continue
            said.append(phrase)
            found += 1
            row = {
                "words": phrase,
                "calls": count,
                "of": calls,
                "share": _round(count / calls),
                "interval": limits,
                "share_others": _round(share),
            }
            says = f'look at "{phrase}" in {count} of {calls} calls, {share:.0%} with the others'
            flags[name].append(_flag("same_words", says, row, places))


def _lines_up(flags: Flags, groups: dict[str, Group], centre: Counts) -> None:
    days = [name[1] for name in centre if name[0] == "day"]
    if not days:
        return
    middle = (min(days) + max(days)) / 2
    spread = _lines_dispersion(groups)
    halves = {name: _halves(group.counts, middle) for name, group in groups.items()}
    halves = {name: both for name, both in halves.items() if all(half[_OWED] >= HALF_OWED for half in both)}
    chances = {
        name: excess(
            after["lines"],
            after[_OWED],
            before["lines"] + after["lines"],
            before[_OWED] + after[_OWED],
            spread,
        )
        for name, (before, after) in halves.items()
    }
    for (name, (before, after)), chance in zip(halves.items(), holm(list(chances.values())), strict=True):
        lines, matched = ([half[what] / half[_OWED] for half in (before, after)] for what in _RATES)
        error = hypot(*(_count_error(half["matched"], half[_OWED]) / half[_OWED] for half in (before, after)))
        if chance >= CHANCE or lines[1] < LINES * lines[0] or matched[1] > matched[0] + error:
            continue
        row = {
            "before": {_OWED: int(before[_OWED]), **_named(lines[0], matched[0])},
            "after": {_OWED: int(after[_OWED]), **_named(lines[1], matched[1])},
            "chance": _round(chance),
        }
        says = (
            f"look at empathy lines up from {lines[0]:.1f} to {lines[1]:.1f} an opportunity in the second half of the "
            f"period, while {matched[0]:.0%} were met before and {matched[1]:.0%} after"
        )
        flags[name].append(_flag("lines_up", says, row, [place[1:] for place in groups[name].many]))


def _named(lines: float, matched: float) -> dict[str, float]:
    return {"lines": _round(lines), "matched": _round(matched)}


def _halves(counts: Counts, middle: float) -> tuple[dict[str, float], dict[str, float]]:
    halves = tuple(dict.fromkeys((_OWED, *_RATES), 0.0) for _ in range(2))
    for name, count in counts.items():
        if name[0] == "day":
            halves[name[1] > middle][name[2]] += count
    return halves[0], halves[1]


def _over(
    pairs: dict[str, tuple[float, float]], everybody: tuple[float, float], spread: float, least: float
) -> dict[str, dict[str, Any]]:
    """Those whose rate is surely over that of the others and at least `least` times it, with the numbers."""
    chances = holm([excess(*pair, *everybody, spread) for pair in pairs.values()])
    found = {}
    for (name, (hits, exposure)), chance in zip(pairs.items(), chances, strict=True):
        rest = everybody[1] - exposure
        if chance >= CHANCE or exposure <= 0 or rest <= 0:
            continue
        own, others = hits / exposure, (everybody[0] - hits) / rest
        if own >= least * others:
            found[name] = {
                "own": _round(own),
                "others": _round(others),
                "times": int(hits),
                "of": int(exposure),
                "dispersion": _round(spread),
                "chance": _round(chance),
            }
    return found


def _lines_dispersion(groups: dict[str, Group]) -> float:
    return dispersion(
        [(g.counts["lines^2",], g.counts["lines",], _owed(g.counts), g.counts["lines_calls",]) for g in groups.values()]
    )


def _owed(counts: Counts) -> float:
    return float(owed_and_matched(counts)[0])


def _grounded(counts: Counts, without: Counts | None = None) -> tuple[float, float]:
    """Mean share of an agent's content words that the customer said first, and its standard error; `without`: counts
    left out. (0, 0) where no turn has any."""
    total, squares, turns = (
        counts[name] - (without[name] if without is not None else 0.0)
        for name in (("grounded",), ("grounded^2",), ("grounded_turns",))
    )
    if turns < 2:
        return 0.0, 0.0
    mean = total / turns
    return mean, sqrt(max(0.0, squares / turns - mean * mean) / turns)


def _count_error(expected: float, owed: float) -> float:
    """Standard error of a number of opportunities met, of `owed`, where so many are expected."""
    return sqrt(max(0.0, expected * (1 - expected / owed))) if owed else 0.0


def _flag(kind: str, says: str, numbers: dict[str, Any], places: list[Place]) -> dict[str, Any]:
    examples = [{"call": call, "turn": turn} for call, turn in places]
    return {"kind": kind, "says": says, "numbers": numbers, "examples": examples}


def _round(value: float) -> float:
    return round(value, 4)
