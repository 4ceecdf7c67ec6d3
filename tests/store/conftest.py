"""One run, written in every form that `cxnlp score` has."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

import cxnlp.batch.work
from cxnlp.batch import run
from cxnlp.readers import read
from cxnlp.schema import Call, Turn, encode_call
from cxnlp.scoring import Scorer
from cxnlp.training.dataset import load_dataset

ODD = [
    Call("one-sided", [Turn("agent", "hello is anybody there")], None, {}),
    Call(
        "silent", [Turn("system", "Recording started."), Turn("customer", "")], "a1", {"team": 7, "deep": {"x": [None]}}
    ),
    Call(
        "odd / ../ \n id",
        [Turn("agent", "naïve 😀 café"), Turn("customer", "my \u2028 dog died"), Turn("agent", "oh no")],
    ),
]


@pytest.fixture(scope="session")
def written(scorer: Scorer, repo: Path, labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `text` and `bare` (shards), `text.jsonl` and `bare.jsonl` (`bare`: without words), packed too."""
    root = tmp_path_factory.mktemp("written")
    calls = [*read(repo / "training_data" / "examples"), *load_dataset(labelled).calls, *ODD]
    calls = [Call(call.id, call.turns, f"a{n % 3}" if n % 4 else None, call.meta) for n, call in enumerate(calls)]
    (root / "calls.jsonl").write_bytes(b"".join(encode_call(call) + b"\n" for call in calls))

    def loaded(bundle: Any, config: Any) -> Scorer:
        return Scorer(scorer.bundle, config)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cxnlp.batch.work, "load", loaded)
        for name, text in (("text", True), ("bare", False)):
            for out in (root / name, root / f"{name}.jsonl"):
                run(root / "calls.jsonl", out, text=text, quiet=True, jobs=1, chunk_bytes=4000)
    data = (root / "text.jsonl").read_bytes()
    (root / "text.jsonl.gz").write_bytes(gzip.compress(data))
    (root / "packed").write_bytes(zstandard.compress(data))
    return root


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of a folder of shards, to be spoiled."""

    def copied(name: str = "text") -> Path:
        return Path(shutil.copytree(written / name, tmp_path / name))

    return copied
