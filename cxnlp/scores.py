"""What a scorer returns: columns for a batch, and the views of one call and one turn.

`ScoreBatch` holds arrays; `CallScore` and `TurnScore` are made from it on demand and are what
`score` writes, a JSON object a call. Keys that a side does not have are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from cxnlp.columns import Column, rows
from cxnlp.labels import LABELS, OUTPUT_NAMES, TONES, outputs_of
from cxnlp.schema import Call

LABEL_NAMES = tuple(LABELS)
_SIDE_OUTPUTS = {
    side: [(name, OUTPUT_NAMES.index(name)) for name in outputs_of(side)] for side in ("agent", "customer")
}


class Evidence(msgspec.Struct, kw_only=True):
    """The words of the turn that carried a finding: characters `start` to `end` of its text."""

    label: str
    start: int
    end: int
    text: str | UnsetType = UNSET
    weight: float


class TurnScore(msgspec.Struct, kw_only=True):
    """One turn's score; `p` holds the probability of every head of its side."""

    index: int
    speaker: str
    text: str | UnsetType = UNSET
    labels: list[str]
    p: dict[str, float]
    evidence: list[Evidence]
    tone: str | UnsetType = UNSET
    distress: int | UnsetType = UNSET
    formulaic: float | UnsetType = UNSET
    grounded: float | UnsetType | None = UNSET
    template: dict[str, Any] | UnsetType | None = UNSET


class CallScore(msgspec.Struct, omit_defaults=True):
    """One call's score: its turns, and the measures of the whole call under `call`, if it was measured."""

    id: str
    model: str
    agent_id: str | None
    meta: dict[str, Any] | None
    turns: list[TurnScore]
    call: dict[str, Any] = {}

    def to_json(self) -> bytes:
        """The line of the score file, without a line end."""
        return msgspec.json.encode(self)


def without_text(value: Any) -> Any:
    """Plain data without any key `text`.

    >>> without_text({"reasons": [{"kind": "wait", "text": "on hold"}]})
    {'reasons': [{'kind': 'wait'}]}
    """
    if isinstance(value, dict):
        return {key: without_text(part) for key, part in value.items() if key != "text"}
    return [without_text(part) for part in value] if isinstance(value, list) else value


@dataclass(slots=True)
class EvidenceColumns:
    """E findings with words. `turn`: row; `output`: place in OUTPUT_NAMES; `start`, `end`: characters."""

    turn: NDArray[np.int64]
    output: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    weight: NDArray[np.float32]


@dataclass(slots=True)
class TemplateColumns:
    """Mined lines of T turns. `which` int32: place in `rows` of the line that a turn says, -1: none; `required`
    bool: most of the turn is a line that law or policy demand. A row: text, calls, agents, required."""

    which: NDArray[np.int32]
    required: NDArray[np.bool_]
    rows: list[dict[str, Any]]


@dataclass(slots=True)
class ScoreBatch:
    """T turns of C calls. `p` (T, outputs); `tone` int8 (T,), -1 where not the agent's; `distress` int8
    (T,), -1 where not the customer's; `labels` bool (T, labels); `formulaic`, `grounded` (T,), nan for null;
    `call`: the measures of the calls by name, columns (C,); `templates`: None where no mined lines were given."""

    model: str
    calls: list[Call]
    ptr: NDArray[np.int64]
    side: NDArray[np.int8]
    p: NDArray[np.float32]
    tone: NDArray[np.int8]
    distress: NDArray[np.int8]
    labels: NDArray[np.bool_]
    formulaic: NDArray[np.float32]
    grounded: NDArray[np.float32]
    evidence: EvidenceColumns
    call: dict[str, Column] = field(default_factory=dict)
    templates: TemplateColumns | None = None
    _texts: list[str] | None = field(default=None, init=False, repr=False)
    _objects: list[dict[str, Any]] | None = field(default=None, init=False, repr=False)

    @property
    def texts(self) -> list[str]:
        """The words of each turn, (T,)."""
        if self._texts is None:
            self._texts = [turn.text for call in self.calls for turn in call.turns]
        return self._texts

    @property
    def measures(self) -> list[dict[str, Any]]:
        """The `call` object of each call, made from the columns when first asked for."""
        if self._objects is None:
            values = [rows(column) for column in self.call.values()]
            self._objects = [dict(zip(self.call, given, strict=True)) for given in zip(*values, strict=True)]
        return self._objects

    def __iter__(self) -> Iterator[CallScore]:
        """The calls' scores, in order."""
        return (self.call_score(number) for number in range(len(self.calls)))

    def call_score(self, number: int, text: bool = True) -> CallScore:
        """The view of one call; without `text` its words are left out."""
        call = self.calls[number]
        turn_rows = range(int(self.ptr[number]), int(self.ptr[number + 1]))
        turns = [self._turn(call, row, row - turn_rows.start, text) for row in turn_rows]
        measures = self.measures[number] if self.call else {}
        measures = measures if text else without_text(measures)
        return CallScore(call.id, self.model, call.agent_id, call.meta, turns, measures)

    def _turn(self, call: Call, row: int, index: int, text: bool) -> TurnScore:
        turn = call.turns[index]
        score = TurnScore(
            index=index,
            speaker=turn.speaker,
            text=turn.text if text else UNSET,
            labels=[LABEL_NAMES[place] for place in np.flatnonzero(self.labels[row]).tolist()],
            p=self._p(turn.speaker, row),
            evidence=self._evidence(turn.text, row, text),
        )
        if turn.speaker == "agent":
            grounded = float(self.grounded[row])
            score.tone = TONES[self.tone[row]]
            score.formulaic = round(float(self.formulaic[row]), 4)
            score.grounded = None if np.isnan(grounded) else round(grounded, 4)
            score.template = self._template(row, text)
        elif turn.speaker == "customer":
            score.distress = int(self.distress[row])
        return score

    def _template(self, row: int, text: bool) -> dict[str, Any] | None:
        if self.templates is None or self.templates.which[row] < 0:
            return None
        said = self.templates.rows[self.templates.which[row]]
        return {key: said[key] for key in said if (text or key != "text") and (said["required"] or key != "required")}

    def _p(self, speaker: str, row: int) -> dict[str, float]:
        if speaker not in _SIDE_OUTPUTS:
            return {}
        values = self.p[row].tolist()
        p = {name: round(values[place], 6) for name, place in _SIDE_OUTPUTS[speaker]}
        if speaker == "agent":
            p["neutral"] = round(1 - p["scripted"] - p["genuine"], 6)
        return p

    def _evidence(self, words: str, row: int, text: bool) -> list[Evidence]:
        columns = self.evidence
        low, high = np.searchsorted(columns.turn, [row, row + 1])
        found = []
        for at in range(int(low), int(high)):
            name = OUTPUT_NAMES[columns.output[at]]
            start, end = int(columns.start[at]), int(columns.end[at])
            found.append(
                Evidence(
                    label="distress" if name.startswith("distress") else name,
                    start=start,
                    end=end,
                    text=words[start:end] if text else UNSET,
                    weight=round(float(columns.weight[at]), 4),
                )
            )
        return found
