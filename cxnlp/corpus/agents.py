"""Agents and teams: what their calls say, with how sure it is, and nobody ranked on a few.

A rate is shown four ways: as it was seen, with Wilson's interval; drawn to the mean of the team (`rates`); against
what was to be expected of the callers who came (`expected`), with the interval that ranks are made of; and both. A
rank rests on an agent's own calls alone, not on the team's; it is given as the span that the intervals leave open,
and only from a least number of calls and of opportunities on. Roadblocks are listed by rule and enter no rate.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cxnlp.corpus.counting import Counts
from cxnlp.corpus.expected import Expectation, owed_and_matched, ratio_interval
from cxnlp.corpus.figures import figures_of
from cxnlp.corpus.gaming import look_at
from cxnlp.corpus.groups import By, Gathered, Group, gather
from cxnlp.corpus.rates import Numbers, Shrunk, rank_spans, shrink, strength
from cxnlp.errors import ConfigError, ReadError
from cxnlp.scores import CallScore

LEAST_CALLS, LEAST_OPPORTUNITIES = 30, 20


def agents_of(
    scores: Iterable[CallScore],
    by: By = "agent",
    least_calls: int = LEAST_CALLS,
    least_opportunities: int = LEAST_OPPORTUNITIES,
) -> dict[str, Any]:
    """The agents, or teams, of a centre, as plain data.

    Parameters
    ----------
    scores : with `groups.FIELDS` of their turns and the probabilities of `groups.HEADS`.
    by : what calls are gathered by: `agent_id`, or `meta.team`.
    least_calls, least_opportunities : below either nobody is ranked, nor looked at for gaming.

    Returns
    -------
    {"by", "models", "least", "calls": how many, left out, of nobody; "centre": figures of all; "strata": the rates that
    expectations are made of; "agents": [..] in order of rank, then those with too few; "roadblocks": by kind and rule}

    Raises
    ------
    ReadError
        No score at all.
    ConfigError
        A least number below 1.
    """
    least = {"calls": least_calls, "opportunities": least_opportunities}
    for name, number in least.items():
        if number < 1:
            raise ConfigError(f"least {name}", got=number, allowed="1 or more")
    gathered = gather(scores, by)
    if not gathered.models:
        raise ReadError("no scores in it", todo="name what cxnlp score wrote")
    centre = gathered.centre()
    expectation = Expectation(centre)
    return {
        "by": by,
        "models": dict(sorted(gathered.models.items())),
        "least": least,
        "calls": _calls(gathered, centre),
        "centre": figures_of(centre),
        "strata": expectation.strata(),
        "agents": _rows(gathered, centre, expectation, least),
        "roadblocks": gathered.rules.as_list(),
    }


def _calls(gathered: Gathered, centre: Counts) -> dict[str, Any]:
    return {
        "read": sum(gathered.models.values()),
        "in_rates": int(centre["calls",]),
        "left_out": int(centre["left_out_calls",]),
        f"without_{gathered.by}": gathered.nameless_calls,
        "without_text": gathered.wordless,
    }


def _rows(gathered: Gathered, centre: Counts, expectation: Expectation, least: dict[str, int]) -> list[dict[str, Any]]:
    """A row an agent: the ranked first, best possible rank first, then those with too few by name."""
    groups = dict(sorted(gathered.groups.items()))
    enough = {name: group for name, group in groups.items() if _has_enough(group.counts, least)}
    teams = {name: group.team if gathered.by == "agent" else None for name, group in groups.items()}
    rates = _rates(groups, teams, expectation)
    spans = rank_spans([_ratio_limits(rates[name]) for name in enough])
    ranks = dict(zip(enough, spans, strict=True))
    flags = look_at(enough, groups, centre, expectation)
    rows = []
    for name, group in groups.items():
        figures = figures_of(group.counts)
        figures["empathy"] |= rates[name]
        rows.append(
            {
                gathered.by: name,
                **({"team": group.team, "teams": dict(sorted(group.teams.items()))} if gathered.by == "agent" else {}),
                "too_few": name not in enough,
                "rank": list(ranks[name]) if name in ranks else None,
                **figures,
                "look_at": flags.get(name, []),
                "missed": gathered.lines.missed_by(name, teams),
            }
        )
    return sorted(rows, key=lambda row: (row["too_few"], row["rank"] or [], -_ratio(row), str(row[gathered.by])))


def _has_enough(counts: Counts, least: dict[str, int]) -> bool:
    return counts["calls",] >= least["calls"] and owed_and_matched(counts)[0] >= least["opportunities"]


def _ratio(row: dict[str, Any]) -> float:
    return float(row["empathy"]["adjusted"]["ratio"] or 0.0)


def _ratio_limits(rates: dict[str, Any]) -> tuple[float, float]:
    low, high = rates["adjusted"]["interval"] or (0.0, float("inf"))
    return low, high


def _rates(
    groups: dict[str, Group], teams: dict[str, str | None], expectation: Expectation
) -> dict[str, dict[str, Any]]:
    """{agent: rate drawn to the team, and observed against expected}."""
    pairs = np.array([owed_and_matched(group.counts) for group in groups.values()], dtype=float).reshape(-1, 2)
    trials, hits = pairs[:, 0], pairs[:, 1]
    expected = np.array([expectation.of(group.counts) for group in groups.values()], dtype=float)
    pools = [teams[name] for name in groups]
    means = _pooled(hits, trials, pools, expectation.rate)
    usual = np.divide(expected, trials, out=np.full_like(trials, expectation.rate), where=trials > 0)
    adjusted = np.clip(usual * _pooled(hits, expected, pools, 1.0), 0.0, 1.0)
    plain = _shrunk(hits, trials, means, pools)
    standard = _shrunk(hits, trials, adjusted, pools)
    rows = zip(groups, trials, hits, expected, usual, means, plain, standard, strict=True)
    return {
        name: {
            "team_rate": round(float(mean), 4),
            "shrunk": round(drawn.rate, 4),
            "shrunk_interval": [round(drawn.low, 4), round(drawn.high, 4)],
            "adjusted": _adjusted(int(owed), int(matched), float(due), float(rate), both),
        }
        for name, owed, matched, due, rate, mean, drawn, both in rows
    }


def _adjusted(owed: int, matched: int, due: float, usual: float, both: Shrunk) -> dict[str, Any]:
    """Observed over expected; null where nothing was to be expected."""
    known = usual > 0
    return {
        "observed": matched,
        "expected": round(due, 2),
        "ratio": round(matched / due, 4) if due > 0 else None,
        "interval": ratio_interval(matched, owed, due),
        "shrunk": round(both.rate / usual, 4) if known else None,
        "shrunk_interval": [round(both.low / usual, 4), round(both.high / usual, 4)] if known else None,
    }


def _pooled(hits: Numbers, base: Numbers, pools: list[str | None], otherwise: float) -> Numbers:
    """Hits over base of each one's pool, (agents,); `otherwise` for a pool without any."""
    totals: dict[str | None, list[float]] = {}
    for pool, hit, count in zip(pools, hits.tolist(), base.tolist(), strict=True):
        total = totals.setdefault(pool, [0.0, 0.0])
        total[0] += hit
        total[1] += count
    rates = {pool: hit / count if count > 0 else otherwise for pool, (hit, count) in totals.items()}
    return np.array([rates[pool] for pool in pools], dtype=float)


def _shrunk(hits: Numbers, trials: Numbers, means: Numbers, pools: list[str | None]) -> list[Shrunk]:
    weight = strength(hits, trials, means, pools)
    seen: dict[str | None, float] = {}
    for pool, count in zip(pools, trials.tolist(), strict=True):
        seen[pool] = seen.get(pool, 0.0) + count
    rows = zip(hits.tolist(), trials.tolist(), means.tolist(), pools, strict=True)
    return [shrink(hit, count, mean, weight, seen[pool]) for hit, count, mean, pool in rows]
