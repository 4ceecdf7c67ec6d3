"""What the measures of whole calls are fitted on: training calls as a scorer would see them unseen.

Every probability and decision comes from heads, calibration and thresholds that had not seen the call,
so that the measures learn from the mistakes they will meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls import Findings
from cxnlp.classify.outputs import DISTRESS, YES_NO, targets
from cxnlp.features.reading import Reader
from cxnlp.scores import EvidenceColumns, ScoreBatch
from cxnlp.training.dataset import Dataset
from cxnlp.training.heldout import decide
from cxnlp.training.markup import MarkedCall


@dataclass(slots=True)
class Known:
    """Calls (N,) with labels of the whole call and the held-out part each is of; `whole`: their numbers in
    `findings`, which holds the C calls of the dataset, the contrast items too."""

    findings: Findings
    whole: NDArray[np.int64]
    marked: list[MarkedCall]
    fold: NDArray[np.int64]

    @property
    def place(self) -> NDArray[np.int64]:
        """(C,): the place of each call of `findings` among the known, -1 where it is none."""
        place = np.full(self.findings.calls, -1, dtype=np.int64)
        place[self.whole] = np.arange(len(self.whole))
        return place

    def spread(self, chances: NDArray[np.float64], calls: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Rows of the known calls, or of some `calls` of `findings`, as rows of all its calls; 0 elsewhere."""
        rows = np.zeros((self.findings.calls, *chances.shape[1:]))
        rows[self.whole if calls is None else calls] = chances
        return rows


def known_calls(data: Dataset, logits: NDArray[np.float32], fold: NDArray[np.int64], reader: Reader) -> Known:
    """The whole calls of a dataset, contrast items left out; `logits`, `fold` as in `heldout_metrics`."""
    decided = decide(logits, targets(data.y), fold)
    p, over = decided.p, decided.over
    reading = reader.read(data.calls)
    agent, customer = data.y[:, 0] >= 0, data.y[:, 1] >= 0
    none = np.zeros(0, dtype=np.int64)
    batch = ScoreBatch(
        model="held-out",
        calls=data.calls,
        ptr=reading.rows.ptr,
        side=reading.rows.side,
        p=p,
        tone=np.where(agent, over[:, 0] - 1, -1).astype(np.int8),
        distress=np.where(customer, np.logical_and.accumulate(over[:, DISTRESS] > 0, axis=1).sum(axis=1), -1).astype(
            np.int8
        ),
        labels=over[:, YES_NO] > 0,
        formulaic=reading.formulaic,
        grounded=reading.grounded,
        evidence=EvidenceColumns(none, none, none, none, none.astype(np.float32)),
    )
    call_labels = [cue.label for cue in reader.matcher.beside]
    findings = Findings(batch, [(reading.call_hits, call_labels), (reading.hits, reader.matcher.labels)])
    whole = [number for number, call in enumerate(data.marked) if not call.is_contrast]
    return Known(
        findings=findings,
        whole=np.array(whole),
        marked=[data.marked[number] for number in whole],
        fold=fold[reading.rows.ptr[whole]],
    )
