"""Bad input: a clear message, the right exit code, nothing lost and never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
GOOD = '{"id": "good", "turns": [{"speaker": "agent", "text": "hello"}, {"speaker": "customer", "text": "hi"}]}'


def turn(text: str = "hello", speaker: str = "agent", **fields: object) -> str:
    return json.dumps({"id": "bad", "turns": [{"speaker": speaker, "text": text, **fields}]})


REJECTED = [
    ("empty.jsonl", b"", "empty"),
    ("spaces.txt", b" \n\n ", "empty"),
    ("binary.jsonl", bytes(range(256)) * 20, ""),
    ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(200), ""),
    ("zeros.txt", bytes(4096), ""),
    ("truncated.json", b'{"id": "bad", "turns": [{"speaker": "agent", "te', ""),
    ("truncated.jsonl", f"{GOOD[:60]}\n".encode(), ""),
    ("no_turns.jsonl", b'{"id": "bad", "turns": []}\n', "a call of no turns"),
    ("no_id.jsonl", b'{"id": "", "turns": [{"speaker": "agent", "text": "x"}]}\n', "a call without an id"),
    ("robot.jsonl", f"{turn(speaker='robot')}\n".encode(), "robot"),
    ("huge.jsonl", f"{turn(start=1e300)}\n".encode(), "a time that is no time"),
    ("number.jsonl", b'{"id": "bad", "turns": [{"speaker": "agent", "text": "x", "start": 1%s}]}\n' % (b"0" * 400), ""),
    ("deep.json", b"[" * 50_000, ""),
    ("half.jsonl", b'{"id": "bad", "turns": [{"speaker": "agent", "text": "\\ud83d"}]}\n', ""),
    ("labels.txt", b"Speaker 1: hello\nSpeaker 2: hi\n", "Speaker 1"),
    ("prose.txt", b"this is nobody's transcript at all\n", "no speaker labels found"),
    ("object.json", b'{"colour": "red"}', "colour"),
    ("table.csv", b"a,b\n1,2\n", ""),
]


@pytest.mark.parametrize(("name", "content", "fragment"), REJECTED, ids=[name for name, _, _ in REJECTED])
def test_rejected_and_the_rest_is_scored(cxnlp: Run, here: Path, name: str, content: bytes, fragment: str) -> None:
    (here / "in").mkdir()
    (here / "in" / name).write_bytes(content)
    (here / "in" / "z_good.jsonl").write_text(GOOD + "\n", encoding="utf-8")
    ran = cxnlp("score", "in", "--to", "out.jsonl", "--quiet")
    assert ran.code == 1
    assert [json.loads(line)["id"] for line in (here / "out.jsonl").read_bytes().splitlines()] == ["good"]
    rejects = [json.loads(line) for line in (here / "out.rejects.jsonl").read_bytes().splitlines()]
    assert rejects
    for row in rejects:
        assert list(row) == ["file", "line", "wrong", "got", "allowed", "todo"]
        assert row["file"].endswith(name)
        assert row["wrong"]
        assert row["allowed"] or row["todo"]
    assert fragment in json.dumps(rejects, ensure_ascii=False)
    assert f"cxnlp: {len(rejects)} rejected, see out.rejects.jsonl" in ran.err
    assert all(ch.isprintable() or ch == "\n" for ch in ran.err)
    assert max(map(len, ran.err.splitlines())) < 1200


@pytest.mark.parametrize("text", ["x" * 1_000_000, "again and again " * 62_500, "nul \x00 byte", "\ufeffbom"])
def test_odd_text_is_scored(cxnlp: Run, here: Path, text: str) -> None:
    (here / "a.jsonl").write_text(turn(text) + "\n", encoding="utf-8")
    ran = cxnlp("score", "a.jsonl", "--to", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines()[0]["turns"][0]["text"] == text
    assert cxnlp("score", "a.jsonl").code == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_encodings_are_read_right_or_refused_with_a_word(cxnlp: Run, here: Path, encoding: str) -> None:
    text = "Agent: café, how can I help you\nCustomer: my naïve façade is broken\n"
    (here / "a.txt").write_bytes(text.encode(encoding))
    ran = cxnlp("score", "a.txt", "--to", "-", "--quiet")
    if ran.code == 0:
        assert [turn["text"] for turn in ran.lines()[0]["turns"]] == [
            line.split(": ", 1)[1] for line in text.splitlines()
        ]
    else:
        assert ran.code == 1
        assert "utf-8" in ran.err.lower()


def test_lines_of_a_file_are_rejected_one_by_one(cxnlp: Run, here: Path) -> None:
    lines = [GOOD, "{", GOOD.replace("good", "two"), turn(speaker="robot"), GOOD, '{"id": "n", "turns": []}']
    (here / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = cxnlp("score", "a.jsonl", "--to", "-", "--quiet")
    assert ran.code == 1
    assert [line["id"] for line in ran.lines()] == ["good", "two"]
    rejects = [json.loads(line) for line in (here / "rejects.jsonl").read_bytes().splitlines()]
    assert [row["line"] for row in rejects] == [2, 4, 5, 6]
    assert "a.jsonl:1" in rejects[2]["wrong"]
    assert "4 rejected, see rejects.jsonl" in ran.err


def test_few_are_said_and_all_are_written(cxnlp: Run, here: Path) -> None:
    (here / "a.jsonl").write_text(GOOD + "\n" + "{\n" * 50, encoding="utf-8")
    ran = cxnlp("score", "a.jsonl", "--to", "o.jsonl", "--quiet")
    assert ran.code == 1
    assert len((here / "o.rejects.jsonl").read_bytes().splitlines()) == 50
    assert "50 rejected, see o.rejects.jsonl" in ran.err
    assert len(ran.err.splitlines()) <= 7


def test_a_table_says_what_was_rejected(cxnlp: Run, here: Path) -> None:
    (here / "a.jsonl").write_text(GOOD + "\n" + "{\n" * 50, encoding="utf-8")
    ran = cxnlp("score", "a.jsonl")
    assert ran.code == 1
    assert ran.out.startswith("good")
    assert "cxnlp: a.jsonl:2: " in ran.err
    assert "50 rejected, see rejects.jsonl" in ran.err
    assert len(ran.err.splitlines()) <= 7
    assert len((here / "rejects.jsonl").read_bytes().splitlines()) == 50


def test_rejects_are_never_input(cxnlp: Run, here: Path) -> None:
    (here / "in").mkdir()
    (here / "in" / "a.jsonl").write_text(GOOD + "\n{\n", encoding="utf-8")
    codes = [cxnlp("score", "in", "--to", "in/out.jsonl", "--quiet").code]
    os.rename(here / "in" / "out.jsonl", here / "out.jsonl")
    ran = cxnlp("score", "in", "--to", "-", "--quiet")
    assert [*codes, ran.code] == [1, 1]
    assert [line["id"] for line in ran.lines()] == ["good"]
    assert "1 rejected" in ran.err


def test_everything_rejected_still_leaves_a_file(cxnlp: Run, here: Path) -> None:
    (here / "a.jsonl").write_text("{\n", encoding="utf-8")
    assert cxnlp("score", "a.jsonl", "--to", "out.jsonl", "--quiet").code == 1
    assert (here / "out.jsonl").read_bytes() == b""


WRONG = [
    (["score", "none.jsonl"], "none.jsonl"),
    (["score", "call.jsonl", "none/", "--to", "-"], "none"),
    (["score", "none*.txt"], "none*.txt"),
    (["score", "call.jsonl", "--to", "no/such/out.jsonl"], "no/such/out.jsonl"),
    (["score", "call.jsonl", "--format", "pdf"], "no such format; got: pdf; allowed: jsonl"),
    (["score", "call.jsonl", "--role", "Speaker 1=boss"], "not a role; got: Speaker 1=boss"),
    (["score", "call.jsonl", "--role", "agent"], "not a role; got: agent"),
    (["score", "call.jsonl", "--config", "none.toml"], "unreadable configuration none.toml"),
    (["score", "call.jsonl", "--config", "call.jsonl"], "unreadable configuration call.jsonl"),
    (["score", "call.jsonl", "--bundle", "none"], "no model at none"),
    (["score", "call.jsonl", "--bundle", "."], "no model at ."),
    (["score", "call.jsonl", "--colour"], "--colour"),
    (["score"], "PATH"),
    (["scoer", "call.jsonl"], "scoer"),
    ([], "COMMAND"),
    (["explain", "call.jsonl"], "ID"),
    (["explain", "call.jsonl", "nobody"], "no call of that id; got: nobody; to do: see the ids"),
    (["explain", "call.jsonl", "c1", "99"], "has no turn 99; allowed: 0 to 2"),
    (["explain", "call.jsonl", "c1", "-1"], "-1"),
    (["explain", "call.jsonl", "c1", "two"], "two"),
    (["explain", "none.jsonl", "c1"], "none.jsonl"),
    (["evaluate", "none.jsonl"], "none.jsonl: cannot be read: No such file"),
    (["evaluate", "."], "cannot be read: Is a directory"),
    (["evaluate", "call.jsonl"], "call.jsonl:1: not a labelled item"),
    (["evaluate", "call.jsonl", "--as", "xml"], "xml"),
    (["train", "none", "--to", "model"], "no labelled calls"),
    (["train", ".", "--to", "model"], "no labelled calls"),
    (["formats", "extra"], "extra"),
]


@pytest.mark.parametrize(("arguments", "fragment"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_options_and_missing_paths(
    cxnlp: Run, call_file: Path, here: Path, arguments: list[str], fragment: str
) -> None:
    ran = cxnlp(*arguments)
    assert ran.code == 2
    assert fragment in ran.err
    assert ran.out == ""
    assert sorted(path.name for path in here.iterdir()) == ["call.jsonl"]


def test_an_altered_bundle(cxnlp: Run, call_file: Path, tiny_bundle: Path, here: Path) -> None:
    copy = Path(shutil.copytree(tiny_bundle, here / "copy"))
    with (copy / "weights.npy").open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"\x01")
    ran = cxnlp("score", "call.jsonl", "--bundle", "copy", "--to", "out.jsonl", "--quiet")
    assert ran.code == 2
    assert "cxnlp: copy: weights.npy is not what was trained" in ran.err
    assert not (here / "out.jsonl").exists()


@pytest.mark.parametrize("what", ["a folder in the way", "a file in the way"])
def test_an_output_that_cannot_be_written(cxnlp: Run, call_file: Path, here: Path, what: str) -> None:
    (here / "out.jsonl").mkdir() if what == "a folder in the way" else (here / "sub").write_text("x", encoding="utf-8")
    out = "out.jsonl" if what == "a folder in the way" else "sub/out.jsonl"
    ran = cxnlp("score", "call.jsonl", "--to", out, "--quiet")
    assert ran.code == 2
    assert f"{out}: cannot be written" in ran.err
    assert not [*here.glob("*.part"), *here.glob(".*.part")]


def test_a_fault_half_way_leaves_what_was_there(
    cxnlp: Run, call_file: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cxnlp.scores import CallScore

    (here / "out.jsonl").write_text("before\n", encoding="utf-8")
    monkeypatch.setattr(CallScore, "to_json", lambda self: (_ for _ in ()).throw(KeyboardInterrupt()))
    ran = cxnlp("score", "call.jsonl", "--to", "out.jsonl", "--quiet")
    assert (ran.code, ran.err) == (2, "cxnlp: stopped\n")
    assert (here / "out.jsonl").read_text(encoding="utf-8") == "before\n"
    assert not [*here.glob("*.part"), *here.glob(".*.part")]


AS_NOBODY = """
import os, sys
from cxnlp.readers import read
list(read(os.path.join(sys.argv[1], "a.jsonl")))
if os.geteuid() == 0:
    os.setegid(65534); os.seteuid(65534)
