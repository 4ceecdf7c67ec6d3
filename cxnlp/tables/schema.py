"""The one schema of scores: what a turn, a call and each measure of a call look like in Arrow.

Shapes are plain data: a string is an Arrow type, a dict a struct, a list of one a list. A new measure
of a call is a row in MEASURES; a measure that the scorer does not give is a column that is not there.
Every field called `text` holds words of the transcript and is left out where words are not wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cxnlp.labels import OUTPUT_NAMES
from cxnlp.tables.arrow import pyarrow

Shape = Any
"""str | dict[str, Shape] | list[Shape]"""

TURN: dict[str, Shape] = {
    "index": "int32",
    "speaker": "string",
    "text": "string",
    "tone": "string",
    "distress": "int8",
    "labels": ["string"],
    "p": dict.fromkeys(OUTPUT_NAMES, "float"),
    "formulaic": "float",
    "grounded": "float",
    "template": {"text": "string", "calls": "int32", "agents": "int32", "required": "bool"},
    "evidence": [{"label": "string", "start": "int32", "end": "int32", "text": "string", "weight": "float"}],
}

META = ("team", "queue", "channel", "started_at", "customer_id")
"""The keys of `meta` that are columns of their own; `meta` itself is JSON text."""

CALL: dict[str, Shape] = {
    "id": "string",
    "model": "string",
    "agent_id": "string",
    "meta": "string",
    **dict.fromkeys(META, "string"),
}

_VERDICT = {"verdict": "string", "turn": "int32"}

MEASURES: dict[str, Shape] = {
    "effort": {
        "score": "double",
        "reasons": [
            {**dict.fromkeys(("kind", "source", "text", "shown_by"), "string"), "turn": "int32", "weight": "double"}
        ],
    },
    "distress": {
        "opening": "int8",
        "peak": "int8",
        "closing": "int8",
        "shifts": [{"turn": "int32", "from": "string", "to": "string"}],
    },
    "empathy": {
        **dict.fromkeys(("opportunities", "matched", "formulaic", "missed", "unprompted"), "int32"),
        "rate": "double",
        "interval": ["double"],
        "events": [{"turn": "int32", "cue": "string", "response": "string", "response_turn": "int32"}],
    },
    "tone": dict.fromkeys(("scripted", "neutral", "genuine", "grounded"), "double"),
    "empowerment": {"level": "string", "actions": [{"turn": "int32", "text": "string", "prompted": "bool"}]},
    "roadblocks": [{"turn": "int32", "kind": "string", "text": "string"}],
    "how_why": {
        "how": "double",
        "why": "double",
        "quadrant": "string",
        "steps": dict.fromkeys(
            ("greeting", "identity", "diagnosis", "action", "recap", "check_more", "close"), "int32"
        ),
    },
    "outcome": {"verdict": "string", "resolved": "string", "confidence": "double", "turns": ["int32"]},
    "basics": dict.fromkeys(("product", "customer", "accessible", "resolution", "feedback", "empathy"), _VERDICT),
    "safety": [{"turn": "int32", "kind": "string", "response": "string"}],
    "conduct": {
        "talk_share": "double",
        "interruptions": "int32",
        **dict.fromkeys(("silence_s", "longest_silence_s", "hold_s"), "double"),
    },
    "reliability": {"ok": "bool", "warnings": ["string"]},
}


def arrow_type(shape: Shape, text: bool = True) -> Any:
    """The Arrow type of a shape; without `text` the fields of that name are left out.

    >>> print(arrow_type({"turn": "int32", "text": "string"}, text=False))
    struct<turn: int32>
    """
    pa = pyarrow()
    if isinstance(shape, str):
        return pa.type_for_alias(shape)
    if isinstance(shape, list):
        return pa.list_(arrow_type(shape[0], text))
    return pa.struct(list(fields(shape, text).items()))


def fields(shapes: Mapping[str, Shape], text: bool = True) -> dict[str, Any]:
    """{name: Arrow type} of a dict of shapes."""
    return {name: arrow_type(shape, text) for name, shape in shapes.items() if text or name != "text"}


def turns_schema(text: bool = True) -> Any:
    """The schema of `turns_table`: `call_id`, then the fields of a turn."""
    return pyarrow().schema({"call_id": arrow_type("string"), **fields(TURN, text)})


def calls_schema(measures: Iterable[str], text: bool = True) -> Any:
    """The schema of `calls_table`: the call, and the measures named under `call`, which is not there without any."""
    call = {name: MEASURES[name] for name in measures}
    return pyarrow().schema({**fields(CALL, text), **({"call": arrow_type(call, text)} if call else {})})


def scores_schema(measures: Iterable[str], text: bool = True) -> Any:
    """The schema of `score_batches`: one row a call, its turns as a list of structs."""
    pa = pyarrow()
    schema = calls_schema(measures, text)
    turns = pa.field("turns", pa.list_(pa.struct(list(fields(TURN, text).items()))))
    return schema.insert(len(CALL), turns)
