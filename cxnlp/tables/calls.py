"""Call scores as Arrow columns: the call itself, its meta, and its measures nested under `call`."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from cxnlp.columns import Column, Lists, Names, Records, Texts
from cxnlp.scores import ScoreBatch
from cxnlp.tables.arrow import list_array, named_array, number_array, pyarrow, struct_array
from cxnlp.tables.schema import CALL, MEASURES, META, Shape, arrow_type, calls_schema, fields, scores_schema
from cxnlp.tables.turns import turn_columns

_NUMBERS = {"double": np.float64, "int32": np.int32, "int8": np.int8}


def calls_table(batch: ScoreBatch, text: bool = True) -> Any:
    """One row a call, `calls_schema` of the measures that the scorer gave."""
    columns = call_columns(batch, text)
    return pyarrow().Table.from_arrays(list(columns.values()), schema=calls_schema(measures_of(batch), text))


def scores_batch(batch: ScoreBatch, text: bool = True) -> Any:
    """One row a call with its turns as a list of structs: a RecordBatch of `scores_schema`."""
    columns = call_columns(batch, text)
    measures = [columns.pop("call")] if batch.call else []
    turns = struct_array(turn_columns(batch, text), len(batch.side))
    arrays = [*columns.values(), list_array(np.diff(batch.ptr), turns), *measures]
    return pyarrow().RecordBatch.from_arrays(arrays, schema=scores_schema(measures_of(batch), text))


def measures_of(batch: ScoreBatch) -> tuple[str, ...]:
    """The measures that the calls of a batch have: the same for all, null where a side never speaks.

    Raises
    ------
    KeyError
        A measure that `MEASURES` does not know: it would be lost.
    """
    if unknown := set(batch.call) - set(MEASURES):
        raise KeyError(f"measures without a shape in tables.schema.MEASURES: {sorted(unknown)}")
    return tuple(name for name in MEASURES if name in batch.call)


def call_columns(batch: ScoreBatch, text: bool = True) -> dict[str, Any]:
    """{column: Arrow array (C,)} of the calls table."""
    pa = pyarrow()
    calls = batch.calls
    meta = [call.meta or {} for call in calls]
    columns: dict[str, list[str | None]] = {
        "id": [call.id for call in calls],
        "model": [batch.model] * len(calls),
        "agent_id": [call.agent_id for call in calls],
        "meta": [None if call.meta is None else _json(call.meta) for call in calls],
        **{key: [_plain(row.get(key)) for row in meta] for key in META},
    }
    arrays = {name: pa.array(columns[name], arrow_type(CALL[name])) for name in CALL}
    measures = {name: column_array(batch.call[name], MEASURES[name], text) for name in measures_of(batch)}
    if measures:
        arrays["call"] = struct_array(measures, len(calls))
    return arrays


def column_array(column: Column, shape: Shape, text: bool = True) -> Any:
    """A column as an Arrow array of a shape; without `text` the fields of that name are left out.

    >>> from cxnlp.columns import Numbers
    >>> column_array(Lists(np.array([2, 0]), Numbers(np.array([1, 2]))), ["int8"]).to_pylist()
    [[1, 2], []]
    """
    if isinstance(column, Records):
        parts = {name: column_array(column.fields[name], shape[name], text) for name in fields(shape, text)}
        return struct_array(parts, len(next(iter(parts.values()))), column.given)
    if isinstance(column, Lists):
        return list_array(column.sizes, column_array(column.values, shape[0], text), column.given)
    if isinstance(column, Names):
        return named_array(column.names, column.codes, column.codes >= 0)
    if isinstance(column, Texts):
        return pyarrow().array(column.values, arrow_type(shape))
    if column.values.dtype == np.bool_:
        return pyarrow().array(column.values, mask=None if column.given is None else ~column.given)
    return number_array(column.values.astype(_NUMBERS[shape]), column.given)


def _plain(value: object) -> str | None:
    """A value of `meta` as a column's text: strings as they are, the rest as JSON."""
    return value if value is None or isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
