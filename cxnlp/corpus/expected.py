"""What could be expected of an agent, given the callers that came: indirect standardisation.

Opportunities are laid in strata by how distressed the caller was as the call opened and by the kind of cue. Each
stratum has the centre's rate of matched answers; an agent's expected number is the sum of these rates over their
own opportunities, and observed / expected is 1 for one who does as the centre does in every stratum, however
heavy the queue (Breslow and Day, Statistical Methods in Cancer Research II, 1987, ch. 2). The strata of one cue
that hold too few opportunities are put together, then those of all cues.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from cxnlp.calls.intervals import wilson
from cxnlp.corpus.counting import Counts

LEAST = 20
"""Opportunities in the whole centre from which a stratum has a rate of its own."""

Stratum = tuple[int, str]


class Expectation:
    """The centre's rates by stratum.

    Parameters
    ----------
    centre : counts of all calls that rates are made of.
    """

    def __init__(self, centre: Counts) -> None:
        owed, matched = _by_stratum(centre)
        self._name = {stratum: stratum if owed[stratum] >= LEAST else (-1, stratum[1]) for stratum in owed}
        by_cue = _regrouped(owed, self._name)
        self._name = {stratum: name if by_cue[name] >= LEAST else (-1, "any") for stratum, name in self._name.items()}
        trials, hits = _regrouped(owed, self._name), _regrouped(matched, self._name)
        self.rates = {name: hits[name] / count for name, count in trials.items()}
        self.rate = sum(hits.values()) / sum(trials.values()) if trials else 0.0

    def of(self, counts: Counts) -> float:
        """The number of matched answers to be expected in place of these."""
        owed, _ = _by_stratum(counts)
        return sum(count * self.rates[self._name[stratum]] for stratum, count in sorted(owed.items()))

    def strata(self) -> list[dict[str, Any]]:
        """The rates as plain data; opening -1: several put together."""
        return [
            {"opening": opening, "cue": cue, "rate": round(rate, 4)}
            for (opening, cue), rate in sorted(self.rates.items())
        ]


def owed_and_matched(counts: Counts) -> tuple[int, int]:
    """(opportunities, matched)."""
    owed, matched = _by_stratum(counts)
    return int(sum(owed.values())), int(sum(matched.values()))


def ratio_interval(matched: int, owed: int, expected: float) -> list[float] | None:
    """95 % of observed / expected: Wilson's interval of the observed rate over the expected rate, taken as known.
    A little wide, since what differs between strata is taken for chance. None where nothing was expected.

    >>> ratio_interval(8, 10, 8.0)
    [0.6128, 1.1791]
    """
    limits = wilson(matched, owed)
    if limits is None or expected <= 0:
        return None
    return [round(limit * owed / expected, 4) for limit in limits]


def _by_stratum(counts: Counts) -> tuple[Counter[Stratum], Counter[Stratum]]:
    owed, matched = Counter[Stratum](), Counter[Stratum]()
    for name, count in counts.items():
        if name[0] == "event":
            _, opening, cue, response = name
            owed[opening, cue] += int(count)
            matched[opening, cue] += int(count) * (response == "matched")
    return owed, matched


def _regrouped(counts: Counter[Stratum], name: dict[Stratum, Stratum]) -> Counter[Stratum]:
    grouped = Counter[Stratum]()
    for stratum, count in counts.items():
        grouped[name[stratum]] += count
    return grouped
