"""The plain form of a token: what a linear model should see of it.

Case, spelling habits and spoken shorthand fall together ("Dunno", "dunno"), digits and number words
become `<num>`, masks `<mask>`, and fillers and punctuation `QUIET`, which no feature looks at.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cxnlp.lexicons import load_pairs, load_words

QUIET = "·"
MASK, NUM, URL, USER = "<mask>", "<num>", "<url>", "<user>"

MASK_PATTERN = r"(?:\[[A-Za-z][^\[\]\s]{0,40}\]|<[A-Za-z/][^<>\s]{0,40}>|\*{3,}|_{3,}|█+)"
EMOJI_PATTERN = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff]"
    "(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\U0001f000-\U0001faff\u2600-\u27bf])*)"
)
EMOTICON_PATTERN = r"(?:[:;=8xX][-o']?[()\[\]DPpOo/|\\*]+|<3+|\^_+\^|;_;|:'\()"

_mask = re.compile(MASK_PATTERN)
_url = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_stretched = re.compile(r"([a-z])\1{2,}")
_emoji = re.compile(f"{EMOJI_PATTERN}|{EMOTICON_PATTERN}")
_links = {"<url>": URL, "<link>": URL, "<email>": URL, "<user>": USER}


_fours = str.maketrans("012356789", "4" * 9)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], frozenset[str]]:
    return load_pairs("norms.tsv"), load_words("fillers.txt")


def norm_of(text: str) -> str:
    """The plain form of one token's text.

    >>> [norm_of(word) for word in ("Pleaaase", "Cos", "um", "40", "[PII]", "th-", "customer's", "?")]
    ['please', 'because', '·', '<num>', '<mask>', '·', 'customer', '·']
    """
    pairs, fillers = _tables()
    word = text.lower().replace("\u2019", "'").replace("\u2018", "'")
    if (plain := pairs.get(word)) is not None:
        return plain
    if word in fillers:
        return QUIET
    if _mask.fullmatch(word):
        return _links.get(word, MASK)
    if _emoji.fullmatch(text):
        return text.rstrip("\ufe0f")
    if not any(map(str.isalnum, word)):
        return QUIET
    if word[0] == "@" and len(word) > 1:
        return USER
    if _url.fullmatch(word):
        return URL
    if any(map(str.isdigit, word)):
        return NUM
    if word.endswith("-"):
        return QUIET
    word = _stretched.sub(r"\1", word.strip("'"))
    if word.endswith("'s"):
        word = word[:-2]
    return pairs.get(word, word) or QUIET


def is_special(norm: str) -> bool:
    """Whether a norm stands for a number, a mask, a link or a name.

    >>> is_special(NUM), is_special("<3")
    (True, False)
    """
    return norm[0] == "<" and norm[-1] == ">"


def norm_of_clitic(text: str) -> str:
    """The plain form of a later part of a contraction: "nt" of "dont", "'m" of "i'm".

    >>> norm_of_clitic("nt"), norm_of_clitic("\u2019m")
    ('not', 'am')
    """
    pairs, _ = _tables()
    word = text.lower().replace("\u2019", "'")
    return pairs.get(f"+{word.strip(chr(39))}") or pairs.get(f"+{word}") or norm_of(text)


def with_fours(chunk: str) -> str:
    """A chunk with its digits as fours, where it makes no difference which they are: it has no word or emoticon
    of the word files and patterns that holds a digit, before and after.

    >>> [with_fours(chunk) for chunk in ("$19.95,", "XR12", "gr8", "8)", "<3")]
    ['$44.44,', 'XR44', 'gr8', '8)', '<3']
    """
    plain = chunk.translate(_fours)
    return chunk if plain == chunk or _digits_matter().search(f"{chunk} {plain}".lower()) else plain


@lru_cache(maxsize=1)
def _digits_matter() -> re.Pattern[str]:
    pairs, fillers = _tables()
    words = [re.escape(word) for word in (*pairs, *fillers) if any(map(str.isdigit, word))]
    return re.compile("|".join([*words, r"8[-o']?[()\[\]dpo/|\\*]", "<3"]))
