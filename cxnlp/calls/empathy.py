"""Empathy over a call: opportunities, and how each was answered.

matched: the answer fits the state and takes up this customer; formulaic: stock words only, or a
phrase already used in this call; missed: neither. The better of the agent's next two runs counts. The
verdict is a small softmax over the features of both (`answers`) and the kind of cue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.answers import FEATURES, contents, describe_both, texts_of
from cxnlp.calls.findings import AGENT, CUSTOMER, LABEL_PLACE, PLACE, Findings
from cxnlp.calls.intervals import wilson
from cxnlp.calls.linear import Linear
from cxnlp.calls.opportunities import CUES, Opportunities, opportunities
from cxnlp.columns import Lists, Names, Numbers, Records, rounded
from cxnlp.labels import group_of

RESPONSES = ("matched", "formulaic", "missed")
MATCHED, FORMULAIC, MISSED = range(3)
MARKERS = tuple(name for name in group_of("empathy") if name not in ("expectation", "ownership"))
ACTING = ("presence", "protect", "relief", "celebrate", "remedy_given")
WARM = ("rapport", "celebrate", "genuine", "taken_up")
RESPONSE_FEATURES = (
    *(f"first:{name}" for name in FEATURES),
    *(f"second:{name}" for name in FEATURES),
    *(f"cue:{cue}" for cue in CUES),
    *(f"delight:{name}" for name in WARM),
)
_WARM_AT = np.array([FEATURES.index(name) for name in WARM])
_MARKERS_AT = np.array([LABEL_PLACE[name] for name in MARKERS])
_MARKED_BY = np.array([PLACE[name] for name in MARKERS])


@dataclass(slots=True, frozen=True)
class Empathy:
    """The opportunities (N,) of a batch and how they were answered: `response` (N,), place in RESPONSES; `answer`
    (N,), row of the turn that answers, -1 where missed; `number`, `rate` (C,): how many a call has, and the share
    matched, 0 where it has none."""

    found: Opportunities
    response: NDArray[np.int64]
    answer: NDArray[np.int64]
    number: NDArray[np.int64]
    rate: NDArray[np.float64]


@dataclass(slots=True, frozen=True)
class Phrases:
    """Words that carry empathy markers, lower case, in order of their rows (K,)."""

    row: NDArray[np.int64]
    text: list[str]


def empathy_of(findings: Findings, empathy: Empathy, said: Phrases) -> Records:
    """The `empathy` records; null where either side never speaks."""
    found, response, number = empathy.found, empathy.response, empathy.number
    events = Records(
        {
            "turn": findings.turns(found.row),
            "cue": Names(CUES, found.cue),
            "response": Names(RESPONSES, response),
            "response_turn": findings.turns(empathy.answer),
        }
    )
    call = findings.call_of[found.row]
    counts = [np.bincount(call[response == code], minlength=findings.calls) for code in range(len(RESPONSES))]
    some = number > 0
    pairs = list(zip(counts[MATCHED].tolist(), number.tolist(), strict=True))
    interval_of = {pair: wilson(*pair) or () for pair in set(pairs)}
    interval = [bound for pair in pairs for bound in interval_of[pair]]
    return Records(
        {
            "opportunities": Numbers(number),
            **{name: Numbers(count) for name, count in zip(RESPONSES, counts, strict=True)},
            "unprompted": Numbers(unprompted(findings, found, said)),
            "rate": Numbers(empathy.rate, some),
            "interval": Lists(2 * some, Numbers(np.array(interval, dtype=np.float64)), some),
            "events": Lists(number, events),
        },
        findings.sides[AGENT].speaks & findings.sides[CUSTOMER].speaks,
    )


def answered(findings: Findings, model: Linear, said: Phrases) -> Empathy:
    """How the opportunities of a batch were answered."""
    found = opportunities(findings)
    values = response_features(findings, found)
    response = model.chances(values).argmax(axis=1)
    run = answering_runs(findings, model, found, values, response)
    response[(response == MATCHED) & is_form(findings, run)] = MISSED
    response[(response == MATCHED) & is_repeated(findings, run, response == MATCHED, said)] = FORMULAIC
    answer = np.where(response == MISSED, -1, telling_turns(findings, run))
    call = findings.call_of[found.row]
    number = np.bincount(call, minlength=findings.calls)
    matched = np.bincount(call[response == MATCHED], minlength=findings.calls)
    return Empathy(found, response, answer, number, rounded(matched / np.maximum(number, 1)))


def response_features(findings: Findings, found: Opportunities) -> NDArray[np.float64]:
    """float64 (N, RESPONSE_FEATURES): both answers, the cue, and warmth where the cue is delight."""
    said = contents(text.split() for text in texts_of(findings, found.run))
    both = describe_both(findings, found.run, said, found.row)
    cue = found.cue[:, None] == np.arange(len(CUES))
    warm = np.maximum(both[:, _WARM_AT], both[:, len(FEATURES) + _WARM_AT]) * cue[:, [CUES.index("delight")]]
    return np.hstack([both, cue, warm])


def answering_runs(
    findings: Findings,
    model: Linear,
    found: Opportunities,
    values: NDArray[np.float64],
    response: NDArray[np.int64],
) -> NDArray[np.int64]:
    """(N,): which of the next two runs speaks more for the verdict against a missed one."""
    size = len(FEATURES)
    gain = (model.coef - model.coef[MISSED])[response] * values
    first, second = gain[:, :size].sum(axis=1), gain[:, size : 2 * size].sum(axis=1)
    runs = findings.runs.answers(found.run)
    return np.where((runs[:, 1] >= 0) & (second > first), runs[:, 1], runs[:, 0])


def phrases(findings: Findings) -> Phrases:
    """The empathy phrases of a batch."""
    marker, row = np.nonzero(findings.labels[_MARKERS_AT])
    order = np.argsort(row, kind="stable")
    texts = findings.words(row[order], _MARKED_BY[marker[order]])
    return Phrases(row[order], [text.strip().lower() for text in texts])


def is_repeated(
    findings: Findings, run: NDArray[np.int64], asked: NDArray[np.bool_], said: Phrases
) -> NDArray[np.bool_]:
    """bool (N,): whether all the empathy phrases of a run, at least one, were said before in this call; of runs that
    are not `asked` for, False."""
    first, last = findings.runs.first[run], findings.runs.last[run]
    low, high = np.searchsorted(said.row, first), np.searchsorted(said.row, last, side="right")
    before = np.cumsum(findings.sides[AGENT].own)
    rows = np.flatnonzero(findings.sides[AGENT].own)
    repeated = np.zeros(len(run), dtype=np.bool_)
    for number in np.flatnonzero(asked & (high > low)).tolist():
        start = findings.ptr[findings.runs.call[run[number]]]
        earlier = rows[np.searchsorted(rows, start) : before[first[number]] - 1].tolist()
        words = "\n".join(findings.lower[row] for row in earlier)
        repeated[number] = all(text in words for text in said.text[low[number] : high[number]])
    return repeated


def is_form(findings: Findings, run: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool (N,): whether a run asks for the caller's data and does nothing else that could answer a feeling."""
    agent = findings.sides[AGENT].own
    asking = agent & findings.says("identity")
    caring = agent & (findings.has(*MARKERS, "ownership") | findings.says(*ACTING))
    form: NDArray[np.bool_] = findings.runs.any(asking)[run] & ~findings.runs.any(caring)[run]
    return form


def telling_turns(findings: Findings, run: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N,): the row of each run with the most empathy markers, the first of equals."""
    rows, starts = findings.runs.turns(run)
    if not len(rows):
        return run
    number = findings.labels[_MARKERS_AT[:, None], rows].sum(axis=0)
    piece = np.repeat(np.arange(len(run)), np.diff(np.append(starts, len(rows))))
    order = np.lexsort((rows, -number, piece))
    return rows[order[starts]]


def unprompted(findings: Findings, found: Opportunities, said: Phrases) -> NDArray[np.int64]:
    """(C,): number of empathy phrases before the call's first cue, a phrase said twice counted once."""
    limit = findings.ptr[1:].copy()
    call = findings.call_of[found.row][::-1]
    limit[call] = findings.runs.first[found.run[::-1]]
    calls = findings.call_of[said.row]
    early = said.row < limit[calls]
    kept = {
        (call, text) for call, text, is_early in zip(calls.tolist(), said.text, early.tolist(), strict=True) if is_early
    }
    return np.bincount(np.array([call for call, _ in kept], dtype=np.int64), minlength=findings.calls)
