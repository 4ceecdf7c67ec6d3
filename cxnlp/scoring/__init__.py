"""Scoring: the Scorer and the spaCy component, one path under both."""

from cxnlp.scoring.scorer import Scorer, load

__all__ = ["Scorer", "load"]
