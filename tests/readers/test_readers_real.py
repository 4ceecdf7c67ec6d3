"""Files that real platforms wrote, where they are at hand; and the examples in the docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import cxnlp.readers
from cxnlp.errors import ReadError
from cxnlp.readers import read

FORMATS = Path(__file__).parents[3] / "shared" / "formats"
READ = [
    ("amazon_contact_lens/aws_transcript.json", 10, "voice"),
    ("amazon_contact_lens/chat_original.extracted.json", 24, "chat"),
    ("transcribe_call_analytics/example-call.json", 37, "voice"),
]
MODULES = [module.name for module in pkgutil.iter_modules(cxnlp.readers.__path__, "cxnlp.readers.")]


@pytest.mark.parametrize(("name", "turns", "channel"), READ)
def test_real_files(name: str, turns: int, channel: str) -> None:
    if not (FORMATS / name).exists():
        pytest.skip("the real files are not here")
    (call,) = read(FORMATS / name)
    assert (len(call.turns), (call.meta or {})["channel"]) == (turns, channel)
    assert {"agent", "customer"} <= {turn.speaker for turn in call.turns}
    starts = [turn.start for turn in call.turns if turn.start is not None]
    assert starts == sorted(starts)
    assert len(starts) == turns
    assert all(a.speaker != b.speaker for a, b in zip(call.turns, call.turns[1:], strict=False))


def test_every_other_real_file_is_refused_with_its_message() -> None:
    if not FORMATS.exists():
        pytest.skip("the real files are not here")
    known = {FORMATS / name for name, _, _ in READ}
    rejects: list[ReadError] = []
    others = [path for path in FORMATS.glob("*/*") if path not in known]
    assert list(read(others, on_reject=rejects.append)) == []
    assert len(rejects) == len(others)
    assert all(error.todo for error in rejects)
    assert any("has no speakers" in error.wrong for error in rejects)


@pytest.mark.parametrize("name", ["cxnlp.readers", *MODULES])
def test_the_examples_in_the_docstrings(name: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.testmod(importlib.import_module(name), optionflags=flags).failed == 0
