"""How well the words found are the words a person marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxnlp.classify.sums import HeadSums
from cxnlp.features.reading import Reader
from cxnlp.labels import LABELS, OUTPUT_NAMES
from cxnlp.lexicons import CUE_LABELS
from cxnlp.scoring.evidence import TOLL, find_evidence
from cxnlp.training.dataset import to_call
from cxnlp.training.markup import MarkedCall


def evidence_counts(
    marked: Sequence[MarkedCall], sums: HeadSums, reader: Reader, toll: float = TOLL
) -> tuple[int, int, int]:
    """Words both found and marked, words found, words marked, over all marked labels of these calls."""
    place = {label: number for number, label in enumerate(CUE_LABELS)}
    cue_label = np.array([place[label] for label in reader.matcher.labels], dtype=np.int64)
    turns, outputs, spans, texts = [], [], [], []
    row = 0
    for call in marked:
        for turn in call.turns:
            for mark in turn.evidence:
                if mark.label in LABELS and not turn.context_only:
                    turns.append(row)
                    outputs.append(OUTPUT_NAMES.index(mark.label))
                    spans.append((mark.start, mark.end))
                    texts.append(turn.text)
            row += 1
    if not turns:
        return 0, 0, 0
    order = np.lexsort((outputs, turns))
    reading = reader.read([to_call(call) for call in marked])
    at_turn, at_output = np.array(turns)[order], np.array(outputs)[order]
    found = find_evidence(reading, sums, reader.table, cue_label, at_turn, at_output, toll)
    said = {
        (int(t), int(o)): (int(start), int(end))
        for t, o, start, end in zip(found.turn, found.output, found.start, found.end, strict=True)
    }
    hit = claimed = true = 0
    for at in order.tolist():
        marked_words = _words(texts[at], *spans[at])
        words = _words(texts[at], *said[turns[at], outputs[at]]) if (turns[at], outputs[at]) in said else set()
        hit += len(words & marked_words)
        claimed += len(words)
        true += len(marked_words)
    return hit, claimed, true


def _words(text: str, start: int, end: int) -> set[int]:
    """Numbers of the words of a text that a span touches.

    >>> _words("so it never came", 3, 11)
    {1, 2}
    """
    first = len(text[:start].split()) - (0 if start == 0 or text[start - 1].isspace() else 1)
    return set(range(max(first, 0), max(first, 0) + len(text[max(start, 0) : end].split())))
