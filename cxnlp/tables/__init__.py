"""Calls and scores as Arrow: one schema under the shards of a batch job, `score_batches` and `score_frame`.

    from cxnlp.tables import calls_table, turns_table
    turns_table(batch)          # one row a turn
    calls_table(batch)          # one row a call, its measures nested under `call`

pyarrow is loaded when one of these is called, not when the package is imported.
"""

from __future__ import annotations

from cxnlp.tables.calls import calls_table, scores_batch
from cxnlp.tables.incoming import calls_of
from cxnlp.tables.schema import MEASURES, calls_schema, scores_schema, turns_schema
from cxnlp.tables.turns import turns_table

__all__ = [
    "MEASURES",
    "calls_of",
    "calls_schema",
    "calls_table",
    "scores_batch",
    "scores_schema",
    "turns_schema",
    "turns_table",
]
