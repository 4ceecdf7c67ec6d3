"""One corpus scored twice, by two models or two versions: which calls changed, in what, and how much.

Safety findings that were lost stand first. Labels are counted over turns; a call whose turns are not the same on both
sides (another transcript under the same id) is warned of and kept out of the counts of turns.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from cxnlp.corpus.changes import amount, details, fits, safety_of, same_words
from cxnlp.corpus.figures import mean, share
from cxnlp.corpus.join import Pair, joined
from cxnlp.corpus.slim import LabelBits, Slim
from cxnlp.corpus.turn_tables import TurnTables
from cxnlp.errors import ConfigError, ReadError
from cxnlp.scores import CallScore

MOST = 10
EXAMPLES = 10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
Counted = Counter[tuple[str, str]]


def compare(a: Iterable[CallScore], b: Iterable[CallScore], most: int = MOST) -> dict[str, Any]:
    """What changed from A to B, as plain data.

    Parameters
    ----------
    a, b : scores with `slim.FIELDS` of their turns.
    most : how many of the calls that changed most are shown turn by turn.

    Raises
    ------
    ReadError
        The two have no call in common.
    ConfigError
        `most` below 0.
    """
    if most < 0:
        raise ConfigError("calls to show", got=most, allowed="0 or more")
    bits = LabelBits()
    comparison = _Comparison(bits, most)
    for pair in joined(a, b, bits, comparison.only_a.add, comparison.only_b.add):
        comparison.add(pair)
    if not comparison.calls:
        raise ReadError(
            "the two have no call in common",
            got=f"{comparison.only_a.calls} calls and {comparison.only_b.calls}",
            allowed="scores of the same calls",
        )
    return comparison.as_dict()


class _Only:
    """Calls that one side alone has."""

    def __init__(self) -> None:
        self.calls = 0
        self.first: list[str] = []
        self.models = Counter[str]()

    def add(self, call: Slim) -> None:
        self.calls += 1
        self.models[call.model] += 1
        if len(self.first) < EXAMPLES:
            self.first.append(call.id)


class _Comparison:
    """Counts over the calls that both have."""

    def __init__(self, bits: LabelBits, most: int) -> None:
        self.only_a, self.only_b = _Only(), _Only()
        self.calls = self.unchanged = self.reliability = self.answered = 0
        self._bits, self._most = bits, most
        self._models: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._turns = TurnTables()
        self._other_turns: list[str] = []
        self._other_words: list[str] = []
        self._inputs = Counter[str]()
        self._lost: list[dict[str, Any]] = []
        self._gained: list[dict[str, Any]] = []
        self._effort = array("d")
        self._verdict, self._resolved = Counted(), Counted()
        self._owed, self._matched = [0, 0], [0, 0]
        self._roadblocks: dict[str, list[int]] = {}
        self._top: list[tuple[float, str, dict[str, Any]]] = []

    def add(self, pair: Pair) -> None:
        """Count a call that both have."""
        a, b = pair.a, pair.b
        self.calls += 1
        self._models[0][a.model] += 1
        self._models[1][b.model] += 1
        if not fits(a, b):
            self._other(self._other_turns, "turns_differ", a.id)
        else:
            self._turns.add(a, b)
            if not same_words(a, b):
                self._other(self._other_words, "words_differ", a.id)
        self._count_measures(pair)
        changed = amount(pair)
        self.unchanged += not changed
        if changed and self._most and (len(self._top) < self._most or (-changed, a.id) < self._top[-1][:2]):
            self._top.append((-changed, a.id, details(pair, self._bits.names)))
            self._top.sort(key=lambda row: row[:2])
            del self._top[self._most :]

    def _other(self, examples: list[str], what: str, id: str) -> None:
        self._inputs[what] += 1
        if len(examples) < EXAMPLES:
            examples.append(id)

    def _count_measures(self, pair: Pair) -> None:
        a, b = pair.a, pair.b
        lost, gained = safety_of(pair)
        self._lost += [sign._asdict() for sign in lost]
        self._gained += [sign._asdict() for sign in gained]
        self.answered += any(b.safety.get(key, response) != response for key, response in a.safety.items())
        if a.effort is not None and b.effort is not None:
            self._effort.append(b.effort - a.effort)
        self._verdict[str(a.verdict), str(b.verdict)] += 1
        self._resolved[str(a.resolved), str(b.resolved)] += 1
        self.reliability += a.reliable != b.reliable
        for number, call in enumerate((a, b)):
            self._owed[number] += call.owed
            self._matched[number] += call.matched
        for column, keys in enumerate(
            (a.roadblocks, b.roadblocks, b.roadblocks - a.roadblocks, a.roadblocks - b.roadblocks)
        ):
            for _, kind in keys:
                self._roadblocks.setdefault(kind, [0, 0, 0, 0])[column] += 1

    def as_dict(self) -> dict[str, Any]:
        """All that was counted."""
        models = [
            dict(sorted((mine + only.models).items()))
            for mine, only in zip(self._models, (self.only_a, self.only_b), strict=True)
        ]
        return {
            "models": {"a": models[0], "b": models[1]},
            "same": self.unchanged == self.calls and not (self.only_a.calls or self.only_b.calls or self._inputs),
            "calls": {
                "both": self.calls,
                "unchanged": self.unchanged,
                "only_a": self.only_a.calls,
                "only_b": self.only_b.calls,
                "only_a_first": self.only_a.first,
                "only_b_first": self.only_b.first,
            },
            "inputs": {
                "turns_differ": self._inputs["turns_differ"],
                "words_differ": self._inputs["words_differ"],
                "turns_differ_first": self._other_turns,
                "words_differ_first": self._other_words,
            },
            "safety": {
                "lost": sorted(self._lost, key=_by_place),
                "gained": sorted(self._gained, key=_by_place),
                "calls_answered_otherwise": self.answered,
            },
            "labels": self._turns.labels(self._bits.names),
            "tone": self._turns.tone(),
            "distress": self._turns.distress(),
            "effort": _shift(self._effort),
            "verdict": _moves(self._verdict),
            "resolved": _moves(self._resolved),
            "empathy": {side: share(self._matched[n], self._owed[n]) for n, side in enumerate("ab")},
            "roadblocks": {
                kind: dict(zip(("a", "b", "added", "removed"), row, strict=True))
                for kind, row in sorted(self._roadblocks.items())
            },
            "reliability_changed": self.reliability,
            "changed_most": [row for *_, row in self._top],
        }


def _by_place(sign: dict[str, Any]) -> tuple[str, int, str]:
    return sign["call"], sign["turn"], sign["kind"]


def _shift(shifts: array[float]) -> dict[str, Any]:
    """Effort in B less effort in A."""
    values = np.frombuffer(shifts) if shifts else np.zeros(0)
    quantiles = np.quantile(values, QUANTILES).round(4).tolist() if len(values) else []
    return {
        **mean(float(values.sum()), float((values * values).sum()), len(values)),
        "quantiles": {f"{part:.0%}": value for part, value in zip(QUANTILES, quantiles, strict=False)},
        "by_1_or_more": share(int((np.abs(values) >= 1).sum()), len(values)),
    }


def _moves(counted: Counted) -> dict[str, Any]:
    calls = counted.total()
    changed = sum(count for (a, b), count in counted.items() if a != b)
    moves = [
        {"a": a, "b": b, "calls": count}
        for (a, b), count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        if a != b
    ]
    return {"changed": share(changed, calls), "moves": moves}
