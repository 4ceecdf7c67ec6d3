"""Labelled calls found at a path, and a model of some of them to be measured on the rest."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from cxnlp.classify.bundle import Bundle
from cxnlp.errors import ConfigError
from cxnlp.scoring import Scorer
from cxnlp.training.dataset import load_dataset, make_dataset
from cxnlp.training.markup import MarkedCall, parse_file, parse_folder
from cxnlp.training.train import data_hash, folds_of, make_bundle

PARTS = 5
LOOK_AT = 40


def labelled_calls(path: str | Path) -> list[MarkedCall] | None:
    """The whole labelled calls of a training folder, a folder of its files or one file; None where the path
    holds none. ReadError where one is labelled and wrong."""
    place = Path(path)
    if place.is_file():
        found = list(parse_file(place)) if _looks_labelled(place) else []
    elif place.is_dir():
        folder = place / "calls" if (place / "calls").is_dir() else place
        files = sorted(folder.glob("*.txt"))
        found = parse_folder(folder) if files and all(map(_looks_labelled, files)) else []
    else:
        return None
    return [call for call in found if not call.is_contrast] or None


def _looks_labelled(path: Path) -> bool:
    """Whether the first line that says anything is a head."""
    try:
        with path.open(encoding="utf-8") as lines:
            first = next((line for line in islice(lines, LOOK_AT) if line.strip() and line[0] != "#"), "")
    except (OSError, UnicodeDecodeError):
        return False
    return first.startswith("===")


def own_data(bundle: Bundle, path: str | Path) -> bool:
    """Whether the labelled calls at a path, whole or in part, are those the bundle was trained on."""
    place = Path(path).resolve()
    folders = [folder for folder in (place, *place.parents[:2]) if (folder / "calls").is_dir()]
    return any(data_hash(folder) == bundle.config["data"] for folder in folders)


def held_out(folder: str | Path, say: Callable[[str], None] = lambda line: None) -> tuple[Scorer, list[MarkedCall]]:
    """A model of four fifths of the labelled calls under a folder, calibrated by halves of them, and the
    whole calls of the other fifth; contrast items go with the calls of their group."""
    if not Path(folder, "calls").is_dir():
        raise ConfigError(
            "no labelled calls to hold some out of", got=folder, todo="name a folder that has calls/*.txt"
        )
    data = load_dataset(Path(folder))
    rest = folds_of(data.group, PARTS) == 0
    known = make_dataset([call for call, out in zip(data.marked, rest, strict=True) if not out])
    bundle = make_bundle(known, data_hash(Path(folder)), say, folds=2)
    bundle.name = "held-out"
    return Scorer(bundle), [call for call, out in zip(data.marked, rest, strict=True) if out and not call.is_contrast]
