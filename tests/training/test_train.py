"""Training: the same data give the same bytes; what it says on the way; what the data must hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cxnlp.classify.bundle import PARTS, load_bundle
from cxnlp.classify.heads import LabelHeads
from cxnlp.errors import ReadError
from cxnlp.labels import OUTPUT_NAMES
from cxnlp.schema import Call, Turn
from cxnlp.scoring import load
from cxnlp.training.dataset import load_dataset
from cxnlp.training.train import train


def test_train_again_gives_the_same_bytes(labelled: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    said: list[str] = []
    train(labelled, tmp_path / "again", said.append, folds=2)
    for name in ("config.json", *PARTS):
        assert (tmp_path / "again" / name).read_bytes() == (tiny_bundle / name).read_bytes(), name
    assert said[0].startswith("34 calls and contrast items, ")
    assert said[1] == "held-out part 1 of 2"
    assert said[-1] == f"written to {tmp_path / 'again'}"


def test_what_was_learnt(labelled: Path, tiny_bundle: Path) -> None:
    scorer = load(tiny_bundle)
    said = {
        "apology": "i am so sorry we left you without the lamp",
        "policy_block": "our policy does not allow a lamp",
        "disclosure": "this call is recorded for training lamp",
    }
    for label, text in said.items():
        p = {name: scorer.score(Call("c", [Turn("agent", line)])).turns[0].p[label] for name, line in said.items()}
        assert max(p, key=lambda name: p[name]) == label, text


def test_metrics_of_held_out_calls(tiny_bundle: Path) -> None:
    metrics = load_bundle(tiny_bundle).metrics
    assert metrics["on"] == "held-out training calls"
    assert {"turns", "averages", "intervals_95", "calibration_error", "rows"} <= set(metrics)
    assert len(metrics["rows"]) == 45
    assert 0 < metrics["averages"]["macro"]["f1"] <= 1
    assert all(row["name"] in (*OUTPUT_NAMES, "scripted") for row in metrics["rows"])


def test_config_says_what_it_was_made_of(tiny_bundle: Path, labelled: Path) -> None:
    from cxnlp.lexicons import fingerprint
    from cxnlp.training.train import data_hash

    config = load_bundle(tiny_bundle).config
    assert config["data"] == data_hash(labelled)
    assert config["lexicons"] == fingerprint()
    assert set(config["heads"]) >= set(LabelHeads().get_params())
    assert {"numpy", "scipy", "scikit-learn", "spacy", "python"} <= set(config["versions"])
    text = json.dumps(config)
    assert str(labelled) not in text
    assert str(labelled.parent) not in text


def test_a_card_says_how_much_it_saw(tiny_bundle: Path, labelled: Path) -> None:
    data = load_dataset(labelled)
    card = (tiny_bundle / "CARD.md").read_text(encoding="utf-8")
    assert "30 calls and 4 contrast items" in card
    assert f"{int((data.y[:, 0] >= 0).sum())} agent and {int((data.y[:, 1] >= 0).sum())} customer turns" in card
    assert "None" not in card


def test_data_that_lacks_a_label_is_refused(labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    for path in (labelled / "calls").glob("*.txt"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "churn" not in line]
        (tmp_path / "calls" / path.name).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(
        ReadError, match=r"too few labelled calls: head churn: a head needs two classes.*to do: label more calls"
    ):
        train(tmp_path, tmp_path / "out", folds=2)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("world", ["home", "money", "goods", "travel", "work", "health", "written"])
def test_cards_are_dealt_the_same_each_time(repo: Path, world: str) -> None:
    def deal(seed: int) -> list[str]:
        command = [sys.executable, "training_data/cards.py", str(seed), "6", "x", world]
        return subprocess.run(command, cwd=repo, capture_output=True, text=True, check=True).stdout.splitlines()

    one, other = deal(3), deal(4)
    assert one == deal(3)
    assert one != other
    assert [card.partition(":")[0] for card in one] == [f"x-{number:03d}" for number in range(6)]
    assert all(card.count(" / ") == 7 for card in one)


def test_thresholds_are_of_all_outputs(tiny_bundle: Path) -> None:
    limits = load_bundle(tiny_bundle).config["thresholds"]
    assert set(limits) - {"surface"} == set(OUTPUT_NAMES) - {"neutral"}
    values = np.array([value for sides in limits.values() for value in sides.values()])
    assert ((values >= 0) & (values <= 1)).all()
