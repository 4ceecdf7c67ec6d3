"""The vectorizer: the matrix the heads are fitted on is the sums the scorer works with."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks

from cxnlp.classify.bundle import load_bundle
from cxnlp.classify.sums import HeadSums, Weights
from cxnlp.features.grams import REACH, word_grams
from cxnlp.features.layout import Layout
from cxnlp.features.reading import PLAIN, Reader
from cxnlp.features.vectorizer import TurnVectorizer
from cxnlp.labels import OUTPUT_NAMES
from cxnlp.language.cues import CueMatcher
from cxnlp.language.table import TokenTable
from cxnlp.lexicons import CUE_LABELS, load_cues
from cxnlp.schema import Call, Turn
from cxnlp.scoring import Scorer
from cxnlp.training.dataset import load_dataset

WORDS = (
    "i'm so sorry about that this is the third time i've rung um okay [PII] 42 ? ! is there anything else i can"
    " help you with today the router my boiler broke don't worry PLEASE no problem"
)
TEXTS = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(WORDS.split()),
        max_size=14,
    ).map(" ".join),
)
TURNS = st.builds(Turn, st.sampled_from(["agent", "customer", "system"]), TEXTS)
CALLS = st.lists(
    st.builds(
        Call,
        st.text("abc", min_size=1),
        st.lists(TURNS, min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=4,
)


READERS: dict[tuple[int, float], Reader] = {}


@pytest.fixture(autouse=True)
def readers_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling the cues is most of what a vectorizer costs; readers differ in two settings only."""
    make = Layout.reader

    def reader(self: Layout) -> Reader:
        key = (self.gram_bits, self.damping)
        if key not in READERS:
            READERS[key] = make(self)
        return READERS[key]

    monkeypatch.setattr(Layout, "reader", reader)


@pytest.fixture(scope="module")
def small_calls(labelled) -> list[Call]:  # type: ignore[no-untyped-def]
    return load_dataset(labelled).calls


@pytest.fixture(scope="module")
def as_trained(scorer: Scorer) -> TurnVectorizer:
    """The vectorizer of the bundled model, put together from the bundle."""
    vectorizer = TurnVectorizer(**scorer.bundle.config["features"])
    vectorizer.kept_ = scorer.bundle.columns.astype(np.int64)
    return vectorizer


def assert_same_sums(vectorizer: TurnVectorizer, scorer: Scorer, calls: list[Call]) -> None:
    matrix = vectorizer.transform(calls)
    expected = matrix @ scorer.bundle.weights.astype(np.float32) + scorer.bundle.intercept
    found = scorer.sums.logits(scorer.reader.read(calls), scorer.reader.table)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-4)


@settings(max_examples=40)
@given(CALLS)
def test_sums_are_the_matrix_times_the_weights(as_trained: TurnVectorizer, scorer: Scorer, calls: list[Call]) -> None:
    assert_same_sums(as_trained, scorer, calls)


def test_sums_of_real_looking_calls(as_trained: TurnVectorizer, scorer: Scorer, small_calls: list[Call]) -> None:
    assert_same_sums(as_trained, scorer, small_calls)


def test_sums_after_the_table_started_afresh(tiny_bundle, small_calls: list[Call]) -> None:  # type: ignore[no-untyped-def]
    bundle = load_bundle(tiny_bundle)
    settings_of = bundle.config["features"]
    weights = Weights(bundle.weights, bundle.columns, bundle.intercept, settings_of)
    sums, steady_sums = HeadSums(weights), HeadSums(weights)
    table = TokenTable(most_chunks=40)
    cues = [*load_cues("cues.jsonl"), *load_cues("stock.jsonl")]
    reader = Reader(table, CueMatcher(cues, table.nlp), settings_of["gram_bits"], settings_of["damping"])
    steady = TurnVectorizer(**settings_of).reader()
    for call in small_calls[:12]:
        np.testing.assert_array_equal(
            sums.logits(reader.read([call]), table), steady_sums.logits(steady.read([call]), steady.table)
        )
    assert table.generation > 3


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"context": 0.0},
        {"damping": 0.0},
        {"char_weight": 0.3, "gram_weight": 0.7, "cue_weight": 2.0, "context": 1.0},
        {"word_bits": 8, "char_bits": 7, "gram_bits": 9},
        {"least_calls": 1},
    ],
)
def test_sums_under_other_settings(changes: dict[str, float], small_calls: list[Call]) -> None:
    vectorizer = TurnVectorizer(**{"word_bits": 12, "char_bits": 11, "gram_bits": 13, **changes}).fit(small_calls)  # type: ignore[arg-type]
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(len(vectorizer.kept_), len(OUTPUT_NAMES))).astype(np.float32)
    intercept = rng.normal(size=len(OUTPUT_NAMES)).astype(np.float32)
    sums = HeadSums(Weights(rows, vectorizer.kept_, intercept, vectorizer.get_params()))
    reader, calls = vectorizer.reader(), small_calls[:6]
    expected = vectorizer.transform(calls) @ rows + intercept
    np.testing.assert_allclose(sums.logits(reader.read(calls), reader.table), expected, atol=2e-3, rtol=1e-4)


