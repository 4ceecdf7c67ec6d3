"""Reliability: what a reader of this call's score should know about its transcript."""

from __future__ import annotations

from itertools import compress, pairwise

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import CUE_PLACE, Findings
from cxnlp.columns import Lists, Names, Numbers, Records
from cxnlp.lexicons import load_words

CODES = ("one_sided", "too_short", "roles_swapped", "unpunctuated", "truncated", "ivr_only", "not_english")
HARMLESS = frozenset({"unpunctuated"})
_HARM = [CODES.index(code) for code in CODES if code not in HARMLESS]
AGENTS_WORDS = ("agents_line", "stock_sympathy", "survey")
"""What customers do not say; they greet, give numbers and say goodbye too."""
LEAST_TURNS, LEAST_WORDS, ENOUGH_WORDS = 3, 12, 40
LEAST_ENGLISH = 0.12
SAMPLE, MOST_WORDS = 24, 120
STOPS = ".?!…\"'”)»"
_common = load_words("stopwords.txt")
_dangling = load_words("dangling.txt")


def reliability_of(findings: Findings) -> Records:
    """`ok`, and the codes of what is wrong. A call without punctuation is still `ok`."""
    agent, customer = findings.sides
    turns = list(compress(findings.lower, findings.runs.of >= 0))
    edges = np.searchsorted(findings.runs.rows, findings.ptr).tolist()
    short, bare, cut, foreign = np.array([of_texts(turns[low:high]) for low, high in pairwise(edges)]).T
    one_sided = ~(agent.speaks & customer.speaks)
    wrong = np.stack([one_sided, short, is_swapped(findings), bare, cut, is_ivr(findings), foreign], axis=1)
    fine = np.logical_not(np.any(wrong[:, _HARM], axis=1))
    warnings = Lists(wrong.sum(axis=1), Names(CODES, np.nonzero(wrong)[1]))
    return Records({"ok": Numbers(fine), "warnings": warnings})


def of_texts(texts: list[str]) -> tuple[bool, bool, bool, bool]:
    """What the texts of one call, lower case and without the system's, show: too short, unpunctuated, truncated,
    not English."""
    text = " ".join(texts[:SAMPLE])
    words = text.split(None, ENOUGH_WORDS)[:ENOUGH_WORDS]
    short = len(texts) < LEAST_TURNS or len(words) < LEAST_WORDS
    enough = len(words) == ENOUGH_WORDS
    cut = bool(texts) and is_cut(texts[-1])
    return short, enough and is_bare(texts), cut, enough and not is_english(words, text)


def is_swapped(findings: Findings) -> NDArray[np.bool_]:
    """bool (C,): whether the customer says what only agents say, twice at least, and more than twice as often as
    the agent."""
    number = findings.said[[CUE_PLACE[name] for name in AGENTS_WORDS]].sum(axis=0)
    ours, theirs = (
        np.bincount(findings.call_of, weights=number * side.own, minlength=findings.calls) for side in findings.sides
    )
    swapped: NDArray[np.bool_] = (theirs >= 2) & (theirs > 2 * ours)
    return swapped


def is_bare(texts: list[str]) -> bool:
    """Whether no turn ends in punctuation."""
    return all(text[-1:] not in STOPS for text in texts if text)


def is_cut(text: str) -> bool:
    """Whether a last turn, lower case, breaks off: it ends in a word that nothing ends in.

    >>> is_cut("read me the date on the"), is_cut("bye then")
    (True, False)
    """
    last = text.rsplit(None, 1)[-1:]
    return bool(last) and (last[0] in _dangling or last[0].endswith(("-", "—", "–")))


def is_ivr(findings: Findings) -> NDArray[np.bool_]:
    """bool (C,): whether nobody but a recording speaks: every agent turn a menu line, the customer a few words
    at most."""
    agent, customer = findings.sides
    recorded: NDArray[np.bool_] = agent.speaks & (findings.count(agent.own & findings.says("ivr")) == agent.number)
    if recorded.any():
        rows = np.flatnonzero(customer.own & recorded[findings.call_of])
        sizes = [len(findings.batch.texts[row].split()) for row in rows.tolist()]
        words = np.bincount(findings.call_of[rows], weights=sizes, minlength=findings.calls)
        recorded &= words <= LEAST_WORDS
    return recorded


def is_english(first: list[str], text: str) -> bool:
    """Whether enough of a text's words, lower case, are the common ones of English; its first will mostly tell."""
    if sum(map(_common.__contains__, first)) >= LEAST_ENGLISH * MOST_WORDS:
        return True
    words = text.split(None, MOST_WORDS)[:MOST_WORDS]
    return sum(map(_common.__contains__, words)) >= LEAST_ENGLISH * len(words)
