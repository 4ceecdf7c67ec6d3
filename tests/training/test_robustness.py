"""Flips are counted as they are: none where nothing changes, those that were planted, the same each time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cxnlp.calls.intervals import wilson
from cxnlp.errors import ConfigError
from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer, load
from cxnlp.training.dataset import load_dataset, to_call
from cxnlp.training.markup import parse_folder
from cxnlp.training.perturb import CHANGES
from cxnlp.training.robustness import TARGETS, rate_of, robustness
from cxnlp.training.split import PARTS, held_out, labelled_calls, own_data
from cxnlp.training.train import folds_of

APOLOGY = "i am so sorry we left you without the lamp"
POLICY = "our policy does not allow a lamp"


@pytest.fixture(scope="module")
def tiny(tiny_bundle: Path) -> Scorer:
    return load(tiny_bundle)


@pytest.fixture(scope="module")
def calls(labelled: Path) -> list[Call]:
    return [to_call(call) for call in parse_folder(labelled / "calls")]


def nothing(texts: Sequence[str], rng: random.Random) -> list[str]:
    return list(texts)


def only(data: dict[str, Any]) -> dict[str, Any]:
    (change,) = data["changes"]
    return change


def test_what_changes_nothing_flips_nothing(tiny: Scorer, calls: list[Call]) -> None:
    data = robustness(tiny, calls, changes={"nothing": nothing}).as_dict()
    change = only(data)
    assert (change["flips"], change["rate"], change["touched"]["turns"], change["touched"]["rate"]) == (0, 0.0, 0, None)
    assert change["positive"] > 100
    assert change["target"] is change["met"] is None
    assert all(row["flips"] == 0 for row in change["rows"])
    assert len(change["rows"]) == 45
    assert data["turns"]["agent"] + data["turns"]["customer"] == sum(len(call.turns) for call in calls)


@pytest.mark.parametrize("count", [1, 3])
def test_planted_flips_are_counted(tiny: Scorer, count: int) -> None:
    """So many turns of one label are turned into another's."""
    turns = [Turn("agent", APOLOGY)] * 4
    before, after = (set(tiny.score(Call("x", [Turn("agent", text)])).turns[0].labels) for text in (APOLOGY, POLICY))
    assert "apology" in before - after
    assert "policy_block" in after - before

    def plant(texts: Sequence[str], rng: random.Random) -> list[str]:
        return [POLICY if place < count else text for place, text in enumerate(texts)]

    calls = [Call(f"c{number}", [turn]) for number, turn in enumerate(turns)]
    planted = {f"c{number}" for number in range(count)}

    def plant_call(texts: Sequence[str], rng: random.Random) -> list[str]:
        return plant(texts, rng) if current.pop(0) in planted else list(texts)

    current = [call.id for call in calls]
    change = only(robustness(tiny, calls, changes={"planted": plant_call}).as_dict())
    rows = {row["name"]: row for row in change["rows"] if row["side"] == "agent"}
    assert (rows["apology"]["positive"], rows["apology"]["flips"]) == (4, count)
    assert (rows["policy_block"]["positive"], rows["policy_block"]["flips"]) == (count, count)
    assert rows["apology"]["rate"] == count / 4
    assert rows["apology"]["interval"] == wilson(count, 4)
    assert change["touched"]["turns"] == count
    assert change["touched"]["flips"] == change["flips"]


def test_rates_are_of_the_rows_but_neutral(tiny: Scorer, calls: list[Call]) -> None:
    for change in robustness(tiny, calls[:12]).as_dict()["changes"]:
        counted = [row for row in change["rows"] if row["name"] != "neutral"]
        flips, positive = (sum(row[key] for row in counted) for key in ("flips", "positive"))
        assert (change["flips"], change["positive"]) == (flips, positive)
        assert {key: change[key] for key in ("rate", "interval")} == {
            key: rate_of(flips, positive)[key] for key in ("rate", "interval")
        }
        assert change["target"] == TARGETS.get(change["name"])
        assert change["met"] is (None if change["target"] is None else change["rate"] <= change["target"])
        assert change["flips"] <= change["positive"] <= change["verdicts"]
        assert all(row["flips"] <= row["positive"] for row in change["rows"])
        assert change["touched"]["flips"] <= change["flips"]


