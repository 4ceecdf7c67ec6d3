"""The words: cue phrases and word lists as data files, and what reads them.

`cues.jsonl` holds `{"id", "label", "pattern", "note"}` a line. A pattern is words in their plain
spoken form; `(a|b c)` is a choice, `(a|)` may be left out, `<num>` is any number. Labels are those
of `cxnlp.labels`, `stock` (a known stock phrase), or `idiom`: words that mean something else here
("no problem", "my phone died"), inside which no other cue counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from itertools import product

import msgspec

from cxnlp.errors import LexiconError
from cxnlp.labels import LABELS

CUE_LABELS = (*LABELS, "stock", "idiom", "emergency", "remedy", "approval")
CALL_CUES = (
    "greeting",
    "identity",
    "diagnosis",
    "action",
    "recap",
    "check_more",
    "close",
    "goodbye",
    "thanks",
    "strong_thanks",
    "works",
    "broken",
    "gave_up",
    "accept",
    "pending",
    "refusal",
    "prior",
    "early",
    "late",
    "hedge",
    "knows",
    "history",
    "reach_good",
    "reach_bad",
    "feedback_ask",
    "feedback_pass",
    "survey",
    "relief",
    "remedy_ask",
    "remedy_given",
    "approval_needed",
    "rule_policy",
    "rule_authority",
    "rule_system",
    "rule_department",
    "presence",
    "protect",
    "alarm",
    "agents_line",
    "signpost",
    "time",
    "patience",
    "event_uptake",
    "celebrate",
    "stock_sympathy",
    "ivr",
    "figure",
    "safe_bereavement",
    "safe_hardship",
    "safe_medical",
    "safe_self_harm",
    "safe_danger",
    "safe_cognition",
    "idiom",
)
"""Labels of `calls.jsonl`: what the measures of whole calls look for; no feature of a head."""
MOST_FORMS = 2000
COMPILED = {"sizes": "int32", "keys": "uint64", "on": "bool", "count": "int16", "rows": "int32"}
"""The arrays of compiled cues (`cxnlp.language.wordings`) and what is in them."""


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a cue file. `negatable`: a "not" shortly before turns it round."""

    id: str
    label: str
    pattern: str
    note: str = ""
    negatable: bool = True


_cues = msgspec.json.Decoder(Cue)


def load_cues(name: str = "cues.jsonl", labels: tuple[str, ...] = CUE_LABELS, known: bool = False) -> list[Cue]:
    """The cues of one packaged file, checked; LexiconError names file and line. `known`: compiled before, so only
    read."""
    if known:
        return _cues.decode_lines(_text(name))
    return parse_cues(_text(name), name, labels)


def parse_cues(text: str, name: str = "<text>", labels: tuple[str, ...] = CUE_LABELS) -> list[Cue]:
    """Cues from the text of a cue file.

    >>> parse_cues('{"id": "a1", "label": "anxiety", "pattern": "(so|) worried"}')[0].label
    'anxiety'
    """
    cues: list[Cue] = []
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            cue = msgspec.json.decode(line, type=Cue)
        except msgspec.DecodeError as error:
            raise LexiconError(f"{name}:{number}: not a cue: {error}", got=line) from None
        if cue.label not in labels:
            raise LexiconError(f"{name}:{number}: no such label", got=cue.label, allowed=", ".join(labels))
        if cue.id in seen:
            raise LexiconError(f"{name}:{number}: id seen twice", got=cue.id)
        seen.add(cue.id)
        try:
            forms(cue.pattern)
        except LexiconError as error:
            raise LexiconError(f"{name}:{number}: {error}") from None
        cues.append(cue)
    return cues


def forms(pattern: str) -> list[str]:
    """Every wording a pattern stands for.

    >>> forms("(so|) (worried|scared) about")
    ['so worried about', 'so scared about', 'worried about', 'scared about']
    """
    choices = [part.split("|") for part in _parts(pattern)]
    count = 1
    for options in choices:
        count *= len(options)
    if count > MOST_FORMS:
        raise LexiconError("a pattern of too many forms", got=pattern, allowed=f"{MOST_FORMS}")
    found = [" ".join(" ".join(chosen).split()) for chosen in product(*choices)]
    if not all(found):
        raise LexiconError("a pattern that may be empty", got=pattern)
    return found


def _parts(pattern: str) -> Iterator[str]:
    rest = pattern
    while rest:
        before, opened, rest = rest.partition("(")
        if ")" in before or "|" in before:
            raise LexiconError("brackets do not match", got=pattern, allowed="(a|b c) once deep")
        yield before
        if opened:
            inside, closed, rest = rest.partition(")")
            if not closed or "(" in inside:
                raise LexiconError("brackets do not match", got=pattern, allowed="(a|b c) once deep")
            yield inside


def load_words(name: str) -> frozenset[str]:
    """A word list: one word a line, `#` starts a comment."""
    lines = (line.partition("#")[0].strip() for line in _text(name).splitlines())
    return frozenset(line for line in lines if line)


def load_pairs(name: str) -> dict[str, str]:
    """A table of two columns: the word as said or typed, a tab, its plain form."""
    pairs: dict[str, str] = {}
    for number, line in enumerate(_text(name).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, tab, plain = line.partition("\t")
        if not tab or not plain.strip():
            raise LexiconError(f"{name}:{number}: two columns with a tab between them", got=line)
        pairs[word.strip()] = plain.strip()
    return pairs


def _text(name: str) -> str:
    try:
        return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LexiconError("no such word file", got=name) from None


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """A hash of all word files: a model remembers which ones it was trained with."""
    digest = sha256()
    for item in sorted(resources.files(__name__).iterdir(), key=lambda item: item.name):
        if item.name.endswith((".jsonl", ".txt", ".tsv")):
            digest.update(item.name.encode() + item.read_bytes())
    return digest.hexdigest()[:16]
