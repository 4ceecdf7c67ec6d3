"""Figures of a model on labelled turns that it was not made from.

A line of the file: `{"id", "speaker", "context": [turns before], "text", "tone" | "distress", "labels",
"votes"?}`. Each item is scored as the last turn of what is given of its call; what came before its context
is not known. Where `votes` keeps what each annotator said, their own agreement stands beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cxnlp.errors import ConfigError, ReadError
from cxnlp.labels import HEADS, LABELS, TONES, labels_of
from cxnlp.schema import Call, Speaker, Turn
from cxnlp.scores import ScoreBatch
from cxnlp.scoring import Scorer
from cxnlp.training.metrics import Column, Row, averages, columns_of, f1_of, figures, intervals, kappa_of, rows_as_dicts
from cxnlp.training.perturb import bare_text


class Vote(msgspec.Struct):
    """What one annotator said of an item."""

    labels: list[str]
    tone: str | None = None
    distress: int | None = None


class Item(msgspec.Struct):
    """One labelled turn with what came before it."""

    id: str
    speaker: Speaker
    text: str
    labels: list[str]
    context: list[Turn] = []
    tone: str | None = None
    distress: int | None = None
    votes: list[Vote] = []
    corpus: str | None = None


@dataclass(slots=True)
class Evaluation:
    """Items with the scores of their own turns. `row` (N,): the row of each item in `batch`, whose calls
    may hold several."""

    items: list[Item]
    batch: ScoreBatch
    row: NDArray[np.int64]
    columns: list[Column]
    rows: list[Row]
    skip: frozenset[str]

    def as_dict(self, rounds: int = 200) -> dict[str, Any]:
        """Everything as plain data: rows, averages, intervals, the annotators' agreement."""
        agreement = annotators(self.items)
        rows = rows_as_dicts(self.rows)
        for row in rows:
            row["annotators"] = agreement.get(f"{row['side']}:{row['name']}")
        return {
            "items": len(self.items),
            "model": self.batch.model,
            "averages": averages(self.rows),
            "intervals_95": intervals(self.columns, self.skip, rounds),
            "rows": rows,
        }


def read_items(path: str | Path) -> list[Item]:
    """Labelled items of a JSONL file; ReadError names the line that is none."""
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise ReadError(f"cannot be read: {error.strerror}", path=str(path)) from None
    items = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = msgspec.json.decode(line, type=Item)
            _check(item)
        except msgspec.DecodeError as error:
            raise ReadError(f"not a labelled item: {error}", path=str(path), line=number, got=line[:100]) from None
        except ReadError as error:
            raise error.at(str(path), number) from None
        items.append(item)
    if not items:
        raise ReadError("no labelled items", path=str(path))
    return items


def _check(item: Item) -> None:
    if item.speaker not in ("agent", "customer"):
        raise ReadError("only agent and customer turns are labelled", got=item.speaker)
    if item.speaker == "agent" and item.tone not in TONES:
        raise ReadError("an agent turn without a tone", got=item.tone, allowed=", ".join(TONES))
    if item.speaker == "customer" and item.distress not in (0, 1, 2, 3):
        raise ReadError("a customer turn without a distress level", got=item.distress, allowed="0, 1, 2, 3")
    unknown = [name for name in item.labels if name not in labels_of(item.speaker)]
    if unknown:
        raise ReadError(f"no such label on {item.speaker} turns", got=", ".join(unknown))


def evaluate(scorer: Scorer, items: Sequence[Item], skip: frozenset[str] = frozenset()) -> Evaluation:
    """Score the items and set truth and decisions side by side; `skip`: `side:label` not averaged."""
    check_skip(skip)
    calls = [Call(f"{number}", [*item.context, Turn(item.speaker, item.text)]) for number, item in enumerate(items)]
    batch = scorer.score_batch(calls)
    return compared(list(items), batch, batch.ptr[1:] - 1, skip)


def check_skip(skip: frozenset[str]) -> None:
    """ConfigError where a name is of no column of labels."""
    known = {f"{side}:{name}" for side in ("agent", "customer") for name in labels_of(side)}
    if skip - known:
        raise ConfigError("nothing of that name to skip", got=", ".join(sorted(skip - known)), allowed="side:label")


