"""What is read off a batch of calls before any weight is applied.

A `Reading` holds tokens, n-grams, cue hits and a few plain numbers a turn. Training makes one matrix
of it, scoring multiplies its parts with weights summed by word: the same numbers either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cxnlp.features.grams import word_grams
from cxnlp.features.grounding import echoed, grounded
from cxnlp.features.turns import AGENT, TurnRows, turn_rows
from cxnlp.language.cues import CueHits, CueMatcher
from cxnlp.language.table import CONTENT, EXCLAIM, QUESTION, SPECIAL, UPPER, TokenBatch, TokenTable
from cxnlp.lexicons import CUE_LABELS
from cxnlp.schema import Call

PLAIN = (
    "length",
    "long",
    "question",
    "exclamation",
    "capitals",
    "numbers",
    "agent",
    "echo",
    "formulaic",
)


@dataclass(slots=True)
class Reading:
    """T turns, their tokens, of which L are loud. `grams`
    (L, 3): buckets of the n-grams that begin there; `scale` (T,): what word features of a turn are multiplied
    with; `hits`, `call_hits`: of the heads' cues and of the calls'; `signs` (T, 2 * labels + len(PLAIN)): `cues`,
    seen and negated, then `plain`; `grounded`, `formulaic` (T,)."""

    rows: TurnRows
    tokens: TokenBatch
    scale: NDArray[np.float32]
    grams: NDArray[np.int64]
    hits: CueHits
    call_hits: CueHits
    signs: NDArray[np.float32]
    grounded: NDArray[np.float32]
    formulaic: NDArray[np.float32]

    @property
    def cues(self) -> NDArray[np.float32]:
        """Which cues are seen in each turn, and which negated."""
        return self.signs[:, : 2 * len(CUE_LABELS)]

    @property
    def plain(self) -> NDArray[np.float32]:
        """The plain numbers of each turn."""
        return self.signs[:, 2 * len(CUE_LABELS) :]

    def ptr(self) -> NDArray[np.int64]:
        """int64 (T+1,): where each turn's loud words begin."""
        return np.searchsorted(self.tokens.at, self.tokens.indptr)

    def words(self, norms: NDArray[np.integer[Any]], width: int) -> sparse.csr_matrix:
        """Turns x norms, float32 (T, width): how often each norm is said; `norms` (L,) under `width`."""
        data = np.ones(len(norms), dtype=np.float32)
        return sparse.csr_matrix((data, norms, self.ptr()), shape=(len(self.rows.side), width))


class Reader:
    """Reads batches: holds the token table and the compiled cues."""

    def __init__(self, table: TokenTable, matcher: CueMatcher, gram_bits: int, damping: float) -> None:
        self.table, self.matcher = table, matcher
        self._gram_bits, self._damping = gram_bits, damping
        place = {label: number for number, label in enumerate(CUE_LABELS)}
        self._label_of = np.array([place[label] for label in matcher.labels], dtype=np.int64)
        self._stock = place["stock"]

    def read(self, calls: Sequence[Call]) -> Reading:
        """A batch of calls, turn by turn in order."""
        rows = turn_rows(calls)
        table, batch = self.table, self.table.encode(rows.texts)
        flags = table.flags[batch.tokens]
        content = np.flatnonzero(flags[batch.at] & CONTENT)
        norms, of = batch.norms[content].astype(np.int64), batch.of[content]
        hits, call_hits = self.matcher.find_both(table, batch)
        count = len(rows.texts)
        spoken = np.bincount(batch.of, minlength=count)
        reading = Reading(
            rows=rows,
            tokens=batch,
            scale=(np.maximum(spoken, 1) ** -self._damping).astype(np.float32),
            grams=word_grams(table.norm_hashes[batch.norms], batch.of, self._gram_bits),
            hits=hits,
            call_hits=call_hits,
            signs=np.zeros((count, 2 * len(CUE_LABELS) + len(PLAIN)), dtype=np.float32),
            grounded=grounded(rows, norms, of),
            formulaic=self._formulaic(batch, hits, spoken),
        )
        reading.signs[hits.text, self._label_of[hits.cue] + len(CUE_LABELS) * hits.negated] = 1
        self._plain(reading, flags, spoken, echoed(rows, norms, of))
        return reading

    def _formulaic(self, batch: TokenBatch, hits: CueHits, spoken: NDArray[np.int64]) -> NDArray[np.float32]:
        """Share of a turn's loud words inside known stock phrases."""
        edge = np.zeros(len(batch.tokens) + 1, dtype=np.int64)
        stock = self._label_of[hits.cue] == self._stock
        np.add.at(edge, hits.first[stock], 1)
        np.add.at(edge, hits.last[stock], -1)
        inside = np.cumsum(edge)[batch.at] > 0
        share = np.bincount(batch.of[inside], minlength=len(spoken)) / np.maximum(spoken, 1)
        return share.astype(np.float32)

    def _plain(
        self, reading: Reading, flags: NDArray[np.uint16], spoken: NDArray[np.int64], echo: NDArray[np.float32]
    ) -> None:
        rows, count, ptr = reading.rows, len(spoken), reading.tokens.indptr

        def share(flag: int) -> NDArray[np.float64]:
            of = np.searchsorted(ptr, np.flatnonzero(flags & flag), side="right") - 1
            return np.bincount(of, minlength=count) / np.maximum(spoken, 1)

        columns = {
            "length": np.log1p(spoken) / 3,
            "long": spoken > 25,
            "question": share(QUESTION) > 0,
            "exclamation": share(EXCLAIM) > 0,
            "capitals": np.minimum(share(UPPER), 1),
            "numbers": np.minimum(share(SPECIAL), 1),
            "agent": rows.side == AGENT,
            "echo": echo,
            "formulaic": reading.formulaic,
        }
        for number, name in enumerate(PLAIN):
            reading.plain[:, number] = columns[name]
