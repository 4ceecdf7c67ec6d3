"""Turns as a bad line or a live stream would hand them: words lost, misheard, little before them."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

from cxnlp.labels import HEADS
from cxnlp.schema import Call, Turn
from cxnlp.training.dataset import Dataset

LOST = 0.1
MISHEARD = 0.05
VOWELS = "aeiou"


def degraded(data: Dataset, seed: int) -> tuple[list[Call], NDArray[np.int8], NDArray[np.int64]]:
    """A made copy of every turn: a fragment of the turn and none, one or two before it, all worn.

    Returns calls, label rows of all their turns (-1 on those that are only context), and the index of
    the call each row comes from.
    """
    rng = random.Random(seed)
    calls: list[Call] = []
    rows: list[NDArray[np.int8]] = []
    source: list[int] = []
    nothing = np.full(len(HEADS), -1, dtype=np.int8)
    row = 0
    for number, call in enumerate(data.calls):
        for index, turn in enumerate(call.turns):
            labels = data.y[row]
            scored = bool(data.scored[row])
            row += 1
            if not scored or turn.speaker == "system":
                continue
            before = call.turns[max(0, index - rng.choice((0, 1, 2, 2))) : index]
            turns = [*before, Turn(turn.speaker, worn(turn.text, rng))]
            calls.append(Call(f"{call.id}~{index}", turns, meta={"fragment": True}))
            rows += [nothing] * len(before) + [labels]
            source += [number] * len(turns)
    return calls, np.array(rows, dtype=np.int8).reshape(-1, len(HEADS)), np.array(source, dtype=np.int64)


def worn(text: str, rng: random.Random, lost: float = LOST, misheard: float = MISHEARD) -> str:
    """The text with a share of its words lost and a share misheard; never all of them.

    >>> worn("my bill is wrong again", random.Random(0), lost=0.5)
    'my bill again'
    """
    words = text.split()
    kept = [word for word in words if rng.random() >= lost] or words[:1]
    return " ".join(mishear(word, rng) if rng.random() < misheard else word for word in kept)


def mishear(word: str, rng: random.Random) -> str:
    """A word a recogniser might write instead: a vowel off, a letter gone, or two run together."""
    if len(word) < 4 or not word.isalpha():
        return word
    place = rng.randrange(1, len(word) - 1)
    if word[place] in VOWELS:
        return word[:place] + rng.choice(VOWELS) + word[place + 1 :]
    return word[:place] + word[place + 1 :]
