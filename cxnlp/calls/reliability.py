"""Reliability: what a reader of this call's score should know about its transcript."""

from __future__ import annotations

from typing import Any

from cxnlp.calls.findings import AGENT, CUSTOMER
from cxnlp.calls.view import CallView
from cxnlp.lexicons import load_words

AGENTS_WORDS = ("greeting", "identity", "check_more", "close", "stock_sympathy", "survey")
HARMLESS = frozenset(("unpunctuated",))
LEAST_TURNS, LEAST_WORDS, ENOUGH_WORDS = 3, 12, 40
LEAST_ENGLISH = 0.12
SAMPLE, MOST_WORDS = 24, 120
STOPS = ".?!…\"'”)»"
_common = load_words("stopwords.txt")
_dangling = load_words("dangling.txt")


def reliability_of(view: CallView) -> dict[str, Any]:
    """`ok`, and the codes of what is wrong. A call without punctuation is still `ok`."""
    texts = [turn.text for turn in view.call.turns if turn.speaker != "system"]
    words = " ".join(texts[:SAMPLE]).lower().split()[:MOST_WORDS]
    found = []
    if not view.agent or not view.customer:
        found.append("one_sided")
    if len(texts) < LEAST_TURNS or len(words) < LEAST_WORDS:
        found.append("too_short")
    if is_swapped(view):
        found.append("roles_swapped")
    if len(words) >= ENOUGH_WORDS and is_bare(texts):
        found.append("unpunctuated")
    if texts and is_cut(texts[-1]):
        found.append("truncated")
    if is_ivr(view):
        found.append("ivr_only")
    if len(words) >= ENOUGH_WORDS and not is_english(words):
        found.append("not_english")
    return {"ok": HARMLESS.issuperset(found), "warnings": found}


def is_swapped(view: CallView) -> bool:
    """Whether the customer says what agents say, twice at least and more than twice as often as the agent."""
    if view.cues_of(CUSTOMER).isdisjoint(AGENT_SET):
        return False
    ours = sum(len(view.cues(index) & AGENT_SET) for index in view.agent)
    theirs = sum(len(view.cues(index) & AGENT_SET) for index in view.customer)
    return theirs >= 2 and theirs > 2 * ours


def is_bare(texts: list[str]) -> bool:
    """Whether no turn ends in punctuation."""
    return all(text[-1:] not in STOPS for text in texts if text)


def is_cut(text: str) -> bool:
    """Whether a last turn breaks off: it ends in a word that nothing ends in.

    >>> is_cut("read me the date on the"), is_cut("bye then")
    (True, False)
    """
    words = text.lower().split()
    return bool(words) and (words[-1] in _dangling or words[-1].endswith(("-", "—", "–")))


def is_ivr(view: CallView) -> bool:
    """Whether nobody but a recording speaks: every agent turn a menu line, the customer a few words at most."""
    if "ivr" not in view.cues_of(AGENT) or any("ivr" not in view.cues(index) for index in view.agent):
        return False
    return sum(len(view.call.turns[index].text.split()) for index in view.customer) <= LEAST_WORDS


def is_english(words: list[str]) -> bool:
    """Whether enough of the words are the common ones of English."""
    return sum(map(_common.__contains__, words)) / len(words) >= LEAST_ENGLISH


AGENT_SET = frozenset(AGENTS_WORDS)
