"""Turn scores as Arrow columns, straight from the arrays of a `ScoreBatch`."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxnlp.labels import OUTPUT_NAMES, TONES, outputs_of
from cxnlp.schema import SPEAKERS
from cxnlp.scores import LABEL_NAMES, ScoreBatch
from cxnlp.tables.arrow import list_array, named_array, number_array, pyarrow, struct_array
from cxnlp.tables.schema import TURN, arrow_type, turns_schema

AGENT, CUSTOMER = (SPEAKERS.index(side) for side in ("agent", "customer"))
_FINDINGS = tuple("distress" if name.startswith("distress") else name for name in OUTPUT_NAMES)
_OF_AGENT, _OF_CUSTOMER = (frozenset(outputs_of(side)) for side in ("agent", "customer"))


def turns_table(batch: ScoreBatch, text: bool = True) -> Any:
    """One row a turn, `turns_schema(text)`."""
    pa = pyarrow()
    ids = pa.array([call.id for call in batch.calls], pa.string())
    row = np.repeat(np.arange(len(batch.calls), dtype=np.int32), np.diff(batch.ptr))
    columns = {"call_id": ids.take(number_array(row)), **turn_columns(batch, text)}
    return pa.Table.from_arrays(list(columns.values()), schema=turns_schema(text))


def turn_columns(batch: ScoreBatch, text: bool = True) -> dict[str, Any]:
    """{field of a turn: Arrow array (T,)}; what a side does not have is null."""
    pa = pyarrow()
    count = len(batch.side)
    agent, customer = batch.side == AGENT, batch.side == CUSTOMER
    words = batch.texts
    columns = {
        "index": number_array((np.arange(count) - np.repeat(batch.ptr[:-1], np.diff(batch.ptr))).astype(np.int32)),
        "speaker": named_array(SPEAKERS, batch.side),
        "tone": named_array(TONES, batch.tone, agent),
        "distress": number_array(batch.distress, customer),
        "labels": _labels(batch),
        "p": _probabilities(batch),
        "formulaic": number_array(batch.formulaic, agent & ~np.isnan(batch.formulaic)),
        "grounded": number_array(batch.grounded, agent & ~np.isnan(batch.grounded)),
        "template": _templates(batch, text),
        "evidence": _evidence(batch, words, text),
    }
    if text:
        columns["text"] = pa.array(words, pa.string())
    return {name: columns[name] for name in TURN if name in columns}


def _templates(batch: ScoreBatch, text: bool) -> Any:
    """A struct a turn, null where it is said by no template."""
    pa = pyarrow()
    kind = arrow_type(TURN["template"], text)
    said = batch.templates
    if said is None or not said.rows:
        return pa.nulls(len(batch.side), kind)
    return pa.array(said.rows, kind).take(pa.array(said.which, pa.int32(), mask=said.which < 0))


def _labels(batch: ScoreBatch) -> Any:
    _, label = np.nonzero(batch.labels)
    return list_array(batch.labels.sum(axis=1), named_array(LABEL_NAMES, label))


def _probabilities(batch: ScoreBatch) -> Any:
    """A struct of one float32 column an output; null on the side that is not asked."""
    agent, customer = batch.side == AGENT, batch.side == CUSTOMER
    columns: dict[str, Any] = {}
    for name, values in zip(OUTPUT_NAMES, np.ascontiguousarray(batch.p.T), strict=True):
        asked = agent if name in _OF_AGENT else np.zeros_like(agent)
        if name in _OF_CUSTOMER:
            asked = asked | customer
        columns[name] = number_array(values, asked)
    return struct_array(columns, len(batch.side))


def _evidence(batch: ScoreBatch, words: list[str], text: bool) -> Any:
    found = batch.evidence
    columns = {
        "label": named_array(_FINDINGS, found.output),
        "start": number_array(found.start.astype(np.int32)),
        "end": number_array(found.end.astype(np.int32)),
    }
    if text:
        places = zip(found.turn.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
        columns["text"] = pyarrow().array([words[row][start:end] for row, start, end in places], "string")
    columns["weight"] = number_array(found.weight.astype(np.float32))
    sizes = np.bincount(found.turn, minlength=len(words))
    return list_array(sizes, struct_array(columns, len(found.turn)))
