"""`cxnlp.score_frame`: a frame of turns in, the same rows with scores out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from cxnlp.scoring import arrow
from cxnlp.scoring.scorer import Scorer, load


def score_frame(df: Any, bundle: str | Path | None = None) -> Any:
    """Score a pandas or polars frame of turns (columns call_id, speaker, text; a row a turn).

    Returns a frame of the same kind and rows with the score's columns added; ReadError names a row that
    is no turn. The model, the bundled one or that at `bundle`, is loaded once.
    """
    return arrow.score_frame(_scorer(None if bundle is None else str(bundle)), df)


@lru_cache(maxsize=2)
def _scorer(bundle: str | None) -> Scorer:
    return load(bundle)
