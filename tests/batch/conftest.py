"""What the batch tests share: made-up calls, a folder of them in many forms, a run with a model that is loaded once."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

import cxnlp.batch.work
from cxnlp.batch import Counts, run
from cxnlp.schema import Call, Turn, encode_call
from cxnlp.scoring import Scorer

AGENT = (
    "Thank you for calling, this is Ana, how may I help you today?",
    "I'm so sorry, three weeks without heating, I'd be livid too.",
    "Let me take that {} dollar fee off right now, you'll see it tonight.",
    "I'd need my supervisor to sign that off, that's just our policy.",
    "Can you verify the account number for me again?",
    "Please hold while I check.",
    "okay",
    "Is there anything else I can help you with today?",
)
CUSTOMER = (
    "This is the third time I call about order {}, honestly, nobody ever called me back!",
    "I've got rent due tomorrow and I'm panicking a bit.",
    "yes it's {}",
    "I was on hold for {} minutes and your app kept crashing.",
    "oh you're a lifesaver, thank you so much 😀",
    "It's always like this with you, it's fine.",
    "My husband passed away and his name's on it.",
    "I want to speak to your manager.",
)
TEAMS = ("north", "south", None)


def made_calls(count: int, seed: int = 0, name: str = "call") -> list[Call]:
    """Calls of 2 to 12 turns; the same seed gives the same calls."""
    chance = random.Random(seed)
    calls = []
    for number in range(count):
        turns = []
        for index in range(chance.randint(2, 12)):
            side, words = (("agent", AGENT), ("customer", CUSTOMER))[index % 2]
            turns.append(Turn(side, chance.choice(words).format(chance.randint(2, 999))))  # type: ignore[arg-type]
        if number % 17 == 3:
            turns.insert(1, Turn("system", "Recording started."))
        team = chance.choice(TEAMS)
        meta = {"team": team, "started_at": f"2026-03-{1 + number % 28:02d}T22:15:00Z"} if team else None
        calls.append(Call(f"{name}-{number}", turns, chance.choice(["a1", "a2", None]), meta))
    return calls


def lines(calls: list[Call]) -> bytes:
    return b"".join(encode_call(call) + b"\n" for call in calls)


@pytest.fixture
def quick(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Counts]:
    """`run`, quiet, in small chunks, in this process, with a model that is already loaded."""

    def loaded(path: Any, config: Any) -> Scorer:
        return scorer if config == scorer.config else Scorer(scorer.bundle, config)

    def quietly(paths: Any, out: Any, **options: Any) -> Counts:
        if options.get("jobs", 1) == 1:
            monkeypatch.setattr(cxnlp.batch.work, "load", loaded)
        return run(paths, out, **{"quiet": True, "chunk_bytes": 20_000, "jobs": 1, **options})

    return quietly


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A folder of 240 calls in several forms, with bad lines, an empty file and ids that come again."""
    folder = tmp_path / "night"
    (folder / "more").mkdir(parents=True)
    calls = made_calls(200)
    (folder / "a.jsonl").write_bytes(lines(calls[:90]) + b'{"id": 3}\n' + lines(calls[90:110]))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(lines(calls[110:160]), mtime=0))
    (folder / "c.jsonl.zst").write_bytes(zstandard.compress(lines([*calls[160:200], calls[5], calls[130]])))
    for number in range(20):
        (folder / "more" / f"{number:02d}.txt").write_text(
            f"Agent: thanks for calling, this is Ana\nCustomer: my order {number} never came, I am furious\n"
        )
    rows = (f"x{n},agent,how can I help you\nx{n},customer,I was cut off twice {n}\n" for n in range(20))
    (folder / "sheet.csv").write_text("call_id,speaker,text\n" + "".join(rows))
    (folder / "empty.txt").write_text("")
    (folder / "rejects.jsonl").write_text('{"file": "of a run before"}\n')
    return folder


def shards(out: Path) -> dict[str, bytes]:
    """Every file of an output that must not differ between runs, by name."""
    kept = [*out.glob("*/part-*.parquet"), out / "rejects.jsonl"]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in kept}
