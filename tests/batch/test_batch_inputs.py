"""What goes in: every form of input, what is set aside, and ids that come again."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as parquet
import pytest

from cxnlp.batch import Counts, OutputError
from cxnlp.errors import ConfigError
from cxnlp.readers import MissingPathError

from .conftest import lines, made_calls

Run = Callable[..., Counts]


def rejects(path: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def ids(out: Path) -> list[str]:
    return [str(id) for id in parquet.read_table(out / "calls").column("id").to_pylist()]


def test_every_form_of_input(quick: Run, night: Path, tmp_path: Path) -> None:
    counts = quick(night, tmp_path / "out")
    assert (counts.calls, counts.rejects) == (240, 4)
    got = ids(tmp_path / "out")
    assert len(set(got)) == 240
    assert got[:2] == ["call-0", "call-1"]
    assert "night/more/07.txt" in got
    found = rejects(tmp_path / "out" / "rejects.jsonl")
    places = [(Path(row["file"]).name, row["line"]) for row in found]
    assert places == [("a.jsonl", 91), ("c.jsonl.zst", 41), ("c.jsonl.zst", 42), ("empty.txt", None)]
    assert found[1]["wrong"].endswith("a.jsonl:6")
    assert found[2]["wrong"].endswith("b.jsonl.gz:21")


def test_one_call_a_file_or_all_in_one(quick: Run, tmp_path: Path) -> None:
    calls = made_calls(50)
    (tmp_path / "many").mkdir()
    for call in calls:
        (tmp_path / "many" / f"{call.id.rjust(9, '0')}.jsonl").write_bytes(lines([call]))
    (tmp_path / "one.jsonl").write_bytes(lines(calls))
    (tmp_path / "one.jsonl.gz").write_bytes(gzip.compress(lines(calls)))
    want = {call.id for call in calls}
    for number, paths in enumerate(["many", "many/*.jsonl", "one.jsonl", "one.jsonl.gz"]):
        out = tmp_path / f"out{number}"
        assert quick(str(tmp_path / paths), out).calls == 50
        assert set(ids(out)) == want
    both = quick([tmp_path / "many", tmp_path / "one.jsonl"], tmp_path / "both")
    assert (both.calls, both.rejects) == (50, 50)


@pytest.mark.parametrize("jobs", [1, 2])
def test_ids_that_come_again_in_any_chunk(quick: Run, tmp_path: Path, jobs: int) -> None:
    calls = made_calls(120)
    again = [*calls, calls[0], calls[119], *made_calls(5, seed=1, name="new"), calls[0]]
    (tmp_path / "in.jsonl").write_bytes(lines(again))
    counts = quick(tmp_path / "in.jsonl", tmp_path / "out", jobs=jobs, chunk_bytes=4_000)
    assert (counts.calls, counts.rejects) == (125, 3)
    found = rejects(tmp_path / "out" / "rejects.jsonl")
    assert [row["line"] for row in found] == [121, 122, 128]
    assert [row["wrong"].rpartition(":")[2] for row in found] == ["1", "120", "1"]


def test_rejects_of_json_lines(quick: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"nothing\n" + lines(made_calls(2)))
    quick(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert rejects(tmp_path / "out.rejects.jsonl")[0]["line"] == 1
    quick(tmp_path / "in.jsonl", tmp_path / "again.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "again.jsonl", "again.rejects.jsonl", "in.jsonl", "out.jsonl", "out.rejects.jsonl",
    ]  # fmt: skip
    assert quick([tmp_path / "in.jsonl", tmp_path / "out.rejects.jsonl"], tmp_path / "o").rejects == 2


def test_output_inside_the_input_is_no_input(quick: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(made_calls(3)))
    assert quick(tmp_path, tmp_path / "out") == quick(tmp_path, tmp_path / "out")
    assert quick(tmp_path / "in.jsonl", tmp_path / "s.jsonl").calls == 3


def test_stdin_and_stdout(
    quick: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = lines(made_calls(30))
    monkeypatch.chdir(tmp_path)
    for out in ("-", "folder", "folder"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert quick("-", out, chunk_bytes=2_000).calls == 30
    written = capfdbinary.readouterr().out.splitlines()
    assert [msgspec.json.decode(line)["id"] for line in written] == ids(tmp_path / "folder")


def test_options_that_are_none(quick: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(made_calls(1)))
    with pytest.raises(MissingPathError):
        quick(tmp_path / "none", tmp_path / "out")
    for wrong in (
        {"format": "pdf"},
        {"roles": {"x": "boss"}},
        {"columns": {"x": "y"}},
        {"jobs": 0},
        {"chunk_bytes": 0},
    ):
        with pytest.raises(ConfigError):
            quick(tmp_path / "in.jsonl", tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_roles_and_columns_reach_the_workers(quick: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("who,said\nX,hello\nY,hi there\n")
    options: dict[str, Any] = {"roles": {"X": "agent", "Y": "customer"}, "columns": {"speaker": "who", "text": "said"}}
    assert quick(tmp_path / "in.csv", tmp_path / "out", jobs=2, **options).turns == 2
    large = "".join(f"c{n},X,hello\nc{n},Y,hi there\n" for n in range(40))
    (tmp_path / "large.csv").write_text("call_id,who,said\n" + large)
    assert quick(tmp_path / "large.csv", tmp_path / "o2", chunk_bytes=300, **options).calls == 40
    assert len(list((tmp_path / "o2" / "turns").iterdir())) > 3


@pytest.mark.parametrize(
    ("given", "out"),
    [("in/a.jsonl", "in/a.jsonl"), ("in", "in"), ("in/a.jsonl", "in"), (["b.jsonl", "in/a.jsonl"], "in/a.jsonl")],
)
def test_an_output_that_is_an_input(quick: Run, tmp_path: Path, given: str | list[str], out: str) -> None:
    (tmp_path / "in").mkdir()
    data = lines(made_calls(3))
    for name in ("in/a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in ([given] if isinstance(given, str) else given)]
    with pytest.raises(OutputError, match="is the output, or lies in it; to do: name another output"):
        quick(paths, tmp_path / out)
    assert (tmp_path / "in" / "a.jsonl").read_bytes() == data


def test_no_output_named(quick: Run, night: Path) -> None:
    with pytest.raises(OutputError, match="no output named"):
        quick(night, "")


@pytest.mark.parametrize("out", ["out", "out.jsonl"])
def test_a_pipe_is_read_whole(quick: Run, tmp_path: Path, out: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = lines(made_calls(240))
    writer = threading.Thread(target=pipe.write_bytes, args=(data,), daemon=True)
    writer.start()
    counts = quick(pipe, tmp_path / out)
    writer.join(10)
    assert (counts.calls, counts.rejects) == (240, 0)


def test_a_file_name_that_is_not_utf8(quick: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.jsonl").write_bytes(lines(made_calls(3)))
    with open(os.fsencode(tmp_path / "in") + b"/caf\xe9.jsonl", "wb") as file:
        file.write(lines(made_calls(2, name="bad")))
    counts = quick(tmp_path / "in", tmp_path / "out")
    assert (counts.calls, counts.rejects) == (3, 1)
    (reject,) = rejects(tmp_path / "out" / "rejects.jsonl")
    assert (reject["wrong"], reject["got"][-12:]) == ("a file name that is not UTF-8", "caf\\udce9.jsonl"[-12:])


def test_a_packed_file_is_cut_like_any_other(quick: Run, tmp_path: Path) -> None:
    calls = made_calls(3000)
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(lines(calls)))
    quick(tmp_path / "in.jsonl.gz", tmp_path / "out", chunk_bytes=100_000)
    assert (tmp_path / "in.jsonl.gz").stat().st_size > 64 << 10
    assert len(list((tmp_path / "out" / "calls").glob("*.parquet"))) > 3
