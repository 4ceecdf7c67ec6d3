"""An array that grows at its end, so that tables fill without copying themselves each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class GrowingArray:
    """Rows appended at the end, read as one contiguous array.

    >>> rows = GrowingArray(np.int32); rows.extend([3, 4]); rows.view()
    array([3, 4], dtype=int32)
    """

    def __init__(self, dtype: DTypeLike, width: int | None = None) -> None:
        self._tail = () if width is None else (width,)
        self._data: NDArray[Any] = np.zeros((1024, *self._tail), dtype=dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def extend(self, rows: Sequence[Any] | NDArray[Any]) -> None:
        """Append rows, doubling the room when it is full."""
        need = self._size + len(rows)
        if need > len(self._data):
            grown = np.zeros((max(need, 2 * len(self._data)), *self._tail), dtype=self._data.dtype)
            grown[: self._size] = self._data[: self._size]
            self._data = grown
        if len(rows):
            self._data[self._size : need] = rows
        self._size = need

    def view(self) -> NDArray[Any]:
        """The rows so far; valid until the next `extend`."""
        return self._data[: self._size]
