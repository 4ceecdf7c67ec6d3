"""Settings of a run: what may be set, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxnlp.config import ScoringConfig, check_config, load_config
from cxnlp.errors import ConfigError


@pytest.mark.parametrize(
    ("toml", "config"),
    [
        ("", ScoringConfig()),
        ("text = false", ScoringConfig(text=False)),
        ("[effort]\nchasing = 0.8", ScoringConfig(effort={"chasing": 0.8})),
        ("[effort]\nease = -2", ScoringConfig(effort={"ease": -2.0})),
        ("[thresholds.frustration]\ncustomer = 0.4", ScoringConfig(thresholds={"frustration": {"customer": 0.4}})),
        ('[thresholds."distress>=2"]\ncustomer = 1', ScoringConfig(thresholds={"distress>=2": {"customer": 1.0}})),
        ("[thresholds.wait]\nagent = 0.1\ncustomer = 0.2", ScoringConfig({"wait": {"agent": 0.1, "customer": 0.2}})),
    ],
)
def test_settings(tmp_path: Path, toml: str, config: ScoringConfig) -> None:
    path = tmp_path / "c.toml"
    path.write_text(toml, encoding="utf-8")
    assert load_config(path) == config


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"[effort\n", "unreadable configuration"),
        (b"\xff\xfe\x00", "unreadable configuration"),
        (b"colour = 'red'", "`colour`"),
        (b"text = 3", "`$.text`"),
        (b"[thresholds]\nwait = 0.3", "`$.thresholds"),
        (b"[thresholds.anger]\ncustomer = 0.3", "a threshold for no output of ours; got: anger"),
        (b"[thresholds.wait]\nsystem = 0.3", "threshold of wait; got: system = 0.3"),
        (b"[thresholds.wait]\nagent = 0", "threshold of wait; got: agent = 0"),
        (b"[thresholds.wait]\nagent = 1.5", "threshold of wait"),
        (b"[thresholds.wait]\nagent = nan", "threshold of wait"),
        (b"[thresholds.wait]\nagent = -inf", "threshold of wait"),
        (b"[effort]\nanger = 1", "an effort weight for no effort label; got: anger"),
        (b"[effort]\nfrustration = 1", "an effort weight for no effort label"),
        (b"[effort]\nwait = 'much'", "`$.effort"),
    ],
)
def test_settings_that_are_none(tmp_path: Path, content: bytes, fragment: str) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert fragment in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_an_effort_weight_is_a_number(value: float) -> None:
    with pytest.raises(ConfigError, match="effort weight of wait"):
        check_config({"effort": {"wait": value}})


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"unreadable configuration .*: .*No such file"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize("data", [None, 3, [], "x"])
def test_data_that_is_no_table(data: object) -> None:
    with pytest.raises(ConfigError, match="not a configuration"):
        check_config(data)


def test_settings_do_not_change() -> None:
    with pytest.raises(AttributeError):
        ScoringConfig().text = False  # type: ignore[misc]
