"""The calls of a centre gathered by agent or by team, in one pass and in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cxnlp.corpus.colleagues import Lines
from cxnlp.corpus.counting import (
    MARKER_SET,
    Counts,
    add_counts,
    count_call,
    empathy_turns,
    is_reliable,
    meta_of,
    new_counts,
)
from cxnlp.corpus.repeats import Repeats
from cxnlp.corpus.rules import Rules
from cxnlp.scores import CallScore, TurnScore

By = Literal["agent", "team"]
FIELDS = ("text", "tone", "distress", "labels", "grounded", "evidence")
HEADS = ("genuine", *sorted(MARKER_SET))
"""What of a turn's score is looked at: for `read_scores`."""

EXAMPLES = 3

Example = tuple[float, str, int]
"""(how much, negative; call; turn): the least are the tellingest."""


@dataclass(slots=True)
class Group:
    """The calls of one agent or team. Counts: `cxnlp.corpus.counting`."""

    counts: Counts = field(default_factory=new_counts)
    teams: Counter[str] = field(default_factory=Counter)
    repeats: Repeats = field(default_factory=Repeats)
    early: list[Example] = field(default_factory=list)
    many: list[Example] = field(default_factory=list)

    @property
    def team(self) -> str | None:
        """The team of most of its calls, the first by name of equals."""
        return min(self.teams, key=lambda name: (-self.teams[name], name), default=None)


@dataclass(slots=True)
class Gathered:
    """All groups, the calls that belong to none, and what is kept of the whole centre."""

    by: By
    groups: dict[str, Group] = field(default_factory=dict)
    nameless: Counts = field(default_factory=new_counts)
    nameless_calls: int = 0
    models: Counter[str] = field(default_factory=Counter)
    lines: Lines = field(default_factory=Lines)
    rules: Rules = field(default_factory=Rules)
    wordless: int = 0

    def centre(self) -> Counts:
        """The counts of all calls, those of nobody among them."""
        counts = new_counts()
        for group in self.groups.values():
            add_counts(counts, group.counts)
        add_counts(counts, self.nameless)
        return counts


def gather(scores: Iterable[CallScore], by: By) -> Gathered:
    """Go through all scores once."""
    gathered = Gathered(by)
    for score in scores:
        team = meta_of(score, "team")
        name = (score.agent_id or None) if by == "agent" else team
        gathered.models[score.model] += 1
        gathered.rules.add(score, name)
        if name is None:
            gathered.nameless_calls += 1
            count_call(gathered.nameless, score)
            continue
        group = gathered.groups.setdefault(name, Group())
        count_call(group.counts, score)
        if team is not None:
            group.teams[team] += 1
        if is_reliable(score):
            gathered.lines.add(score, name)
            _look(group, score)
            gathered.wordless += any(not isinstance(turn.text, str) for turn in score.turns)
    return gathered


def _look(group: Group, score: CallScore) -> None:
    """Keep what a flag would show of a call."""
    empathy = score.call.get("empathy")
    turns = empathy_turns(score)
    if empathy is None or not turns:
        return
    group.repeats.add(score, turns, MARKER_SET)
    if empathy["unprompted"]:
        _keep(group.early, (-empathy["unprompted"], score.id, turns[0].index))
    if empathy["events"]:
        _keep(group.many, (-_unheard(turns, empathy["matched"]), score.id, turns[0].index))


def _unheard(turns: list[TurnScore], matched: int) -> int:
    return len(turns) - matched


def _keep(examples: list[Example], example: Example) -> None:
    if len(examples) < EXAMPLES or example < examples[-1]:
        examples.append(example)
        examples.sort()
        del examples[EXAMPLES:]
