"""A batch of calls as flat arrays: every turn a row, and who spoke before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.schema import Call

AGENT, CUSTOMER, SYSTEM = 0, 1, 2
_CODES = {"agent": AGENT, "customer": CUSTOMER, "system": SYSTEM}


@dataclass(slots=True)
class TurnRows:
    """T turns of C calls. `side`, `call`: (T,).

    `answers`: row of the other side's last turn before this one, -1 if there is none. `ptr` (C+1,): where each
    call's rows begin.
    """

    texts: list[str]
    side: NDArray[np.int8]
    call: NDArray[np.int64]
    answers: NDArray[np.int64]
    ptr: NDArray[np.int64]


def turn_rows(calls: Sequence[Call]) -> TurnRows:
    """The rows of a batch.

    >>> from cxnlp.schema import Turn
    >>> rows = turn_rows([Call("c", [Turn("agent", "hi"), Turn("customer", "yes"), Turn("agent", "ok")])])
    >>> rows.answers.tolist()
    [-1, 0, 1]
    """
    texts = [turn.text for call in calls for turn in call.turns]
    side = np.array([_CODES[turn.speaker] for call in calls for turn in call.turns], dtype=np.int8)
    sizes = np.array([len(call.turns) for call in calls], dtype=np.int64)
    ptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    call = np.repeat(np.arange(len(calls)), sizes)
    rows = np.arange(len(texts))
    last_agent, last_customer = (_last(rows, side == code, ptr[call]) for code in (AGENT, CUSTOMER))
    answers = np.where(side == AGENT, last_customer, np.where(side == CUSTOMER, last_agent, -1))
    return TurnRows(texts, side, call, answers, ptr)


def _last(rows: NDArray[np.int64], mark: NDArray[np.bool_], begin: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row of the last marked turn strictly before each row, in its call; -1 if there is none."""
    if not len(rows):
        return rows
    seen = np.maximum.accumulate(np.where(mark, rows, -1))
    before = np.concatenate([[-1], seen[:-1]])
    return np.where(before >= begin, before, -1)
