"""A trained model on disk: a folder one can read, and nothing in it that runs.

config.json        format, features, thresholds, data hash, versions, the hash of every other file and of itself
weights.npy        float16 (features kept, outputs)
columns.npy        int32 (features kept,): which hashed or plain column each row is
cues.npz           the cue lexicons of its time, compiled (`cxnlp.language.wordings`)
calibration.json   intercept, slope and offset by output
metrics.json       figures on held-out training calls
CARD.md            what it was made of, what it is good and bad at, what it must not be used for
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import msgspec
import numpy as np
from numpy.typing import NDArray

from cxnlp.classify.outputs import NAMES
from cxnlp.errors import ModelError
from cxnlp.lexicons import COMPILED
from cxnlp.schema import readable_json

FORMAT = 3
PARTS = ("weights.npy", "columns.npy", "cues.npz", "calibration.json", "metrics.json", "CARD.md")
CONFIG = "config.json"
DEFAULT = "cxnlp-en"


@dataclass(slots=True)
class Bundle:
    """A loaded model. `name` stands for every byte of it: other weights, thresholds or figures have another name.
    `config` is config.json; the `weights` of one that was read are mapped from the file, so that processes share
    them."""

    name: str
    config: dict[str, Any]
    weights: NDArray[np.floating[Any]]
    columns: NDArray[np.int32]
    intercept: NDArray[np.float32]
    slope: NDArray[np.float32]
    offset: NDArray[np.float32]
    metrics: dict[str, Any]
    cues: dict[str, NDArray[Any]]


def default_path() -> Path:
    """Where the bundled model is: in the installed package, else beside a checkout's package."""
    package = Path(str(resources.files("cxnlp")))
    for folder in (package / "_models" / DEFAULT, package.parent / "models" / DEFAULT):
        if folder.is_dir():
            return folder
    raise ModelError("the bundled model is not here", todo="reinstall cxnlp, or train one: cxnlp train training_data")


def save_bundle(folder: Path, bundle: Bundle, card: str) -> None:
    """Write a bundle; the same bundle gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / "weights.npy", _npy(bundle.weights.astype(np.float16)))
    _put(folder / "columns.npy", _npy(bundle.columns.astype(np.int32)))
    cues: Any = bundle.cues
    packed = BytesIO()
    np.savez(packed, **cues)
    _put(folder / "cues.npz", packed.getvalue())
    calibration = {
        name: {"intercept": float(i), "slope": float(s), "offset": float(o)}
        for name, i, s, o in zip(NAMES, bundle.intercept, bundle.slope, bundle.offset, strict=True)
    }
    _write_json(folder / "calibration.json", calibration)
    _write_json(folder / "metrics.json", bundle.metrics)
    _put(folder / "CARD.md", card.encode("utf-8"))
    hashes = {part: sha256((folder / part).read_bytes()).hexdigest() for part in PARTS}
    hashes[CONFIG] = _hash_of(bundle.config)
    _write_json(folder / CONFIG, {**bundle.config, "hashes": hashes})


def load_bundle(path: str | Path | None = None) -> Bundle:
    """Read a bundle, checking its format and the hash of every part; ModelError says what is off."""
    folder = Path(path) if path is not None else default_path()
    if not (folder / CONFIG).is_file():
        raise ModelError(
            f"no model at {folder}", got="no config.json there", todo="name the folder of a bundle made by cxnlp train"
        )
    config = _read_json(folder / CONFIG)
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        got = config.get("format") if isinstance(config, dict) else config
        raise ModelError(f"{folder}: a model of another format", got=got, allowed=FORMAT, todo="train it again")
    hashes = config.get("hashes")
    for part in (*PARTS, CONFIG):
        try:
            found = _hash_of(config) if part == CONFIG else sha256((folder / part).read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"{folder}: {part} cannot be read: {error.strerror}") from None
        if not isinstance(hashes, dict) or hashes.get(part) != found:
            raise ModelError(
                f"{folder}: {part} is not what was trained",
                got=found[:12],
                allowed=str((hashes or {}).get(part))[:12],
                todo="take an unaltered copy, or train it again",
            )
    return _assemble(folder, config)


def _assemble(folder: Path, config: dict[str, Any]) -> Bundle:
    try:
        weights = np.load(folder / "weights.npy", mmap_mode="r", allow_pickle=False)
        columns = np.load(folder / "columns.npy", allow_pickle=False)
        cues = _cues(folder / "cues.npz")
    except (ValueError, BadZipFile) as error:
        raise ModelError(f"{folder}: arrays that do not load: {error}") from None
    calibration = _read_json(folder / "calibration.json")
    if list(calibration) != list(NAMES) or weights.shape != (len(columns), len(NAMES)):
        raise ModelError(
            f"{folder}: a model of other labels",
            got=weights.shape,
            allowed=(len(columns), len(NAMES)),
            todo="train it again",
        )
    row = {
        key: np.array([calibration[name][key] for name in NAMES], dtype=np.float32)
        for key in ("intercept", "slope", "offset")
    }
    return Bundle(
        name=f"{config['name']}-{sha256(readable_json(config)).hexdigest()[:8]}",
        config=config,
        weights=weights,
        columns=columns,
        metrics=_read_json(folder / "metrics.json"),
        cues=cues,
        **row,
    )


def _cues(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as file:
        cues = dict(file)
    if {name: array.dtype.name for name, array in cues.items()} != COMPILED or cues["sizes"].shape[1:] != (2,):
        raise ValueError("compiled cues of another shape")
    keys, rows = cues["sizes"].sum(axis=0)
    lengths = [len(cues[name]) for name in ("keys", "on", "count", "rows")]
    if lengths != [keys, keys, keys, rows] or cues["count"].sum(dtype=np.int64) != rows:
        raise ValueError("compiled cues that do not fit together")
    return cues


def _hash_of(config: dict[str, Any]) -> str:
    """The hash of a configuration but for the hashes in it."""
    return sha256(readable_json({key: value for key, value in config.items() if key != "hashes"})).hexdigest()


def _put(path: Path, data: bytes) -> None:
    """A new file in the place of the old: whoever has that mapped keeps it."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(data)
    new.replace(path)


def _npy(array: NDArray[Any]) -> bytes:
    file = BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def _write_json(path: Path, data: object) -> None:
    _put(path, readable_json(data))


def _read_json(path: Path) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise ModelError(f"{path}: cannot be read: {error}") from None
