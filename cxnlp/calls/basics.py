"""The six basics: met, missed or not seen, each with the turn that shows it.

Rules over cues and labels; `resolution` is the customer's to say: an agent's claim alone is not enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxnlp.calls.findings import AGENT, CUSTOMER
from cxnlp.calls.view import CallView

Verdict = tuple[str, int | None]
NOT_SEEN: Verdict = ("not_seen", None)
FIRST, LAST = 4, 4


def basics_of(view: CallView, empathy: Mapping[str, Any] | None, outcome: Mapping[str, Any] | None) -> dict[str, Any]:
    """Verdict and turn of each basic."""
    found = {
        "product": product(view),
        "customer": customer(view),
        "accessible": accessible(view),
        "resolution": resolution(view, outcome),
        "feedback": feedback(view),
        "empathy": answered(empathy),
    }
    return {name: {"verdict": verdict, "turn": turn} for name, (verdict, turn) in found.items()}


def product(view: CallView) -> Verdict:
    """Answers directly; hedging misses."""
    hedged = view.cued(AGENT, ("hedge",))
    known = view.cued(AGENT, ("knows",))
    if known is not None and known == hedged:
        known = next((index for index in view.agent if "knows" in view.cues(index) and index != hedged), None)
    if known is not None:
        return "met", known
    return NOT_SEEN if hedged is None else ("missed", hedged)


def customer(view: CallView) -> Verdict:
    """Uses what is known of this customer; asking again for what was given misses."""
    known = view.cued(AGENT, ("history",))
    if known is not None:
        return "met", known
    again = next(iter(view.labelled(AGENT, "repeat_information")), None)
    return NOT_SEEN if again is None else ("missed", again)


def accessible(view: CallView) -> Verdict:
    """What the customer says of reaching us; the queue they tell of at the start misses."""
    hard = view.cued(CUSTOMER, ("reach_bad",))
    if hard is None:
        hard = next((index for index in view.labelled(CUSTOMER, "wait") if index in view.customer[:FIRST]), None)
    if hard is not None:
        return "missed", hard
    easy = view.cued(CUSTOMER, ("reach_good",))
    return NOT_SEEN if easy is None else ("met", easy)


def resolution(view: CallView, outcome: Mapping[str, Any] | None) -> Verdict:
    """The customer confirms, or says it is not so at the end."""
    if outcome is None:
        return NOT_SEEN
    last = view.customer[-LAST:]
    confirmed = view.cued(CUSTOMER, ("works", "strong_thanks"), last[::-1])
    denied = view.cued(CUSTOMER, ("broken", "gave_up"), last[::-1])
    if confirmed is not None and outcome["verdict"] != "failed" and (denied is None or denied < confirmed):
        return "met", confirmed
    if outcome["resolved"] == "no" and (denied is not None or outcome["verdict"] == "failed"):
        return "missed", denied if denied is not None else outcome["turns"][-1]
    return NOT_SEEN


def feedback(view: CallView) -> Verdict:
    """Asks openly, or promises to pass it on; a survey pitch alone misses."""
    asked = view.cued(AGENT, ("feedback_ask", "feedback_pass"))
    if asked is not None:
        return "met", asked
    pitched = view.cued(AGENT, ("survey",))
    return NOT_SEEN if pitched is None else ("missed", pitched)


def answered(empathy: Mapping[str, Any] | None) -> Verdict:
    """At least half of the opportunities matched."""
    if not empathy or not empathy["opportunities"]:
        return NOT_SEEN
    events = empathy["events"]
    if empathy["rate"] >= 0.5:
        return "met", next(event["response_turn"] for event in events if event["response"] == "matched")
    return "missed", next(event["turn"] for event in events if event["response"] != "matched")
