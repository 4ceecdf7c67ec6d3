"""Every command on good input: what it prints and leaves."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cxnlp.cli import COMMANDS
from cxnlp.cli.explain import lines_of
from cxnlp.cli.table import call_table, worth_hearing
from cxnlp.readers import formats, read
from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer

Run = Callable[..., Any]


def test_score_to_a_file(cxnlp: Run, call_file: Path, here: Path, tiny_scorer: Scorer) -> None:
    ran = cxnlp("score", "call.jsonl", "--to", "out.jsonl", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    (call,) = read(call_file)
    assert (here / "out.jsonl").read_bytes() == tiny_scorer.score(call).to_json() + b"\n"
    assert sorted(path.name for path in here.iterdir()) == ["call.jsonl", "out.jsonl"]


def test_score_to_standard_output_is_the_same(cxnlp: Run, call_file: Path, here: Path) -> None:
    cxnlp("score", "call.jsonl", "--to", "out.jsonl", "--quiet")
    ran = cxnlp("score", "call.jsonl", "--to", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (here / "out.jsonl").read_text(encoding="utf-8")


def test_score_from_standard_input(cxnlp: Run, call_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(call_file.read_bytes()), isatty=lambda: False))
    ran = cxnlp("score", "-", "--to", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert [line["id"] for line in ran.lines()] == ["c1"]


def test_score_as_a_table(cxnlp: Run, call_file: Path) -> None:
    ran = cxnlp("score", "call.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("c1   (3 turns)\n")
    for name in ("tone", "empathy", "distress", "effort"):
        assert f"\n  {name:<12}" in ran.out
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 110


def test_the_examples_in_three_formats(cxnlp: Run, repo: Path) -> None:
    ran = cxnlp("score", repo / "training_data" / "examples", "--to", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.lines()) >= 3
    assert len({path.suffix for path in (repo / "training_data" / "examples").iterdir()}) >= 3


def test_several_paths_and_a_glob(cxnlp: Run, call_file: Path, here: Path) -> None:
    (here / "a.txt").write_text("Agent: hello\nCustomer: hi\n", encoding="utf-8")
    ran = cxnlp("score", "call.jsonl", "*.txt", "--to", "-", "--quiet")
    assert ran.code == 0
    assert [line["id"] for line in ran.lines()] == ["c1", "a.txt"]


def test_roles(cxnlp: Run, here: Path) -> None:
    (here / "a.txt").write_text("Speaker 1: hello\nSpeaker 2: hi\n", encoding="utf-8")
    ran = cxnlp("score", "a.txt", "--role", "Speaker 1=agent", "--role", "Speaker 2=customer", "--to", "-", "--quiet")
    assert ran.code == 0
    assert [turn["speaker"] for turn in ran.lines()[0]["turns"]] == ["agent", "customer"]


def test_no_text(cxnlp: Run, call_file: Path) -> None:
    ran = cxnlp("score", "call.jsonl", "--to", "-", "--quiet", "--no-text")
    assert ran.code == 0
    assert "router" not in ran.out
    table = cxnlp("score", "call.jsonl", "--no-text")
    assert (table.code, table.err) == (0, "")
    assert "router" not in table.out


def test_a_configuration(cxnlp: Run, call_file: Path, here: Path) -> None:
    (here / "c.toml").write_text("[thresholds.apology]\nagent = 1e-9\n", encoding="utf-8")
    ran = cxnlp("score", "call.jsonl", "--config", "c.toml", "--to", "-", "--quiet")
    assert all("apology" in turn["labels"] for turn in ran.lines()[0]["turns"] if turn["speaker"] == "agent")


def test_a_bundle_by_path(cxnlp: Run, call_file: Path, tiny_bundle: Path) -> None:
    assert cxnlp("score", "call.jsonl", "--to", "-", "--quiet", "--bundle", tiny_bundle).code == 0


@pytest.mark.parametrize("turn", [[], ["2"]])
def test_explain(cxnlp: Run, call_file: Path, turn: list[str]) -> None:
    ran = cxnlp("explain", "call.jsonl", "c1", *turn)
    assert (ran.code, ran.err) == (0, "")
    assert "   2 agent: i am so sorry" in ran.out
    assert "* apology" in ran.out
    assert "sorry +" in ran.out


def test_explain_as_json(cxnlp: Run, call_file: Path) -> None:
    ran = cxnlp("explain", "call.jsonl", "c1", "1", "--json")
    (line,) = ran.lines()
    assert (line["id"], line["index"], line["speaker"]) == ("c1", 1, "customer")
    assert {"name", "p", "threshold", "words"} <= set(line["outputs"][0])


def test_formats(cxnlp: Run) -> None:
    ran = cxnlp("formats")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == [name for name, _, _ in formats()]


ITEM = {"speaker": "agent", "text": "i am so sorry about the router", "tone": "neutral", "labels": ["apology"]}


@pytest.fixture
def items(here: Path) -> Path:
    path = here / "items.jsonl"
    lines = [
        ITEM | {"id": f"{n}", "labels": ITEM["labels"] if n % 2 else [], "votes": [{"labels": []}] * 2}
        for n in range(24)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "start"),
    [([], "side"), (["--as", "table"], "side"), (["--as", "markdown"], "| side | label | items | positive |")],
)
def test_evaluate(cxnlp: Run, items: Path, arguments: list[str], start: str) -> None:
    ran = cxnlp("evaluate", "items.jsonl", *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(start)
    assert "24 items" in ran.out
    assert "apology" in ran.out


def test_evaluate_as_json(cxnlp: Run, items: Path) -> None:
    ran = cxnlp("evaluate", "items.jsonl", "--as", "json", "--errors", "2", "--skip", "agent:apology")
    assert (ran.code, ran.err) == (0, "")
    (data,) = ran.lines()
    assert data["items"] == 24
    assert len(data["mistakes"]) == 2
    (row,) = [row for row in data["rows"] if row["name"] == "apology"]
    assert (row["positive"], row["averaged"]) == (12, False)


def test_evaluate_lists_mistakes(cxnlp: Run, items: Path) -> None:
    ran = cxnlp("evaluate", "items.jsonl", "--errors", "3")
    assert ran.out.count("weighed: ") == 3
    assert "> i am so sorry about the router" in ran.out


def test_evaluate_the_gold_file_beside_this_checkout(cxnlp: Run, repo: Path) -> None:
    path = repo.parent / "shared" / "gold" / "dev.jsonl"
    if not path.is_file():
        pytest.skip("no gold file here")
    ran = cxnlp("evaluate", path, "--skip", "agent:transfer,agent:channel_switch")
    assert (ran.code, ran.err) == (0, "")
    assert "macro" in ran.out


def test_train(cxnlp: Run, labelled: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cxnlp.training import train as training

    asked: list[tuple[Path, Path]] = []

    def stand_in(folder: Path, out: Path, say: Callable[[str], None], folds: int) -> None:
        asked.append((folder, out))
        say("held-out part 1 of 5")

    monkeypatch.setattr(training, "train", stand_in)
    ran = cxnlp("train", labelled, "--to", "model")
    assert (ran.code, asked) == (0, [(labelled, Path("model"))])
    assert "held-out part 1 of 5" in ran.out + ran.err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_of_every_command(cxnlp: Run, command: str) -> None:
    ran = cxnlp(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: cxnlp {command}")
    assert COMMANDS[command] in " ".join(ran.out.split())
    assert command in cxnlp("--help").out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_loads_nothing_heavy(command: str, repo: Path) -> None:
    code = (
        f"import sys\nfrom cxnlp.cli import main\ntry: main(['{command}', '--help'])\nexcept SystemExit: pass\n"
        "print(*(name for name in ('spacy', 'sklearn', 'pyarrow') if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repo, capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


def test_as_a_module(repo: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cxnlp", "formats"], cwd=repo, capture_output=True, text=True, check=True
    )
    assert "jsonl" in done.stdout


def test_the_table_underlines_the_words(tiny_scorer: Scorer) -> None:
    call = Call(
        "c", [Turn("agent", "hello"), Turn("customer", "well this is getting silly the router again then " * 4)]
    )
    score = tiny_scorer.score(call)
    plain, colour = ("\n".join(call_table([score], on)) for on in (False, True))
    assert worth_hearing(score)
    lines = plain.splitlines()
    marks = [at for at, line in enumerate(lines) if "~" in line]
    assert marks
    for at in marks:
        words = "".join(ch if mark == "~" else " " for ch, mark in zip(lines[at - 1], lines[at], strict=False)).split()
        assert words
        assert all(word in call.turns[1].text.split() for word in words)
    assert "\x1b[4m" in colour
    assert "~" not in colour


def call_of(text: str) -> Call:
    return Call("c", [Turn("agent", "hello"), Turn("customer", text)])


def test_text_cannot_draw_on_the_terminal(tiny_scorer: Scorer) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07 this is getting silly the router again \u202e\x9b31m"
    score = tiny_scorer.score(call_of(evil))
    assert worth_hearing(score)
    (block,) = call_table([score], False)
    assert all(ch.isprintable() or ch == "\n" for ch in block)
    explained = "".join(lines_of(tiny_scorer.explain(call_of(evil), 1), all_outputs=True))
    assert explained.isprintable()
    (named,) = call_table([tiny_scorer.score(Call("c\x1b[2J\n", [Turn("agent", "hello")]))], False)
    assert "\x1b" not in named


def test_a_terminal_of_few_characters(repo: Path, tmp_path: Path, tiny_bundle: Path) -> None:
    text = "thank you for calling, caf\u00e9 \u4f60\u597d"
    turns = [
        {"speaker": "agent", "text": text},
        {"speaker": "customer", "text": "this is getting silly the router \u2026"},
    ]
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "\u4f60", "turns": turns}) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cxnlp", "score", str(tmp_path / "a.jsonl"), "--bundle", str(tiny_bundle)],
        cwd=repo,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"?   (2 turns)")
