"""The frozen file of stock phrases: what `cxnlp scripts` writes and `score --scripts` reads.

JSON lines. The first says what the file is: its version, what was counted, with which options, and a hash of
all that the file says. Each line behind it is a template: a line that recurs, with slots for what varies:

    {"scripts": 1, "calls": 6205, "turns": 61000, "agents": null, "options": {...}, "templates": 1, "hash": "..."}
    {"text": "Your ride with <name> is booked", "calls": 212, "agents": null, "wordings": [...], ...}

`agents` is null where no call says who its agent is.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from cxnlp.errors import ConfigError

VERSION = 1
MAKE_AGAIN = "make it again: cxnlp scripts CALLS --to FILE"


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place where a template was said: the call, the index of the turn, the words."""

    call: str
    turn: int
    text: str


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recurring line. `text`: its commonest wording, slots as `<name>`, `<number>`, `<word>`; `calls`, `agents`:
    how many distinct ones say it; `share`: of all calls; `wordings`: all that count as this line, `text` the
    first; `required`: law or policy demand it."""

    text: str
    calls: int
    agents: int | None
    share: float
    wordings: list[str]
    required: bool = False
    examples: list[Example] = []


class Scripts(msgspec.Struct, frozen=True):
    """Templates of a corpus of `calls` calls with `turns` agent turns by `agents` agents. `hash` is set on
    reading and writing: files that say the same have the same."""

    templates: list[Template]
    calls: int
    turns: int
    agents: int | None
    options: dict[str, Any]
    hash: str = ""


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    scripts: int
    calls: int
    turns: int
    agents: int | None
    options: dict[str, Any]
    templates: int
    hash: str


def encode_scripts(scripts: Scripts) -> bytes:
    """The bytes of the file; the same templates give the same bytes."""
    header = _Header(VERSION, scripts.calls, scripts.turns, scripts.agents, scripts.options, len(scripts.templates), "")
    body = b"".join(msgspec.json.encode(template) + b"\n" for template in scripts.templates)
    header.hash = _hash(header, body)
    return msgspec.json.encode(header) + b"\n" + body


def decode_scripts(data: bytes, name: str) -> Scripts:
    """Templates from the bytes of a file; ConfigError names file and line."""
    first, _, body = data.partition(b"\n")
    header = _header(first, name)
    templates = []
    for number, line in enumerate(body.splitlines(), 2):
        try:
            template = msgspec.json.decode(line, type=Template)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ConfigError(f"{name}:{number}: not a template: {error}", got=_shown(line), todo=MAKE_AGAIN) from None
        templates.append(template)
    if len(templates) != header.templates:
        raise ConfigError(
            f"{name}: templates are missing", got=len(templates), allowed=header.templates, todo=MAKE_AGAIN
        )
    found = _hash(header, body)
    if found != header.hash:
        raise ConfigError(
            f"{name}: is not what was written", got=found[:12], allowed=header.hash[:12], todo=f"{MAKE_AGAIN}"
        )
    return Scripts(templates, header.calls, header.turns, header.agents, header.options, header.hash)


def read_scripts(path: str | Path) -> Scripts:
    """A frozen file; ConfigError where it cannot be read, is of another version, broken or altered."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"scripts cannot be read: {error.strerror or error}", got=str(path)) from None
    return decode_scripts(data, str(path))


def _header(line: bytes, name: str) -> _Header:
    wanted = f'{{"scripts": {VERSION}, ...}} on the first line'
    try:
        data = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        data = {}
    if "scripts" not in data:
        raise ConfigError(f"{name}: no file of stock phrases", got=_shown(line), allowed=wanted, todo=MAKE_AGAIN)
    if data["scripts"] != VERSION:
        raise ConfigError(f"{name}: of another version", got=data["scripts"], allowed=VERSION, todo=MAKE_AGAIN)
    try:
        return msgspec.convert(data, _Header)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}:1: not a header: {error}", got=_shown(line), todo=MAKE_AGAIN) from None


def _hash(header: _Header, body: bytes) -> str:
    head = msgspec.json.encode(msgspec.structs.replace(header, hash=""), order="sorted")
    return sha256(head + b"\n" + body).hexdigest()


def _shown(line: bytes) -> str:
    return line[:120].decode("utf-8", "replace")
