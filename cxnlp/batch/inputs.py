"""The inputs of a run: every file in order, and what tells whether it is still the same."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from cxnlp.batch.errors import OutputError
from cxnlp.errors import ReadError
from cxnlp.readers.sources import STDIN, PathLike, Source, find

_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_BLOCK = 1 << 20
STREAM = -1
Spool = Callable[[str], str]


class Input(NamedTuple):
    """One file: `path` as messages name it, `id` of a call without one, `opened` where its bytes are (another place
    for stdin and pipes), whether it is compressed, its size, time (STREAM of what can be read once only) and hash
    ("" where not taken)."""

    path: str
    id: str
    opened: str
    packed: bool
    size: int
    mtime_ns: int
    hash: str

    @property
    def source(self) -> Source:
        """What readers take."""
        return Source(self.path, self.id)

    @property
    def text_size(self) -> int:
        """About how many bytes it has unpacked."""
        return self.size * (8 if self.packed else 1)

    def row(self) -> dict[str, Any]:
        """The line of the manifest."""
        return {"path": self.path, "id": self.id, "size": self.size, "mtime_ns": self.mtime_ns, "hash": self.hash}

    def check(self, when: str = "while it was read") -> None:
        """Raise OutputError where the file is no longer what it was when stock was taken."""
        if self.mtime_ns == STREAM:
            return
        size, mtime_ns = _stat(self.opened)
        if (size, mtime_ns) != (self.size, self.mtime_ns):
            raise changed(self.path, when)


Found = Input | ReadError


def changed(path: str, when: str) -> OutputError:
    """The error of an input that is not what it was."""
    return OutputError(
        f"{path}: the input changed {when}",
        todo="score it into another folder, or start afresh (fresh)",
    )


def take_stock(paths: PathLike | Iterable[PathLike], out: str, spool: Spool | None) -> list[Found]:
    """Every input in order, not yet hashed, an error in place of what cannot be listed; what is met in `out` is no
    input.

    Parameters
    ----------
    spool : puts what comes on stdin or a pipe in a file and says where; None: it is read as it comes.

    Raises
    ------
    OutputError
        A path given is `out` or lies in it.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    for path in given:
        if path != STDIN and _lies_in(os.fspath(path), out):
            raise OutputError(f"{path}: is the output, or lies in it", todo="name another output, or other inputs")
    return [
        found if isinstance(found, ReadError) else _look(found, spool)
        for found in find(given)
        if isinstance(found, ReadError) or found.path == STDIN or not _lies_in(found.path, out)
    ]


def _lies_in(path: str, out: str) -> bool:
    return os.path.join(os.path.realpath(path), "").startswith(os.path.join(os.path.realpath(out), ""))


def _look(source: Source, spool: Spool | None) -> Found:
    path = source.path
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
        return ReadError("a file name that is not UTF-8", path=shown, got=shown, todo="rename the file")
    if path == STDIN or _is_stream(path):
        opened = spool(path) if spool else path
        size = os.stat(opened).st_size if spool else 0
        return Input(path, source.id, opened, bool(spool) and _packed(opened), size, STREAM, "")
    return Input(path, source.id, path, _packed(path), *_stat(path), "")


def _is_stream(path: str) -> bool:
    """Whether it is a pipe or the like, which can be read once only."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode)


def hashed(inputs: list[Found]) -> list[Found]:
    """The inputs with the hashes of their bytes; OutputError where one changed since stock was taken."""
    return [_hashed(found) if isinstance(found, Input) else found for found in inputs]


def _hashed(found: Input) -> Input:
    digest = blake2b(digest_size=16)
    try:
        with open(found.opened, "rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        hash = digest.hexdigest()
    except OSError as error:
        hash = f"unreadable: {error.strerror}"
    found.check("while it was looked at")
    return found._replace(hash=hash)


def _packed(path: str) -> bool:
    """Whether it is compressed; a file that cannot be read is a reject later on, not an error here."""
    try:
        with open(path, "rb") as file:
            return file.read(4).startswith(_PACKED)
    except OSError:
        return False


def _stat(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
        return found.st_size, found.st_mtime_ns
    except OSError:
        return 0, 0


def manifest(inputs: list[Found]) -> Iterator[dict[str, Any]]:
    """A row for each input."""
    return (found.as_dict() if isinstance(found, ReadError) else found.row() for found in inputs)


def input_hash(inputs: list[Found]) -> str:
    """One hash of the names and contents of all inputs, in order."""
    digest = blake2b(digest_size=16)
    for row in manifest(inputs):
        row.pop("mtime_ns", None)
        digest.update(repr(sorted(row.items())).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
