"""`cxnlp scripts` and `score --scripts`, as a caller sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Ran

Command = Callable[..., Ran]

OPENING = "Welcome to the bicycle shop, this is {}, what can we mend?"
LAW = "We keep your number for thirty days and no longer."

OWN = """a red tandem went north at noon; my brother rode that old thing; nobody locks up on fridays here
blue paint peels in hard rain; grease never comes off white cloth; two spokes fell behind the bench
your bell rang all night long; we lost the key in march; that saddle came from my aunt
some rust is only on top; his gears slip when it snows; her lamp shines like the moon"""
OWN = [line for part in OWN.splitlines() for line in part.split("; ")]


@pytest.fixture
def shop(here: Path) -> Path:
    """Twelve calls by two agents, one of them broken."""
    rows: list[dict[str, Any]] = []
    for number in range(12):
        said = [OPENING.format(("Ana", "Carla")[number % 2]), f"{OWN[number]}, I saw it leave.", LAW]
        turns = [{"speaker": "agent", "text": text} for text in said]
        turns.insert(1, {"speaker": "customer", "text": f"my wheel number {number} is bent"})
        rows.append({"id": f"c{number}", "turns": turns, "agent_id": f"a{number % 2}"})
    path = here / "shop.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_table_for_a_person(cxnlp: Command, shop: Path) -> None:
    ran = cxnlp("scripts", shop)
    assert (ran.code, ran.err) == (0, "")
    assert "     12       2   100%  Welcome to the bicycle shop, this is <name>, what can we mend?" in ran.out
    assert ran.out.endswith("2 lines said in 5 calls or more, of 12 calls\n")
    assert "1 more; all of them: --to FILE" in cxnlp("scripts", shop, "--most", 1).out
    assert cxnlp("scripts", shop, "--least-calls", 13).out == "no line recurs in 13 of 12 calls\n"


def test_mined_frozen_and_scored_with(cxnlp: Command, shop: Path, here: Path) -> None:
    (here / "law.txt").write_text(f"# by law\n{LAW}\n", encoding="utf-8")
    assert cxnlp("scripts", shop, "--required", "law.txt", "--to", "frozen.jsonl").code == 0
    header, *templates = map(json.loads, (here / "frozen.jsonl").read_text(encoding="utf-8").splitlines())
    assert (header["scripts"], header["calls"], header["agents"], header["templates"]) == (1, 12, 2, len(templates))
    assert {row["text"]: row["required"] for row in templates} == {OPENING.format("<name>"): False, LAW: True}
    assert cxnlp("scripts", shop, "--required", "law.txt", "--to", "-").out == (here / "frozen.jsonl").read_text()
    assert "(required)" in cxnlp("scripts", shop, "--required", "law.txt").out

    ran = cxnlp("score", shop, "--scripts", "frozen.jsonl", "--to", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    for call in ran.lines():
        opening, _, own, law = call["turns"]
        assert opening["template"] == {"text": OPENING.format("<name>"), "calls": 12, "agents": 2}
        assert own["template"] is None
        assert law["template"] == {"text": LAW, "calls": 12, "agents": 2, "required": True}
    mute = cxnlp("score", shop, "--scripts", "frozen.jsonl", "--to", "-", "--quiet", "--no-text")
    assert mute.lines()[0]["turns"][0]["template"] == {"calls": 12, "agents": 2}
    assert "bicycle" not in mute.out
    assert cxnlp("score", shop, "--scripts", "frozen.jsonl").code == 0


def test_the_examples_of_the_readme(cxnlp: Command, repo: Path) -> None:
    ran = cxnlp("scripts", repo / "training_data" / "examples", "--least-calls", 2)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "no line recurs in 2 of 4 calls\n"


def test_rejected_input(cxnlp: Command, shop: Path, here: Path) -> None:
    shop.write_text(shop.read_text(encoding="utf-8") + '{"id": 3}\n', encoding="utf-8")
    ran = cxnlp("scripts", shop, "--to", "frozen.jsonl")
    assert (ran.code, "1 rejected, see frozen.rejects.jsonl" in ran.err) == (1, True)
    assert json.loads((here / "frozen.rejects.jsonl").read_text(encoding="utf-8"))["line"] == 13
    assert cxnlp("score", "call.txt", "--scripts", "frozen.jsonl").code == 2


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("scripts", "none.jsonl"), "none.jsonl"),
        (("scripts", "shop.jsonl", "--least-calls", "1"), "least calls; got: 1; allowed: 2 or more"),
        (("scripts", "shop.jsonl", "--least-words", "1"), "least words; got: 1; allowed: 3 or more"),
        (("scripts", "shop.jsonl", "--required", "none"), "required lines cannot be read"),
        (("scripts", "shop.jsonl", "--to", "no/where.jsonl"), "no/where.jsonl: cannot be written"),
        (("scripts", "shop.jsonl", "--role", "x"), "not a role"),
        (("score", "shop.jsonl", "--scripts", "none"), "scripts cannot be read"),
        (("score", "shop.jsonl", "--scripts", "shop.jsonl"), "shop.jsonl: no file of stock phrases"),
        (("score", "shop.jsonl", "--scripts", "shop.jsonl", "--to", "o.jsonl"), "shop.jsonl: no file of stock phrases"),
        (("score", "shop.jsonl", "--scripts", "shop.jsonl", "--to", "o"), "shop.jsonl: no file of stock phrases"),
    ],
)
def test_mistakes(cxnlp: Command, shop: Path, here: Path, arguments: tuple[str, ...], wrong: str) -> None:
    ran = cxnlp(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert wrong in ran.err
