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
    pa = pyarrow()
    if not isinstance(batch, pa.RecordBatch):
        raise ReadError("no RecordBatch", got=type(batch).__name__, allowed="a stream of them; table.to_batches()")
    names = batch.schema.names
    for name in ("id", "turns"):
        if name not in names:
            raise ReadError(f"Arrow calls without a column {name!r}", got=", ".join(names), allowed=ALLOWED)
    ids = batch.column("id").to_pylist()
    kind = batch.schema.field("turns").type
    if not hasattr(kind, "value_type") or not pa.types.is_struct(kind.value_type):
        raise ReadError("Arrow turns that are no list of structs", got=str(kind), allowed=ALLOWED)
    sizes = pa.compute.list_value_length(batch.column("turns")).to_pylist()
    for number, (id, size) in enumerate(zip(ids, sizes, strict=True)):
        if not isinstance(id, str) or size is None:
            raise ReadError(f"row {number} of Arrow calls has no id or no turns", got=id, allowed=ALLOWED)
    turns = _turns(batch.column("turns").flatten())
    agents = _cast(batch.column("agent_id"), pa.string(), "agent_id") if "agent_id" in names else repeat(None, len(ids))
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
        wanted = pyarrow().string() if name in ("speaker", "text") else pyarrow().float64()
        columns.append(repeat(None) if column is None else _cast(column, wanted, name))
    return list(map(Turn, *columns))


def _cast(column: Any, wanted: Any, name: str) -> list[Any]:
    """The values of a column as what a call holds; ReadError where they are nothing of the kind."""
    pa = pyarrow()
    if not pa.types.is_temporal(column.type):
        try:
            values: list[Any] = (column if column.type == wanted else column.cast(wanted)).to_pylist()
            return values
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            pass
    raise ReadError(f"Arrow column {name!r} of another kind", got=str(column.type), allowed=str(wanted))


def _meta(id: str, value: Any) -> dict[str, Any] | None:
    if value is None or isinstance(value, dict):
        return value
    try:
        return msgspec.json.decode(value, type=dict[str, Any])
    except (msgspec.DecodeError, TypeError) as error:
        raise ReadError(f"call {id!r}: meta is not a JSON object: {error}", got=value) from None
