"""A bundle on disk: what is missing, altered or foreign is refused, and nothing in it is run."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxnlp.classify.bundle import PARTS, Bundle, default_path, load_bundle, save_bundle
from cxnlp.classify.outputs import NAMES
from cxnlp.errors import ModelError
from cxnlp.features.layout import Layout
from cxnlp.language.wordings import as_arrays
from cxnlp.schema import readable_json
from cxnlp.scoring import load


@pytest.fixture
def copy(tiny_bundle: Path, tmp_path: Path) -> Path:
    """A bundle that may be spoilt."""
    return Path(shutil.copytree(tiny_bundle, tmp_path / "copy"))


def config(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "config.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    rest = {key: value for key, value in data.items() if key != "hashes"}
    data["hashes"]["config.json"] = sha256(readable_json(rest)).hexdigest()
    path.write_text(json.dumps(data), encoding="utf-8")


def rehash(folder: Path, part: str) -> None:
    """Make an altered part look like what was trained: what hashes cannot show, the next check must."""
    config(folder, lambda data: data["hashes"].update({part: sha256((folder / part).read_bytes()).hexdigest()}))


def test_a_bundle_is_what_was_saved(copy: Path, tmp_path: Path) -> None:
    bundle = load_bundle(copy)
    hashes = bundle.config.pop("hashes")
    save_bundle(tmp_path / "again", bundle, (copy / "CARD.md").read_text(encoding="utf-8"))
    assert set(hashes) == {*PARTS, "config.json"}
    for path in sorted(copy.iterdir()):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name
    assert {path.name for path in copy.iterdir()} == {"config.json", *PARTS}


@pytest.mark.parametrize(
    "change",
    [
        lambda cues: cues.pop("rows"),
        lambda cues: cues.update(rows=cues["rows"].astype(np.float64)),
        lambda cues: cues.update(keys=cues["keys"][:-1]),
        lambda cues: cues.update(count=cues["count"] + np.int16(1)),
        lambda cues: cues.update(sizes=cues["sizes"].ravel()),
    ],
)
def test_compiled_cues_that_are_none(copy: Path, change: Callable[[dict[str, Any]], object]) -> None:
    cues: Any = load_bundle(copy).cues
    change(cues)
    np.savez(copy / "cues.npz", **cues)
    rehash(copy, "cues.npz")
    with pytest.raises(ModelError, match="compiled cues"):
        load_bundle(copy)


def test_a_bundle_keeps_the_cues_of_its_package() -> None:
    bundle = load_bundle()
    fresh = as_arrays(Layout(**bundle.config["features"]).reader().matcher.steps)
    assert fresh.keys() == bundle.cues.keys()
    for name, array in fresh.items():
        assert np.array_equal(array, bundle.cues[name]), name


def test_a_bundle_can_be_read(copy: Path) -> None:
    bundle = load_bundle(copy)
    assert isinstance(bundle, Bundle)
    assert bundle.weights.shape == (len(bundle.columns), len(NAMES))
    assert isinstance(bundle.weights, np.memmap)
    assert bundle.weights.dtype == np.float16
    assert (np.diff(bundle.columns) > 0).all()
    assert np.isfinite(bundle.weights).all()
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    assert set(config) >= {"format", "name", "features", "heads", "thresholds", "calls", "lexicons", "data", "versions"}
    card = (copy / "CARD.md").read_text(encoding="utf-8")
    for words in ("## Made of", "## How well", "## Limits", "## Not for", "without a person"):
        assert words in card


def test_the_name_says_which_model(copy: Path) -> None:
    one = load_bundle(copy)
    assert re.fullmatch("cxnlp-en-[0-9a-f]{8}", one.name)
    assert load(copy).model == one.name
    config(copy, lambda data: data["thresholds"]["frustration"].update(customer=0.01))
    assert load_bundle(copy).name != one.name


def test_an_altered_config(copy: Path) -> None:
    path = copy / "config.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"damping": 0.25', '"damping": 0.5'), encoding="utf-8")
    with pytest.raises(ModelError, match=r"config\.json is not what was trained"):
        load_bundle(copy)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("place", [0, -1])
def test_an_altered_byte(copy: Path, part: str, place: int) -> None:
    data = bytearray((copy / part).read_bytes())
    data[place] ^= 1
    (copy / part).write_bytes(data)
    with pytest.raises(ModelError, match=f"{part} is not what was trained") as caught:
        load_bundle(copy)
    assert str(copy) in str(caught.value)
    assert "to do: take an unaltered copy" in str(caught.value)


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part(copy: Path, part: str) -> None:
    (copy / part).unlink()
    with pytest.raises(ModelError, match=f"{part} cannot be read: No such file"):
        load_bundle(copy)


@pytest.mark.parametrize("part", PARTS)
def test_a_longer_part(copy: Path, part: str) -> None:
    with (copy / part).open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(ModelError, match=f"{part} is not what was trained"):
        load_bundle(copy)


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "a file"])
def test_no_model_there(tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    if what == "an empty folder":
        place.mkdir()
    elif what == "a file":
        place.write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match=f"no model at {place}; got: no config.json there; to do: name the folder"):
        load(place)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "config.json: cannot be read"),
        ("{", "config.json: cannot be read"),
        ("\x00\x01", "config.json: cannot be read"),
        ("[]", "a model of another format"),
        ("null", "a model of another format"),
        ("{}", "a model of another format; allowed: 3"),
        ('{"format": 1}', "a model of another format; got: 1; allowed: 3; to do: train it again"),
        ('{"format": 3}', "weights.npy is not what was trained"),
        ('{"format": 3, "hashes": []}', "weights.npy is not what was trained"),
        ('{"format": 3, "hashes": {"weights.npy": 7}}', "weights.npy is not what was trained"),
    ],
)
def test_a_config_that_is_none(copy: Path, text: str, fragment: str) -> None:
    (copy / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load_bundle(copy)
    assert fragment in str(caught.value)


def test_other_word_files(copy: Path) -> None:
    config(copy, lambda data: data.update(lexicons="0123456789abcdef"))
    with pytest.raises(ModelError, match=r"trained with other word files.*got: 0123456789abcdef.*to do: "):
        load(copy)


class Bomb:
    """Unpickling it would leave a mark."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.mark,)


