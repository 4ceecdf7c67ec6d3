"""What others would do: the obvious pipelines with their libraries' defaults, trained on the training calls."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from cxnlp.labels import HEADS
from cxnlp.language import build_nlp
from tests.bench.data import head

Scores = Callable[[Sequence[str]], Any]


def obvious(texts: list[str], y: NDArray[np.int8]) -> Scores:
    """(a) A Doc a turn, TF-IDF of word 1-to-3-grams and character 2-to-5-grams, one logistic regression a head."""
    nlp = build_nlp()
    words = TfidfVectorizer(analyzer=_grams, min_df=2)
    chars = TfidfVectorizer(analyzer="char", ngram_range=(2, 5), min_df=2)
    X = sparse.hstack([words.fit_transform(nlp.pipe(texts)), chars.fit_transform(texts)], format="csr")
    models = []
    for number in range(len(HEADS)):
        known = y[:, number] >= 0
        if len(np.unique(y[known, number])) > 1:
            models.append(_fit(X[known], y[known, number]))

    def scores(texts: Sequence[str]) -> list[NDArray[np.float64]]:
        X = sparse.hstack([words.transform(nlp.pipe(texts)), chars.transform(texts)], format="csr")
        return [model.predict_proba(X) for model in models]

    return scores


def _grams(doc: Any) -> list[str]:
    norms = [token.norm_ for token in doc]
    return [" ".join(norms[at : at + n]) for n in (1, 2, 3) for at in range(len(norms) - n + 1)]


def _fit(X: Any, y: NDArray[np.int8]) -> LogisticRegression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression().fit(X, y)


def one_head(texts: list[str], y: NDArray[np.int8]) -> Scores:
    """(b) scikit-learn's TF-IDF of word 1-to-2-grams and one logistic regression."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    column = y[:, head("wait")]
    known = np.flatnonzero(column >= 0)
    model = _fit(vectorizer.fit_transform([texts[row] for row in known.tolist()]), column[known])
    return lambda texts: model.predict_proba(vectorizer.transform(texts))


def fasttext(texts: list[str], y: NDArray[np.int8]) -> Scores | str:
    """(c) fastText's raw predict of one label; a word on why not where it is not installed."""
    try:
        library = import_module("fasttext")
    except ImportError:
        return "fasttext is not installed"
    column = y[:, head("wait")]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.txt"
        rows = (f"__label__{code} {text}" for code, text in zip(column.tolist(), texts, strict=True) if code >= 0)
        file.write_text("\n".join(" ".join(row.split()) for row in rows), encoding="utf-8")
        model = library.train_supervised(str(file), dim=100, wordNgrams=2, minCount=2, verbose=0)

    def scores(texts: Sequence[str]) -> list[Any]:
        predict = model.f.predict
        return [predict(text + "\n", 1, 0.0, "strict") for text in texts]

    return scores


def vader() -> Scores | str:
    """(d) VADER; a word on why not where it is not installed."""
    try:
        analyzer = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    except ImportError:
        return "vaderSentiment is not installed"
    return lambda texts: [analyzer.polarity_scores(text) for text in texts]
