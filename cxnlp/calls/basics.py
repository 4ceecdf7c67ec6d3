"""The six basics: met, missed or not seen, each with the turn that shows it.

Rules over cues and labels; `resolution` is the customer's to say: an agent's claim alone is not enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.empathy import MATCHED, Empathy
from cxnlp.calls.findings import AGENT, CUSTOMER, Findings
from cxnlp.calls.outcome import FAILED, SETTLED, telling_turns
from cxnlp.columns import Names, Records

VERDICTS = ("met", "missed", "not_seen")
FIRST, LAST = 4, 4
LEAST_RATE = 0.5
Rows = NDArray[np.int64]
Verdict = tuple[Rows, Rows]
"""Rows (C,) of what shows that a basic is met, and of what shows that it is missed; -1 where nothing does. Met
goes first."""


def basics_of(findings: Findings, empathy: Empathy, verdict: Rows, settled: Rows) -> Records:
    """Verdict and turn of each basic. `verdict`, `settled` (C,): as `outcome` says them."""
    found = {
        "product": product(findings),
        "customer": customer(findings),
        "accessible": accessible(findings),
        "resolution": resolution(findings, verdict, settled),
        "feedback": feedback(findings),
        "empathy": answered(findings, empathy),
    }
    return Records({name: _shown(findings, *rows) for name, rows in found.items()})


def _shown(findings: Findings, met: Rows, missed: Rows) -> Records:
    code = np.where(met >= 0, 0, np.where(missed >= 0, 1, 2))
    return Records({"verdict": Names(VERDICTS, code), "turn": findings.turns(np.where(met >= 0, met, missed))})


def product(findings: Findings) -> Verdict:
    """Answers directly; hedging misses, in the same turn too."""
    own = findings.sides[AGENT].own
    hedged = findings.first(own & findings.says("hedge"))
    plain = own & findings.says("knows")
    plain[hedged[hedged >= 0]] = False
    return findings.first(plain), hedged


def customer(findings: Findings) -> Verdict:
    """Uses what is known of this customer; asking again for what was given misses."""
    own = findings.sides[AGENT].own
    return findings.first(own & findings.says("history")), findings.first(own & findings.has("repeat_information"))


def accessible(findings: Findings) -> Verdict:
    """What the customer says of reaching us; the queue they tell of at the start misses, and goes first."""
    side = findings.sides[CUSTOMER]
    hard = findings.first(side.own & findings.says("reach_bad"))
    queued = findings.first(side.own & findings.has("wait") & (side.place < FIRST))
    hard = np.where(hard >= 0, hard, queued)
    easy = findings.first(side.own & findings.says("reach_good"))
    return np.where(hard >= 0, -1, easy), hard


def resolution(findings: Findings, verdict: Rows, settled: Rows) -> Verdict:
    """The customer confirms, or says it is not so at the end."""
    side = findings.sides[CUSTOMER]
    ending = side.own & (side.left < LAST)
    confirmed = findings.last(ending & findings.says("works", "strong_thanks"))
    denied = findings.last(ending & findings.says("broken", "gave_up"))
    failed = verdict == FAILED
    met = (confirmed >= 0) & ~failed & (denied < confirmed)
    missed = (settled == SETTLED.index("no")) & ((denied >= 0) | failed)
    shown = np.where(denied >= 0, denied, findings.last(telling_turns(findings)))
    return np.where(met, confirmed, -1), np.where(missed, shown, -1)


def feedback(findings: Findings) -> Verdict:
    """Asks openly, or promises to pass it on; a survey pitch alone misses."""
    own = findings.sides[AGENT].own
    return findings.first(own & findings.says("feedback_ask", "feedback_pass")), findings.first(
        own & findings.says("survey")
    )


def answered(findings: Findings, empathy: Empathy) -> Verdict:
    """At least half of the opportunities matched."""
    met, missed = np.full((2, findings.calls), -1, dtype=np.int64)
    row, matched = empathy.found.row, empathy.response == MATCHED
    call = findings.call_of[row]
    met[call[matched][::-1]] = empathy.answer[matched][::-1]
    missed[call[~matched][::-1]] = row[~matched][::-1]
    return np.where(empathy.rate >= LEAST_RATE, met, -1), missed
