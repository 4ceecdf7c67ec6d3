"""Evaluation on labelled items of our own making."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxnlp.errors import ConfigError, ReadError
from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer, load
from cxnlp.training.dataset import load_dataset
from cxnlp.training.evaluate import Item, annotators, evaluate, read_items, worst_mistakes

AGENT = {"id": "a", "speaker": "agent", "text": "so sorry", "tone": "neutral", "labels": ["apology"]}
CUSTOMER = {"id": "b", "speaker": "customer", "text": "again", "distress": 1, "labels": ["frustration"]}


@pytest.fixture(scope="module")
def tiny(tiny_bundle: Path) -> Scorer:
    return load(tiny_bundle)


@pytest.fixture(scope="module")
def items(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small calls as a JSONL file of items with the two turns before each, a third without."""
    rows: list[dict[str, Any]] = []
    for call in load_dataset(labelled).marked:
        for at, turn in enumerate(call.turns):
            if turn.context_only:
                continue
            before = [{"speaker": one.speaker, "text": one.text} for one in call.turns[max(0, at - 2) : at]]
            row: dict[str, Any] = {
                "id": f"{call.id}:{at}",
                "speaker": turn.speaker,
                "text": turn.text,
                "labels": list(turn.labels),
            }
            row["context"] = before if len(rows) % 3 else []
            row["tone" if turn.speaker == "agent" else "distress"] = (
                turn.tone if turn.speaker == "agent" else turn.distress
            )
            own = {key: row[key] for key in ("labels", "tone", "distress") if key in row}
            row["votes"] = [own, own if len(rows) % 5 else {**own, "labels": []}]
            rows.append(row)
    path = tmp_path_factory.mktemp("items") / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def result(tiny: Scorer, items: Path) -> dict[str, Any]:
    return evaluate(tiny, read_items(items), frozenset({"agent:wait"})).as_dict(rounds=5)


def test_a_row_a_column(result: dict[str, Any], items: Path) -> None:
    assert result["items"] == len(items.read_text(encoding="utf-8").splitlines()) - 1
    rows = {(row["side"], row["name"]): row for row in result["rows"]}
    assert len(rows) == len(result["rows"]) == 45
    assert not rows["agent", "wait"]["averaged"]
    for row in result["rows"]:
        assert set(row) >= {"precision", "recall", "f1", "auc", "kappa", "asked", "positive", "annotators", "averaged"}
        assert row["averaged"] <= (row["positive"] >= 10)
    assert rows["agent", "apology"]["f1"] > 0.5
    assert rows["agent", "apology"]["annotators"]["f1"] < 1
    assert rows["agent", "genuine"]["annotators"] == {"f1": 1.0, "kappa": 1.0}
    assert result["averages"]["macro"]["rows"] == sum(row["averaged"] for row in result["rows"])
    assert set(result["intervals_95"]) == {"f1", "auc"}
    json.dumps(result)


def test_the_same_each_time(result: dict[str, Any], tiny: Scorer, items: Path) -> None:
    assert evaluate(tiny, read_items(items), frozenset({"agent:wait"})).as_dict(rounds=5) == result


def test_items_are_scored_after_their_context(tiny: Scorer) -> None:
    item = Item(
        "a", "agent", "so sorry we left you without it", ["apology"], [Turn("customer", "hello")], tone="neutral"
    )
    found = evaluate(tiny, [item])
    call = Call("x", [*item.context, Turn(item.speaker, item.text)])
    assert found.batch.call_score(0).turns[-1].p == tiny.score(call).turns[-1].p
    assert found.row.tolist() == [1]


def test_worst_mistakes(tiny: Scorer, items: Path) -> None:
    evaluation = evaluate(tiny, read_items(items))
    mistakes = worst_mistakes(evaluation, tiny, 7)
    assert len(mistakes) == 7
    wrong = [mistake["wrong_by"] for mistake in mistakes]
    assert wrong == sorted(wrong, reverse=True)
    assert all(mistake["weighed"] for mistake in mistakes)
    assert worst_mistakes(evaluation, tiny, 0) == []


@pytest.mark.parametrize("skip", ["agent:anger", "wait", "system:wait", "agent:frustration"])
def test_nothing_of_that_name_to_skip(tiny: Scorer, skip: str) -> None:
    with pytest.raises(ConfigError, match=f"nothing of that name to skip; got: {skip}; allowed: side:label"):
        evaluate(tiny, [Item("a", "agent", "x", [], tone="neutral")], frozenset({skip}))


def test_without_votes_there_is_no_agreement() -> None:
    assert annotators([Item("a", "agent", "x", [], tone="neutral")]) == {}


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda row: None, "not a labelled item"),
        (lambda row: row | {"speaker": "system"}, "only agent and customer turns are labelled; got: system"),
        (lambda row: row | {"speaker": "robot"}, "not a labelled item"),
        (lambda row: row | {"text": None}, "not a labelled item"),
        (lambda row: row | {"tone": None}, "an agent turn without a tone"),
        (lambda row: row | {"tone": "warm"}, "an agent turn without a tone; got: warm"),
        (lambda row: CUSTOMER | {"distress": None}, "a customer turn without a distress level"),
        (
            lambda row: CUSTOMER | {"distress": 4},
            "a customer turn without a distress level; got: 4; allowed: 0, 1, 2, 3",
        ),
        (lambda row: row | {"labels": ["anger"]}, "no such label on agent turns; got: anger"),
        (lambda row: row | {"labels": ["frustration"]}, "no such label on agent turns; got: frustration"),
        (lambda row: row | {"context": [{"speaker": "agent"}]}, "not a labelled item"),
    ],
)
def test_a_line_that_is_no_item(tmp_path: Path, change: Callable[[dict[str, Any]], object], fragment: str) -> None:
    path = tmp_path / "i.jsonl"
    path.write_text(f"{json.dumps(AGENT)}\n\n{json.dumps(change(AGENT))}\n", encoding="utf-8")
    with pytest.raises(ReadError) as caught:
        read_items(path)
    assert str(caught.value).startswith(f"{path}:3: {fragment}")


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"", "no labelled items"),
        (b"\n\n", "no labelled items"),
        (b"\xff\xfe", "not a labelled item"),
        (b"{", "not a labelled item"),
    ],
)
def test_a_file_of_no_items(tmp_path: Path, content: bytes, fragment: str) -> None:
    path = tmp_path / "i.jsonl"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=fragment):
        read_items(path)


@pytest.mark.parametrize("name", ["none.jsonl", ""])
def test_no_such_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_items(tmp_path / name)


def test_the_gold_file_beside_this_checkout(scorer: Scorer, repo: Path) -> None:
    path = repo.parent / "shared" / "gold" / "dev.jsonl"
    if not path.is_file():
        pytest.skip("no gold file here")
    rows = evaluate(scorer, read_items(path)).as_dict(rounds=2)["rows"]
    assert len(rows) == 45
