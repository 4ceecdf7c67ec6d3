"""The bytes of an input, decompressed by what they are and not by what they are called."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from cxnlp.errors import MissingExtraError, ReadError
from cxnlp.readers.sources import STDIN

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


def blocks(path: str) -> Iterator[bytes]:
    """The bytes of a file, or of stdin for "-", in blocks of up to a megabyte; gzip and Zstandard are unpacked.

    Raises
    ------
    ReadError
        The file cannot be opened or read, or its compressed data is broken or cut off.
    MissingExtraError
        Zstandard data without the package `zstandard`.
    """
    try:
        if path == STDIN:
            yield from _unpacked(sys.stdin.buffer)
        else:
            with open(path, "rb") as file:
                yield from _unpacked(file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReadError(f"broken or truncated gzip data: {error}", path=path, todo="compress it again") from None
    except OSError as error:
        raise ReadError(f"a file that cannot be read: {error.strerror or error}", path=path) from None


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    first = file.read(4)
    begun = io.BufferedReader(_Begun(first, file))
    if first.startswith(_GZIP):
        with gzip.GzipFile(fileobj=begun) as unpacked:
            yield from _chunks(unpacked)
    elif first == _ZSTD:
        yield from _zstd(begun)
    else:
        yield first
        yield from _chunks(file)


def _chunks(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _zstd(file: IO[bytes]) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise MissingExtraError(
            "Zstandard files need the package zstandard", todo='pip install "cxnlp[batch]"'
        ) from None
    try:
        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        with unpacker.stream_reader(file, read_across_frames=True, closefd=False) as unpacked:
            yield from _chunks(unpacked)
    except zstandard.ZstdError as error:
        raise ReadError(f"broken or truncated Zstandard data: {error}", todo="compress it again") from None


class _Begun(io.RawIOBase):
    """A stream whose first bytes were already taken: they are given again, then the rest."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first, self._rest = first, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        got = self._first[: len(view)] or self._rest.read(len(view))
        self._first = self._first[len(view) :]
        view[: len(got)] = got
        return len(got)
