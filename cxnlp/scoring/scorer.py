"""The Scorer: calls in, scores out. The one place where language, numbers and judgement meet.

One batch function serves every way in: one call, many, or a stream of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxnlp.calls import CallWeights, Findings, measure_calls
from cxnlp.classify.bundle import Bundle, load_bundle
from cxnlp.classify.decide import threshold_row, tone_codes
from cxnlp.classify.outputs import DISTRESS, PLACE, TONE, YES_NO, probabilities
from cxnlp.classify.sums import HeadSums, Weights
from cxnlp.config import ScoringConfig
from cxnlp.errors import ModelError, ReadError
from cxnlp.features.layout import Layout
from cxnlp.features.reading import PLAIN, Reading
from cxnlp.features.turns import AGENT, CUSTOMER
from cxnlp.language.wordings import from_arrays
from cxnlp.lexicons import CUE_LABELS, fingerprint
from cxnlp.schema import Call, check_call
from cxnlp.scores import CallScore, ScoreBatch
from cxnlp.scoring.evidence import find_evidence
from cxnlp.scoring.lean import CorpusAxis

BATCH_CHARS = 1_000_000
NEUTRAL = 1


class Scorer:
    """Scores calls with one bundle.

    Parameters
    ----------
    bundle : a loaded bundle.
    config : settings of the run; thresholds and effort weights in it go over the bundle's own.
    """

    def __init__(self, bundle: Bundle, config: ScoringConfig | None = None) -> None:
        self.config = config or ScoringConfig()
        if bundle.config["lexicons"] != fingerprint():
            raise ModelError(
                "the model was trained with other word files than this package's",
                got=bundle.config["lexicons"],
                allowed=fingerprint(),
                todo="take the model of this version, or train it again",
            )
        if bundle.config.get("plain") != list(PLAIN):
            raise ModelError(
                "the model was trained with other features than this package's",
                got=bundle.config.get("plain"),
                allowed=list(PLAIN),
                todo="take the model of this version, or train it again",
            )
        self.bundle = bundle
        self.model = bundle.name
        self.reader = Layout(**bundle.config["features"]).reader(from_arrays(bundle.cues))
        self.sums = HeadSums(Weights(bundle.weights, bundle.columns, bundle.intercept, bundle.config["features"]))
        place = {label: number for number, label in enumerate(CUE_LABELS)}
        self.cue_label = np.array([place[label] for label in self.reader.matcher.labels], dtype=np.int64)
        thresholds = {**bundle.config["thresholds"]}
        for name, sides in self.config.thresholds.items():
            thresholds[name] = {**thresholds.get(name, {}), **sides}
        self.thresholds = {side: threshold_row(thresholds, side) for side in ("agent", "customer")}
        self.call_weights = CallWeights.of(bundle.config["calls"], self.config.effort)
        self.call_labels = [cue.label for cue in self.reader.matcher.beside]
        self.corpus = CorpusAxis.of(self.config.scripts, bundle, self.reader.table.nlp)

    def score(self, call: Call) -> CallScore:
        """One call's score; ReadError where it is no call."""
        return self.score_batch([call]).call_score(0, self.config.text)

    def score_many(self, calls: Iterable[Call]) -> Iterator[CallScore]:
        """Scores of a stream of calls, in order, worked out in batches."""
        for batch in self.batches(calls):
            for number in range(len(batch.calls)):
                yield batch.call_score(number, self.config.text)

    def batches(self, calls: Iterable[Call], most_chars: int = BATCH_CHARS) -> Iterator[ScoreBatch]:
        """A stream of calls as scored batches of about `most_chars` characters."""
        waiting: list[Call] = []
        chars = 0
        for call in calls:
            waiting.append(call)
            chars += sum(len(turn.text) for turn in call.turns) + 100
            if chars >= most_chars:
                yield self.score_batch(waiting)
                waiting, chars = [], 0
        if waiting:
            yield self.score_batch(waiting)

    def score_batches(self, record_batches: Iterable[Any]) -> Iterator[Any]:
        """Scores of a stream of Arrow RecordBatches, one row a call with its turns as a list of structs, in and
        out. Needs pyarrow (extra `tables`); ReadError names a row that is no call."""
        from cxnlp.scoring.arrow import score_batches

        return score_batches(self, record_batches)

    def score_batch(self, calls: list[Call]) -> ScoreBatch:
        """The columns of a batch; every other method goes through here."""
        for call in calls:
            try:
                check_call(call)
            except ReadError as error:
                raise ReadError(f"call {call.id!r}: {error.wrong}", got=error.got, allowed=error.allowed) from None
        reading = self.reader.read(calls)
        said = self.corpus.read(reading, self.reader.table)
        p = self.probabilities(reading, said.lean)
        rows = reading.rows
        agent, customer = rows.side == AGENT, rows.side == CUSTOMER
        over = np.zeros(p.shape, dtype=np.bool_)
        over[agent] = p[agent] >= self.thresholds["agent"]
        over[customer] = p[customer] >= self.thresholds["customer"]
        tone = np.full(len(p), -1, dtype=np.int8)
        limits = self.thresholds["agent"]
        tone[agent] = tone_codes(p[agent, TONE], float(limits[PLACE["scripted"]]), float(limits[PLACE["genuine"]]))
        distress = np.full(len(p), -1, dtype=np.int8)
        distress[customer] = np.logical_and.accumulate(over[customer, DISTRESS], axis=1).sum(axis=1)
        turn, output = self._findings(over, tone, distress)
        batch = ScoreBatch(
            model=self.model,
            calls=calls,
            ptr=rows.ptr,
            side=rows.side,
            p=p,
            tone=tone,
            distress=distress,
            labels=over[:, YES_NO],
            formulaic=said.formulaic,
            grounded=reading.grounded,
            evidence=find_evidence(reading, self.sums, self.reader.table, self.cue_label, turn, output),
            templates=said.templates,
        )
        if self.config.measures:
            hits = [(reading.call_hits, self.call_labels), (reading.hits, self.reader.matcher.labels)]
            found = Findings(batch, hits)
            batch.call = measure_calls(found, self.call_weights)
        return batch

    def probabilities(self, reading: Reading, lean: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Calibrated probabilities of a reading, float32 (turns, outputs); `lean` (turns, tones) joins tone's sums."""
        logits = self.sums.logits(reading, self.reader.table)
        if lean is not None:
            logits[:, TONE] += lean
        return probabilities(logits, self.bundle.slope, self.bundle.offset)

    def _findings(
        self, over: NDArray[np.bool_], tone: NDArray[np.int8], distress: NDArray[np.int8]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What evidence is looked for: a tone other than neutral, the distress level reached, labels."""
        wanted = over.copy()
        wanted[:, : YES_NO.start] = False
        toned = np.flatnonzero((tone >= 0) & (tone != NEUTRAL))
        wanted[toned, tone[toned]] = True
        upset = np.flatnonzero(distress > 0)
        wanted[upset, DISTRESS.start - 1 + distress[upset]] = True
        turn, output = np.nonzero(wanted)
        return turn, output

    def explain(self, call: Call, index: int, most: int = 8) -> dict[str, Any]:
        """What weighed in one turn: for each finding and near finding, the words and what they gave.

        Returns {"index", "speaker", "text", "outputs": [{"name", "p", "threshold", "words": [[word, weight]]}]},
        outputs by how near they came to their threshold, words by weight.
        """
        from cxnlp.scoring.explain import explain_turn

        if not 0 <= index < len(call.turns):
            raise ReadError(f"call {call.id!r} has no turn {index}", allowed=f"0 to {len(call.turns) - 1}")
        return explain_turn(self, call, index, most)


def load(bundle: str | Path | None = None, config: ScoringConfig | None = None) -> Scorer:
    """A Scorer of the bundled model, or of the bundle at a path; ModelError where there is none."""
    return Scorer(load_bundle(bundle), config)