rejects = []
print([call.id for call in read(sys.argv[1], on_reject=rejects.append)], [str(error) for error in rejects])
"""
"""Root may read everything, so it steps down once all that is needed is loaded."""


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_without_permission(repo: Path, what: str) -> None:
    """One closed file or folder among open ones is rejected, the rest is read."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place)
        data.chmod(0o755)
        (data / "closed").mkdir()
        for name in ("a.jsonl", "closed/b.jsonl", "z.jsonl"):
            (data / name).write_text(GOOD.replace("good", name) + "\n", encoding="utf-8")
        closed = data / "closed" if what == "folder" else data / "closed" / "b.jsonl"
        closed.chmod(0)
        command = [sys.executable, "-c", AS_NOBODY, place]
        done = subprocess.run(command, cwd=repo, capture_output=True, text=True, check=False)
        closed.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "")
    read, _, rejected = done.stdout.partition("]")
    assert read == "['a.jsonl', 'z.jsonl'"
    assert "closed" in rejected
    assert "permission" in rejected.lower()


@pytest.mark.parametrize("arguments", [["score", "many.jsonl", "--to", "-", "--quiet"], ["score", "many.jsonl"]])
def test_a_closed_pipe_ends_silently(repo: Path, tmp_path: Path, tiny_bundle: Path, arguments: list[str]) -> None:
    lines = (GOOD.replace("good", f"c{number}") for number in range(700))
    (tmp_path / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(repo), "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-m", "cxnlp", *arguments, "--bundle", str(tiny_bundle)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(), said) == (0, "")


def test_too_long_a_name(cxnlp: Run, call_file: Path) -> None:
    ran = cxnlp("score", "x" * 5000)
    assert ran.code == 2
    assert len(ran.err) < 8000
