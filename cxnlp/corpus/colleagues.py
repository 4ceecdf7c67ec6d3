"""A missed moment, and what a colleague said at one of the same kind.

The line is of a matched answer to the same cue by somebody else, of the same team where there is one: the one
that is surest, which is the product of the turn's probabilities of being genuine and of its best empathy marker.
Equals go by call and turn, so that the order in which calls are read changes nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any, NamedTuple

from cxnlp.calls.empathy import MARKERS
from cxnlp.corpus.counting import MARKER_SET
from cxnlp.scores import CallScore, TurnScore

MOST = 5


class Line(NamedTuple):
    """A matched answer; the least of several is the best."""

    doubt: float
    call: str
    turn: int
    agent: str
    text: str | None


class Missed(NamedTuple):
    """A missed moment, the heaviest the greatest."""

    distress: int
    call: _Backwards
    turn: int
    cue: str
    text: str | None


class _Backwards(str):
    """Text that sorts backwards: of equals a heap keeps the first."""

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)

    def __gt__(self, other: str) -> bool:
        return str.__lt__(self, other)


class Lines:
    """The best answers and the worst misses of every agent, a few of each."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str], Line] = {}
        self._missed: dict[str, list[Missed]] = {}
        self._sorted: dict[tuple[str | None, str], list[Line]] | None = None

    def add(self, score: CallScore, agent: str) -> None:
        """Look through one call of an agent."""
        self._sorted = None
        for event in (score.call.get("empathy") or {"events": ()})["events"]:
            cue, asked, answer = event["cue"], turn_at(score, event["turn"]), turn_at(score, event["response_turn"])
            if event["response"] == "matched" and answer is not None and _is_warm(answer):
                line = Line(-_sureness(answer), score.id, answer.index, agent, words(answer))
                self._best[agent, cue] = min(line, self._best.get((agent, cue), line))
            elif event["response"] == "missed" and asked is not None:
                distress = asked.distress if isinstance(asked.distress, int) else 0
                missed = Missed(distress, _Backwards(score.id), -asked.index, cue, words(asked))
                kept = self._missed.setdefault(agent, [])
                if len(kept) < MOST:
                    heapq.heappush(kept, missed)
                else:
                    heapq.heappushpop(kept, missed)

    def missed_by(self, agent: str, team_of: Mapping[str, str | None]) -> list[dict[str, Any]]:
        """The heaviest missed moments of an agent, each with a colleague's line (null where nobody met one)."""
        return [
            {
                "call": str(missed.call),
                "turn": -missed.turn,
                "cue": missed.cue,
                "text": missed.text,
                "colleague": self._line(agent, missed.cue, team_of),
            }
            for missed in sorted(self._missed.get(agent, ()), reverse=True)
        ]

    def _line(self, agent: str, cue: str, team_of: Mapping[str, str | None]) -> dict[str, Any] | None:
        if self._sorted is None:
            self._sorted = {}
            for (who, kind), line in sorted(self._best.items(), key=lambda item: item[1]):
                for team in {None, team_of.get(who)}:
                    self._sorted.setdefault((team, kind), []).append(line)
        team = team_of.get(agent)
        for pool in (team, None):
            for line in self._sorted.get((pool, cue), ()):
                if line.agent != agent:
                    return {
                        "agent": line.agent,
                        "same_team": team is not None and team_of.get(line.agent) == team,
                        "call": line.call,
                        "turn": line.turn,
                        "text": line.text,
                    }
        return None


def turn_at(score: CallScore, index: int | None) -> TurnScore | None:
    """A turn by its index; None where there is none of it."""
    return score.turns[index] if index is not None and 0 <= index < len(score.turns) else None


def words(turn: TurnScore) -> str | None:
    """The words of a turn; None where scores were written without them."""
    return turn.text if isinstance(turn.text, str) else None


def _is_warm(turn: TurnScore) -> bool:
    return turn.tone != "scripted" and not MARKER_SET.isdisjoint(turn.labels)


def _sureness(turn: TurnScore) -> float:
    return round(turn.p.get("genuine", 0.0) * max(turn.p.get(name, 0.0) for name in MARKERS), 6)
