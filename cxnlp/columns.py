"""Columns of plain data: what the measures give for a whole batch, a value a call.

A column of N values is numbers, names by code, texts, lists cut from another column, or records of
columns side by side: what JSON can say, without a Python object a value. `rows` makes the objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

NEAR_TIE = 1e-6
Given: TypeAlias = NDArray[np.bool_] | None
"""bool (N,): which values there are, the others are null; None: all."""


@dataclass(slots=True, frozen=True)
class Numbers:
    """`values` (N,): numbers or booleans."""

    values: NDArray[Any]
    given: Given = None


@dataclass(slots=True, frozen=True)
class Names:
    """`codes` int (N,): places in `names`, -1 for null."""

    names: tuple[str, ...]
    codes: NDArray[Any]


@dataclass(slots=True, frozen=True)
class Texts:
    """Words of a transcript, (N,)."""

    values: list[str]


@dataclass(slots=True, frozen=True)
class Lists:
    """Lists of `sizes` int (N,), 0 where null, cut one after the other from `values`."""

    sizes: NDArray[np.int64]
    values: Column
    given: Given = None


@dataclass(slots=True, frozen=True)
class Records:
    """Columns (N,) side by side."""

    fields: Mapping[str, Column]
    given: Given = None


Column: TypeAlias = Numbers | Names | Texts | Lists | Records


def rows(column: Column) -> list[Any]:
    """The values of a column as plain data, (N,).

    >>> turns = Lists(np.array([2, 0]), Numbers(np.array([3, 5])))
    >>> rows(Records({"verdict": Names(("met", "missed"), np.array([0, -1])), "turns": turns}))
    [{'verdict': 'met', 'turns': [3, 5]}, {'verdict': None, 'turns': []}]
    """
    if isinstance(column, Texts):
        return column.values
    if isinstance(column, Names):
        names = (*column.names, None)
        return [names[code] for code in column.codes.tolist()]
    found: list[Any]
    if isinstance(column, Numbers):
        found = column.values.tolist()
    elif isinstance(column, Lists):
        values, ends = rows(column.values), np.cumsum(column.sizes).tolist()
        found = [values[end - size : end] for size, end in zip(column.sizes.tolist(), ends, strict=True)]
    else:
        names = tuple(column.fields)
        parts = zip(*map(rows, column.fields.values()), strict=True)
        found = [dict(zip(names, part, strict=True)) for part in parts]
    if column.given is None:
        return found
    return [value if given else None for value, given in zip(found, column.given.tolist(), strict=True)]


def rounded(values: NDArray[Any], digits: int = 4) -> NDArray[np.float64]:
    """float64 (N,), each rounded as Python's `round` does: to the nearest decimal, where numpy's may miss by one.

    >>> rounded(np.array([1 / 160, 2 / 3])), np.round([1 / 160], 4)
    (array([0.0063, 0.6667]), array([0.0062]))
    """
    exact = values.astype(np.float64)
    scaled = exact * 10**digits
    whole = np.rint(scaled)
    found: NDArray[np.float64] = whole / 10**digits
    for tie in np.flatnonzero(np.abs(np.abs(scaled - whole) - 0.5) < NEAR_TIE).tolist():
        found[tie] = round(float(exact[tie]), digits)
    return found
