"""pyarrow, loaded on use, and arrays made from numpy without a Python object a row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.errors import MissingExtraError


def pyarrow() -> Any:
    """The package; MissingExtraError where it is not installed."""
    try:
        import pyarrow
    except ImportError:
        raise MissingExtraError(
            "Arrow and Parquet need the package pyarrow", todo='pip install "cxnlp[tables]" or "cxnlp[batch]"'
        ) from None
    return pyarrow


def number_array(values: NDArray[Any], given: NDArray[np.bool_] | None = None) -> Any:
    """An Arrow array of numbers (T,), null where `given` (T,) is false. The values are not copied.

    >>> number_array(np.array([1, 2], dtype=np.int8), np.array([True, False])).to_pylist()
    [1, None]
    """
    pa = pyarrow()
    values = np.ascontiguousarray(values)
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(values.dtype), len(values), [validity(given), pa.py_buffer(values)]
    )


def validity(given: NDArray[np.bool_] | None) -> Any:
    """The bitmap of which rows are given, None where all are."""
    if given is None or bool(given.all()):
        return None
    return pyarrow().py_buffer(np.packbits(given, bitorder="little"))


def named_array(names: tuple[str, ...], codes: NDArray[Any], given: NDArray[np.bool_] | None = None) -> Any:
    """Strings (T,) looked up by code, null where `given` is false.

    >>> named_array(("a", "b"), np.array([1, 0, -1]), np.array([True, True, False])).to_pylist()
    ['b', 'a', None]
    """
    pa = pyarrow()
    codes = codes.astype(np.int32)
    if given is not None:
        codes = np.where(given, codes, 0).astype(np.int32)
    return pa.array(names, pa.string()).take(number_array(codes, given))


def list_array(sizes: NDArray[np.int64], values: Any, given: NDArray[np.bool_] | None = None) -> Any:
    """Lists (T,) of `sizes` (T,) cut from one array of values, null where `given` is false.

    >>> import pyarrow
    >>> list_array(np.array([2, 0, 1]), pyarrow.array([1, 2, 3])).to_pylist()
    [[1, 2], [], [3]]
    """
    pa = pyarrow()
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    kind = pa.list_(values.type)
    return pa.Array.from_buffers(kind, len(sizes), [validity(given), pa.py_buffer(ends)], children=[values])


def struct_array(columns: dict[str, Any], length: int, given: NDArray[np.bool_] | None = None) -> Any:
    """Structs (T,) of columns of that length, null where `given` is false."""
    pa = pyarrow()
    kind = pa.struct([(name, column.type) for name, column in columns.items()])
    return pa.StructArray.from_buffers(kind, length, [validity(given)], children=list(columns.values()))
