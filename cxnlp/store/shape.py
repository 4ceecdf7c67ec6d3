"""What the measures of a call must look like to be believed, made of the one schema of scores.

A measure may be absent (an older run) or null (a side never speaks); within one every key is there, but
the words, and what later versions added. Keys that are not known are passed over.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NotRequired, TypedDict

import msgspec

from cxnlp.errors import ReadError
from cxnlp.tables.schema import MEASURES, Shape

MAY_LACK = frozenset(("text", "shown_by"))
MAY_BE_NULL = frozenset(
    ("rate", "interval", "response_turn", "scripted", "neutral", "genuine", "grounded", "how", "why", "quadrant")
)
NULL_WITHIN = frozenset(("steps", "basics", "conduct"))
_SCALARS: dict[str, Any] = {
    "string": str,
    "bool": bool,
    "double": float,
    "float": float,
    "int8": int,
    "int32": int,
}


@cache
def call_type() -> Any:
    """The type of `call` for msgspec."""
    fields = {name: NotRequired[_type(name, shape, name in NULL_WITHIN) | None] for name, shape in MEASURES.items()}
    return _dict_type("Call", fields)


def _type(name: str, shape: Shape, nulls: bool) -> Any:
    if isinstance(shape, str):
        return _SCALARS[shape]
    if isinstance(shape, list):
        return list[_type(name, shape[0], nulls)]  # type: ignore[misc]
    fields: dict[str, Any] = {}
    for key, part in shape.items():
        kind = _type(key, part, nulls or key in NULL_WITHIN)
        if nulls or key in MAY_BE_NULL:
            kind = kind | None
        fields[key] = NotRequired[kind] if key in MAY_LACK else kind
    return _dict_type(name, fields)


def _dict_type(name: str, fields: dict[str, Any]) -> Any:
    make: Any = TypedDict
    return make(name, fields)


def checked(call: dict[str, Any]) -> dict[str, Any]:
    """The measures, as they must look; ReadError names the one that does not."""
    try:
        found: dict[str, Any] = msgspec.convert(call, call_type())
        return found
    except msgspec.ValidationError as error:
        raise ReadError(f"measures that are none of ours: {error}", todo="score the calls again") from None
