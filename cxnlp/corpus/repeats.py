"""Empathy said in the same words call after call: runs of five words, numbers masked.

An agent's most frequent runs are kept in a fixed room (Misra and Gries, "Finding repeated elements", 1982): with N
runs seen and room for K, a count is too low by N / (K + 1) at the most, and never too high.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cxnlp.scores import CallScore, TurnScore

SIZE = 5
ROOM = 400
EXAMPLES = 3
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NUMBER = re.compile(r"\d+")

Run = tuple[str, ...]
Place = tuple[str, int]


def runs_of(turn: TurnScore, labels: frozenset[str]) -> Iterator[Run]:
    """The runs of words of a turn that touch the evidence of one of these labels; a shorter phrase is one run."""
    if not isinstance(turn.text, str):
        return
    spans = [(found.start, found.end) for found in turn.evidence if found.label in labels]
    if not spans:
        return
    words = list(_WORD.finditer(turn.text))
    shown = [any(word.start() < end and start < word.end() for start, end in spans) for word in words]
    masked = [_NUMBER.sub("#", word[0].lower().replace("’", "'")) for word in words]
    for at in range(max(1, len(words) - SIZE + 1)):
        if any(shown[at : at + SIZE]):
            yield tuple(masked[at : at + SIZE])


class Repeats:
    """The runs of words that most calls of one agent have."""

    def __init__(self) -> None:
        self._counts: dict[Run, int] = {}
        self._places: dict[Run, list[Place]] = {}

    def add(self, score: CallScore, turns: Iterable[TurnScore], labels: frozenset[str]) -> None:
        """Count each run of a call once."""
        first: dict[Run, int] = {}
        for turn in turns:
            for run in runs_of(turn, labels):
                first.setdefault(run, turn.index)
        for run, turn_index in first.items():
            if run in self._counts:
                self._counts[run] += 1
                if len(places := self._places[run]) < EXAMPLES:
                    places.append((score.id, turn_index))
            elif len(self._counts) < ROOM:
                self._counts[run] = 1
                self._places[run] = [(score.id, turn_index)]
            else:
                self._make_room()

    def _make_room(self) -> None:
        self._counts = {run: count - 1 for run, count in self._counts.items() if count > 1}
        self._places = {run: self._places[run] for run in self._counts}

    def calls_with(self, run: Run) -> int:
        """Calls that have a run: so many at least."""
        return self._counts.get(run, 0)

    def most(self) -> Iterator[tuple[Run, int, list[Place]]]:
        """(run, calls, examples), most calls first."""
        for run, count in sorted(self._counts.items(), key=lambda item: (-item[1], item[0])):
            yield run, count, self._places[run]

    def phrase(self, run: Run) -> str:
        """A run, with the words before and after that nearly always go with it."""
        words, least = list(run), 0.8 * self.calls_with(run)
        if len(run) < SIZE:
            return " ".join(run)
        for forward in (True, False):
            for _ in range(2 * SIZE):
                edge = tuple(words[-(SIZE - 1) :] if forward else words[: SIZE - 1])
                near = [
                    (count, other)
                    for other, count in self._counts.items()
                    if count >= least and len(other) == SIZE and (other[:-1] if forward else other[1:]) == edge
                ]
                if not near:
                    break
                _, best = max(near)
                words = [*words, best[-1]] if forward else [best[0], *words]
        return " ".join(words)
