"""How much of what is said was the customer's to begin with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxnlp.features.turns import AGENT, CUSTOMER, TurnRows


def grounded(rows: TurnRows, norm: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.float32]:
    """float32 (T,): share of an agent turn's content words that the customer said first in the call;
    nan where the turn has none or is not the agent's.

    `norm`, `of` (K,): the content words of the batch, in order, and the turn of each.
    """
    result = np.full(len(rows.side), np.nan, dtype=np.float32)
    spoken = rows.side[of] != 2
    norm, of = norm[spoken], of[spoken]
    if not len(of):
        return result
    key = rows.call[of] * (int(norm.max()) + 1) + norm
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    theirs = (rows.side[of][first] == CUSTOMER)[inverse]
    ours = rows.side[of] == AGENT
    total = np.bincount(of[ours], minlength=len(result))
    taken = np.bincount(of[ours & theirs], minlength=len(result))
    some = total > 0
    result[some] = taken[some] / total[some]
    return result


def echoed(rows: TurnRows, norm: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.float32]:
    """float32 (T,): number of a turn's content words that the other side's last turn has, over the
    square root of its content words; 0 where there is no last turn."""
    result = np.zeros(len(rows.side), dtype=np.float32)
    if not len(of):
        return result
    width = int(norm.max()) + 1
    has = np.sort(of * width + norm)
    other = rows.answers[of]
    asked = other * width + norm
    place = np.minimum(np.searchsorted(has, asked), len(has) - 1)
    taken = (other >= 0) & (has[place] == asked)
    total = np.bincount(of, minlength=len(result))
    some = total > 0
    result[some] = np.bincount(of[taken], minlength=len(result))[some] / np.sqrt(total[some])
    return result
