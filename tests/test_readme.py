"""Every block of the README does what it says, in a copy of what a reader of it has before them.

`python` blocks with prompts are doctests, others are run, one after another with the names of those
before; `sh` blocks are run line by line through the command line; `sql` blocks by DuckDB. The copy
holds the example calls, and small labelled calls in the place of the big ones.
"""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cxnlp.cli import main

README = Path(__file__).resolve().parents[1] / "README.md"
INSTALL = re.compile(r'^python -m pip install (?:-e )?(?P<what>"?\.(?:\[[\w,]+\])?"?)(?: && )?')
TESTS = re.compile(r"^python -m pytest\b")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Block(NamedTuple):
    """A fenced block: its language, the line it begins at, its text."""

    language: str
    line: int
    text: str


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a Markdown text."""
    language, begin, lines = None, 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if language is None and (fence := re.match(r"^```(\w*)", line)):
            language, begin, lines = fence[1], number + 1, []
        elif language is not None and line.startswith("```"):
            yield Block(language, begin, "\n".join(lines) + "\n")
            language = None
        elif language is not None:
            lines.append(line)
    assert language is None, f"line {begin}: a block that does not close"


BLOCKS = list(blocks(README.read_text(encoding="utf-8")))


def commands(text: str) -> list[str]:
    """The command lines of a `sh` block: continued lines joined, comments and prompts left out."""
    joined = text.replace("\\\n", " ")
    lines = [line.removeprefix("$ ").strip() for line in joined.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


SHELL = [line for block in BLOCKS if block.language == "sh" for line in commands(block.text)]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, labelled: Path) -> Path:
    """What a reader has before them, as far as the README speaks of it."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(README.parent / "training_data" / "examples", root / "training_data" / "examples")
    for name in ("calls", "contrast"):
        shutil.copytree(labelled / name, root / "training_data" / name)
    return root


@pytest.fixture
def there(copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy as working directory."""
    monkeypatch.chdir(copy)
    return copy


def test_the_readme_begins_with_a_session_that_shows_what_comes_out() -> None:
    first = next(block for block in BLOCKS if block.language == "python")
    assert first.line < 20
    example = doctest.DocTestParser().get_examples(first.text)
    assert example[0].source == "import cxnlp\n"
    assert example[-1].want


def test_every_block_is_of_a_language_that_is_run() -> None:
    known = {"python", "sh", "sql", "json", "toml", "text", "console", ""}
    assert {block.language for block in BLOCKS} <= known


def run_shell(there: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for line in SHELL:
        rest = INSTALL.sub("", line)
        if not rest or TESTS.match(rest):
            continue
        words = shlex.split(rest.split("|")[0])
        assert words[0] == "cxnlp" or words[:3] == ["python", "-m", "cxnlp"], f"not a line of ours: {line}"
        arguments = words[1 if words[0] == "cxnlp" else 3 :]
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        err = capfd.readouterr().err
        assert (code, "Traceback" in err) == (0, False), f"{line}\n{err}"


def test_blocks_run_in_the_order_they_stand(there: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Shell lines first: Python and SQL may read what they wrote."""
    run_shell(there, capfd)
    names: dict[str, object] = {}
    for block in BLOCKS:
        place = f"README.md:{block.line}"
        if block.language == "python" and ">>>" in block.text:
            run_session(block, names)
        elif block.language == "python":
            run_plain(block, names, place)
        elif block.language == "sql":
            duckdb = pytest.importorskip("duckdb")
            assert duckdb.sql(block.text).fetchall(), block.text


def run_session(block: Block, names: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, names, "README.md", "README.md", block.line - 1)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=FLAGS)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert runner.failures == 0, "".join(said)


def run_plain(block: Block, names: dict[str, object], place: str) -> None:
    exec(compile("\n" * (block.line - 1) + block.text, place, "exec"), names)


def test_extras_that_are_named_are_there() -> None:
    text = README.read_text(encoding="utf-8")
    project = tomllib.loads((README.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {extra for found in re.findall(r"(?:cxnlp|\.)\[([\w,]+)\]", text) for extra in found.split(",")}
    assert named <= set(project["optional-dependencies"])


def test_files_that_are_named_are_there() -> None:
    text = README.read_text(encoding="utf-8")
    named = re.findall(r"`((?:models|training_data|tests|cxnlp|\.ci)/[\w./-]*\w)`", text)
    assert [name for name in named if not (README.parent / name).exists()] == []


def test_two_commands_install_and_run() -> None:
    installs = [line for line in SHELL if INSTALL.match(line) and "&&" in line]
    assert "cxnlp score training_data/examples" in [INSTALL.sub("", line) for line in installs]
    assert any(TESTS.match(INSTALL.sub("", line)) for line in installs)


def test_continuous_integration_runs_the_line_of_the_readme() -> None:
    line = next(line for line in SHELL if TESTS.match(INSTALL.sub("", line)))
    assert line in (README.parent / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_links_inside_the_readme_lead_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if not (README.parent / target).exists()] == []
