"""Roadblocks by the rule that was cited: for those who own the rule, not against those who had to say it.

The rules kept are the most frequent, in a fixed room (Misra and Gries, "Finding repeated elements", 1982): one that
makes up more than one in ROOM of all is never lost; counts begin where a rule was last let in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cxnlp.calls.intervals import wilson
from cxnlp.corpus.counting import is_reliable
from cxnlp.scores import CallScore

ROOM = 2000
MOST = 5
_NUMBER = re.compile(r"\d+")
_BLANK = re.compile(r"\s+")


@dataclass(slots=True)
class Rule:
    """What is known of one rule, or of one kind of rule; `room`: its calls less those that made room for others."""

    calls: int = 0
    room: int = 0
    unresolved: int = 0
    agents: set[str] = field(default_factory=set)
    place: tuple[str, int, str | None] = ("", 0, None)


class Rules:
    """The roadblocks of a centre."""

    def __init__(self) -> None:
        self._kinds: dict[str, Rule] = {}
        self._rules: dict[tuple[str, str], Rule] = {}

    def add(self, score: CallScore, agent: str | None) -> None:
        """Count the rules of one call, each once."""
        if not is_reliable(score):
            return
        unresolved = (score.call.get("outcome") or {}).get("resolved") == "no"
        kinds, rules = set[str](), set[tuple[str, str]]()
        for block in score.call.get("roadblocks") or ():
            place = (score.id, block["turn"], block.get("text"))
            if block["kind"] not in kinds:
                kinds.add(block["kind"])
                _count(self._kinds.setdefault(block["kind"], Rule(place=place)), agent, unresolved)
            name = (block["kind"], masked(block.get("text") or ""))
            if not name[1] or name in rules:
                continue
            rules.add(name)
            if name not in self._rules and len(self._rules) >= ROOM:
                self._make_room()
            else:
                _count(self._rules.setdefault(name, Rule(place=place)), agent, unresolved)

    def _make_room(self) -> None:
        for rule in self._rules.values():
            rule.room -= 1
        self._rules = {name: rule for name, rule in self._rules.items() if rule.room > 0}

    def as_list(self) -> list[dict[str, Any]]:
        """A row a kind, most calls first, with its most cited rules."""
        rows = []
        for kind, rule in sorted(self._kinds.items(), key=lambda item: (-item[1].calls, item[0])):
            cited = [one for (of, _), one in self._rules.items() if of == kind]
            cited.sort(key=lambda one: (-one.calls, -len(one.agents), one.place[0], one.place[1]))
            rows.append({"kind": kind, **_row(rule), "rules": [_row(one) for one in cited[:MOST]]})
        return rows


def masked(text: str) -> str:
    """A rule's words with numbers masked.

    >>> masked("Nothing over £50 without  a manager.")
    'nothing over £# without a manager'
    """
    return _BLANK.sub(" ", _NUMBER.sub("#", text.lower())).strip(" .,;:!?")


def _count(rule: Rule, agent: str | None, unresolved: bool) -> None:
    rule.calls += 1
    rule.room += 1
    rule.unresolved += unresolved
    if agent is not None:
        rule.agents.add(agent)


def _row(rule: Rule) -> dict[str, Any]:
    call, turn, text = rule.place
    return {
        "calls": rule.calls,
        "agents": len(rule.agents),
        "unresolved": rule.unresolved,
        "unresolved_interval": wilson(rule.unresolved, rule.calls),
        "example": {"call": call, "turn": turn, "text": text},
    }
