"""The same call as it might have come otherwise: one change at a time, the turns and who speaks kept.

A change never empties a turn, never touches a system turn, and gives the same words for the same seed,
change and call, whatever else is read with it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from cxnlp.schema import Call
from cxnlp.training.mishearing import can_be_misheard, misheard
from cxnlp.training.swapping import swap_dialect, swap_gender, swap_names
from cxnlp.training.words import load_rows

SHARE = 0.1
"""Of ten words, how many are lost or misheard, or followed by a filler: one."""
_MARKS = re.compile(r"[^\w\s'’<>@#]")
Change = Callable[[Sequence[str], random.Random], list[str]]


def lower_case(texts: Sequence[str], rng: random.Random) -> list[str]:
    """Everything in lower case."""
    return [text.lower() for text in texts]


def no_punctuation(texts: Sequence[str], rng: random.Random) -> list[str]:
    """No marks but apostrophes and those of masks.

    >>> no_punctuation(["Well, it's <NAME>... on #4-2!"], random.Random(0))
    ["Well it's <NAME> on #4 2"]
    """
    return [" ".join(_MARKS.sub(" ", text).split()) for text in texts]


def bare(texts: Sequence[str], rng: random.Random) -> list[str]:
    """Both: as a plain recogniser writes."""
    return [bare_text(text) for text in texts]


def bare_text(text: str) -> str:
    """Lower case, no marks but apostrophes and those of masks; as it was where that leaves nothing.

    >>> bare_text("Well, it's ON!"), bare_text("...")
    ("well it's on", '...')
    """
    return " ".join(_MARKS.sub(" ", text.lower()).split()) or text


def words_lost(texts: Sequence[str], rng: random.Random) -> list[str]:
    """A tenth of the words gone."""
    return [_worn(text, rng, lost=SHARE, wrong=0) for text in texts]


def words_misheard(texts: Sequence[str], rng: random.Random) -> list[str]:
    """A tenth of the words misheard."""
    return [_worn(text, rng, lost=0, wrong=SHARE) for text in texts]


def words_worn(texts: Sequence[str], rng: random.Random) -> list[str]:
    """A tenth of the words lost or misheard, half of it each."""
    return [_worn(text, rng, lost=SHARE / 2, wrong=SHARE / 2) for text in texts]


def _worn(text: str, rng: random.Random, lost: float, wrong: float) -> str:
    """Words that cannot be misheard leave their share to those that can."""
    words = text.split()
    able = [can_be_misheard(word) for word in words]
    chance = min(1.0, wrong * len(words) / max(sum(able), 1))
    kept = []
    for word, can in zip(words, able, strict=True):
        if rng.random() < lost:
            continue
        kept.append(misheard(word, rng) if can and rng.random() < chance else word)
    return " ".join(kept)


def fillers_added(texts: Sequence[str], rng: random.Random) -> list[str]:
    """A filler before one word of ten.

    >>> fillers_added(["so it never came and nobody rang me back about it at all"], random.Random(3))
    ['so it never came and um nobody rang me back about it at all']
    """
    sounds = _fillers()
    return [
        " ".join(f"{rng.choice(sounds)} {word}" if rng.random() < SHARE else word for word in text.split())
        for text in texts
    ]


@lru_cache(maxsize=1)
def _fillers() -> tuple[str, ...]:
    return tuple(row[0] for row in load_rows("spoken_fillers.txt"))


CHANGES: dict[str, Change] = {
    "lower_case": lower_case,
    "no_punctuation": no_punctuation,
    "bare": bare,
    "words_lost": words_lost,
    "words_misheard": words_misheard,
    "words_worn": words_worn,
    "fillers_added": fillers_added,
    "names_swapped": swap_names,
    "dialect_swapped": swap_dialect,
    "gender_swapped": swap_gender,
}


def changed(call: Call, name: str, seed: int = 0, change: Change | None = None) -> Call:
    """The call with every agent and customer turn changed; a turn that would be left without words stays."""
    rng = random.Random(f"{seed}/{name}/{call.id}")
    spoken = [place for place, turn in enumerate(call.turns) if turn.speaker != "system"]
    texts = (change or CHANGES[name])([call.turns[place].text for place in spoken], rng)
    turns = list(call.turns)
    for place, text in zip(spoken, texts, strict=True):
        if text.strip():
            turns[place] = msgspec.structs.replace(turns[place], text=text)
    return msgspec.structs.replace(call, turns=turns)