DATA_FREE = (
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_do_not_raise_errors_in_init_or_set_param",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
)
"""scikit-learn's other checks make arrays, and calls are none; what they ask is asked below."""


@pytest.mark.parametrize("check", DATA_FREE)
def test_scikit_learn_checks(check: str) -> None:
    if (run := getattr(estimator_checks, check, None)) is None:
        pytest.skip("this scikit-learn has no such check")
    run("TurnVectorizer", TurnVectorizer())


def test_tags_say_that_calls_are_no_arrays() -> None:
    tags = TurnVectorizer().__sklearn_tags__()
    assert not tags.input_tags.two_d_array
    assert tags.transformer_tags is not None
    assert not tags.target_tags.required


def test_before_fit() -> None:
    with pytest.raises(NotFittedError):
        TurnVectorizer().transform([Call("a", [Turn("agent", "hello")])])
    with pytest.raises(NotFittedError):
        TurnVectorizer().get_feature_names_out()


def test_fit_transform_clone_and_pickle_agree(small_calls: list[Call]) -> None:
    one = TurnVectorizer(word_bits=12, char_bits=11, gram_bits=13)
    first = one.fit_transform(small_calls)
    for other in (clone(one).fit(small_calls), pickle.loads(pickle.dumps(one)), one.fit(small_calls)):
        assert (other.transform(small_calls) != first).nnz == 0
        assert other.kept_.tolist() == one.kept_.tolist()
    assert first.dtype == np.float32
    assert first.shape == (sum(len(call.turns) for call in small_calls), len(one.kept_))
    assert np.isfinite(first.data).all()


def test_fitting_does_not_change_calls_or_settings(small_calls: list[Call]) -> None:
    before = pickle.dumps(small_calls[:5])
    vectorizer = TurnVectorizer(word_bits=10, char_bits=9, gram_bits=11)
    params = vectorizer.get_params()
    vectorizer.fit_transform(small_calls[:5])
    assert pickle.dumps(small_calls[:5]) == before
    assert vectorizer.get_params() == params


def test_a_call_has_the_same_rows_in_any_company(small_calls: list[Call]) -> None:
    vectorizer = TurnVectorizer(word_bits=12, char_bits=11, gram_bits=13).fit(small_calls)
    shuffled = random.Random(1).sample(small_calls, 8)
    together = vectorizer.transform(shuffled)
    row = 0
    for call in shuffled:
        alone = vectorizer.transform([call])
        assert abs(together[row : row + len(call.turns)] - alone).max() == 0
        row += len(call.turns)


def test_names_of_columns(small_calls: list[Call]) -> None:
    vectorizer = TurnVectorizer(word_bits=12, char_bits=11, gram_bits=13).fit(small_calls)
    names = vectorizer.get_feature_names_out().tolist()
    assert len(names) == len(set(names)) == len(vectorizer.kept_)
    ends = [f"{block}:{label}" for block in ("cue", "not_cue", "cue_before") for label in CUE_LABELS]
    assert names[-len(ends) - len(PLAIN) :] == ends + [f"plain:{name}" for name in PLAIN]


def test_rare_columns_are_dropped(small_calls: list[Call]) -> None:
    kept = [len(TurnVectorizer(12, 11, 13, least_calls=least).fit(small_calls).kept_) for least in (1, 2, 5, 1000)]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] > kept[1] > kept[2]
    assert kept[-1] == 3 * len(CUE_LABELS) + len(PLAIN)


def test_blocks_lie_end_to_end() -> None:
    offsets = TurnVectorizer(3, 2, 4).offsets()
    assert list(offsets.values()) == sorted(offsets.values())
    assert offsets["end"] == 8 + 4 + 16 + 8 + 3 * len(CUE_LABELS) + len(PLAIN)


@given(st.lists(st.integers(0, 3), max_size=20))
def test_grams_stay_inside_a_text(sizes: list[int]) -> None:
    of = np.repeat(np.arange(len(sizes)), sizes)
    hashes = np.arange(1, len(of) + 1, dtype=np.uint64) * np.uint64(2654435761)
    grams = word_grams(hashes, of, 12)
    word, kind = np.nonzero(grams >= 0)
    assert len(word) == sum(max(size - 1, 0) + 2 * max(size - 2, 0) for size in sizes)
    assert (of[word] == of[word + np.array(REACH)[kind]]).all()
    assert (grams < 1 << 12).all()
