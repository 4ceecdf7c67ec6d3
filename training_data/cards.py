"""Deals the cards that calls are written from: `python cards.py SEED COUNT PREFIX WORLD`.

A writer left alone drifts to one caller, one set of names, one arc. A card fixes what the
writer would not have chosen: who calls whom about what, how both talk, how it is heard and
how it ends. The same seed deals the same cards; what they are drawn from is in `cards.json`.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

TABLES = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def deal(seed: int, count: int, prefix: str, world: str) -> list[str]:
    """The cards of one writer, a line each."""
    rng = random.Random(f"{seed} {world}")
    written, health = world == "written", world == "health"
    trades = TABLES["trades"].get(world) or [trade for some in TABLES["trades"].values() for trade in some]
    cards = []
    for number in range(count):
        drawn = [
            rng.choice(trades),
            rng.choice(TABLES["health" if health else "matters"]),
            f"caller: {rng.choice(TABLES['callers'])}",
            f"agent: {rng.choice(TABLES['clinicians' if health else 'agents'])}",
            rng.choice(TABLES["written" if written else "channels"]),
            rng.choice(TABLES["short" if written else "lengths"]),
            f"ends: {rng.choice(TABLES['ends'])}",
            f"particulars: {'; '.join(rng.sample(TABLES['odd'], 2))}",
        ]
        cards.append(f"{prefix}-{number:03d}: {' / '.join(drawn)}")
    return cards


if __name__ == "__main__":
    print("\n".join(deal(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])))
