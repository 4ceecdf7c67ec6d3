"""spaCy's tokenizer with rules for transcripts.

Two things differ from the English defaults. Masks, tags and emoji are one token. And no special
case may look beyond one whitespace-separated chunk: rules that an affix pattern also matches are
left to the affix patterns, so that the tokens of a text are the tokens of its chunks, one after
the other. The token table stands on that.
"""

from __future__ import annotations

import re

from spacy.attrs import NORM, ORTH
from spacy.lang.en import English
from spacy.tokenizer import Tokenizer
from spacy.vocab import Vocab

from cxnlp.language.norms import EMOJI_PATTERN, EMOTICON_PATTERN, MASK_PATTERN, norm_of, norm_of_clitic

_OPENING = r"[(\[{<\"“”'‘’`´…«»*#£$€¥₹~_.,:;!?¿¡%&=+|/\\>)\]}–—-]"
_CLOSING = r"[)\]}>\"“”'’`´…«»*~_.,:;!?%&=|/\\(\[{<#–—]"
_PREFIX = re.compile(rf"^(?:{MASK_PATTERN}|{EMOJI_PATTERN}|\.{{2,}}|-{{2,}}|{_OPENING}(?=.))")
_SUFFIX = re.compile(rf"(?:{MASK_PATTERN}|{EMOJI_PATTERN}|\.{{2,}}|-{{2,}}|(?<=.){_CLOSING})$")
_INFIX = re.compile(
    rf"{MASK_PATTERN}|{EMOJI_PATTERN}|\.{{2,}}|…|[–—]|--+|(?<=[^\W\d_])[-,/:;!?&+=](?=[^\W\d_])|(?<=[a-z])\.(?=[A-Z])"
)
_WHOLE = re.compile(
    rf"(?:{MASK_PATTERN}|{EMOTICON_PATTERN}|['’](?:s|m|d|ll|re|ve|em|cause|cos)|(?:https?://|www\.)\S*\w/?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)$"
)


def build_tokenizer(vocab: Vocab) -> Tokenizer:
    """The tokenizer over a vocabulary; English contractions keep spaCy's splits and norms."""
    plain = Tokenizer(
        vocab,
        prefix_search=_PREFIX.search,
        suffix_search=_SUFFIX.search,
        infix_finditer=_INFIX.finditer,
        token_match=_WHOLE.match,
    )
    for text, rule in English.Defaults.tokenizer_exceptions.items():
        if len(rule) > 1 and not _affixed(plain, text):
            parts = _plain_parts(rule)
            plain.add_special_case(text, parts)
            plain.add_special_case(text.upper(), [{**part, ORTH: part[ORTH].upper()} for part in parts])
    return plain


def _plain_parts(rule: list[dict[int, str]]) -> list[dict[int, str]]:
    first, *rest = rule
    parts = [{ORTH: first[ORTH], NORM: norm_of(first.get(NORM, first[ORTH]))}]
    return parts + [{ORTH: part[ORTH], NORM: norm_of_clitic(part[ORTH])} for part in rest]


def _affixed(tokenizer: Tokenizer, text: str) -> bool:
    return bool(
        " " in text
        or tokenizer.find_prefix(text)
        or tokenizer.find_suffix(text)
        or tokenizer.find_infix(text)
        or any(character.isdigit() for character in text)
    )
