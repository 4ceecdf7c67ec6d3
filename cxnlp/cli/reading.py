"""What every command that reads calls shares: options for the input, and rejects counted and kept."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import msgspec

from cxnlp.errors import ConfigError, ReadError
from cxnlp.readers import formats, read
from cxnlp.schema import SPEAKERS, Call, Speaker


def add_input(parser: argparse.ArgumentParser) -> None:
    """Arguments PATH.., --format, --role."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, glob, or - for standard input")
    parser.add_argument("--format", metavar="NAME", help=f"one of: {', '.join(row[0] for row in formats())}")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="LABEL=SPEAKER",
        help="who a speaker label is: agent, customer or system; may be given several times",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help="what a column of a CSV file is: speaker, text, call_id, start, end, agent_id",
    )


def roles_of(pairs: list[str]) -> dict[str, Speaker] | None:
    """`["Speaker 1=agent"]` as a dict.

    >>> roles_of(["Speaker 1=agent"])
    {'Speaker 1': 'agent'}
    """
    roles: dict[str, Speaker] = {}
    for pair in pairs:
        label, equals, speaker = pair.rpartition("=")
        if not equals or not label or speaker not in SPEAKERS:
            raise ConfigError("not a role", got=pair, allowed=f"LABEL=SPEAKER, speaker one of {', '.join(SPEAKERS)}")
        roles[label] = next(known for known in SPEAKERS if known == speaker)
    return roles or None


def columns_of(pairs: list[str]) -> dict[str, str] | None:
    """`["speaker=Who said it"]` as a dict.

    >>> columns_of(["speaker=Who said it"])
    {'speaker': 'Who said it'}
    """
    columns = {}
    for pair in pairs:
        field, equals, name = pair.partition("=")
        if not equals or not field or not name:
            raise ConfigError("not a column", got=pair, allowed="FIELD=NAME")
        columns[field] = name
    return columns or None


class Rejects:
    """Rejected input: the first few said on stderr, all of them written to a file, all of them counted."""

    def __init__(self, path: Path, quiet_after: int = 5) -> None:
        self.path = path
        self.count = 0
        self._quiet_after = quiet_after
        self._lines: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._lines:
            try:
                self.path.write_bytes(b"".join(self._lines))
            except OSError as error:
                raise ConfigError(f"rejects cannot be written to {self.path}: {error.strerror}") from None
            print(f"cxnlp: {self.count} rejected, see {self.path}", file=sys.stderr)

    def add(self, error: ReadError) -> None:
        """Keep one rejected input."""
        self.count += 1
        self._lines.append(msgspec.json.encode(error.as_dict()) + b"\n")
        if self.count <= self._quiet_after:
            print(f"cxnlp: {error}", file=sys.stderr)


def calls_of(options: argparse.Namespace, rejects: Rejects) -> Iterator[Call]:
    """The calls that the input options name; what cannot be read goes to `rejects`."""
    return read(
        list(options.paths),
        options.format,
        roles_of(options.role),
        on_reject=rejects.add,
        columns=columns_of(options.column),
    )