def compared(items: list[Item], batch: ScoreBatch, row: NDArray[np.int64], skip: frozenset[str]) -> Evaluation:
    """What is true of the items beside what their rows of a scored batch say."""
    columns = columns_of(
        batch.side[row], truth_of(items), batch.tone[row], batch.distress[row], batch.labels[row], batch.p[row]
    )
    return Evaluation(items, batch, row, columns, figures(columns, skip), skip)


def bare(items: Sequence[Item]) -> list[Item]:
    """The same items as a recogniser would write them: lower case, no punctuation but apostrophes and masks."""
    return [
        msgspec.structs.replace(
            item,
            text=bare_text(item.text),
            context=[msgspec.structs.replace(turn, text=bare_text(turn.text)) for turn in item.context],
        )
        for item in items
    ]


def truth_of(items: Sequence[Item | Vote], speakers: Sequence[str] | None = None) -> NDArray[np.int8]:
    """int8 (N, heads): the label matrix of items, or of votes on items of these speakers."""
    y = np.full((len(items), len(HEADS)), -1, dtype=np.int8)
    for number, item in enumerate(items):
        speaker = item.speaker if isinstance(item, Item) else (speakers or ())[number]
        if speaker == "agent":
            y[number, 0] = TONES.index(item.tone or "neutral")
        else:
            y[number, 1] = item.distress or 0
        for name in labels_of(speaker):
            y[number, HEADS.index(name)] = name in item.labels
    return y


def annotators(items: Sequence[Item]) -> dict[str, dict[str, float]]:
    """Mean pairwise F1 and kappa of the annotators by `side:name`, over items that all of them read."""
    voted = [item for item in items if item.votes]
    count = min((len(item.votes) for item in voted), default=0)
    if count < 2:
        return {}
    speakers = [item.speaker for item in voted]
    side = np.array([0 if speaker == "agent" else 1 for speaker in speakers], dtype=np.int8)
    readings = []
    for number in range(count):
        y = truth_of([item.votes[number] for item in voted], speakers)
        p = np.zeros((len(y), 6 + len(LABELS)), dtype=np.float32)
        readings.append(columns_of(side, y, y[:, 0], y[:, 1], y[:, 2:] == 1, p))
    result = {}
    for columns in zip(*readings, strict=True):
        pairs = [(a.truth[a.asked], b.truth[b.asked]) for a, b in combinations(columns, 2)]
        result[f"{columns[0].side}:{columns[0].name}"] = {
            "f1": round(float(np.mean([f1_of(a, b) for a, b in pairs])), 4),
            "kappa": round(float(np.mean([kappa_of(a, b) for a, b in pairs])), 4),
        }
    return result


def worst_mistakes(evaluation: Evaluation, scorer: Scorer, most: int) -> list[dict[str, Any]]:
    """The decisions that were wrong by most: item, what was true, the probability, the words that weighed."""
    found = []
    for column in evaluation.columns:
        for number in np.flatnonzero(column.asked & (column.truth != column.said)).tolist():
            wrong_by = abs(float(column.p[number]) - float(column.truth[number]))
            found.append((wrong_by, number, column))
    found.sort(key=lambda one: -one[0])
    result = []
    for wrong_by, number, column in found[:most]:
        item = evaluation.items[number]
        row, ptr = int(evaluation.row[number]), evaluation.batch.ptr
        place = int(np.searchsorted(ptr, row, side="right")) - 1
        outputs = scorer.explain(evaluation.batch.calls[place], row - int(ptr[place]))["outputs"]
        weighed = next(output["words"] for output in outputs if output["name"] == column.name)
        result.append(
            {
                "id": item.id,
                "side": column.side,
                "label": column.name,
                "truth": bool(column.truth[number]),
                "p": round(float(column.p[number]), 4),
                "wrong_by": round(wrong_by, 4),
                "context": [f"{turn.speaker}: {turn.text}" for turn in item.context],
                "text": item.text,
                "weighed": weighed,
            }
        )
    return result
