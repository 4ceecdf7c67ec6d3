"""The house stands as it was drawn: imports run downward, rooms stay small, nothing loads code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
PACKAGE = REPO / "cxnlp"

FLOORS = {
    **dict.fromkeys(("errors", "schema", "labels", "columns", "scores", "config", "lexicons"), 0),
    **dict.fromkeys(("readers", "redact", "tables"), 1),
    "language": 2,
    "features": 3,
    **dict.fromkeys(("classify", "calls"), 4),
    "scoring": 5,
    **dict.fromkeys(("training", "corpus", "store"), 6),
    **dict.fromkeys(("batch", "report"), 7),
    **dict.fromkeys(("engines", "review"), 8),
    "cli": 9,
    "__main__": 10,
}
GROUND = 0
FACE = "__init__"

MOST_LINES, MOST_FUNCTION = 300, 60
RUNS_CODE = {"pickle", "cPickle", "cloudpickle", "dill", "marshal", "shelve", "code", "runpy"}
CALLS_CODE = {"eval", "exec", "compile", "__import__"}
SPOILERS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "tools"}
MACHINE_PATH = re.compile(r"(?<![\w./:])/(?:home|root|Users|work)/\w|\b[A-Z]:\\+(?:Users|Documents)|file:///\w")

SOURCES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def name_of(path: Path) -> str:
    return path.relative_to(REPO).as_posix()


def room_of(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import of ours, wherever it stands, `if TYPE_CHECKING` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "cxnlp")
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "." * node.level + (node.module or "")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cxnlp":
            if node.module == "cxnlp":
                yield from ((node.lineno, f"cxnlp.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, str(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module"):
            text = ast.unparse(node.args[0]).strip("f'\"")
            if text.startswith("cxnlp"):
                yield node.lineno, text


def downward(room: str, target: str) -> str | None:
    """What is wrong with a room importing a dotted name, if anything."""
    if target.startswith("."):
        return "a relative import"
    other = target.split(".")[1] if "." in target else ""
    if other not in FLOORS:
        return "the package root" if not other or other[0].isupper() else "a room of no floor"
    if other == room or FLOORS[other] < FLOORS[room]:
        return None
    if FLOORS[other] == FLOORS[room] == GROUND:
        return None
    return "a floor-mate" if FLOORS[other] == FLOORS[room] else "a floor above"


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(path) for path in SOURCES} - {FACE}
    assert rooms <= set(FLOORS)


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(path) != FACE], ids=name_of)
def test_imports_run_downward(path: Path) -> None:
    room = room_of(path)
    found = [(line, target, downward(room, target)) for line, target in imported(TREES[path])]
    assert [wrong for wrong in found if wrong[2] and not lazy_command(path, wrong[1])] == []


def lazy_command(path: Path, target: str) -> bool:
    """The command line finds its commands by name, in its own room."""
    return room_of(path) == "cli" and target.startswith("cxnlp.cli.")


@pytest.mark.parametrize(
    ("room", "target", "wrong"),
    [
        ("features", "cxnlp.language.table", None),
        ("scores", "cxnlp.labels", None),
        ("language", "cxnlp.language.norms", None),
        ("language", "cxnlp.features.turns", "a floor above"),
        ("classify", "cxnlp.calls", "a floor-mate"),
        ("readers", "cxnlp.tables", "a floor-mate"),
        ("training", "cxnlp", "the package root"),
        ("training", "cxnlp.Call", "the package root"),
        ("training", ".markup", "a relative import"),
        ("cli", "cxnlp.attic", "a room of no floor"),
    ],
)
def test_the_rule_itself(room: str, target: str, wrong: str | None) -> None:
    assert downward(room, target) == wrong


def test_ground_has_no_cycles() -> None:
    needs = {room_of(path): set() for path in SOURCES if FLOORS.get(room_of(path)) == GROUND}
    for path in SOURCES:
        if room_of(path) in needs:
            needs[room_of(path)] |= {t.split(".")[1] for _, t in imported(TREES[path])} - {room_of(path)}
    done: set[str] = set()
    while ready := {room for room, others in needs.items() if room not in done and others <= done}:
        done |= ready
    assert done == set(needs)


def test_depth_is_two() -> None:
    assert [name_of(path) for path in SOURCES if len(path.relative_to(PACKAGE).parts) > 2] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_small_and_says_what_it_is(path: Path) -> None:
    tree = TREES[path]
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert ast.get_docstring(tree)
    assert path.stem not in SPOILERS
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > MOST_FUNCTION} == {}
    public = [node for node in functions if not node.name.startswith("_")]
    assert [node.name for node in public if node.args.kwarg] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_in_a_file_becomes_code(path: Path) -> None:
    found = []
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in RUNS_CODE]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in RUNS_CODE:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in CALLS_CODE or called in ("joblib.load", "os.system"):
                found.append(called)
            found += [
                f"{called}({word.arg}=...)"
                for word in node.keywords
                if word.arg in ("allow_pickle", "shell")
                and not (isinstance(word.value, ast.Constant) and not word.value.value)
            ]
            if called in ("np.load", "numpy.load") and "allow_pickle" not in {word.arg for word in node.keywords}:
                found.append(f"{called} that does not say allow_pickle=False")
    assert found == []


def test_no_path_of_one_machine() -> None:
    files = [*SOURCES, *sorted((REPO / "tests").rglob("*.py")), *sorted((REPO / "training_data").glob("*.py"))]
    files += [path for name in ("README.md", "pyproject.toml", ".ci/run") if (path := REPO / name).is_file()]
    found = {}
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        if places := [number for number, line in enumerate(lines, 1) if MACHINE_PATH.search(line)]:
            found[name_of(path)] = places
    found.pop("tests/test_house.py", None)
    assert found == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("open('/home/ada/x')", True),
        ("see /work/shared/x", True),
        ("C:\\Users\\ada", True),
        ("https://example.org/home/x", False),
        ("training_data/work/x", False),
        ("s3://bucket/root/x", False),
    ],
)
def test_the_path_rule_itself(text: str, found: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is found
