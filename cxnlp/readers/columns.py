"""Which column of a table is which: names as people and platforms write them, in `column_words.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

COLUMNS = ("speaker", "text", "call_id", "start", "end", "agent_id")
_NOT_LETTERS = re.compile(r"[\W_]+")


class Columns(NamedTuple):
    """Positions in a row, -1 where there is no such column; whether its times are milliseconds (else seconds)."""

    speaker: int
    text: int
    call_id: int
    start: int
    end: int
    agent_id: int
    start_ms: bool
    end_ms: bool


def match(header: Sequence[str], given: Mapping[str, str]) -> Columns | None:
    """The columns of a header line, None where the speaker, the text or one that was given is not among them.

    `given` ({"text": "Utterance"}) goes before the names that are known. A name that ends in ms, millis or
    milliseconds says its unit; seconds otherwise.

    >>> match(["Call ID", "Speaker", "Text", "Start (ms)"], {})
    Columns(speaker=1, text=2, call_id=0, start=3, end=-1, agent_id=-1, start_ms=True, end_ms=False)
    >>> match(["who", "what"], {"text": "What"}).text
    1
    """
    plain = [_NOT_LETTERS.sub("", name).casefold() for name in header]
    folded = [name.strip().casefold() for name in header]
    at = {kind: folded.index(name) for kind in given if (name := given[kind].strip().casefold()) in folded}
    if len(at) < len(given):
        return None
    for kind in COLUMNS:
        if kind not in at:
            at[kind] = _find(plain, kind, set(at.values()))
    if at["speaker"] < 0 or at["text"] < 0:
        return None
    in_ms = {kind: at[kind] >= 0 and _unit(plain[at[kind]])[1] for kind in ("start", "end")}
    speaker, text, call_id, start, end, agent_id = (at[kind] for kind in COLUMNS)
    return Columns(speaker, text, call_id, start, end, agent_id, in_ms["start"], in_ms["end"])


def _find(plain: list[str], kind: str, taken: set[int]) -> int:
    """The first column under the best known name for a kind; of times also with a unit behind the name."""
    for word in _words()[kind]:
        for n, name in enumerate(plain):
            if n not in taken and (name == word or (kind in ("start", "end") and _unit(name)[0] == word)):
                return n
    return -1


def _unit(name: str) -> tuple[str, bool]:
    """The name without its unit, and whether that is milliseconds: "startms" is ("start", True)."""
    for unit, in_ms in (("milliseconds", True), ("seconds", False)):
        for ending in sorted(_words()[unit], key=len, reverse=True):
            if name.endswith(ending) and len(name) > len(ending):
                return name.removesuffix(ending), in_ms
    return name, False


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    table: dict[str, list[str]] = json.loads(files("cxnlp.readers").joinpath("column_words.json").read_text("utf-8"))
    return table
