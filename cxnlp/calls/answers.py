"""How an agent turn answers: the features that `empathy` and `safety` judge a response by.

A turn is described by its own findings (tone, markers, roadblocks), by cues of kinds of answer (a time, patience,
help on its way, stock sympathy), by how much of this customer's words it takes up, and by its length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUE_PLACE, PLACE, Findings

OUTPUTS = (
    "scripted",
    "genuine",
    "acknowledgement",
    "understanding",
    "exploration",
    "apology",
    "reassurance",
    "ownership",
    "rapport",
    "gratitude",
    "expectation",
    "policy_block",
    "dismissal",
    "disclosure",
    "transfer",
    "wait",
    "channel_switch",
)
CUES = (
    "stock_sympathy",
    "time",
    "patience",
    "event_uptake",
    "celebrate",
    "protect",
    "signpost",
    "presence",
    "relief",
    "action",
    "remedy_given",
    "identity",
    "diagnosis",
    "check_more",
    "refusal",
    "pending",
)
SHAPE = ("formulaic", "grounded", "taken_up", "length", "question", "repeated", "silent")
FEATURES = (*OUTPUTS, *CUES, *SHAPE)
_OUTPUTS_AT = np.array([PLACE[name] for name in OUTPUTS])
_CUES_AT = np.array([CUE_PLACE[name] for name in CUES])
LEAST_LETTERS = 4
PUNCTUATION = ".,?!;:()\"'"


def content(words: Sequence[str]) -> set[str]:
    """The longer ones of lower-case words, punctuation taken off.

    >>> sorted(content("the kitchen flooded, twice!".split()))
    ['flooded', 'kitchen', 'twice']
    """
    return {word for raw in words if len(word := raw.strip(PUNCTUATION)) >= LEAST_LETTERS}


def content_of(findings: Findings, runs: NDArray[np.int64]) -> list[set[str]]:
    """The content words of runs (K,)."""
    return [content(text.lower().split()) for text in texts_of(findings, runs)]


def texts_of(findings: Findings, runs: NDArray[np.int64]) -> list[str]:
    """The words of runs (K,), their turns joined."""
    rows, starts = findings.runs.turns(runs)
    turns = [findings.texts[row] for row in rows.tolist()]
    edges = [*starts.tolist(), len(turns)]
    return [
        turns[begin] if end - begin == 1 else " ".join(turns[begin:end])
        for begin, end in zip(edges[:-1], edges[1:], strict=True)
    ]


def describe(
    findings: Findings, runs: NDArray[np.int64], said: Sequence[set[str]], before: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """float64 (K, FEATURES): the agent's runs (K,), `silent` alone where -1.

    `said` (K,): content words of the customer's cue. `before` (K,): a run is `repeated` if the agent has said the same in
    a turn before this row; without it none is.
    """
    values = np.zeros((len(runs), len(FEATURES)))
    values[:, -1] = runs < 0
    spoken = np.flatnonzero(runs >= 0)
    if not len(spoken):
        return values
    distinct, which = np.unique(runs[spoken], return_inverse=True)
    rows, starts = findings.runs.turns(distinct)
    texts = texts_of(findings, distinct)
    words = [text.lower().split() for text in texts]
    shown = np.vstack(
        [
            np.maximum.reduceat(findings.p[_OUTPUTS_AT[:, None], rows], starts, axis=1),
            np.logical_or.reduceat(findings.said[_CUES_AT[:, None], rows], starts, axis=1),
            np.maximum.reduceat(findings.batch.formulaic[rows], starts),
            np.maximum.reduceat(np.nan_to_num(findings.batch.grounded[rows]), starts),
            np.zeros(len(distinct)),
            np.log1p([len(parts) for parts in words]) / 3,
            ["?" in text for text in texts],
        ],
        dtype=np.float64,
    )
    values[spoken, : len(shown)] = shown.T[which]
    contents = [content(parts) for parts in words]
    values[spoken, FEATURES.index("taken_up")] = [
        len(contents[of] & said[at]) / max(len(contents[of]), 1) ** 0.5
        for at, of in zip(spoken.tolist(), which.tolist(), strict=True)
    ]
    if before is not None:
        call = findings.runs.call[runs[spoken]]
        earliest = first_said(findings, call)
        keys = [(of, texts[run].strip().lower()) for of, run in zip(call.tolist(), which.tolist(), strict=True)]
        first = np.array([earliest.get(key, len(findings.texts)) for key in keys])
        values[spoken, FEATURES.index("repeated")] = first < before[spoken]
    return values


def first_said(findings: Findings, calls: NDArray[np.int64]) -> dict[tuple[int, str], int]:
    """By call and words, lower case: the first row at which the agent says just these, in some calls."""
    kept = np.zeros(findings.calls, dtype=np.bool_)
    kept[calls] = True
    rows = np.flatnonzero(findings.sides[AGENT].own & kept[findings.call_of])[::-1]
    texts = findings.texts
    return {
        (call, texts[row].strip().lower()): row
        for call, row in zip(findings.call_of[rows].tolist(), rows.tolist(), strict=True)
    }
