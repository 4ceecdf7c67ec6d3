"""What weighed in one turn, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxnlp.classify.outputs import TONE
from cxnlp.features.turns import AGENT, CUSTOMER
from cxnlp.labels import OUTPUT_NAMES, outputs_of
from cxnlp.schema import Call
from cxnlp.scoring.evidence import contributions

if TYPE_CHECKING:
    from cxnlp.scoring.scorer import Scorer


def explain_turn(scorer: Scorer, call: Call, index: int, most: int) -> dict[str, Any]:
    """The dict that `Scorer.explain` returns."""
    table = scorer.reader.table
    reading = scorer.reader.read([call])
    lean = scorer.corpus.read(reading, table).lean
    logits = scorer.sums.logits(reading, table)[index]
    if lean is not None:
        logits[TONE] += lean[index]
    p = scorer.probabilities(reading, lean)[index]
    kept = np.flatnonzero(reading.tokens.of == index)
    every = np.tile(kept, len(OUTPUT_NAMES)), np.repeat(np.arange(len(OUTPUT_NAMES)), len(kept))
    gave = contributions(reading, scorer.sums, table, scorer.cue_label, *every).reshape(len(OUTPUT_NAMES), -1)
    turn = call.turns[index]
    at = reading.tokens.at[kept]
    starts = reading.tokens.starts(at)
    ends = starts + table.lengths[reading.tokens.tokens[at]]
    words = [turn.text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    side = {AGENT: "agent", CUSTOMER: "customer"}.get(int(reading.rows.side[index]))
    found: list[dict[str, Any]] = []
    for name in outputs_of(side) if side else ():
        place = OUTPUT_NAMES.index(name)
        order = np.argsort(-np.abs(gave[place]), kind="stable")[:most]
        found.append(
            {
                "name": name,
                "p": round(float(p[place]), 4),
                "threshold": round(float(scorer.thresholds[side or ""][place]), 4),
                "sum": round(float(logits[place]), 3),
                "words_sum": round(float(gave[place].sum()), 3),
                "words": [[words[at], round(float(gave[place, at]), 3)] for at in order.tolist()],
            }
        )
    found.sort(key=lambda row: row["threshold"] - row["p"] if row["threshold"] <= 1 else 2.0)
    return {"id": call.id, "index": index, "speaker": turn.speaker, "text": turn.text, "outputs": found}