def test_the_same_each_time_and_in_any_order(tiny: Scorer, calls: list[Call]) -> None:
    one = robustness(tiny, calls[:8], seed=3).as_dict()
    assert one == robustness(tiny, calls[:8], seed=3).as_dict() == robustness(tiny, calls[:8][::-1], seed=3).as_dict()
    assert one != robustness(tiny, calls[:8], seed=4).as_dict()
    assert [change["name"] for change in one["changes"]] == list(CHANGES)


def test_batches_make_no_difference(tiny: Scorer, calls: list[Call], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = robustness(tiny, calls[:8]).as_dict()
    monkeypatch.setattr("cxnlp.training.robustness.BATCH_CHARS", 500)
    assert robustness(tiny, calls[:8]).as_dict() == whole


def test_no_calls_at_all(tiny: Scorer) -> None:
    assert robustness(tiny, []).as_dict()["calls"] == 0


@pytest.mark.parametrize(("flips", "positive"), [(0, 0), (0, 9), (9, 9), (3, 40)])
def test_a_rate_has_the_interval_of_wilson(flips: int, positive: int) -> None:
    found = rate_of(flips, positive)
    assert found["interval"] == wilson(flips, positive)
    if positive:
        assert found["interval"][0] <= found["rate"] <= found["interval"][1]
    else:
        assert found["rate"] is found["interval"] is None


@pytest.mark.parametrize("change", ["lower_case", "no_punctuation", "bare", "names_swapped"])
def test_the_bundled_model_on_the_examples(scorer: Scorer, repo: Path, change: str) -> None:
    """What should change no verdict changes few, whoever is spoken of."""
    from cxnlp.readers import read

    calls = list(read(repo / "training_data" / "examples"))
    found = only(robustness(scorer, calls, changes={change: CHANGES[change]}).as_dict())
    assert found["touched"]["turns"] > 0
    assert found["interval"][0] <= found["target"]


def test_held_out_calls_are_not_learnt_from(labelled: Path) -> None:
    said: list[str] = []
    scorer, marked = held_out(labelled, said.append)
    data = load_dataset(labelled)
    part = folds_of(data.group, PARTS)
    assert {call.id for call in marked} == {
        call.id for call, number in zip(data.marked, part.tolist(), strict=True) if number == 0 and not call.is_contrast
    }
    assert 0 < len(marked) < 30
    assert said[0].startswith(f"{int((part != 0).sum())} calls and contrast items, ")
    assert scorer.model == "held-out"
    assert robustness(scorer, map(to_call, marked)).as_dict()["calls"] == len(marked)


def test_nothing_to_hold_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no labelled calls to hold some out of"):
        held_out(tmp_path)


@pytest.mark.parametrize(
    ("name", "count"),
    [("", 30), ("calls", 30), ("calls/t_0.txt", 6), ("contrast", None), ("contrast/k_1.txt", None), ("none", None)],
)
def test_labelled_calls_at_a_path(labelled: Path, name: str, count: int | None) -> None:
    found = labelled_calls(labelled / name)
    assert found is None if count is None else found is not None and len(found) == count


@pytest.mark.parametrize("content", [b"", b"Agent: hello\n", b"\xff\xfe===", b"#\n\n# === \n", bytes(200)])
def test_what_is_not_labelled_is_left_to_the_readers(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    assert labelled_calls(tmp_path / "a.txt") is labelled_calls(tmp_path) is None


def test_own_data_is_known_whole_and_in_part(labelled: Path, tiny: Scorer, scorer: Scorer, tmp_path: Path) -> None:
    for path in (labelled, labelled / "calls", labelled / "calls" / "t_0.txt"):
        assert own_data(tiny.bundle, path)
        assert not own_data(scorer.bundle, path)
    assert not own_data(tiny.bundle, tmp_path)
