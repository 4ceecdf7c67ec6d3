"""Turns as a bad line, another speaker or a live stream would hand them: what a model learns beside the calls.

Every call is learnt once more whole, and every turn once more alone or with one or two turns before it.
In either, half of the copies are in lower case without marks, half have the words of one region put in
another's; and the words are worn: lost, misheard, replaced and put in at random. What is misheard here is
a letter off, never the sound-alikes that robustness is tried with, and what is put in is any word of the
calls, never its fillers. Names are left alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cxnlp.labels import HEADS
from cxnlp.schema import Call, Turn
from cxnlp.training.dataset import Dataset
from cxnlp.training.perturb import bare, changed
from cxnlp.training.swapping import swap_dialect

LOST, MISHEARD, REPLACED, ADDED = 0.1, 0.05, 0.05, 0.05
RETOLD = 0.5
VOWELS = "aeiou"
Copies = tuple[list[Call], NDArray[np.int8], NDArray[np.int64]]


def fragments(data: Dataset, seed: int) -> Copies:
    """A made copy of every turn: a fragment of the turn and none, one or two before it; the turn is worn.

    Returns calls, label rows of all their turns (-1 on those that are only context), and the index of
    the call each row comes from.
    """
    rng = random.Random(seed)
    stray = _words(data)
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
            turns = call.turns[max(0, index - rng.choice((0, 1, 2, 2))) : index + 1]
            *before, last = retold(Call(f"{call.id}~{index}", turns), rng).turns
            turns = [*before, Turn(turn.speaker, worn(last.text, rng, stray=stray))]
            calls.append(Call(f"{call.id}~{index}", turns))
            rows += [nothing] * len(before) + [labels]
            source += [number] * len(turns)
    return calls, np.array(rows, dtype=np.int8).reshape(-1, len(HEADS)), np.array(source, dtype=np.int64)


def worn_calls(data: Dataset, seed: int) -> Copies:
    """A made copy of every call, all its turns worn; returns what `fragments` does."""
    rng = random.Random(seed)
    stray = _words(data)
    calls = []
    for call in data.calls:
        turns = [Turn(turn.speaker, worn(turn.text, rng, stray=stray)) for turn in retold(call, rng).turns]
        calls.append(Call(f"{call.id}~", turns, meta=call.meta))
    y = data.y.copy()
    y[~data.scored] = -1
    return calls, y, np.repeat(np.arange(len(calls)), [len(call.turns) for call in calls])


def retold(call: Call, rng: random.Random) -> Call:
    """The call in other words that mean the same: region, case and marks, each half of the time."""

    def other(texts: Sequence[str], own: random.Random) -> list[str]:
        for change in (swap_dialect, bare):
            texts = change(texts, own) if own.random() < RETOLD else texts
        return list(texts)

    return changed(call, "retold", rng.getrandbits(32), other)


def worn(
    text: str, rng: random.Random, lost: float = LOST, misheard: float = MISHEARD, stray: Sequence[str] = ()
) -> str:
    """The text with a share of its words lost and a share misheard; never all of them. `stray`: words of
    which some are put in the place of others, and between them.

    >>> worn("my bill is wrong again", random.Random(0), lost=0.5)
    'my wrong again'
    """
    words = text.split()
    kept = []
    for word in words:
        if rng.random() < lost:
            continue
        if stray and rng.random() < ADDED:
            kept.append(rng.choice(stray))
        if rng.random() < misheard:
            word = mishear(word, rng)
        elif stray and rng.random() < REPLACED:
            word = rng.choice(stray)
        kept.append(word)
    return " ".join(kept or words[:1])


def mishear(word: str, rng: random.Random) -> str:
    """A word a recogniser might write instead: a vowel off, a letter gone, or two run together."""
    if len(word) < 4 or not word.isalpha():
        return word
    place = rng.randrange(1, len(word) - 1)
    if word[place] in VOWELS:
        return word[:place] + rng.choice(VOWELS) + word[place + 1 :]
    return word[:place] + word[place + 1 :]


def _words(data: Dataset) -> list[str]:
    """Every word of the calls, as often as it is said."""
    return [word for call in data.calls for turn in call.turns for word in turn.text.split()]
