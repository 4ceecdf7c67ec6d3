"""One call of a batch as the measures look at it. Indices are those of `Call.turns`."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls.findings import AGENT, CUSTOMER, PLACE, Findings

NOTHING: frozenset[str] = frozenset()


class CallView:
    """Findings of one call: `agent`, `customer` (indices of their turns), `runs` (side, indices): neighbouring
    turns of one side, system turns passed over."""

    def __init__(self, findings: Findings, number: int) -> None:
        self.findings, self.number = findings, number
        self.call = findings.batch.calls[number]
        self.base, end = findings.ptr[number], findings.ptr[number + 1]
        self.tone = findings.tone[self.base : end]
        self.distress = findings.distress[self.base : end]
        self.formulaic = findings.formulaic[self.base : end]
        self.grounded = findings.grounded[self.base : end]
        self.runs: list[tuple[int, list[int]]] = []
        self.agent: list[int] = []
        self.customer: list[int] = []
        before, run = -1, list[int]()
        for index, side in enumerate(findings.side[self.base : end]):
            if side > CUSTOMER:
                continue
            if side == before:
                run.append(index)
            else:
                run = [index]
                self.runs.append((side, run))
                before = side
            (self.customer if side else self.agent).append(index)

    def turns(self, side: int) -> list[int]:
        """The turns of one side."""
        return self.customer if side else self.agent

    def labels(self, index: int) -> AbstractSet[str]:
        """The labels of a turn."""
        return self.findings.labels.get(self.base + index, NOTHING)

    def has(self, index: int, label: str) -> bool:
        """Whether a turn carries a label."""
        return label in self.findings.labels.get(self.base + index, NOTHING)

    def required(self, index: int) -> bool:
        """Whether a turn is mostly a line that law or policy demand."""
        templates = self.findings.batch.templates
        return templates is not None and bool(templates.required[self.base + index])

    def labels_of(self, side: int) -> AbstractSet[str]:
        """The labels that any turn of one side carries."""
        return self.findings.call_labels[side].get(self.number, NOTHING)

    def labelled(self, side: int, label: str) -> list[int]:
        """The turns of one side that carry a label."""
        if label not in self.labels_of(side):
            return []
        return [index for index in self.turns(side) if self.has(index, label)]

    def cues(self, index: int) -> AbstractSet[str]:
        """The cues said in a turn."""
        return self.findings.cues.get(self.base + index, NOTHING)

    def cues_of(self, side: int) -> AbstractSet[str]:
        """The cues that any turn of one side says."""
        return self.findings.call_cues[side].get(self.number, NOTHING)

    def cued(self, side: int, names: Sequence[str], turns: Sequence[int] | None = None) -> int | None:
        """The first turn of one side, or of `turns` of it, that says one of these cues."""
        if self.cues_of(side).isdisjoint(names):
            return None
        found, base = self.findings.cues, self.base
        for index in self.turns(side) if turns is None else turns:
            if not found.get(base + index, NOTHING).isdisjoint(names):
                return index
        return None

    def row(self, index: int) -> NDArray[np.float32]:
        """float32 (outputs,): the probabilities of a turn."""
        values: NDArray[np.float32] = self.findings.batch.p[self.base + index]
        return values

    def p(self, index: int, name: str) -> float:
        """One probability of a turn."""
        return float(self.findings.batch.p[self.base + index, PLACE[name]])

    def where(self, side: int, name: str) -> int:
        """The turn of one side at which an output is most probable; the side speaks."""
        return int(self.findings.at[side][self.number, PLACE[name]]) - self.base

    def words(self, index: int, label: str) -> str:
        """The evidence of a label in a turn, else the whole turn."""
        text = self.call.turns[index].text
        ptr, output = self.findings.evidence_ptr, PLACE.get(label, -1)
        for at in range(ptr[self.base + index], ptr[self.base + index + 1]):
            if self.findings.evidence_output[at] == output:
                columns = self.findings.batch.evidence
                return text[int(columns.start[at]) : int(columns.end[at])]
        return text

    def sides(self, side: int) -> list[list[int]]:
        """The runs of one side, as lists of indices."""
        return [turns for who, turns in self.runs if who == side]

    def after(self, index: int, count: int = 2) -> list[list[int]]:
        """The agent's next runs after a turn, `count` at most."""
        return [turns for who, turns in self.runs if who == AGENT and turns[0] > index][:count]
