"""What a change costs, over the same turns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.training.metrics import Column
from cxnlp.training.paired import cost_of_change


def column(truth: list[bool], said: list[bool], name: str = "frustration") -> Column:
    count = len(truth)
    return Column(
        "customer",
        name,
        "affect",
        np.ones(count, dtype=np.bool_),
        np.array(truth),
        np.array(said),
        np.array(said, dtype=np.float32),
    )


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=60, max_size=80))
def test_no_change_costs_nothing(turns: list[tuple[bool, bool]]) -> None:
    truth, said = (list(part) for part in zip(*turns, strict=True))
    found = cost_of_change([column(truth, said)], [column(truth, said)], least=1, rounds=10)
    if sum(truth) >= 10:
        assert found is not None
        assert (found["change"], found["interval_95"]) == (0, [0, 0])


def test_what_is_lost_is_told() -> None:
    truth = [True] * 50 + [False] * 50
    found = cost_of_change([column(truth, truth)], [column(truth, [True] * 25 + [False] * 75)])
    assert found is not None
    assert (found["rows"], found["before"], found["after"]) == (1, 1.0, pytest.approx(2 / 3, abs=1e-4))
    low, high = found["interval_95"]
    assert low < found["change"] < high < 0


def test_rare_columns_are_left_out() -> None:
    truth = [True] * 39 + [False] * 50
    assert cost_of_change([column(truth, truth)], [column(truth, truth)]) is None
