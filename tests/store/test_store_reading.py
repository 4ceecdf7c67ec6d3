"""What was written is what is read, from whichever form; what was not written by us is refused, and why is said."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pyarrow
import pyarrow.parquet
import pytest

from cxnlp.errors import ConfigError, ReadError
from cxnlp.scores import TurnScore
from cxnlp.store.parts import FIELDS
from cxnlp.store.reading import read_scores

Folder = Callable[..., Path]
PARTS: list[dict[str, Any]] = [
    {},
    {"fields": ()},
    {"fields": ("labels", "tone", "distress"), "p": ()},
    {"fields": ("text", "evidence", "grounded"), "p": ("genuine", "apology", "wait")},
    {"fields": ("evidence", "template"), "p": ("neutral",)},
    {"p": ("neutral", "churn", "anxiety", "sadness")},
]


@pytest.mark.parametrize("parts", PARTS, ids=str)
@pytest.mark.parametrize("name", ["text", "bare"])
def test_shards_and_lines_give_the_same(written: Path, name: str, parts: dict[str, Any]) -> None:
    lines = list(read_scores(written / f"{name}.jsonl", **parts))
    assert len(lines) == len((written / f"{name}.jsonl").read_bytes().splitlines()) > 30
    assert list(read_scores(written / name, **parts)) == lines


def test_lines_are_read_as_they_were_scored(written: Path) -> None:
    lines = (written / "text.jsonl").read_bytes().splitlines()
    assert [json.loads(score.to_json()) for score in read_scores(written / "text.jsonl")] == list(
        map(json.loads, lines)
    )
    assert any(turn.evidence for score in read_scores(written / "text") for turn in score.turns)


@pytest.mark.parametrize("name", ["text.jsonl.gz", "packed"])
def test_packed_lines(written: Path, name: str) -> None:
    assert list(read_scores(written / name)) == list(read_scores(written / "text.jsonl"))


def test_standard_input(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (written / "text.jsonl.gz").read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert list(read_scores("-")) == list(read_scores(written / "text"))


def test_what_is_not_asked_for_is_not_there(written: Path) -> None:
    for score in read_scores(written / "text", fields=("tone",), p=("churn",)):
        for turn in score.turns:
            assert turn.text is msgspec.UNSET
            assert not turn.labels
            assert not turn.evidence
            assert set(turn.p) <= {"churn"}
            assert (turn.tone is not msgspec.UNSET) is (turn.speaker == "agent")


def test_scores_come_as_a_stream(written: Path, tmp_path: Path) -> None:
    """The first are given before the last are looked at."""
    path = tmp_path / "cut.jsonl"
    path.write_bytes((written / "text.jsonl").read_bytes()[:-40])
    stream = read_scores(path)
    first = next(stream)
    assert first == next(read_scores(written / "text"))
    with pytest.raises(ReadError, match=r"cut\.jsonl:\d+: not a score file"):
        list(stream)


def test_an_id_that_comes_twice(written: Path) -> None:
    with pytest.raises(ReadError, match="there before"):
        list(read_scores([written / "text", written / "bare.jsonl"]))


def test_no_path_and_no_part() -> None:
    with pytest.raises(ReadError, match="no scores given"):
        read_scores([])
    with pytest.raises(ReadError, match="no such file"):
        read_scores("nowhere.jsonl")
    with pytest.raises(ConfigError, match="no such field"):
        read_scores("-", fields=("anger",))
    with pytest.raises(ConfigError, match="no such head"):
        read_scores("-", p=("anger",))


def spoiled(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], bytes]:
    """A good line with one thing wrong."""

    def spoil(good: dict[str, Any]) -> bytes:
        change(good)
        return json.dumps(good).encode()

    return spoil


def put(*path: Any) -> Callable[[dict[str, Any]], bytes]:
    """A good line with a value, the last of `path`, somewhere in it."""

    def change(good: dict[str, Any]) -> None:
        at: Any = good
        for key in path[:-2]:
            at = at[key]
        at[path[-2]] = path[-1]

    return spoiled(change)


BAD_LINES: dict[str, tuple[Callable[[dict[str, Any]], bytes], str]] = {
    "transcript": (
        lambda good: b'{"id": "c", "turns": [{"speaker": "agent", "text": "x"}]}',
        "a transcript, not scores",
    ),
    "call and model": (spoiled(lambda good: good.pop("model")), "not a score"),
    "no json": (lambda good: b"Agent: hello", "not a score file"),
    "array": (lambda good: b"[1, 2]", "not a score"),
    "deep": (lambda good: b'{"id": "c", "call": ' + b"[" * 100_000, "not a score"),
    "not utf-8": (lambda good: b'{"id": "\xff\xfe"}', "not a score"),
    "binary": (lambda good: b"%PDF-1.7", "PDF"),
    "empty": (lambda good: b"", "empty file"),
    "id": (put("id", 7), "id"),
    "index": (put("turns", 1, "index", 7), "turns out of order"),
    "labels": (put("turns", 0, "labels", "churn"), "labels"),
    "distress": (put("turns", 1, "distress", "much"), "distress"),
    "effort": (put("call", "effort", "high"), "effort"),
    "effort score": (put("call", "effort", "score", None), "score"),
    "opening": (put("call", "distress", "opening", "calm"), "opening"),
    "events": (put("call", "empathy", "events", [{"turn": 1}]), "cue"),
    "event turn": (put("call", "empathy", "events", [{"turn": "x", "cue": "a", "response": "b"}]), "turn"),
    "safety": (put("call", "safety", ["fire"]), "safety"),
    "reliability": (put("call", "reliability", {}), "ok"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_line_that_is_no_score(written: Path, tmp_path: Path, name: str) -> None:
    spoil, fragment = BAD_LINES[name]
    lines = (written / "text.jsonl").read_bytes().splitlines()
    good = next(json.loads(line) for line in lines if b"walking-frame" in line)
    path = tmp_path / "bad.jsonl"
    path.write_bytes(spoil(good))
    with pytest.raises(ReadError, match=fragment) as error:
        list(read_scores(path))
    assert error.value.path == str(path)
    assert len(str(error.value)) < 900


@pytest.mark.parametrize(
    "change", [spoiled(lambda good: good["call"].clear()), put("call", "effort", None), put("new", 1)]
)
def test_older_and_newer_lines_are_read(written: Path, tmp_path: Path, change: Callable[..., bytes]) -> None:
    """A measure that is absent or null, a key of a later version."""
    good = json.loads((written / "text.jsonl").read_bytes().splitlines()[0])
    (tmp_path / "a.jsonl").write_bytes(change(good))
    assert [score.id for score in read_scores(tmp_path / "a.jsonl")] == [good["id"]]


def edit_run(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    run = json.loads((folder / "run.json").read_bytes())
    change(run)
    (folder / "run.json").write_text(json.dumps(run))


def rewrite(folder: Path, table: str, change: Callable[[Any], Any]) -> None:
    """Change the first shard of a table, and own up to its size."""
    path = folder / table / "part-00000.parquet"
    pyarrow.parquet.write_table(change(pyarrow.parquet.read_table(path)), path)
    size = path.stat().st_size
    edit_run(folder, lambda run: run["shards"][table][0].__setitem__(1, size))


def first_shard(folder: Path, table: str = "calls") -> Path:
    return folder / table / "part-00000.parquet"


BAD_FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "unfinished": (lambda f: edit_run(f, lambda run: run.update(status="running")), "an unfinished run"),
    "no run.json": (lambda f: (f / "run.json").unlink(), "never finished"),
    "broken run.json": (lambda f: (f / "run.json").write_text("{"), "cannot be read"),
    "foreign run.json": (lambda f: (f / "run.json").write_text('{"scripts": {}}'), "cannot be read"),
    "no shards": (lambda f: edit_run(f, lambda run: run["shards"].pop("turns")), "other shards"),
    "shard missing": (lambda f: first_shard(f).unlink(), "missing or broken"),
    "shard cut": (lambda f: first_shard(f).write_bytes(first_shard(f).read_bytes()[:-9]), "altered"),
    "no parquet": (lambda f: first_shard(f).write_bytes(b"x" * first_shard(f).stat().st_size), "missing or broken"),
    "outside": (lambda f: edit_run(f, lambda run: run["shards"]["calls"][0].__setitem__(0, "../run.json")), "outside"),
    "no labels": (lambda f: rewrite(f, "turns", lambda t: t.drop_columns(["labels"])), "without a column 'labels'"),
    "no call": (lambda f: rewrite(f, "calls", lambda t: t.drop_columns(["call"])), "without a column 'call'"),
    "turns lost": (lambda f: rewrite(f, "turns", lambda t: t.slice(3)), "not those of the calls"),
    "calls lost": (lambda f: rewrite(f, "calls", lambda t: t.slice(0, len(t) - 1)), "calls that are not there"),
    "bad meta": (
        lambda f: rewrite(f, "calls", lambda t: t.set_column(3, "meta", pyarrow.array(["[]"] * len(t)))),
        "meta is not a JSON object",
    ),
}


@pytest.mark.parametrize("name", BAD_FOLDERS)
def test_a_folder_that_is_no_finished_run(folder: Folder, name: str) -> None:
    spoil, fragment = BAD_FOLDERS[name]
    there = folder()
    spoil(there)
    with pytest.raises(ReadError, match=fragment):
        list(read_scores(there))


def test_other_places(written: Path, tmp_path: Path, folder: Folder) -> None:
    for path, fragment in (
        (tmp_path, "not a folder of scores"),
        (first_shard(folder()), "name the folder"),
        (written / "text" / "rejects.jsonl", "a rejects file"),
    ):
        with pytest.raises(ReadError, match=fragment):
            list(read_scores(path))


def test_every_field_of_a_turn_can_be_asked_for() -> None:
    assert {*FIELDS, "index", "speaker", "p"} == {field.name for field in msgspec.structs.fields(TurnScore)}
