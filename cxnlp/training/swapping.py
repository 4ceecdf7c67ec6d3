"""Names, dialect words and gendered terms put in the place of others: what should change no verdict.

Each function takes the texts of a call's turns and gives as many back. The same name has the same
stand-in all through a call; a capital stays a capital.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cxnlp.lexicons import load_words
from cxnlp.training.words import load_rows, load_swaps

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?…]['\"”)]*)\s*$")


class Names(NamedTuple):
    """Names by kind (woman, man, family, title). `kind_of`: of a lower-case name; `also_words`: those
    that are words too."""

    by_kind: dict[str, tuple[str, ...]]
    kind_of: dict[str, str]
    also_words: frozenset[str]


@lru_cache(maxsize=1)
def load_names() -> Names:
    """The names of `names.tsv`; stand-ins are drawn from those that are no words."""
    by_kind: dict[str, list[str]] = {}
    kind_of: dict[str, str] = {}
    words = set()
    for kind, _, names in load_rows("names.tsv"):
        for name in names.split():
            plain = name.removeprefix("*")
            kind_of.setdefault(plain.lower(), kind)
            if name.startswith("*"):
                words.add(plain.lower())
            elif plain not in by_kind.setdefault(kind, []):
                by_kind[kind].append(plain)
    return Names({kind: tuple(names) for kind, names in by_kind.items()}, kind_of, frozenset(words))


def swap_names(texts: Sequence[str], rng: random.Random) -> list[str]:
    """Every known name, and whatever follows a title, as another of its kind.

    >>> swap_names(["Mrs Achebe? This is Gemma.", "yes gemma hi"], random.Random(1))
    ['Mrs Campbell? This is Shayla.', 'yes shayla hi']
    """
    names, stop = load_names(), load_words("stopwords.txt")
    given: dict[str, str] = {}

    def stand_in(word: str, kind: str) -> str:
        low = word.lower()
        if low not in given:
            given[low] = rng.choice([name for name in names.by_kind[kind] if name.lower() != low])
        return like(word, given[low])

    def swapped(text: str) -> str:
        titled = False
        parts, last = [], 0
        for match in _WORD.finditer(text):
            word, mark, rest = match[0].partition("’" if "’" in match[0] else "'")
            kind = names.kind_of.get(word.lower())
            if titled and kind != "title" and word.lower() not in stop:
                kind = "family"
            elif word.lower() in names.also_words and (word.islower() or _OPENS.search(text[: match.start()])):
                kind = None
            titled = kind == "title"
            if kind and not titled:
                parts += [text[last : match.start()], stand_in(word, kind), mark, rest]
                last = match.end()
        return "".join(parts) + text[last:]

    return [swapped(text) for text in texts]


def swap_dialect(texts: Sequence[str], rng: random.Random) -> list[str]:
    """Every word of a region as another region says it.

    >>> swap_dialect(["I rang about the parcel, innit?"], random.Random(1))
    ['I phoned about the package, right?']
    """
    swaps, pattern = _dialect()
    return [pattern.sub(lambda match: like(match[0], rng.choice(swaps[match[0].lower()])), text) for text in texts]


@lru_cache(maxsize=1)
def _dialect() -> tuple[dict[str, tuple[str, ...]], re.Pattern[str]]:
    swaps = load_swaps("dialect.tsv")
    longest_first = sorted(swaps, key=lambda phrase: (-len(phrase), phrase))
    return swaps, re.compile(rf"(?<![\w'’])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'’])", re.IGNORECASE)


def swap_gender(texts: Sequence[str], rng: random.Random) -> list[str]:
    """Every gendered term as the other one, all through the call; `rng` is not drawn from.

    >>> swap_gender(["Ask her husband, sir, he told her twice."], random.Random(1))
    ['Ask his wife, madam, she told him twice.']
    """
    return [_WORD.sub(_other_gender, text) for text in texts]


@lru_cache(maxsize=1)
def _gendered() -> tuple[dict[str, str], frozenset[str]]:
    swaps = {word: others[0] for word, others in load_swaps("gendered.tsv").items()}
    return swaps, frozenset(row[0] for row in load_rows("after_object.txt"))


def _other_gender(match: re.Match[str]) -> str:
    swaps, after_object = _gendered()
    word, low = match[0], match[0].lower().replace("’", "'")
    if low not in swaps and low.endswith("'s"):
        return like(word[:-2], swaps[low[:-2]]) + word[-2:] if low[:-2] in swaps else word
    if low == "her":
        following = _WORD.match(match.string[match.end() :].lstrip(" "))
        if match.string[match.end() :][:1] != " " or not following or following[0].lower() in after_object:
            return like(word, "him")
    return like(word, swaps[low]) if low in swaps else word


def like(model: str, word: str) -> str:
    """The word with the capitals of the model.

    >>> like("Mum", "mam"), like("MUM", "mam"), like("kofi", "Ilse"), like("I reckon", "i think")
    ('Mam', 'MAM', 'ilse', 'I think')
    """
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word.lower()
