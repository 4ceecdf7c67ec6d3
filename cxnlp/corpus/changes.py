"""What changed in one call between two scorings: its turns, its measures, and how much that is in all."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxnlp.corpus.join import Pair
from cxnlp.corpus.slim import Slim
from cxnlp.labels import TONES
from cxnlp.schema import SPEAKERS

SAFETY_WEIGHT = 5.0
VERDICT_WEIGHT = 2.0


class Sign(NamedTuple):
    """A safety finding that only one of two scorings has."""

    call: str
    turn: int
    kind: str


def safety_of(pair: Pair) -> tuple[list[Sign], list[Sign]]:
    """(lost, gained): findings of A that B has not, and of B that A has not."""
    a, b = pair.a.safety.keys(), pair.b.safety.keys()
    lost, gained = ([Sign(pair.a.id, *key) for key in sorted(one)] for one in (a - b, b - a))
    return lost, gained


def fits(a: Slim, b: Slim) -> bool:
    """Whether both were made of the same turns by the same speakers."""
    return len(a.side) == len(b.side) and bool((a.side == b.side).all())


def same_words(a: Slim, b: Slim) -> bool:
    """Whether the words are the same, as far as both scorings carry them."""
    return a.words is None or b.words is None or bool(np.array_equal(a.words, b.words))


def amount(pair: Pair) -> float:
    """How much a call changed: one for every label, tone and level of distress, one for each point of effort, two for
    a verdict (expectation, resolved, reliable), five for a safety finding lost or gained, one for a roadblock or an
    answer to a cue."""
    a, b = pair.a, pair.b
    lost, gained = safety_of(pair)
    total = SAFETY_WEIGHT * (len(lost) + len(gained)) + len(a.roadblocks ^ b.roadblocks)
    total += VERDICT_WEIGHT * ((a.verdict != b.verdict) + (a.resolved != b.resolved) + (a.reliable != b.reliable))
    total += abs((a.effort or 0.0) - (b.effort or 0.0)) + abs(a.matched - b.matched) + abs(a.owed - b.owed)
    if fits(a, b):
        total += sum(bits.bit_count() for bits in (a.labels ^ b.labels).tolist()) + int((a.tone != b.tone).sum())
        total += int(np.abs(a.distress.astype(int) - b.distress).sum())
    return round(float(total), 4)


def details(pair: Pair, names: list[str], most: int = 12) -> dict[str, Any]:
    """What changed, in words: the measures that differ as [A, B], and the turns, `most` at the most."""
    a, b = pair.a, pair.b
    measures = {
        "effort": (a.effort, b.effort),
        "verdict": (a.verdict, b.verdict),
        "resolved": (a.resolved, b.resolved),
        "matched": (a.matched, b.matched),
        "opportunities": (a.owed, b.owed),
        "safety": (_plain(a.safety), _plain(b.safety)),
        "roadblocks": (_plain(a.roadblocks), _plain(b.roadblocks)),
        "reliable": (a.reliable, b.reliable),
    }
    turns = list(_turns(pair, names)) if fits(a, b) else []
    return {
        "call": a.id,
        "amount": amount(pair),
        "measures": {name: list(both) for name, both in measures.items() if both[0] != both[1]},
        "turns": turns[:most],
        "turns_changed": len(turns),
    }


def _turns(pair: Pair, names: list[str]) -> list[dict[str, Any]]:
    a, b = pair.a, pair.b
    rows = []
    for index in range(len(a.side)):
        added, removed = (
            _names(int(one.labels[index] & ~other.labels[index]), names) for one, other in ((b, a), (a, b))
        )
        row: dict[str, Any] = {}
        if a.tone[index] != b.tone[index]:
            row["tone"] = [_name(TONES, a.tone[index]), _name(TONES, b.tone[index])]
        if a.distress[index] != b.distress[index]:
            row["distress"] = [int(a.distress[index]), int(b.distress[index])]
        if added:
            row["added"] = added
        if removed:
            row["removed"] = removed
        if row:
            text = pair.score.turns[index].text
            words = text if isinstance(text, str) else None
            rows.append({"turn": index, "speaker": _name(SPEAKERS, a.side[index]), **row, "text": words})
    return rows


def _names(bits: int, names: list[str]) -> list[str]:
    return [name for place, name in enumerate(names) if bits >> place & 1]


def _name(names: tuple[str, ...], code: Any) -> str | None:
    return names[code] if code >= 0 else None


def _plain(found: Any) -> list[list[Any]]:
    return [list(key) for key in sorted(found)]
