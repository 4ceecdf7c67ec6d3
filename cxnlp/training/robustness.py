"""How many verdicts flip when a call comes otherwise: lower case, words lost, names swapped, ...

For each change of `perturb` the calls are scored as they are and changed, and decisions compared turn by
turn. A verdict is one yes/no question about one turn: a tone, a distress level or more, a label. Rates are
of verdicts that are yes in either version: most questions are no in both, and would flatter. The overall
rate is over all of them (micro) but `neutral`, which is what is said where nothing is found. `touched`
are the turns whose own words the change changed.

Training never sees the sound-alikes, the fillers or the names of these changes. Gendered terms and many words of
a region share a norm (`norms.tsv`), and dialect words of the same list are taught (`augment`): of words outside
those lists the two rates say less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.intervals import wilson
from cxnlp.labels import HEADS
from cxnlp.schema import Call
from cxnlp.scores import ScoreBatch
from cxnlp.scoring import Scorer
from cxnlp.training.metrics import Column, columns_of
from cxnlp.training.perturb import CHANGES, Change, changed

TARGETS = {
    **dict.fromkeys(("lower_case", "no_punctuation", "bare"), 0.06),
    **dict.fromkeys(("words_lost", "words_misheard", "words_worn"), 0.15),
    **dict.fromkeys(("names_swapped", "dialect_swapped", "gender_swapped"), 0.02),
}
"""At most this share of verdicts may flip; fillers have none."""
NOT_COUNTED = "neutral"
BATCH_CHARS = 400_000


@dataclass(slots=True)
class Tally:
    """Counts of one change, int64 (columns,): verdicts asked, yes in either version, flipped; the last two
    again over touched turns."""

    turns: int
    asked: NDArray[np.int64]
    positive: NDArray[np.int64]
    flips: NDArray[np.int64]
    touched_positive: NDArray[np.int64]
    touched_flips: NDArray[np.int64]


@dataclass(slots=True)
class Robustness:
    """What was counted: `columns` are (side, name), in the order of the counts of each tally."""

    model: str
    seed: int
    calls: int
    agent_turns: int
    customer_turns: int
    columns: list[tuple[str, str]]
    tallies: dict[str, Tally]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data, a row a change and in it a row a column."""
        return {
            "model": self.model,
            "seed": self.seed,
            "calls": self.calls,
            "turns": {"agent": self.agent_turns, "customer": self.customer_turns},
            "changes": [self._change(name, tally) for name, tally in self.tallies.items()],
        }

    def _change(self, name: str, tally: Tally) -> dict[str, Any]:
        counted = np.array([column[1] != NOT_COUNTED for column in self.columns])
        target = TARGETS.get(name)
        overall = rate_of(int(tally.flips[counted].sum()), int(tally.positive[counted].sum()))
        touched = rate_of(int(tally.touched_flips[counted].sum()), int(tally.touched_positive[counted].sum()))
        return {
            "name": name,
            **overall,
            "target": target,
            "met": None if target is None or overall["rate"] is None else overall["rate"] <= target,
            "verdicts": int(tally.asked[counted].sum()),
            "touched": {"turns": tally.turns, **touched},
            "rows": [
                {"side": side, "name": column, **rate_of(flips, positive)}
                for (side, column), flips, positive in zip(
                    self.columns, tally.flips.tolist(), tally.positive.tolist(), strict=True
                )
            ],
        }


def rate_of(flips: int, positive: int) -> dict[str, Any]:
    """Flips of verdicts that are yes in either version, the share and its Wilson interval; null of none.

    >>> rate_of(1, 50)
    {'positive': 50, 'flips': 1, 'rate': 0.02, 'interval': [0.0035, 0.105]}
    """
    return {
        "positive": positive,
        "flips": flips,
        "rate": round(flips / positive, 4) if positive else None,
        "interval": wilson(flips, positive),
    }


def robustness(
    scorer: Scorer, calls: Iterable[Call], seed: int = 0, changes: Mapping[str, Change] = CHANGES
) -> Robustness:
    """Score calls as they are and in each changed version, in batches, and count."""
    found = Robustness(scorer.model, seed, 0, 0, 0, [], {})
    for batch in scorer.batches(calls, BATCH_CHARS):
        before = verdicts(batch)
        if not found.columns:
            found.columns = [(column.side, column.name) for column in before]
            found.tallies = {name: _nothing(len(before)) for name in changes}
        found.calls += len(batch.calls)
        found.agent_turns += int((batch.side == 0).sum())
        found.customer_turns += int((batch.side == 1).sum())
        for name, change in changes.items():
            others = [changed(call, name, seed, change) for call in batch.calls]
            touched = np.array(
                [
                    old.text != new.text
                    for call, other in zip(batch.calls, others, strict=True)
                    for old, new in zip(call.turns, other.turns, strict=True)
                ]
            )
            _count(found.tallies[name], before, verdicts(scorer.score_batch(others)), touched)
    return found


def verdicts(batch: ScoreBatch) -> list[Column]:
    """The decisions of a batch as columns; what is true is not known and not read."""
    unknown = np.zeros((len(batch.side), len(HEADS)), dtype=np.int8)
    return columns_of(batch.side, unknown, batch.tone, batch.distress, batch.labels, batch.p)


def _nothing(columns: int) -> Tally:
    return Tally(0, *(np.zeros(columns, dtype=np.int64) for _ in range(5)))


def _count(tally: Tally, before: Sequence[Column], after: Sequence[Column], touched: NDArray[np.bool_]) -> None:
    tally.turns += int(touched.sum())
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        either = old.asked & (old.said | new.said)
        flipped = old.asked & (old.said != new.said)
        tally.asked[place] += int(old.asked.sum())
        tally.positive[place] += int(either.sum())
        tally.flips[place] += int(flipped.sum())
        tally.touched_positive[place] += int((either & touched).sum())
        tally.touched_flips[place] += int((flipped & touched).sum())
