"""Files, folders, globs, stdin, compression; and the ids that follow from them."""

from __future__ import annotations

import gzip
import io
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from cxnlp.errors import ReadError
from cxnlp.readers import MissingPathError, read

TEXT = "Agent: hi\nCustomer: yes\n"
TREE = ["night/b.txt", "night/a/b.txt", "night/a/c.txt", "night/.hidden.txt", "night/.git/x.txt", "night/rejects.jsonl"]


@pytest.fixture
def tree(put: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [*TREE, "night/out.rejects.jsonl"]:
        put(name, TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("night", ["night/a/b.txt", "night/a/c.txt", "night/b.txt"]),
        ("night/", ["night/a/b.txt", "night/a/c.txt", "night/b.txt"]),
        ("./night/a", ["a/b.txt", "a/c.txt"]),
        (Path("night/a/b.txt"), ["b.txt"]),
        ("night/.hidden.txt", [".hidden.txt"]),
        ("night/.git", [".git/x.txt"]),
        ("night/*", ["night/b.txt"]),
        ("night/*/b.txt", ["night/a/b.txt"]),
        ("night/**/*.txt", ["night/a/b.txt", "night/a/c.txt", "night/b.txt"]),
        ("n*/b.t?t", ["night/b.txt"]),
        (["night/b.txt", "night/a"], ["b.txt", "a/b.txt", "a/c.txt"]),
    ],
)
def test_ids_are_relative_to_the_path_given(tree: Path, path: str, ids: list[str]) -> None:
    assert [call.id for call in read(path)] == ids


def test_the_folder_one_stands_in(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "night" / "a")
    assert [call.id for call in read(".")] == ["a/b.txt", "a/c.txt"]
    assert [call.id for call in read("*.txt")] == ["b.txt", "c.txt"]


@pytest.mark.parametrize("path", ["nowhere", "night/nowhere.txt", "night/b.txt/x", "no*thing", "a\0b", "x" * 5000, []])
def test_a_missing_path_is_told_at_once(tree: Path, path: str, reading: Callable[..., Any]) -> None:
    with pytest.raises(MissingPathError):
        read(path)
    with pytest.raises(MissingPathError):
        reading(["night", path] if path else [])


def test_a_rejects_file_is_not_input(tree: Path) -> None:
    with pytest.raises(ReadError, match="never read as input"):
        list(read("night/rejects.jsonl"))


def test_links_that_go_round_are_walked_once(tree: Path) -> None:
    (tree / "night" / "a" / "loop").symlink_to(tree / "night")
    assert len(list(read("night"))) == 3


def test_a_name_with_wildcards_that_exists_is_itself(put: Callable[..., Any], tree: Path) -> None:
    put("a[1].txt", TEXT)
    assert [call.id for call in read("a[1].txt")] == ["a[1].txt"]


@pytest.mark.parametrize(
    "pack", [gzip.compress, zstandard.compress, lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])]
)
def test_compressed_by_content(put: Callable[..., Any], pack: Callable[[bytes], bytes]) -> None:
    (call,) = read(put("c.bin", pack(TEXT.encode())))
    assert (call.id, len(call.turns)) == ("c.bin", 2)


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(gzip.compress(TEXT.encode())))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert [call.id for call in read("-")] == ["-"]


def test_lines_are_a_stream(put: Callable[..., Any]) -> None:
    noise = random.Random(1)
    line = '{"id":"%d","turns":[{"speaker":"agent","text":"%x"}]}\n'
    packed = gzip.compress("".join(line % (n, noise.getrandbits(8000)) for n in range(2000)).encode())
    calls = read(put("c.jsonl.gz", packed[:-9]))
    assert next(calls).id == "0"
    with pytest.raises(ReadError, match="truncated gzip"):
        list(calls)
