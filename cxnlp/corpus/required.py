"""The lines that law or policy demand: a plain text file, one a line, or JSON lines with a `text`.

Blank lines and lines that begin with `#` are passed over. What varies is written as a slot: `<name>`, `<number>`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from cxnlp.errors import ConfigError

ALLOWED = 'a line of words, or {"text": "..."}'


class _Row(msgspec.Struct):
    text: str


def read_required(path: str | Path) -> list[str]:
    """The lines of a file, each once; ConfigError names file and line."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise ConfigError(f"required lines cannot be read: {error.strerror or error}", got=str(path)) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: required lines are not UTF-8: {error.reason}", allowed=ALLOWED) from None
    found: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if line and not line.startswith("#"):
            found[_text(line, f"{path}:{number}")] = None
    if not found:
        raise ConfigError(f"{path}: holds no required line", allowed=ALLOWED)
    return list(found)


def _text(line: str, place: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        text = " ".join(msgspec.json.decode(line, type=_Row).text.split())
    except msgspec.DecodeError as error:
        raise ConfigError(f"{place}: not a required line: {error}", got=line, allowed=ALLOWED) from None
    if not text:
        raise ConfigError(f"{place}: a required line without words", got=line, allowed=ALLOWED)
    return text
