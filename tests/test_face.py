"""The public face: what `import cxnlp` gives, and what it does not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cxnlp

NAMES = {
    "LABELS",
    "Call",
    "CallScore",
    "ConfigError",
    "CxnlpError",
    "LexiconError",
    "MissingExtraError",
    "ModelError",
    "ReadError",
    "Scorer",
    "ScoringConfig",
    "Turn",
    "TurnScore",
    "load",
    "load_config",
    "read",
    "formats",
}
"""Other programs rely on these: names may be added, none may go."""

HEAVY = ("spacy", "sklearn", "scipy", "pyarrow", "pandas", "polars", "joblib", "duckdb", "numpy", "thinc")


def run(code: str, cwd: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_names() -> None:
    assert set(cxnlp.__all__) >= NAMES
    assert list(cxnlp.__dir__()) == sorted(cxnlp.__all__)


def test_names_to_a_type_checker_are_those_at_run_time(repo: Path) -> None:
    tree = ast.parse((repo / "cxnlp" / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    declared = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert declared == set(cxnlp.__all__)


@pytest.mark.parametrize("name", sorted(cxnlp.__all__))
def test_every_name_resolves_and_stays(name: str) -> None:
    assert getattr(cxnlp, name) is getattr(cxnlp, name)
    assert name in vars(cxnlp)


def test_a_name_that_is_none() -> None:
    with pytest.raises(AttributeError, match="'cxnlp' has no attribute 'scoer'"):
        cxnlp.scoer  # noqa: B018


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("import", "import cxnlp"),
        ("errors", "import cxnlp; cxnlp.ReadError('x'); cxnlp.LABELS"),
        ("calls", "import cxnlp; cxnlp.Call('a', [cxnlp.Turn('agent', 'hello')])"),
        ("command line", "import cxnlp.cli"),
        ("formats", "import cxnlp; cxnlp.formats()"),
    ],
)
def test_loads_nothing_heavy(what: str, code: str, repo: Path) -> None:
    heavy = run(f"import sys\n{code}\nprint(*(name for name in {HEAVY} if name in sys.modules))", repo)
    assert heavy == [], what


def test_loading_a_model_needs_no_extra(repo: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('pyarrow', 'pandas', 'polars', 'duckdb', 'zstandard', 'psutil'): sys.modules[name] = None\n"
        "import cxnlp\nscore = cxnlp.load().score(cxnlp.Call('a', [cxnlp.Turn('agent', 'hello')]))\nprint(score.id)"
    )
    assert run(code, repo) == ["a"]


def test_star_import_gives_the_public_names(repo: Path) -> None:
    assert set(run("from cxnlp import *\nprint(*(name for name in dir() if name[0] != '_'))", repo)) == set(
        cxnlp.__all__
    )


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("ReadError", "CxnlpError"),
        ("ConfigError", "CxnlpError"),
        ("ModelError", "CxnlpError"),
        ("LexiconError", "CxnlpError"),
        ("MissingExtraError", "CxnlpError"),
    ],
)
def test_error_tree(name: str, above: str) -> None:
    error = getattr(cxnlp, name)("wrong", got="g", allowed="a", todo="t")
    assert isinstance(error, getattr(cxnlp, above))
    assert str(error) == "wrong; got: g; allowed: a; to do: t"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "wrong"),
        ({"path": "f"}, "f: wrong"),
        ({"path": "f", "line": 3}, "f:3: wrong"),
        ({"path": "f", "line": 3, "got": 7, "todo": "go"}, "f:3: wrong; got: 7; to do: go"),
    ],
)
def test_read_error_says_where(fields: dict[str, object], text: str) -> None:
    error = cxnlp.ReadError("wrong", **fields)  # type: ignore[arg-type]
    assert str(error) == text
    row = error.as_dict()
    assert list(row) == ["file", "line", "wrong", "got", "allowed", "todo"]
    assert (row["file"], row["line"], row["wrong"]) == (fields.get("path"), fields.get("line"), "wrong")


@pytest.mark.parametrize("got", ["\x00\x1b[31mred", "x" * 10_000, b"\xff\x00", {"a": "\n"}])
def test_what_was_got_is_short_and_printable(got: object) -> None:
    shown = cxnlp.CxnlpError("wrong", got=got).got
    assert shown is not None
    assert shown.isprintable()
    assert len(shown) <= 500
