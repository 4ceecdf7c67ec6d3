"""`robustness` and `evaluate` as a caller sees them, on good input and bad."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxnlp.training.perturb import CHANGES

Run = Callable[..., Any]


@pytest.mark.parametrize("name", ["", "calls", "calls/t_0.txt"])
def test_robustness_on_labelled_calls_says_they_were_learnt_from(cxnlp: Run, labelled: Path, name: str) -> None:
    ran = cxnlp("robustness", labelled / name)
    assert (ran.code, ran.err) == (0, "")
    assert f"{6 if name.endswith('.txt') else 30} calls, " in ran.out
    assert "the model was trained on these calls" in ran.out
    assert "=== " not in ran.out


def test_robustness_as_a_table(cxnlp: Run, call_file: Path) -> None:
    ran = cxnlp("robustness", "call.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("1 calls, 2 agent and 1 customer turns, model cxnlp-en-")
    assert "trained on" not in ran.out
    for name in CHANGES:
        assert f" {name} " in ran.out
    assert ran.out.count("\nagent ") == 24
    assert ran.out.count("\ncustomer ") == 21
    assert max(map(len, ran.out.splitlines())) <= 100


def test_robustness_as_json(cxnlp: Run, call_file: Path) -> None:
    ran = cxnlp("robustness", "call.jsonl", "--json", "--seed", "5")
    (data,) = ran.lines()
    assert (ran.code, data["calls"], data["seed"], data["held_out"]) == (0, 1, 5, None)
    assert [change["name"] for change in data["changes"]] == list(CHANGES)
    keys = {"name", "positive", "flips", "rate", "interval", "target", "met", "verdicts", "touched", "rows"}
    assert all(set(change) == keys and len(change["rows"]) == 45 for change in data["changes"])
    assert cxnlp("robustness", "call.jsonl", "--json", "--seed", "5").out == ran.out


def test_robustness_of_one_change_label_by_label(cxnlp: Run, call_file: Path) -> None:
    ran = cxnlp("robustness", "call.jsonl", "--change", "words_lost", "--change", "lower_case")
    assert ran.code == 0
    assert ran.out.count("\n  customer") == 2 * 21
    assert ran.out.index("\nlower_case\n") < ran.out.index("\nwords_lost\n")
    assert "bare" not in ran.out


def test_robustness_reads_what_score_reads(cxnlp: Run, here: Path, repo: Path) -> None:
    (here / "a.txt").write_text("Speaker 1: hello Gemma\nSpeaker 2: my bill is wrong\n", encoding="utf-8")
    roles = ("--role", "Speaker 1=agent", "--role", "Speaker 2=customer")
    ran = cxnlp("robustness", "a.txt", repo / "training_data" / "examples", *roles, "--json")
    assert (ran.code, ran.lines()[0]["calls"]) == (0, 5)


def test_robustness_held_out(cxnlp: Run, labelled: Path) -> None:
    ran = cxnlp("robustness", labelled, "--held-out", "--json")
    assert ran.code == 0
    (data,) = ran.lines()
    assert (data["held_out"], data["model"]) == (True, "held-out")
    assert 0 < data["calls"] < 30
    assert "held-out part 2 of 2" in ran.err


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("none.jsonl",), "none.jsonl"),
        (("call.jsonl", "--change", "upper_case"), "no such change; got: upper_case; allowed: lower_case, "),
        (("call.jsonl", "--seed", "x"), "--seed"),
        (("call.jsonl", "--role", "x"), "not a role"),
        (("call.jsonl", "--bundle", "none"), "no model at none"),
        (("call.jsonl", "--held-out"), "no labelled calls to hold some out of; got: call.jsonl"),
        (("call.jsonl", "call.jsonl", "--held-out"), "--held-out trains its own model on one training folder"),
        (("call.jsonl", "--held-out", "--bundle", "x"), "--held-out trains its own model on one training folder"),
        ((), "PATH"),
    ],
)
def test_robustness_options_that_are_wrong(
    cxnlp: Run, call_file: Path, arguments: tuple[str, ...], fragment: str
) -> None:
    ran = cxnlp("robustness", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert fragment in ran.err


HOSTILE = [
    ("empty.jsonl", b""),
    ("binary.txt", bytes(range(256)) * 20),
    ("truncated.json", b'{"id": "bad", "turns": [{"speaker": "agent", "te'),
    ("marked.txt", b"===\n\x00\xff"),
]


@pytest.mark.parametrize(("name", "content"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_robustness_rejects_and_measures_the_rest(cxnlp: Run, call_file: Path, name: str, content: bytes) -> None:
    call_file.with_name(name).write_bytes(content)
    ran = cxnlp("robustness", "call.jsonl", name, "--json")
    assert ran.code == 1
    assert ran.lines()[0]["calls"] == 1
    assert "1 rejected, see rejects.jsonl" in ran.err
    alone = cxnlp("robustness", name)
    assert (alone.code, alone.out) == (2, "")
    assert "no call could be read" in alone.err


@pytest.mark.parametrize("command", ["robustness", "evaluate"])
def test_a_labelled_file_that_is_wrong(cxnlp: Run, here: Path, command: str) -> None:
    (here / "a.txt").write_text("=== bad\nthis is no turn\n", encoding="utf-8")
    ran = cxnlp(command, "a.txt")
    assert (ran.code, ran.out) == (2, "")
    assert "a.txt:1: head keys missing" in ran.err


@pytest.mark.parametrize("text", ["", " ", "...", "\u202e\x1b[2J", "her " * 2000, "’’ Mr", "İ" * 40])
def test_odd_words_are_changed_too(cxnlp: Run, here: Path, text: str) -> None:
    turns = [{"speaker": "agent", "text": text}, {"speaker": "customer", "text": text}]
    (here / "a.jsonl").write_text(json.dumps({"id": "\x1b[2J", "turns": turns}) + "\n", encoding="utf-8")
    ran = cxnlp("robustness", "a.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out


def test_evaluate_on_the_models_own_calls(cxnlp: Run, labelled: Path) -> None:
    ran = cxnlp("evaluate", labelled)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("the model was trained on these calls, so these figures are not held out")
    assert "held out F1" in ran.out
    for name in ("effort", "outcome", "resolved", "empowerment", "opportunities", "response", "safety"):
        assert f"\n{name} " in ran.out
    assert "30 calls; steps are not labelled in calls" in ran.out


def test_evaluate_on_other_calls(cxnlp: Run, labelled: Path, here: Path) -> None:
    text = (labelled / "calls" / "t_1.txt").read_text(encoding="utf-8")
    (here / "other.txt").write_text(text, encoding="utf-8")
    ran = cxnlp("evaluate", "other.txt")
    assert ran.code == 0
    assert "trained on" not in ran.out
    assert "held out" not in ran.out
    (data,) = cxnlp("evaluate", "other.txt", "--json", "--errors", "2").lines()
    assert (data["held_out"], data["calls"]["n"], len(data["mistakes"])) == (None, 6, 2)
    assert cxnlp("evaluate", "other.txt", "--as", "json", "--errors", "2").lines() == [data]


def test_evaluate_held_out(cxnlp: Run, labelled: Path) -> None:
    ran = cxnlp("evaluate", labelled, "--held-out", "--json")
    (data,) = ran.lines()
    assert (ran.code, data["held_out"], data["model"]) == (0, True, "held-out")
    assert 0 < data["calls"]["n"] < 30
    bad = cxnlp("evaluate", labelled, "--held-out", "--bundle", "x")
    assert bad.code == 2
    assert "--held-out trains its own model" in bad.err


def test_evaluate_calls_as_markdown(cxnlp: Run, labelled: Path) -> None:
    out = cxnlp("evaluate", labelled / "calls" / "t_0.txt", "--as", "markdown", "--bare").out
    assert "| whole calls | figure | n | value | 95 % | constant | held out |" in out


def test_evaluate_says_what_bare_text_costs(cxnlp: Run, tmp_path: Path) -> None:
    lines = [
        {
            "id": f"i{number}",
            "speaker": "customer",
            "text": "This is RIDICULOUS!! I am so fed up." if number % 2 else "My order number is 40, thanks.",
            "labels": ["frustration"] if number % 2 else [],
            "distress": number % 2,
        }
        for number in range(100)
    ]
    file = tmp_path / "items.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (data,) = cxnlp("evaluate", file, "--bare", "--json").lines()
    assert data["bare"]["rows"] == 2
    assert data["bare"]["after"] - data["bare"]["before"] == pytest.approx(data["bare"]["change"], abs=2e-4)
    assert (
        f"{data['bare']['after']:.3f} bare; {data['bare']['change']:+.3f} (95 %"
        in cxnlp("evaluate", file, "--bare").out
    )
    assert "bare" not in cxnlp("evaluate", file, "--json").lines()[0]
