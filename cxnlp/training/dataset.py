"""Labelled calls as what a model is fitted on: calls, a label matrix, groups, and extra samples.

The label matrix is int8 (turns, heads) with the columns of `cxnlp.labels.HEADS`; -1 where a head is
not asked of that side, or not known of a snippet. A call, its contrast pairs and everything made
from them share a group, so that a split never takes them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxnlp.errors import ReadError
from cxnlp.labels import HEADS, LABELS, TONES, labels_of
from cxnlp.schema import Call, Turn
from cxnlp.training.markup import MarkedCall, MarkedTurn, parse_folder

COLUMN = {head: number for number, head in enumerate(HEADS)}


@dataclass(slots=True)
class Dataset:
    """T turns of C calls. `y` int8 (T, heads); `group` (C,): which split unit a call is of;
    `marked`: the labelled form of each call, None for made ones; `scored` (T,): turns to learn from
    and measure on (not mere context)."""

    calls: list[Call]
    y: NDArray[np.int8]
    group: NDArray[np.int64]
    scored: NDArray[np.bool_]
    marked: list[MarkedCall]

    @property
    def turn_group(self) -> NDArray[np.int64]:
        """(T,): the group of each turn's call."""
        return np.repeat(self.group, [len(call.turns) for call in self.calls])


def load_dataset(folder: Path) -> Dataset:
    """The labelled calls under a folder: `calls/*.txt`, and `contrast/*.txt` where there is one."""
    marked = parse_folder(folder / "calls")
    if not marked:
        raise ReadError("no labelled calls", path=str(folder), todo="name the folder that holds calls/*.txt")
    if (folder / "contrast").is_dir():
        marked += [item for group in parse_folder(folder / "contrast") for item in contrast_items(group)]
    return make_dataset(marked)


def make_dataset(marked: Sequence[MarkedCall]) -> Dataset:
    """Arrays of labelled calls; contrast items of one head share a group."""
    names: dict[str, int] = {}
    group = [names.setdefault(call.id.partition("/")[0], len(names)) for call in marked]
    turns = [turn for call in marked for turn in call.turns]
    return Dataset(
        calls=[to_call(call) for call in marked],
        y=np.array([label_row(turn) for turn in turns], dtype=np.int8),
        group=np.array(group, dtype=np.int64),
        scored=np.array([not turn.context_only for turn in turns], dtype=np.bool_),
        marked=list(marked),
    )


def to_call(marked: MarkedCall) -> Call:
    """The plain call."""
    turns = [Turn(turn.speaker, turn.text) for turn in marked.turns]  # type: ignore[arg-type]
    return Call(marked.id, turns)


def contrast_items(group: MarkedCall) -> list[MarkedCall]:
    """A contrast group as small calls: each item with the context lines that stand over it."""
    items: list[MarkedCall] = []
    context: list[MarkedTurn] = []
    used = False
    for turn in group.turns:
        if turn.context_only:
            context, used = ([turn], False) if used else ([*context, turn], False)
            continue
        items.append(MarkedCall(f"{group.id}/{len(items)}", group.path, turn.line, group.head, [*context, turn]))
        used = True
    return items


def label_row(turn: MarkedTurn) -> list[int]:
    """One row of the label matrix."""
    row = [-1] * len(HEADS)
    if turn.context_only or turn.speaker == "system":
        return row
    if turn.speaker == "agent":
        row[COLUMN["tone"]] = TONES.index(turn.tone or "neutral")
    else:
        row[COLUMN["distress"]] = turn.distress or 0
    for name in labels_of(turn.speaker):
        row[COLUMN[name]] = int(name in turn.labels)
    return row


def snippets(data: Dataset, least_words: int = 2) -> tuple[list[Call], NDArray[np.int8], NDArray[np.int64]]:
    """Marked evidence as samples of its own: the words, positive for their label, other heads unknown.

    Returns calls of one turn, their label rows and the index of the call each comes from.
    """
    calls: list[Call] = []
    rows: list[list[int]] = []
    source: list[int] = []
    for number, call in enumerate(data.marked):
        for turn in call.turns:
            for mark in turn.evidence:
                words = turn.text[mark.start : mark.end]
                if mark.label not in LABELS or len(words.split()) < least_words:
                    continue
                row = [-1] * len(HEADS)
                row[COLUMN[mark.label]] = 1
                calls.append(Call(f"{call.id}:{turn.line}", [Turn(turn.speaker, words)]))  # type: ignore[arg-type]
                rows.append(row)
                source.append(number)
    return calls, np.array(rows, dtype=np.int8).reshape(-1, len(HEADS)), np.array(source, dtype=np.int64)
