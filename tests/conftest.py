"""What the tests share: the scorer of the bundled model, a small labelled folder, a model made of it.

The small calls are dealt from a table of lines by a seed; every label, tone, level and answer occurs in
both halves of a split, so that training runs whole on them.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

import cxnlp
from cxnlp.cli import main
from cxnlp.language.table import TokenTable
from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=60, print_blob=True)
settings.register_profile("search", deadline=None, max_examples=1500, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

REPO = Path(__file__).resolve().parents[1]

AGENT_LINES = {
    "acknowledgement": "i can hear how {w} that has been",
    "understanding": "so the {n} has to work before friday",
    "exploration": "what were you hoping the {n} would do",
    "apology": "i am so sorry we left you without the {n}",
    "reassurance": "don't worry nothing is lost your {n} is safe",
    "ownership": "i will ring you back myself about the {n}",
    "rapport": "a {n} on a monday what a start to the week",
    "gratitude": "thanks for sticking with me through the {n}",
    "expectation": "two days and you get a text about the {n}",
    "policy_block": "our policy does not allow a {n}",
    "dismissal": "you should have read the terms of the {n}",
    "disclosure": "this call is recorded for training {n}",
}
CUSTOMER_LINES = {
    "frustration": "this is getting silly the {n} again",
    "anxiety": "i am worried about the {n} tomorrow",
    "sadness": "i just don't know what to do about the {n}",
    "confusion": "wait which {n} is this i am lost",
    "resignation": "it's always like this with the {n}",
    "delight": "oh you're a lifesaver the {n} works",
    "churn": "cancel it all i am leaving over this {n}",
    "escalation": "let me speak to a manager about the {n}",
    "vulnerability": "my husband died and the {n} was his",
}
EFFORT_LINES = {
    "repeat_contact": "called on monday about the {n}",
    "repeat_information": "gave the {n} to the other one already",
    "transfer": "put through to the {n} team",
    "wait": "forty minutes on hold for the {n}",
    "channel_switch": "the app for the {n} kept crashing",
    "chasing": "nobody ever called back about the {n}",
    "contradiction": "the site says forty you say sixty for the {n}",
    "burden": "print the {n} sign it and fax it",
    "ease": "that was painless with the {n}",
}
THINGS = ("router", "boiler", "parcel", "refund", "meter", "ticket", "tyre", "lamp", "kettle", "saddle", "kite", "pump")
WEIGHTS = ("heavy", "long", "rotten", "hard", "tiring")
PLAIN = ("the {n} number is forty two", "okay one second", "and the {n} please", "it is a {n}", "yes", "right so")
STOCK = ("thank you for calling how can i help", "is there anything else i can help you with today")
SAFETY = ("medical", "self_harm", "danger", "cognition", "bereavement", "hardship")
RESPONSES = (">matched", ">>matched", ">formulaic", ">missed", ">>formulaic")
EFFORTS = "1234567"
OUTCOMES = ("failed", "met", "exceeded", "unclear")
POWERS = ("none", "blocked", "sought_approval", "empowered")


def deal(number: int, rng: random.Random) -> str:
    """One labelled call as text: half of all labels, every tone, every level."""
    outcome, resolved = OUTCOMES[number % 4], ("yes", "no", "unclear")[number % 3]
    lines = [
        f"=== t-{number:02d} | trade: {THINGS[number % len(THINGS)]}s | channel: {('voice', 'chat')[number % 2]}"
        f" | effort: {EFFORTS[number % 7]} | outcome: {outcome} | resolved: {resolved}"
        f" | empowerment: {POWERS[number // 2 % 4]}"
    ]

    def say(line: str) -> str:
        return line.format(n=rng.choice(THINGS), w=rng.choice(WEIGHTS)) + rng.choice(("", "", " you know", " then"))

    def agent(label: str, line: str) -> str:
        tone = rng.choice(("genuine; ", "genuine; ", "scripted; ", ""))
        return f"A[{tone}{label}]: {rng.choice(('', 'well ', 'so '))}{{{label}|{say(line)}}}"

    def customer(place: int, label: str, line: str) -> str:
        level = (place + number) % 4
        tags = [f"d{level} {label}"]
        if level or label in ("sadness", "confusion", "resignation", "vulnerability", "delight"):
            tags.append(rng.choice(RESPONSES))
        if label == "vulnerability" or level == 3:
            tags.append(f"!{SAFETY[(number + place) % 6]}={('acted', 'signposted', 'none')[number % 3]}")
        return f"C[{'; '.join(tags)}]: {rng.choice(('', 'look ', 'erm '))}{{{label}|{say(line)}}}"

    lines.append(f"A[scripted]: {STOCK[0]}")
    lines.append(f"C: {say(PLAIN[3])}")
    both = [(label, line) for label, line in EFFORT_LINES.items() if rng.random() < 0.45]
    ours = [agent(label, line) for label, line in [*AGENT_LINES.items(), *both] if rng.random() < 0.45]
    theirs = [
        customer(place, label, line)
        for place, (label, line) in enumerate([*CUSTOMER_LINES.items(), *EFFORT_LINES.items()])
        if rng.random() < 0.45
    ]
    ours += [f"A: {say(rng.choice(PLAIN))}" for _ in range(max(4, len(theirs) - len(ours)))]
    rng.shuffle(ours)
    rng.shuffle(theirs)
    for place, line in enumerate(ours):
        lines.append(line)
        if place < len(theirs):
            lines.append(theirs[place])
    lines += [f"C: {say(PLAIN[4])}", f"A[scripted]: {STOCK[1]}"]
    return "\n".join(lines)


CONTRAST = """=== k-01 | contrast: resignation
(A): your slot has moved to friday
+C[resignation]: {resignation|it's always like that with you lot} fine
-C: i'm used to the new app now so friday's fine

=== k-02 | contrast: gratitude
(C): date of birth third of the third
-A: thank you and the first line
+A[gratitude]: {gratitude|thanks for having all that ready} that's you through
"""


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Several threads on matrices as small as these cost more than they give."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="session")
def repo() -> Path:
    """The checkout."""
    return REPO


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 30 small labelled calls and two contrast groups, as `training_data` is laid out."""
    folder = tmp_path_factory.mktemp("labelled")
    (folder / "calls").mkdir()
    (folder / "contrast").mkdir()
    rng = random.Random(7)
    for file in range(5):
        calls = [deal(6 * file + number, rng) for number in range(6)]
        (folder / "calls" / f"t_{file}.txt").write_text("\n\n".join(calls) + "\n", encoding="utf-8")
    (folder / "contrast" / "k_1.txt").write_text(CONTRAST, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_bundle(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle trained on the small calls: right in form, poor in judgement. Not to be written to."""
    from cxnlp.training.train import train

    out = tmp_path_factory.mktemp("model") / "tiny"
    train(labelled, out, folds=2)
    return out


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The scorer of the bundled model, loaded once."""
    return cxnlp.load()


@pytest.fixture(scope="session")
def table() -> TokenTable:
    """A token table for reading; whoever resets one makes their own."""
    return TokenTable()


@pytest.fixture(scope="session")
def make_call() -> Callable[..., Call]:
    """`make_call("A: hello", "C: hi", id="c1")`."""
    sides = {"A": "agent", "C": "customer", "S": "system"}

    def make(*lines: str, id: str = "c1", **fields: object) -> Call:
        return Call(id, [Turn(sides[line[0]], line[3:]) for line in lines], **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@dataclass
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run_main(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Ran]:
    """Run the command line in this process."""

    def run(*arguments: object) -> Ran:
        capfdbinary.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        return Ran(code, out.decode(), err.decode())

    return run
