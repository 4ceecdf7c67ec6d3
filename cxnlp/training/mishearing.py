"""Words as a recogniser might have heard them: what a model is tried with, never what it is taught.

Training wears its copies with a vowel off or a letter gone (`augment.mishear`). Here words become
others that sound like them (`soundalikes.tsv`), else are spelled by a neighbouring sound
(`sounds.tsv`), so that a figure does not come of having learnt the very same mistakes.
"""

from __future__ import annotations

import random
import re
from functools import lru_cache

from cxnlp.training.words import load_rows, load_swaps

_CORE = re.compile(r"^(\W*)([^\W\d_](?:.*[^\W\d_])?)(\W*)$")


@lru_cache(maxsize=1)
def _soundalikes() -> dict[str, tuple[str, ...]]:
    return {row[0]: tuple(row[1:]) for row in load_rows("soundalikes.tsv") if len(row) > 1}


@lru_cache(maxsize=1)
def _sounds() -> tuple[dict[str, tuple[str, ...]], re.Pattern[str]]:
    sounds = load_swaps("sounds.tsv")
    return sounds, re.compile("|".join(sorted(map(re.escape, sounds), key=len, reverse=True)))


def can_be_misheard(word: str) -> bool:
    """Whether `misheard` would give another word: numbers and marks stay.

    >>> [can_be_misheard(word) for word in ("bill.", "4417", "I", "-")]
    [True, False, True, False]
    """
    core = _CORE.match(word)
    return core is not None and (core[2].lower() in _soundalikes() or _sounds()[1].search(core[2].lower()) is not None)


def misheard(word: str, rng: random.Random) -> str:
    """One word as another that sounds like it, marks around it and a capital kept; itself where none does.

    >>> misheard("Bill,", random.Random(0)), misheard("ombudsman", random.Random(2))
    ('Built,', 'onbudsman')
    """
    core = _CORE.match(word)
    if core is None or not can_be_misheard(word):
        return word
    before, heard, after = core.groups()
    low = heard.lower()
    if (others := _soundalikes().get(low)) is not None:
        written = rng.choice(others)
    else:
        sounds, pattern = _sounds()
        spot = rng.choice(list(pattern.finditer(low)))
        written = low[: spot.start()] + rng.choice(sounds[spot[0]]) + low[spot.end() :]
    return before + (written[:1].upper() + written[1:] if heard[0].isupper() else written) + after
