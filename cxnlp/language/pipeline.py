"""`build_nlp()`: a blank English pipeline that reads transcripts as they are spoken.

The tokenizer and the lexeme norms are free of context; what needs the neighbours, false starts,
is one component. No trained spaCy model is needed.
"""

from __future__ import annotations

from typing import Any

import spacy
from spacy.attrs import NORM
from spacy.language import Language
from spacy.tokens import Doc

from cxnlp.language.norms import QUIET, is_special, norm_of
from cxnlp.language.tokenizer import build_tokenizer


def build_nlp() -> Language:
    """A fresh pipeline: our tokenizer, our norms, the component `cxnlp_false_starts`.

    >>> [token.norm_ for token in build_nlp()("I I'm um not a-angry, cos...")]
    ['·', 'i', 'am', '·', 'not', 'a', '·', 'angry', '·', 'because', '·']
    """
    nlp = spacy.blank("en")
    getters: dict[int, Any] = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
    getters[NORM] = norm_of
    for lexeme in nlp.vocab:
        lexeme.norm_ = norm_of(lexeme.text)
    nlp.tokenizer = build_tokenizer(nlp.vocab)
    nlp.add_pipe("cxnlp_false_starts")
    return nlp


@Language.component("cxnlp_false_starts")
def false_starts(doc: Doc) -> Doc:
    """Quieten words said twice: the first "i" of "i i'm", the first "can you" of "can you can you"."""
    norms = [token.norm_ for token in doc]
    loud = [index for index, norm in enumerate(norms) if norm != QUIET]
    for index in said_twice([norms[index] for index in loud]):
        doc[loud[index]].norm_ = QUIET
    return doc


def said_twice(norms: list[str]) -> list[int]:
    """Indices of words that the next one, or of pairs that the next pair, repeats.

    Numbers and masks are let be: "four four one" is no false start.

    >>> said_twice("can you can you hear hear me".split())
    [0, 1, 4]
    """
    found: set[int] = set()
    for index, norm in enumerate(norms[:-1]):
        if is_special(norm):
            continue
        if norms[index + 1] == norm:
            found.add(index)
        elif norms[index : index + 2] == norms[index + 2 : index + 4] and not is_special(norms[index + 1]):
            found |= {index, index + 1}
    return sorted(found)
