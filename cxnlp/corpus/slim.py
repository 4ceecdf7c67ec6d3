"""A score with only what a comparison needs, small enough to be kept while its other half is looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.errors import ReadError
from cxnlp.labels import LABELS, TONES
from cxnlp.schema import SPEAKERS
from cxnlp.scores import CallScore, TurnScore

FIELDS = ("text", "tone", "distress", "labels")
"""What of a turn's score is looked at: for `read_scores`. No probabilities are needed."""

MOST_LABELS = 64
NOT_ASKED = -1


@dataclass(slots=True)
class Slim:
    """One call. T turns: `side`, `tone`, `distress` int8 (T,), -1 where not asked; `labels` uint64 (T,), a bit a label;
    `words` int64 (T,): hashes of the texts, None of a score written without them."""

    id: str
    model: str
    side: NDArray[np.int8]
    tone: NDArray[np.int8]
    distress: NDArray[np.int8]
    labels: NDArray[np.uint64]
    words: NDArray[np.int64] | None
    effort: float | None
    verdict: str | None
    resolved: str | None
    safety: dict[tuple[int, str], str]
    roadblocks: frozenset[tuple[int, str]]
    matched: int
    owed: int
    reliable: bool | None


class LabelBits:
    """A bit for every label that is met; those of this version come first, in order."""

    def __init__(self) -> None:
        self.names: list[str] = list(LABELS)
        self._bit = {name: np.uint64(1 << place) for place, name in enumerate(self.names)}

    def of(self, labels: list[str]) -> np.uint64:
        """The bits of a turn's labels; ReadError where there are more labels than could be."""
        bits = np.uint64(0)
        for name in labels:
            if name not in self._bit:
                if len(self.names) == MOST_LABELS:
                    raise ReadError("more labels than any version has", got=name, todo="name files of scores")
                self._bit[name] = np.uint64(1 << len(self.names))
                self.names.append(name)
            bits |= self._bit[name]
        return bits


def slim(score: CallScore, bits: LabelBits) -> Slim:
    """What a comparison needs of a score."""
    call, turns = score.call, score.turns
    outcome, empathy = call.get("outcome") or {}, call.get("empathy") or {"matched": 0, "opportunities": 0}
    reliability, effort = call.get("reliability"), call.get("effort")
    return Slim(
        id=score.id,
        model=score.model,
        side=np.array([_code(SPEAKERS, turn.speaker) for turn in turns], dtype=np.int8),
        tone=np.array([_code(TONES, turn.tone) for turn in turns], dtype=np.int8),
        distress=np.array([_level(turn) for turn in turns], dtype=np.int8),
        labels=np.array([bits.of(turn.labels) for turn in turns], dtype=np.uint64),
        words=_words(turns),
        effort=None if effort is None else effort["score"],
        verdict=outcome.get("verdict"),
        resolved=outcome.get("resolved"),
        safety={(sign["turn"], sign["kind"]): sign["response"] for sign in call.get("safety") or ()},
        roadblocks=frozenset((block["turn"], block["kind"]) for block in call.get("roadblocks") or ()),
        matched=empathy["matched"],
        owed=empathy["opportunities"],
        reliable=None if reliability is None else reliability["ok"],
    )


def _words(turns: list[TurnScore]) -> NDArray[np.int64] | None:
    texts = [turn.text for turn in turns if isinstance(turn.text, str)]
    return np.array([hash(text) for text in texts], dtype=np.int64) if len(texts) == len(turns) else None


def _code(names: tuple[str, ...], name: object) -> int:
    return names.index(name) if name in names else NOT_ASKED


def _level(turn: TurnScore) -> int:
    return min(max(turn.distress, 0), 3) if isinstance(turn.distress, int) else NOT_ASKED
