"""Language: text to tokens, by spaCy, and the token table that makes it cheap."""

from cxnlp.language.norms import MASK, NUM, QUIET
from cxnlp.language.pipeline import build_nlp

__all__ = ["MASK", "NUM", "QUIET", "build_nlp"]
