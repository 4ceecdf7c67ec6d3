"""Which parts of a turn's score are wanted."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from msgspec import UNSET

from cxnlp.errors import ConfigError
from cxnlp.labels import OUTPUT_NAMES
from cxnlp.scores import TurnScore

FIELDS = ("text", "tone", "distress", "labels", "formulaic", "grounded", "template", "evidence")


class Parts(NamedTuple):
    """`fields`: of a turn, beside index and speaker; `p`: heads."""

    fields: frozenset[str]
    p: frozenset[str]


ALL = Parts(frozenset(FIELDS), frozenset(OUTPUT_NAMES))


def parts_of(fields: Collection[str] | None, p: Collection[str] | None) -> Parts:
    """Parts by name; ConfigError where there is no such part.

    >>> sorted(parts_of(("labels", "tone"), ()).fields)
    ['labels', 'tone']
    """
    parts = Parts(
        ALL.fields if fields is None else frozenset(fields),
        ALL.p if p is None else frozenset(p),
    )
    for what, got, known in (("field", parts.fields, ALL.fields), ("head", parts.p, ALL.p)):
        if unknown := got - known:
            raise ConfigError(f"no such {what} of a turn", got=sorted(unknown)[0], allowed=", ".join(sorted(known)))
    return parts


def pare(turn: TurnScore, parts: Parts) -> None:
    """Take from a turn what is not wanted."""
    if parts is ALL:
        return
    turn.p = {name: value for name, value in turn.p.items() if name in parts.p} if parts.p else {}
    for name in ALL.fields - parts.fields:
        setattr(turn, name, [] if name in ("labels", "evidence") else UNSET)
    if "text" not in parts.fields:
        for evidence in turn.evidence:
            evidence.text = UNSET
