"""The guide's own lines, and ours in the same shapes: each must come out as it says.

A line is a section, a sign, what must hold and the turns. Those that do not behave are counted and
named, never left out; the count may fall, and must not rise.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cxnlp.schema import Call, Turn
from cxnlp.scores import CallScore
from cxnlp.scoring import Scorer

HERE = Path(__file__).parent
GUIDE = Path(__file__).resolve().parents[2].parent / "shared" / "MEASURES.md"
SIDES = {"A": "agent", "C": "customer"}
MOST_WRONG = {"lines_measures.txt": 15, "lines_own.txt": 4}


class Line(NamedTuple):
    section: str
    holds: str
    call: Call
    shown: int


def read_lines(name: str) -> list[Line]:
    found = []
    for number, raw in enumerate((HERE / name).read_text(encoding="utf-8").splitlines()):
        if not raw or raw.startswith("#"):
            continue
        section, _, holds, *turns = (part.strip() for part in raw.split(" | "))
        shown = next((at for at, turn in enumerate(turns) if turn.startswith("*")), len(turns) - 1)
        plain = [turn.lstrip("*") for turn in turns]
        call = Call(f"{section}-{number}", [Turn(SIDES[turn[0]], turn[3:]) for turn in plain])  # type: ignore[arg-type]
        found.append(Line(section, holds, call, shown))
    return found


def holds(line: Line, score: CallScore) -> bool:
    """Whether a score says what its line asks."""
    name, _, wanted = line.holds.partition("=")
    return CHECKS[name](score.call, score, line.shown, wanted.split(",") if wanted else [])


Check = Callable[[dict[str, Any], CallScore, int, list[str]], bool]
CHECKS: dict[str, Check] = {
    "level": lambda call, score, at, wanted: call["empowerment"]["level"] in wanted,
    "prompted": lambda call, score, at, wanted: (
        [action["prompted"] for action in call["empowerment"]["actions"] if action["turn"] == at] == [wanted == ["yes"]]
    ),
    "answer": lambda call, score, at, wanted: answered(call, wanted),
    "label": lambda call, score, at, wanted: any(label in score.turns[at].labels for label in wanted),
    "nolabel": lambda call, score, at, wanted: not any(label in score.turns[at].labels for label in wanted),
    "steps": lambda call, score, at, wanted: all(call["how_why"]["steps"][step] is not None for step in wanted),
    "nosteps": lambda call, score, at, wanted: all(call["how_why"]["steps"][step] is None for step in wanted),
    "effort": lambda call, score, at, wanted: any(reason["kind"] in wanted for reason in call["effort"]["reasons"]),
    "noeffort": lambda call, score, at, wanted: all(
        reason["kind"] not in wanted for reason in call["effort"]["reasons"]
    ),
    "verdict": lambda call, score, at, wanted: call["outcome"]["verdict"] in wanted,
    "opening": lambda call, score, at, wanted: (call["distress"]["opening"] > 0) == (wanted == ["1"]),
    "shift": lambda call, score, at, wanted: any(shift["to"] in wanted for shift in call["distress"]["shifts"]),
    "noshift": lambda call, score, at, wanted: all(shift["to"] not in wanted for shift in call["distress"]["shifts"]),
    "safety": lambda call, score, at, wanted: any(
        sign["kind"] == wanted[0].split("/")[0] and wanted[0].split("/")[1] in ("any", sign["response"])
        for sign in call["safety"]
    ),
    "nosafety": lambda call, score, at, wanted: not call["safety"],
    "tone": lambda call, score, at, wanted: score.turns[at].tone in wanted,
    "road": lambda call, score, at, wanted: any(road["kind"] in wanted for road in call["roadblocks"]),
    "noroad": lambda call, score, at, wanted: not call["roadblocks"],
    "basic": lambda call, score, at, wanted: (
        call["basics"][wanted[0].split("/")[0]]["verdict"] in [wanted[0].split("/")[1], *wanted[1:]]
    ),
}


def answered(call: dict[str, Any], wanted: list[str]) -> bool:
    cue, response = wanted[0].split("/")
    return any(
        cue in ("any", event["cue"]) and event["response"] in (response, *wanted[1:])
        for event in call["empathy"]["events"]
    )


@pytest.mark.parametrize("name", ["lines_measures.txt", "lines_own.txt"])
def test_lines_behave(scorer: Scorer, name: str, record_property: Callable[[str, object], None]) -> None:
    lines = read_lines(name)
    scores = scorer.score_many([line.call for line in lines])
    wrong = [line for line, score in zip(lines, scores, strict=True) if not holds(line, score)]
    record_property("lines", len(lines))
    record_property("wrong", len(wrong))
    told = "\n".join(f"{line.section} {line.holds}: {line.call.turns[line.shown].text}" for line in wrong)
    print(f"{name}: {len(wrong)} of {len(lines)} do not behave\n{told}")
    assert len(wrong) <= MOST_WRONG[name], told


@pytest.mark.skipif(not GUIDE.is_file(), reason="the guide is not here")
def test_every_line_is_the_guides() -> None:
    guide = " ".join(GUIDE.read_text(encoding="utf-8").split()).lower()
    ours = [line.call.turns[line.shown].text for line in read_lines("lines_measures.txt")]
    strangers = [text for text in ours if text.lower().rstrip(".") not in guide]
    assert ours
    assert strangers == []
