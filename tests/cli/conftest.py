"""The command line as a caller sees it: exit code, what it prints, what it leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cxnlp.classify import bundle
from cxnlp.features.layout import Layout
from cxnlp.scoring import Scorer, load

from ..conftest import Ran

CALL = {
    "id": "c1",
    "turns": [
        {"speaker": "agent", "text": "thank you for calling how can i help"},
        {"speaker": "customer", "text": "this is getting silly the router again, nobody ever called back about it"},
        {"speaker": "agent", "text": "i am so sorry we left you without the router, i will ring you back myself"},
    ],
}


@pytest.fixture(scope="session")
def tiny_scorer(tiny_bundle: Path) -> Scorer:
    return load(tiny_bundle)


@pytest.fixture
def cxnlp(
    here: Path,
    run_main: Callable[..., Ran],
    tiny_bundle: Path,
    tiny_scorer: Scorer,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Ran]:
    """Run a command in an empty folder. The small model stands in for the bundled one, and is loaded once."""
    monkeypatch.setattr(Layout, "reader", lambda *_: tiny_scorer.reader)
    monkeypatch.setattr(bundle, "default_path", lambda: tiny_bundle)
    monkeypatch.setenv("COLUMNS", "100")

    return run_main


@pytest.fixture
def call_file(here: Path) -> Path:
    """One good call, `call.jsonl`."""
    path = here / "call.jsonl"
    path.write_text(json.dumps(CALL) + "\n", encoding="utf-8")
    return path
