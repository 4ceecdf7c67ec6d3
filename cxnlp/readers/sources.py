"""Paths to inputs: files, folders, globs, stdin; each with the id its call gets if the file gives none."""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cxnlp.errors import ReadError

STDIN = "-"
_WILD = "*?["
PathLike = str | os.PathLike[str]


class MissingPathError(ReadError):
    """A PATH that names nothing: a mistake of the caller, not an input that was rejected."""


class Source(NamedTuple):
    """One input: the path as messages name it, and the id of its call (relative to the PATH given)."""

    path: str
    id: str


def find(paths: PathLike | Iterable[PathLike]) -> Iterator[Source | ReadError]:
    """The inputs that one or several paths name, in a fixed order; a ReadError in place of what cannot be listed.

    A file is itself, also where it is hidden. A folder is every file below it, sorted, but hidden ones. A path that
    does not exist and has `*`, `?` or `[` in it is a glob. Files called `rejects.jsonl` or `*.rejects.jsonl` are
    what a run before could not read, and never input.

    Raises
    ------
    MissingPathError
        At once, before anything is read: a path that does not exist, a glob that matches nothing.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    names = [os.fspath(path) for path in given]
    if not names:
        raise MissingPathError("no path given")
    matched = {name: _matches(name) for name in names if name != STDIN}
    return (source for name in names for source in _sources(name, matched))


def _sources(name: str, matched: dict[str, list[str] | None]) -> Iterator[Source | ReadError]:
    if name == STDIN:
        yield Source(STDIN, STDIN)
    elif (found := matched[name]) is not None:
        root = _fixed(name)
        for path in found:
            relative = Path(os.path.relpath(path, root or os.curdir)).as_posix()
            yield from _plain(path, f"{_base(root)}/{relative}" if root else relative)
    elif os.path.isdir(name):
        yield from _walk(name, _base(name), set())
    elif is_rejects(name):
        yield ReadError("a rejects file is never read as input", path=name, todo="leave it out, or rename it")
    else:
        yield Source(name, Path(name).name)


def is_rejects(name: str) -> bool:
    """Whether a file's name is that of a rejects file.

    >>> is_rejects("out/rejects.jsonl"), is_rejects("scores.rejects.jsonl"), is_rejects("rejects.json")
    (True, True, False)
    """
    name = os.path.basename(name)
    return name == "rejects.jsonl" or name.endswith(".rejects.jsonl")


def _matches(name: str) -> list[str] | None:
    """The files that a glob matches, sorted; None where the name is that of a file or folder."""
    try:
        os.stat(name)
        return None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        pass
    except OSError as error:
        if error.errno not in (errno.ENAMETOOLONG, errno.EINVAL):
            return None  # it is there and cannot be looked at: reading it will say why
    if any(char in name for char in _WILD) and "\0" not in name:
        found = {path for path in glob.glob(name, recursive=True) if not os.path.isdir(path)}
        if kept := sorted(path for path in found if not is_rejects(path)):
            return kept
        raise MissingPathError("a pattern that matches no file", path=name)
    raise MissingPathError("no such file or folder", path=name)


def _base(folder: str) -> str:
    """A folder's own name, also where it is given as "." or ".."."""
    name = Path(folder).name
    return Path(folder).resolve().name if name in ("", "..") else name


def _fixed(pattern: str) -> str:
    """The folders of a glob before its first wildcard: "night" of "night/*/a.txt"."""
    wild = min(pattern.index(char) for char in _WILD if char in pattern)
    return os.path.dirname(pattern[:wild])


def _walk(folder: str, id: str, seen: set[tuple[int, int]]) -> Iterator[Source | ReadError]:
    """Every file below a folder, names sorted; `seen` keeps links from going round in circles."""
    try:
        place = os.stat(folder)
        if (place.st_dev, place.st_ino) in seen:
            return
        seen.add((place.st_dev, place.st_ino))
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield ReadError(f"a folder that cannot be read: {error.strerror}", path=folder)
        return
    for name in names:
        if name.startswith("."):
            continue
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            yield from _walk(path, f"{id}/{name}", seen)
        elif not is_rejects(name):
            yield from _plain(path, f"{id}/{name}")


def _plain(path: str, id: str) -> Iterator[Source | ReadError]:
    """A file of a folder, unless it is a pipe or a device, on which reading could wait for ever."""
    try:
        regular = stat.S_ISREG(os.stat(path).st_mode)
    except OSError as error:
        yield ReadError(f"a file that cannot be read: {error.strerror}", path=path)
        return
    yield Source(path, id) if regular else ReadError("not a regular file", path=path)
