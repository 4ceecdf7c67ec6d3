"""How an agent turn answers: the features that `empathy` and `safety` judge a response by.

A turn is described by its own findings (tone, markers, roadblocks), by cues of kinds of answer (a time, patience,
help on its way, stock sympathy), by how much of this customer's words it takes up, and by its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

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


class _Bare(dict[str, str]):
    """Words without the punctuation around them; "" for the short ones."""

    def __missing__(self, raw: str) -> str:
        word = raw.strip(PUNCTUATION)
        self[raw] = word = word if len(word) >= LEAST_LETTERS else ""
        return word


def contents(texts: Iterable[Sequence[str]]) -> list[set[str]]:
    """The longer words of texts of lower-case words, punctuation taken off.

    >>> [sorted(words) for words in contents(["the kitchen flooded, twice!".split()])]
    [['flooded', 'kitchen', 'twice']]
    """
    bare = _Bare()
    found = [set(map(bare.__getitem__, words)) for words in texts]
    for words in found:
        words.discard("")
    return found


def texts_of(findings: Findings, runs: NDArray[np.int64]) -> list[str]:
    """The words of runs (K,), their turns joined, lower case."""
    rows, starts = findings.runs.turns(runs)
    turns = [findings.lower[row] for row in rows.tolist()]
    edges = [*starts.tolist(), len(turns)]
    return [turns[begin] if end - begin == 1 else " ".join(turns[begin:end]) for begin, end in pairwise(edges)]


def describe_both(
    findings: Findings, runs: NDArray[np.int64], said: Sequence[set[str]], before: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """float64 (K, 2 * FEATURES): the first and the second answer to runs of the customer (K,)."""
    answers = findings.runs.answers(runs).ravel()
    rows = None if before is None else np.repeat(before, 2)
    return describe(findings, answers, [words for words in said for _ in range(2)], rows).reshape(
        len(runs), 2 * len(FEATURES)
    )


def describe(
    findings: Findings, runs: NDArray[np.int64], said: Sequence[set[str]], before: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """float64 (K, FEATURES): the agent's runs (K,), `silent` alone where -1.

    `said` (K,): content words of the customer's cue. `before` (K,): a run is `repeated` if the agent has said the
    same in a turn before this row; without it none is.
    """
    values = np.zeros((len(runs), len(FEATURES)))
    values[:, -1] = runs < 0
    spoken = np.flatnonzero(runs >= 0)
    if not len(spoken):
        return values
    distinct, which = np.unique(runs[spoken], return_inverse=True)
    rows, starts = findings.runs.turns(distinct)
    texts = texts_of(findings, distinct)
    words = [text.split() for text in texts]
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
    content = contents(words)
    both = np.array([len(content[of] & said[at]) for at, of in zip(spoken.tolist(), which.tolist(), strict=True)])
    values[spoken, FEATURES.index("taken_up")] = both / np.sqrt([max(len(content[of]), 1) for of in which.tolist()])
    if before is not None:
        said_by_then = are_repeated(findings, [texts[of].strip() for of in which.tolist()], before[spoken])
        values[spoken, FEATURES.index("repeated")] = said_by_then
    return values


def are_repeated(findings: Findings, texts: Sequence[str], before: NDArray[np.int64]) -> list[bool]:
    """Whether the agent has said just these words (K,), lower case, in a turn of the call before a row (K,)."""
    rows = np.flatnonzero(findings.sides[AGENT].own)
    turns = [findings.lower[row].strip() for row in rows.tolist()]
    begin = np.searchsorted(rows, findings.ptr[findings.call_of[before]])
    spans = zip(texts, begin.tolist(), np.searchsorted(rows, before).tolist(), strict=True)
    return [text in turns[low:high] for text, low, high in spans]
