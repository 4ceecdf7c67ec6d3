"""What can go wrong, as one tree.

    CxnlpError
    ├── ReadError          an input that cannot be read as a call: carries path, line, got, allowed, todo
    ├── ConfigError        a setting or an option that is not one of ours
    ├── ModelError         a bundle that is missing, altered or of another version
    ├── LexiconError       a cue file that does not parse
    └── MissingExtraError  a room whose packages are not installed

Every message says what was wrong; where they are known, what was got, what is allowed and
what to do follow. The command line prints it as it is, without a traceback.
"""

from __future__ import annotations

from typing import Any


class CxnlpError(Exception):
    """The root: catch this one to catch all of ours.

    >>> print(CxnlpError("no such label", got="angry", allowed="frustration, anxiety"))
    no such label; got: angry; allowed: frustration, anxiety
    """

    def __init__(self, wrong: str, *, got: object = None, allowed: object = None, todo: str | None = None) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.got = None if got is None else _short(got)
        self.allowed = None if allowed is None else str(allowed)
        self.todo = todo

    def __str__(self) -> str:
        parts = [self.wrong]
        for name in ("got", "allowed", "todo"):
            if (value := getattr(self, name)) is not None:
                parts.append(f"{'to do' if name == 'todo' else name}: {value}")
        return "; ".join(parts)


class ReadError(CxnlpError):
    """An input that is no call. `path` and `line` say where (either may be None).

    >>> print(ReadError("empty file", path="night.jsonl", line=3))
    night.jsonl:3: empty file
    """

    def __init__(
        self,
        wrong: str,
        *,
        path: str | None = None,
        line: int | None = None,
        got: object = None,
        allowed: object = None,
        todo: str | None = None,
    ) -> None:
        super().__init__(wrong, got=got, allowed=allowed, todo=todo)
        self.path = path
        self.line = line

    def at(self, path: str | None = None, line: int | None = None) -> ReadError:
        """The same error, placed: known places are kept."""
        self.path = self.path if self.path is not None else path
        self.line = self.line if self.line is not None else line
        return self

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{place}: {super().__str__()}" if place else super().__str__()

    def as_dict(self) -> dict[str, Any]:
        """The row of `rejects.jsonl`: file, line, wrong, got, allowed, todo."""
        return {
            "file": self.path,
            "line": self.line,
            "wrong": self.wrong,
            "got": self.got,
            "allowed": self.allowed,
            "todo": self.todo,
        }


class ConfigError(CxnlpError):
    """A setting, an option or an argument that is not one of ours."""


class ModelError(CxnlpError):
    """A bundle that is missing, altered or made by another version."""


class LexiconError(CxnlpError):
    """A cue file that does not parse; the message names file and line."""


class MissingExtraError(CxnlpError):
    """A room whose packages are not installed; the message names the extra."""


def _short(value: object, most: int = 120) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: most + 1])
    return text if len(text) <= most else text[:most] + "…"