@pytest.mark.parametrize("part", ["weights.npy", "columns.npy"])
@pytest.mark.parametrize("how", ["pickle", "object array"])
def test_no_pickle_is_opened(copy: Path, tmp_path: Path, part: str, how: str) -> None:
    mark = tmp_path / "boom"
    if how == "pickle":
        (copy / part).write_bytes(pickle.dumps(Bomb(str(mark))))
    else:
        array = np.empty(1, dtype=object)
        array[0] = Bomb(str(mark))
        with (copy / part).open("wb") as stream:
            np.save(stream, array, allow_pickle=True)
    rehash(copy, part)
    with pytest.raises(ModelError, match="arrays that do not load"):
        load_bundle(copy)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("part", "array"),
    [
        ("weights.npy", np.zeros((3, len(NAMES)), dtype=np.float16)),
        ("weights.npy", np.zeros((3, 2), dtype=np.float16)),
        ("columns.npy", np.arange(3, dtype=np.int32)),
    ],
)
def test_arrays_of_another_model(copy: Path, part: str, array: np.ndarray) -> None:
    np.save(copy / part, array)
    rehash(copy, part)
    with pytest.raises(ModelError, match="a model of other labels"):
        load_bundle(copy)


def test_calibration_of_other_labels(copy: Path) -> None:
    data = json.loads((copy / "calibration.json").read_text(encoding="utf-8"))
    data["anger"] = data.pop("frustration")
    (copy / "calibration.json").write_text(json.dumps(data), encoding="utf-8")
    rehash(copy, "calibration.json")
    with pytest.raises(ModelError, match="a model of other labels"):
        load_bundle(copy)


def test_the_bundled_model_is_found_and_whole() -> None:
    assert default_path().is_dir()
    bundle = load_bundle()
    assert bundle.config["name"] == default_path().name == "cxnlp-en"
    assert bundle.metrics["averages"]["macro"]["f1"] > 0.4
