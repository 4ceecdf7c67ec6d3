"""Calls dealt by a seed: planted lines with names and numbers that vary, among lines said once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from cxnlp.schema import Call, Turn

NAMES = ("Ana", "Benedict", "Carla", "Dominic", "Elena", "Farid", "Greta", "Hassan")
GREETING = "Thank you for calling Acme Power, my name is {name}, how can I help?"
NUMBER = "Your reference is {number} and it is valid for the next few weeks."
CLOSE = ("Is there anything else I can help you with?", "Is there anything else I can help you with today?")
ONCE = "The brown fox that we spoke of jumps over lazy dogs."


@dataclass
class Planted:
    """Calls, and what was planted in them: by name of a line the calls and agents that say it."""

    calls: list[Call] = field(default_factory=list)
    said: dict[str, set[str]] = field(default_factory=dict)
    by: dict[str, set[str]] = field(default_factory=dict)

    def plant(self, name: str, call: str, agent: str) -> None:
        self.said.setdefault(name, set()).add(call)
        self.by.setdefault(name, set()).add(agent)


def noise(chance: random.Random, words: int = 9) -> str:
    """A line that nobody else says."""
    return " ".join("".join(chance.choices("bcdfgklmnprstvz", k=6)) for _ in range(words)).capitalize() + "."


def planted(seed: int, count: int = 40, bare: bool = False, agents: int = 8) -> Planted:
    """Calls in which each agent greets by name, half the calls quote a number and most close, some twice."""
    chance = random.Random(seed)
    made = Planted()
    for number in range(count):
        who = chance.randrange(agents)
        id, agent = f"call-{number}", f"agent-{who}"
        lines = [GREETING.format(name=NAMES[who])]
        made.plant("greeting", id, agent)
        lines.append(noise(chance))
        if chance.random() < 0.5:
            lines.append(f"{noise(chance)} {NUMBER.format(number=chance.randint(100, 99_999))}")
            made.plant("number", id, agent)
        for _ in range(chance.choice((0, 1, 1, 2))):
            lines.append(chance.choice(CLOSE))
            made.plant("close", id, agent)
        if bare:
            lines = ["".join(c for c in line.lower() if c.isalnum() or c == " ") for line in lines]
        turns = [turn for line in lines for turn in (Turn("agent", line), Turn("customer", noise(chance)))]
        made.calls.append(Call(id, turns, agent))
    return made
