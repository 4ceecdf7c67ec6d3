"""cxnlp reads call transcripts and says what no score sheet can.

>>> import cxnlp
>>> calls = list(cxnlp.read("training_data/examples"))  # doctest: +SKIP
>>> cxnlp.load().score(calls[0]).call["effort"]["score"]  # doctest: +SKIP

Names are loaded when they are first used: importing the package loads neither spaCy nor scikit-learn.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxnlp.config import ScoringConfig, load_config
    from cxnlp.errors import ConfigError, CxnlpError, LexiconError, MissingExtraError, ModelError, ReadError
    from cxnlp.labels import LABELS
    from cxnlp.readers import formats, read
    from cxnlp.schema import Call, Turn
    from cxnlp.scores import CallScore, TurnScore
    from cxnlp.scoring import Scorer, load
    from cxnlp.scoring.frames import score_frame

_HOMES = {
    "Call": "schema",
    "CallScore": "scores",
    "ConfigError": "errors",
    "CxnlpError": "errors",
    "LABELS": "labels",
    "LexiconError": "errors",
    "MissingExtraError": "errors",
    "ModelError": "errors",
    "ReadError": "errors",
    "Scorer": "scoring",
    "ScoringConfig": "config",
    "Turn": "schema",
    "TurnScore": "scores",
    "formats": "readers",
    "load": "scoring",
    "load_config": "config",
    "read": "readers",
    "score_frame": "scoring.frames",
}

__all__ = [
    "LABELS",
    "Call",
    "CallScore",
    "ConfigError",
    "CxnlpError",
    "LexiconError",
    "MissingExtraError",
    "ModelError",
    "ReadError",
    "Scorer",
    "ScoringConfig",
    "Turn",
    "TurnScore",
    "formats",
    "load",
    "load_config",
    "read",
    "score_frame",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cxnlp' has no attribute {name!r}")
    value = getattr(import_module(f"cxnlp.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
