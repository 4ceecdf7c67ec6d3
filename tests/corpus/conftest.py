"""A made-up centre: scores dealt by a seed, of agents whose ways are known."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from cxnlp.calls.intervals import wilson
from cxnlp.scores import CallScore, Evidence, TurnScore

CUES = ("frustration", "anxiety", "distress", "delight")
THINGS = ("kettle", "boiler", "ticket", "parcel", "saddle", "meter", "router", "lamp", "kite", "pump", "tyre", "roof")
MARKERS = ("acknowledgement", "apology", "reassurance")


@dataclass(frozen=True)
class Agent:
    """How somebody works. `match`: chance of meeting a cue of a calm caller; `lines`: empathy lines an opportunity;
    `early`: unprompted phrases a call; `heavy`: share of callers who come distressed; `phrase`: said over and over;
    `later`: lines an opportunity in the second half of the period, where it differs."""

    name: str | None
    team: str | None = "north"
    calls: int = 60
    match: float = 0.5
    lines: float = 0.8
    early: float = 0.2
    grounded: float = 0.15
    heavy: float = 0.3
    phrase: str | None = None
    later: float | None = None
    ok: bool = True


def turn(index: int, speaker: str, text: str, labels: Iterable[str] = (), **fields: Any) -> TurnScore:
    """A turn's score; its labels are shown by all of its words."""
    labels = list(labels)
    evidence = [Evidence(label=name, start=0, end=len(text), text=text, weight=1.0) for name in labels]
    if speaker == "agent":
        p = {name: 0.9 if name in labels else 0.1 for name in ("genuine", *MARKERS)}
        fields = {"tone": "neutral", "formulaic": 0.0, "grounded": None, "template": None, "p": p, **fields}
    else:
        fields = {"distress": 0, "p": {}, **fields}
    return TurnScore(index=index, speaker=speaker, text=text, labels=labels, evidence=evidence, **fields)


def measures(events: list[dict[str, Any]], opening: int = 0, **others: Any) -> dict[str, Any]:
    """The measures of a call, as far as they are looked at."""
    count = {name: sum(event["response"] == name for event in events) for name in ("matched", "formulaic", "missed")}
    owed = len(events)
    return {
        "effort": {"score": 2.0, "reasons": []},
        "distress": {"opening": opening, "peak": opening, "closing": 0, "shifts": []},
        "empathy": {
            "opportunities": owed,
            **count,
            "unprompted": others.pop("unprompted", 0),
            "rate": count["matched"] / owed if owed else None,
            "interval": wilson(count["matched"], owed),
            "events": events,
        },
        "empowerment": {"level": "none", "actions": []},
        "roadblocks": [],
        "outcome": {"verdict": "unclear", "resolved": "yes", "confidence": 0.5, "turns": []},
        "safety": [],
        "reliability": {"ok": True, "warnings": []},
        **others,
    }


def event(turn: int, response: str, cue: str = "frustration") -> dict[str, Any]:
    answered = None if response == "missed" else turn + 1
    return {"turn": turn, "cue": cue, "response": response, "response_turn": answered}


def words(rng: random.Random, count: int = 9) -> str:
    return " ".join(rng.choice(THINGS) for _ in range(count))


def times(rng: random.Random, rate: float) -> int:
    return sum(rng.random() < rate / 4 for _ in range(4))


def one_call(agent: Agent, number: int, rng: random.Random) -> CallScore:
    """A call: a greeting, then a cue and an answer two or three times."""
    opening = 2 if rng.random() < agent.heavy else 0
    late = agent.calls > 1 and number >= agent.calls / 2
    rate = agent.later if late and agent.later is not None else agent.lines
    early = times(rng, agent.early)
    turns = [turn(0, "agent", words(rng), MARKERS[:1] if early else ())]
    events = []
    for _ in range(rng.choice((1, 2, 3))):
        response = "matched" if rng.random() < agent.match - 0.2 * (opening > 0) else "missed"
        events.append(event(len(turns), response, rng.choice(CUES)))
        turns.append(turn(len(turns), "customer", words(rng), distress=opening))
        for place in range(max(1, times(rng, rate))):
            shown = MARKERS[:1] if place or rng.random() < rate / (1 + rate) or response == "matched" else ()
            text = agent.phrase if agent.phrase and shown else words(rng)
            turns.append(turn(len(turns), "agent", text, shown, grounded=max(0.0, rng.gauss(agent.grounded, 0.05))))
    call = measures(events, opening, unprompted=early)
    if not agent.ok:
        call["reliability"] = {"ok": False, "warnings": ["roles_swapped"]}
    meta: dict[str, Any] = {"started_at": f"2026-03-{1 + 28 * number // agent.calls:02d}T09:00:00Z"}
    if agent.team is not None:
        meta["team"] = agent.team
    return CallScore(f"{agent.name}-{number}", "made-up", agent.name, meta, turns, call)


def deal(agents: Iterable[Agent], seed: int = 0) -> list[CallScore]:
    """All calls of a centre, shuffled."""
    rng = random.Random(seed)
    calls = [one_call(agent, number, rng) for agent in agents for number in range(agent.calls)]
    rng.shuffle(calls)
    return calls


@pytest.fixture(scope="session")
def made_up() -> Callable[..., list[CallScore]]:
    return deal


@pytest.fixture(scope="session")
def usual() -> list[Agent]:
    """Ten agents of two teams who all do alike."""
    return [Agent(f"a{number}", ("north", "south")[number % 2]) for number in range(10)]
