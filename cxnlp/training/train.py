"""Training: labelled calls to a bundle, the same bytes from the same data.

Each turn is learnt in its call; again in its call worn and told otherwise (`augment`); again as a stream
would hand it, alone or with at most two turns before it; and its marked evidence once more by itself.
Calibration, thresholds and metrics come from calls held out in turn.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from cxnlp.classify.bundle import FORMAT, Bundle, save_bundle
from cxnlp.classify.calibrate import fit_calibration, fit_thresholds
from cxnlp.classify.heads import LabelHeads
from cxnlp.classify.outputs import OUTPUTS, probabilities, targets
from cxnlp.classify.sums import HeadSums, Weights
from cxnlp.errors import ReadError
from cxnlp.features.reading import PLAIN
from cxnlp.features.vectorizer import TurnVectorizer
from cxnlp.language.wordings import as_arrays
from cxnlp.lexicons import fingerprint
from cxnlp.training.augment import fragments, worn_calls
from cxnlp.training.card import write_card
from cxnlp.training.dataset import Dataset, load_dataset, snippets
from cxnlp.training.evidence import evidence_counts
from cxnlp.training.heldout import HeldOut, heldout_metrics
from cxnlp.training.markup import MarkedCall
from cxnlp.training.measures import fit_calls

FOLDS = 5
SEED = 20260
C = 0.1
BALANCE = 0.5
SNIPPET_WEIGHT = 0.1
COPY_WEIGHT = 1.0
Say = Callable[[str], None]


@dataclass(slots=True)
class Samples:
    """What the heads are fitted on: a row a turn or snippet. `group` says which split unit it is of."""

    X: sparse.csr_matrix
    y: NDArray[np.int8]
    group: NDArray[np.int64]
    weight: NDArray[np.float32]


@dataclass(slots=True)
class Fitted:
    """A model before it is written, with what held-out calls said of it."""

    vectorizer: TurnVectorizer
    heads: LabelHeads
    held: HeldOut
    evidence: dict[str, float]


def train(folder: Path, out: Path, say: Say = lambda line: None, folds: int = FOLDS) -> Bundle:
    """Train on the labelled calls under `folder` and write the bundle to `out`."""
    data = load_dataset(folder)
    bundle = make_bundle(data, data_hash(folder), say, folds)
    save_bundle(out, bundle, write_card(bundle, data))
    say(f"written to {out}")
    return bundle


def make_bundle(data: Dataset, made_of: str, say: Say = lambda line: None, folds: int = FOLDS) -> Bundle:
    """A bundle of these calls, in memory; `made_of`: their hash.

    One thread a regression: faster on matrices this sparse, and sums come out the same whatever the cores.
    """
    with threadpool_limits(limits=1):
        return _make_bundle(data, made_of, say, folds)


def _make_bundle(data: Dataset, made_of: str, say: Say, folds: int) -> Bundle:
    say(f"{len(data.calls)} calls and contrast items, {int(data.scored.sum())} turns")
    fitted = fit(data, say, folds)
    held = fitted.held
    slope, offset = fit_calibration(held.logits, held.truth)
    thresholds = fit_thresholds(probabilities(held.logits, slope, offset), held.truth)
    say("measuring held-out calls")
    metrics = heldout_metrics(data, held)
    metrics["evidence"] = fitted.evidence
    say("fitting the measures of whole calls")
    count = len(data.y)
    calls, metrics["calls"] = fit_calls(data, held.logits[:count], held.fold[:count], fitted.vectorizer.reader())
    return Bundle(
        name="cxnlp-en",
        config={
            "format": FORMAT,
            "name": "cxnlp-en",
            "features": fitted.vectorizer.get_params(),
            "heads": fitted.heads.get_params() | {"snippet_weight": SNIPPET_WEIGHT, "copy_weight": COPY_WEIGHT},
            "thresholds": thresholds,
            "calls": calls,
            "plain": list(PLAIN),
            "lexicons": fingerprint(),
            "data": made_of,
            "versions": {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "spacy")}
            | {"python": platform.python_version()},
        },
        weights=fitted.heads.coef_.T.astype(np.float32),
        columns=fitted.vectorizer.kept_.astype(np.int32),
        intercept=fitted.heads.intercept_,
        slope=slope,
        offset=offset,
        metrics=metrics,
        cues=as_arrays(fitted.vectorizer.reader().matcher.steps),
    )


def fit(data: Dataset, say: Say = lambda line: None, folds: int = FOLDS) -> Fitted:
    """Heads on all samples; logits of every turn and its worn copy by heads that had not seen its call."""
    vectorizer = TurnVectorizer().fit(data.calls)
    samples, count = make_samples(data, vectorizer)
    fold = folds_of(samples.group, folds)
    logits = np.zeros((count, len(OUTPUTS)), dtype=np.float32)
    words = np.zeros(3, dtype=np.int64)
    for number in range(folds):
        say(f"held-out part {number + 1} of {folds}")
        rows = fold != number
        heads = _fit_heads(samples.X[rows], samples.y[rows], samples.weight[rows])
        unseen = np.flatnonzero(fold[:count] == number)
        logits[unseen] = samples.X[unseen] @ heads.coef_.T + heads.intercept_
        part = folds_of(data.group, folds) == number
        words += found_words([call for call, own in zip(data.marked, part, strict=True) if own], vectorizer, heads)
    say("all of it")
    heads = _fit_heads(samples.X, samples.y, samples.weight)
    hit, claimed, marked = words.tolist()
    evidence = {
        "precision": round(hit / max(claimed, 1), 4),
        "recall": round(hit / max(marked, 1), 4),
        "f1": round(2 * hit / max(claimed + marked, 1), 4),
    }
    return Fitted(vectorizer, heads, HeldOut(logits, targets(samples.y[:count]), fold[:count]), evidence)


def found_words(marked: list[MarkedCall], vectorizer: TurnVectorizer, heads: LabelHeads) -> NDArray[np.int64]:
    """Words both found and marked as evidence, found, and marked, (3,), in calls held out from the heads."""
    whole = [call for call in marked if not call.is_contrast]
    weights = Weights(heads.coef_.T, vectorizer.kept_, heads.intercept_, vectorizer.get_params())
    return np.array(evidence_counts(whole, HeadSums(weights), vectorizer.reader()), dtype=np.int64)


def _fit_heads(X: sparse.csr_matrix, y: NDArray[np.int8], weight: NDArray[np.float32]) -> LabelHeads:
    try:
        return LabelHeads(C=C, balance=BALANCE).fit(X, y, weight)
    except ValueError as error:
        raise ReadError(f"too few labelled calls: {error}", todo="label more calls that show it") from None


def make_samples(data: Dataset, vectorizer: TurnVectorizer) -> tuple[Samples, int]:
    """All samples of a dataset: its own turns, their fragments, worn calls, marked words. How many the first
    two are comes back too: calibration and thresholds are to hold for both."""
    y = data.y.copy()
    y[~data.scored] = -1
    words, word_rows, source = snippets(data)
    parts = [(vectorizer.transform(data.calls), y, data.turn_group)]
    for calls, rows, of in (fragments(data, SEED), worn_calls(data, SEED + 1)):
        asked = (rows >= 0).any(axis=1)
        parts.append((vectorizer.transform(calls)[asked], rows[asked], data.group[of[asked]]))
    parts.append((vectorizer.transform(words), word_rows, data.group[source]))
    sizes = [len(rows) for _, rows, _ in parts]
    weights = np.array([1.0, COPY_WEIGHT, COPY_WEIGHT, SNIPPET_WEIGHT], dtype=np.float32)
    samples = Samples(
        X=sparse.vstack([X for X, _, _ in parts], format="csr"),
        y=np.vstack([rows for _, rows, _ in parts]),
        group=np.concatenate([group for _, _, group in parts]),
        weight=np.repeat(weights, sizes),
    )
    return samples, sizes[0] + sizes[1]


def folds_of(group: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """The held-out part of each sample, by its group: the same group, the same part."""
    order = np.random.default_rng(SEED).permutation(int(group.max()) + 1)
    return order[group] % folds


def data_hash(folder: Path) -> str:
    """A hash over every labelled file that training reads."""
    digest = sha256()
    for path in sorted([*folder.glob("calls/*.txt"), *folder.glob("contrast/*.txt")]):
        digest.update(path.name.encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()
