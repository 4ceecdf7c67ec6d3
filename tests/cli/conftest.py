"""The command line as a caller sees it: exit code, what it prints, what it leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxnlp.classify import bundle
from cxnlp.cli import main
from cxnlp.features.layout import Layout
from cxnlp.scoring import Scorer, load

CALL = {
    "id": "c1",
    "turns": [
        {"speaker": "agent", "text": "thank you for calling how can i help"},
        {"speaker": "customer", "text": "this is getting silly the router again, nobody ever called back about it"},
        {"speaker": "agent", "text": "i am so sorry we left you without the router, i will ring you back myself"},
    ],
}


@dataclass
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(scope="session")
def tiny_scorer(tiny_bundle: Path) -> Scorer:
    return load(tiny_bundle)


@pytest.fixture
def cxnlp(
    here: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    tiny_bundle: Path,
    tiny_scorer: Scorer,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Ran]:
    """Run a command in an empty folder. The small model stands in for the bundled one, and is loaded once."""
    monkeypatch.setattr(Layout, "reader", lambda self: tiny_scorer.reader)
    monkeypatch.setattr(bundle, "default_path", lambda: tiny_bundle)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: object) -> Ran:
        capfdbinary.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        return Ran(code, out.decode(), err.decode())

    return run


@pytest.fixture
def call_file(here: Path) -> Path:
    """One good call, `call.jsonl`."""
    path = here / "call.jsonl"
    path.write_text(json.dumps(CALL) + "\n", encoding="utf-8")
    return path
