"""Settings of a scoring run, and the TOML file they may come from.

[thresholds.frustration]
customer = 0.4

[effort]
chasing = 0.8
"""

from __future__ import annotations

import tomllib
from math import isfinite
from pathlib import Path

import msgspec

from cxnlp.errors import ConfigError
from cxnlp.labels import LABELS, OUTPUT_NAMES

Thresholds = dict[str, dict[str, float]]


class ScoringConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set for a run. `thresholds`: by output and side, over the bundle's own;
    `effort`: weight of an effort label in the call's effort; `text`: whether scores carry the words;
    `measures`: whether the calls are measured too, or their turns alone scored; `scripts`: a file of stock
    phrases, made by `cxnlp scripts`."""

    thresholds: Thresholds = {}
    effort: dict[str, float] = {}
    text: bool = True
    measures: bool = True
    scripts: str | None = None


def load_config(path: str | Path) -> ScoringConfig:
    """A TOML file as settings; ConfigError names an unknown key or a value out of range."""
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"unreadable configuration {path}: {error}") from None
    return check_config(data)


def check_config(data: object) -> ScoringConfig:
    """Settings from plain data.

    >>> check_config({"thresholds": {"wait": {"agent": 0.3}}}).thresholds["wait"]
    {'agent': 0.3}
    """
    try:
        config = msgspec.convert(data, ScoringConfig)
    except msgspec.ValidationError as error:
        allowed = "thresholds, effort, text, measures, scripts"
        raise ConfigError(f"not a configuration: {error}", allowed=allowed) from None
    for name, sides in config.thresholds.items():
        if name not in OUTPUT_NAMES:
            raise ConfigError("a threshold for no output of ours", got=name, allowed=", ".join(OUTPUT_NAMES))
        for side, value in sides.items():
            if side not in ("agent", "customer") or not 0 < value <= 1:
                raise ConfigError(
                    f"threshold of {name}", got=f"{side} = {value}", allowed="agent or customer, over 0 to 1"
                )
    for kind, weight in config.effort.items():
        if kind not in LABELS or LABELS[kind].group != "effort":
            raise ConfigError("an effort weight for no effort label", got=kind)
        if not isfinite(weight):
            raise ConfigError(f"effort weight of {kind}", got=weight, allowed="a number")
    return config
