"""What the held-out figures rest on: `python -m cxnlp.training.study FOLDER [--curve]`.

One run: the model by channel, by trade and by style of transcript; against the majority, phrase lists
(our own cues, unweighted) and VADER (where `vaderSentiment` is installed); and, with --curve, what a
quarter and a half of the calls would have given.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxnlp.classify.outputs import DISTRESS, YES_NO
from cxnlp.features.vectorizer import TurnVectorizer
from cxnlp.labels import LABELS, OUTPUT_NAMES, group_of
from cxnlp.lexicons import CUE_LABELS
from cxnlp.training.dataset import Dataset, load_dataset, make_dataset
from cxnlp.training.heldout import decide, tone_and_distress
from cxnlp.training.metrics import averages, columns_of, figures, intervals
from cxnlp.training.train import fit

LEAST_TURNS = 400
Decisions = tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.int8], NDArray[np.bool_]]


def model_decisions(data: Dataset) -> Decisions:
    """Probabilities, tone, distress and labels of every turn, held out."""
    held = fit(data).held
    decided = decide(held.logits, held.truth, held.fold)
    p, over = decided.p[: len(data.y)], decided.over[: len(data.y)]
    tone, distress = tone_and_distress(over, data.y[:, 0] >= 0, data.y[:, 1] >= 0)
    return p, tone, distress, over[:, YES_NO] > 0


def phrase_decisions(data: Dataset) -> Decisions:
    """Phrase lists: a label where one of its cues is said and not negated."""
    reading = TurnVectorizer().reader().read(data.calls)
    seen = {label: reading.cues[:, place] > 0 for place, label in enumerate(CUE_LABELS)}
    p = np.zeros((len(data.y), len(OUTPUT_NAMES)), dtype=np.float32)
    labels = np.column_stack([seen[label] for label in LABELS])
    upset = np.any([seen[label] for label in group_of("affect") if label != "delight"], axis=0)
    p[:, YES_NO] = labels
    p[:, 0] = seen["stock"]
    p[:, DISTRESS.start] = upset
    return p, np.where(seen["stock"], 0, 1).astype(np.int8), upset.astype(np.int8), labels


def majority_decisions(data: Dataset) -> Decisions:
    """Neutral, calm, no label."""
    count = len(data.y)
    none = np.zeros((count, len(LABELS)), dtype=np.bool_)
    p = np.zeros((count, len(OUTPUT_NAMES)), dtype=np.float32)
    return p, np.ones(count, dtype=np.int8), np.zeros(count, dtype=np.int8), none


def vader_decisions(data: Dataset) -> Decisions:
    """VADER's compound score: below -0.05 distress and the sour labels, above 0.05 the sweet ones."""
    analyzer = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    compound = np.array([analyzer.polarity_scores(t.text)["compound"] for c in data.calls for t in c.turns])
    p, tone, _, labels = majority_decisions(data)
    sweet = {"delight", "ease", "rapport", "gratitude", "reassurance"}
    for place, name in enumerate(OUTPUT_NAMES):
        p[:, place] = compound if name in sweet or name == "genuine" else -compound
    for place, name in enumerate(LABELS):
        labels[:, place] = compound > 0.05 if name in sweet else compound < -0.05
    return p, tone, (compound < -0.05).astype(np.int8), labels


def line_of(name: str, data: Dataset, made: Decisions, rows: NDArray[np.bool_], with_limits: bool = False) -> str:
    """One line of figures over some of the turns."""
    p, tone, distress, labels = made
    y = data.y[rows]
    side = np.where(y[:, 0] >= 0, 0, np.where(y[:, 1] >= 0, 1, 2)).astype(np.int8)
    columns = columns_of(side, y, tone[rows], distress[rows], labels[rows], p[rows])
    macro = averages(figures(columns))["macro"]
    if macro is None:
        return f"{name:<28}{int(rows.sum()):>7} turns, too few positives"
    line = (
        f"{name:<28}{int(rows.sum()):>7} turns {macro['rows']:>3} rows   F1 {macro['f1']:.3f}   AUC {macro['auc']:.3f}"
    )
    return f"{line}   95 % {intervals(columns, frozenset(), 60)}" if with_limits else line


def slices(data: Dataset, key: Callable[[Mapping[str, str]], str]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Turns of calls by what `key` says of the call's head, where there are enough."""
    names = np.repeat([key(call.head) for call in data.marked], [len(call.turns) for call in data.calls])
    for name in sorted(set(names.tolist())):
        rows = (names == name) & data.scored
        if name and rows.sum() >= LEAST_TURNS:
            yield name, rows


def study(folder: Path, curve: bool) -> Iterator[str]:
    """The whole study as lines."""
    data = load_dataset(folder)
    whole = np.repeat([not call.is_contrast for call in data.marked], [len(call.turns) for call in data.calls])
    rows = whole & data.scored
    made = model_decisions(data)
    yield line_of("model, held out", data, made, rows, with_limits=True)
    yield line_of("phrase lists", data, phrase_decisions(data), rows)
    yield line_of("majority", data, majority_decisions(data), rows)
    if find_spec("vaderSentiment"):
        yield line_of("VADER", data, vader_decisions(data), rows)
    for title, key in (
        ("channel", lambda head: head.get("channel", "")),
        ("style", lambda head: {"voice-asr": "recogniser", "": ""}.get(head.get("channel", ""), "clean or typed")),
        ("set", lambda head: head.get("set", "")),
        ("trade", lambda head: head.get("trade", "")),
    ):
        for name, part in slices(data, key):
            yield line_of(f"{title}: {name}", data, made, part & rows)
    for share in (0.25, 0.5) if curve else ():
        keep = np.random.default_rng(1).random(int(data.group.max()) + 1) < share
        some = make_dataset([call for call, group in zip(data.marked, data.group, strict=True) if keep[group]])
        inside = np.repeat([not call.is_contrast for call in some.marked], [len(call.turns) for call in some.calls])
        yield line_of(f"learning curve, {share:.0%}", some, model_decisions(some), inside & some.scored)


def main() -> None:
    """Print the study."""
    parser = argparse.ArgumentParser(description="Held-out figures by slice, baselines, learning curve.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--curve", action="store_true", help="also train on a quarter and a half of the calls")
    options = parser.parse_args()
    for line in study(options.folder, options.curve):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
