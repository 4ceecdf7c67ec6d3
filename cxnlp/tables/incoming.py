"""Arrow in: a RecordBatch of calls, one row a call with its turns as a list of structs, as `Call`s."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import msgspec

from cxnlp.errors import ReadError
from cxnlp.schema import Call, Turn
from cxnlp.tables.arrow import pyarrow

ALLOWED = "id string, turns list<struct<speaker, text, start?, end?>>, agent_id?, meta? (JSON text or a struct)"


def calls_of(batch: Any) -> list[Call]:
    """The calls of a RecordBatch, in order.

    Parameters
    ----------
    batch : pyarrow.RecordBatch, its columns as in `ALLOWED`; others are passed over.

    Raises
    ------
    ReadError
        A column that is missing, or a null where a call needs a value; the call is named.

    >>> import pyarrow
    >>> row = {"id": "c1", "turns": [{"speaker": "agent", "text": "hello"}]}
    >>> calls_of(pyarrow.RecordBatch.from_pylist([row]))[0].turns[0].text
    'hello'
    """
    names = batch.schema.names
    for name in ("id", "turns"):
        if name not in names:
            raise ReadError(f"Arrow calls without a column {name!r}", got=", ".join(names), allowed=ALLOWED)
    ids = batch.column("id").to_pylist()
    sizes = pyarrow().compute.list_value_length(batch.column("turns")).to_pylist()
    for number, (id, size) in enumerate(zip(ids, sizes, strict=True)):
        if not isinstance(id, str) or size is None:
            raise ReadError(f"row {number} of Arrow calls has no id or no turns", got=id, allowed=ALLOWED)
    turns = _turns(batch.column("turns").flatten())
    agents = batch.column("agent_id").to_pylist() if "agent_id" in names else repeat(None, len(ids))
    metas = batch.column("meta").to_pylist() if "meta" in names else repeat(None, len(ids))
    calls: list[Call] = []
    end = 0
    for id, size, agent, meta in zip(ids, sizes, agents, metas, strict=True):
        begin, end = end, end + size
        calls.append(Call(id, turns[begin:end], agent, _meta(id, meta)))
    return calls


def _turns(rows: Any) -> list[Turn]:
    """The turns of all calls of a batch, from a StructArray."""
    names = [field.name for field in rows.type]
    columns: list[Any] = []
    for name in ("speaker", "text", "start", "end"):
        column = rows.field(name) if name in names else None
        if name in ("speaker", "text") and (column is None or column.null_count or rows.null_count):
            raise ReadError(f"Arrow turns with no {name}", got=", ".join(names), allowed=ALLOWED)
        columns.append(repeat(None) if column is None else column.to_pylist())
    return list(map(Turn, *columns))


def _meta(id: str, value: Any) -> dict[str, Any] | None:
    if value is None or isinstance(value, dict):
        return value
    try:
        return msgspec.json.decode(value, type=dict[str, Any])
    except (msgspec.DecodeError, TypeError) as error:
        raise ReadError(f"call {id!r}: meta is not a JSON object: {error}", got=value) from None
