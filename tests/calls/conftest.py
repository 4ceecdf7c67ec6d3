"""Calls with findings as a person marked them: what the measures make of them, without any model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cxnlp.calls import Findings
from cxnlp.calls.findings import LABEL_PLACE, PLACE
from cxnlp.language.cues import CueMatcher
from cxnlp.language.table import TokenTable
from cxnlp.lexicons import CALL_CUES, load_cues
from cxnlp.scores import EvidenceColumns, ScoreBatch
from cxnlp.training.dataset import to_call
from cxnlp.training.markup import MarkedCall, parse_lines

CODES = {"agent": 0, "customer": 1, "system": 2}
TONES = ("scripted", "neutral", "genuine")
HEAD = "=== t | trade: t | channel: voice | effort: 1 | outcome: met | resolved: yes"


@pytest.fixture(scope="session")
def matcher(table: TokenTable) -> CueMatcher:
    return CueMatcher(load_cues("calls.jsonl", CALL_CUES), table.nlp)


@pytest.fixture(scope="session")
def look(table: TokenTable, matcher: CueMatcher) -> Callable[..., Findings]:
    """`look("A: hello", "C[d1]: hi")`: the findings of a call whose labels are as marked, all p 0.9 or 0.02."""

    def make(*lines: str) -> Findings:
        (marked,) = parse_lines([HEAD, *lines])
        batch = batch_of(marked)
        texts = [turn.text for turn in marked.turns]
        hits = matcher.find(table, table.encode(texts))
        return Findings(batch, [(hits, matcher.labels)])

    return make


def batch_of(marked: MarkedCall) -> ScoreBatch:
    count = len(marked.turns)
    p = np.full((count, len(PLACE)), 0.02, dtype=np.float32)
    labels = np.zeros((count, len(LABEL_PLACE)), dtype=np.bool_)
    for row, turn in enumerate(marked.turns):
        for name in turn.labels:
            labels[row, LABEL_PLACE[name]] = True
            p[row, PLACE[name]] = 0.9
        for level in range(1, (turn.distress or 0) + 1):
            p[row, PLACE[f"distress>={level}"]] = 0.9
    marks = [
        (row, PLACE[mark.label], mark.start, mark.end)
        for row, turn in enumerate(marked.turns)
        for mark in turn.evidence
    ]
    row_of, output, start, end = np.array(marks, dtype=np.int64).reshape(-1, 4).T
    return ScoreBatch(
        model="marked",
        calls=[to_call(marked)],
        ptr=np.array([0, count]),
        side=np.array([CODES[turn.speaker] for turn in marked.turns], dtype=np.int8),
        p=p,
        tone=np.array([TONES.index(turn.tone) if turn.tone else -1 for turn in marked.turns], dtype=np.int8),
        distress=np.array([-1 if turn.distress is None else turn.distress for turn in marked.turns], dtype=np.int8),
        labels=labels,
        formulaic=np.zeros(count, dtype=np.float32),
        grounded=np.full(count, 0.5, dtype=np.float32),
        evidence=EvidenceColumns(row_of, output, start, end, np.ones(len(marks), dtype=np.float32)),
    )
