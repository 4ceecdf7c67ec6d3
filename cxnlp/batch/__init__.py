"""Files in, shards out: a night's calls scored in chunks, by several processes, stopped and gone on with.

    from cxnlp.batch import run
    counts = run("night/", "scores/")        # scores/turns, scores/calls, rejects.jsonl, run.json

The input is cut into chunks of equal text in a fixed order; a chunk becomes one shard of turns and one
of calls; finished chunks are journalled in order, so that a run that was stopped goes on behind the last one.
"""

from __future__ import annotations

from cxnlp.batch.errors import OutputError, WorkerError
from cxnlp.batch.job import Counts, run

__all__ = ["Counts", "OutputError", "WorkerError", "run"]
