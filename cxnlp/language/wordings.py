"""Every wording of every cue, as hashes of norms by number of words: what `CueMatcher` walks along.

Compiling takes the tokenizer and a second or so; the arrays it gives are the same on every machine, so a model
keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from cxnlp.errors import LexiconError
from cxnlp.language.keys import Keys
from cxnlp.language.norms import NUM
from cxnlp.language.table import SPECIAL, TokenTable
from cxnlp.lexicons import COMPILED, Cue, forms

STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(slots=True)
class Step:
    """Wordings by number of words. `keys`: hashes of wordings of this length and of beginnings of this length of
    longer ones. By place among the keys: `on`, whether some wording goes on from there;
    `rows[first : first + count]`, the cues worded so."""

    keys: Keys
    on: NDArray[np.bool_]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    rows: NDArray[np.int32]


def compile_wordings(cues: Sequence[Cue], nlp: Language) -> list[Step]:
    """The steps of some cues, by whose places their rows go; LexiconError where a pattern can match nothing."""
    table = TokenTable(nlp=nlp)
    wordings = [(form, row) for row, cue in enumerate(cues) for form in forms(cue.pattern)]
    if not wordings:
        return []
    batch = table.encode([form.replace(NUM, "0") for form, _ in wordings])
    size = np.diff(np.searchsorted(batch.at, batch.indptr))
    begin = np.searchsorted(batch.at, batch.indptr[:-1])
    masked = ((table.flags[batch.tokens[batch.at]] & SPECIAL) > 0) & (batch.norms != table.norm_id(NUM))
    if masked.any():
        bad = wordings[int(np.searchsorted(begin, np.flatnonzero(masked)[0], side="right")) - 1]
        raise LexiconError(f"cue {cues[bad[1]].id}: no pattern can hold a mask", got=bad[0])
    row = np.array([row for _, row in wordings], dtype=np.int32)
    if len(silent := np.setdiff1d(row, row[size > 0])):
        raise LexiconError(f"cue {cues[silent[0]].id}: a pattern of no words", got=cues[silent[0]].pattern)
    hashes = table.norm_hashes[batch.norms]
    value = np.zeros(len(wordings), dtype=np.uint64)
    steps = []
    for length in range(1, int(size.max()) + 1):
        going = size >= length
        value[going] = value[going] * STEP + hashes[begin[going] + length - 1]
        ends, on = size == length, size > length
        pairs = np.unique(np.stack([value[ends], row[ends].astype(np.uint64)]), axis=1)
        keys = Keys(value[going])
        goes_on = np.zeros(len(keys.sorted), dtype=np.bool_)
        goes_on[keys.find(value[on])] = True
        count = np.bincount(keys.find(pairs[0]), minlength=len(keys.sorted))
        steps.append(Step(keys, goes_on, np.cumsum(count) - count, count, pairs[1].astype(np.int32)))
    return steps


def as_arrays(steps: Sequence[Step]) -> dict[str, NDArray[Any]]:
    """Steps as four arrays and their sizes, to be kept.

    `sizes` int32 (steps, 2): keys and rows of each; `keys` uint64, `on` bool, `count` int16 (all keys,);
    `rows` int32 (all rows,).
    """
    sizes = np.array([[len(step.keys.sorted), len(step.rows)] for step in steps]).reshape(-1, 2)
    parts: dict[str, list[NDArray[Any]]] = {
        "sizes": [sizes],
        "keys": [step.keys.sorted for step in steps],
        "on": [step.on for step in steps],
        "count": [step.count for step in steps],
        "rows": [step.rows for step in steps],
    }
    return {
        name: (np.concatenate(parts[name]) if parts[name] else np.zeros(0)).astype(kind)
        for name, kind in COMPILED.items()
    }


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> list[Step]:
    """The steps that `as_arrays` was given."""
    if not len(arrays["sizes"]):
        return []
    keys_end, rows_end = np.cumsum(arrays["sizes"], axis=0, dtype=np.int64)[:-1].T
    counts = [count.astype(np.int64) for count in np.split(arrays["count"], keys_end)]
    parts = zip(
        np.split(arrays["keys"], keys_end),
        np.split(arrays["on"], keys_end),
        counts,
        np.split(arrays["rows"], rows_end),
        strict=True,
    )
    return [Step(Keys(keys), on, np.cumsum(count) - count, count, rows) for keys, on, count, rows in parts]
