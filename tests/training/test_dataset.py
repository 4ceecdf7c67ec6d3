"""Labelled calls as arrays: what belongs together is never split, and only what is for training is read."""

from __future__ import annotations

import builtins
import io
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cxnlp.errors import ReadError
from cxnlp.features.vectorizer import TurnVectorizer
from cxnlp.labels import HEADS, LABELS, TONES, labels_of
from cxnlp.training.augment import Copies, fragments, worn, worn_calls
from cxnlp.training.dataset import COLUMN, Dataset, load_dataset, snippets
from cxnlp.training.train import FOLDS, data_hash, folds_of, make_samples


@pytest.fixture(scope="module")
def data(labelled: Path) -> Dataset:
    return load_dataset(labelled)


@pytest.fixture(scope="module")
def real(repo: Path) -> Dataset:
    """The training data of this repository."""
    return load_dataset(repo / "training_data")


@pytest.fixture
def folder(labelled: Path, tmp_path: Path) -> Path:
    """A labelled folder that may be added to."""
    return Path(shutil.copytree(labelled, tmp_path / "data"))


def family(id: str) -> str:
    """The call or contrast group that a call, a made copy or a snippet comes from."""
    return id.partition("/")[0].partition("~")[0].partition(":")[0]


@pytest.mark.parametrize("which", ["data", "real"])
@pytest.mark.parametrize("copied", [fragments, worn_calls])
def test_what_belongs_together_is_one_fold(
    which: str, copied: Callable[[Dataset, int], Copies], request: pytest.FixtureRequest
) -> None:
    data: Dataset = request.getfixturevalue(which)
    copies, copy_y, copy_source = copied(data, 1)
    words, word_y, word_source = snippets(data)
    fold_of = dict(zip([call.id for call in data.calls], folds_of(data.group, FOLDS).tolist(), strict=True))
    turns_of_copies = [call.id for call in copies for _ in call.turns]
    assert len(turns_of_copies) == len(copy_y) == len(copy_source)
    assert len(words) == len(word_y) == len(word_source)
    folds: dict[str, set[int]] = {}
    for call in data.calls:
        folds.setdefault(family(call.id), set()).add(fold_of[call.id])
    for ids, sources in ((turns_of_copies, copy_source), ([call.id for call in words], word_source)):
        for id, source in zip(ids, sources.tolist(), strict=True):
            assert family(id) == family(data.calls[source].id)
            folds[family(id)].add(fold_of[data.calls[source].id])
    assert {name: parts for name, parts in folds.items() if len(parts) > 1} == {}
    assert {part for parts in folds.values() for part in parts} == set(range(FOLDS))


def test_samples_carry_the_group_of_their_call(data: Dataset) -> None:
    vectorizer = TurnVectorizer(word_bits=8, char_bits=8, gram_bits=8).fit(data.calls)
    samples, _ = make_samples(data, vectorizer)
    assert samples.X.shape[0] == len(samples.y) == len(samples.group) == len(samples.weight)
    np.testing.assert_array_equal(samples.group[: len(data.y)], data.turn_group)
    np.testing.assert_array_equal(samples.y[: len(data.y)][data.scored], data.y[data.scored])
    assert (samples.y[: len(data.y)][~data.scored] == -1).all()
    fold = folds_of(samples.group, 3)
    for group in np.unique(samples.group):
        assert len(set(fold[samples.group == group].tolist())) == 1


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_folds_are_alike_in_size_and_steady(folds: int) -> None:
    group = np.arange(100)
    sizes = np.bincount(folds_of(group, folds))
    assert sizes.max() - sizes.min() <= 1
    np.testing.assert_array_equal(folds_of(group, folds), folds_of(group, folds))


def test_contrast_items_of_one_head_are_one_group(data: Dataset) -> None:
    ids = [call.id for call in data.calls]
    items = [place for place, id in enumerate(ids) if id.startswith("k-01/")]
    assert len(items) == 2
    assert len({int(data.group[place]) for place in items}) == 1
    assert [[turn.text for turn in data.calls[place].turns] for place in items] == [
        ["your slot has moved to friday", "it's always like that with you lot fine"],
        ["your slot has moved to friday", "i'm used to the new app now so friday's fine"],
    ]


POISON = "=== bad\nthis is no labelled call\n"


@pytest.mark.parametrize(
    "place", ["examples", "accounts", "cards", "examples/calls", "accounts/contrast", "gold", "calls/deeper"]
)
def test_other_folders_are_never_read(folder: Path, place: str) -> None:
    before, hash_before = load_dataset(folder), data_hash(folder)
    (folder / place).mkdir(parents=True)
    (folder / place / "x.txt").write_text(POISON, encoding="utf-8")
    after = load_dataset(folder)
    assert [call.id for call in after.calls] == [call.id for call in before.calls]
    assert data_hash(folder) == hash_before


def test_nothing_of_examples_is_opened(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def watch(real_open):  # type: ignore[no-untyped-def]
        def open_(file, *args, **kwargs):  # type: ignore[no-untyped-def]
            opened.append(str(file))
            return real_open(file, *args, **kwargs)

        return open_

    monkeypatch.setattr(io, "open", watch(io.open))
    monkeypatch.setattr(builtins, "open", watch(builtins.open))
    load_dataset(repo / "training_data")
    data_hash(repo / "training_data")
    assert {Path(path).parent.name for path in opened if "training_data" in path} == {"calls", "contrast"}


def test_no_example_is_a_training_call(repo: Path, real: Dataset) -> None:
    from cxnlp.readers import read

    known = {turn.text.lower() for call in real.calls for turn in call.turns if len(turn.text.split()) > 9}
    examples = [turn.text.lower() for call in read(repo / "training_data" / "examples") for turn in call.turns]
    assert [text for text in examples if text in known] == []


def test_a_changed_byte_changes_the_hash(folder: Path) -> None:
    before = data_hash(folder)
    path = folder / "calls" / "t_0.txt"
    path.write_bytes(path.read_bytes() + b"# a note\n")
    assert data_hash(folder) != before


@pytest.mark.parametrize("which", ["data", "real"])
def test_the_label_matrix(which: str, request: pytest.FixtureRequest) -> None:
    data: Dataset = request.getfixturevalue(which)
    marked = [turn for call in data.marked for turn in call.turns]
    spoken = [turn for call in data.calls for turn in call.turns]
    assert data.y.shape == (len(marked), len(HEADS)) == (len(spoken), len(HEADS))
    for turn, call_turn, row, scored in zip(marked, spoken, data.y.tolist(), data.scored.tolist(), strict=True):
        assert call_turn.text == turn.text
        assert scored is not turn.context_only
        if turn.context_only or turn.speaker == "system":
            assert set(row) == {-1}
            continue
        asked = {"tone" if turn.speaker == "agent" else "distress", *labels_of(turn.speaker)}
        assert {head for head, value in zip(HEADS, row, strict=True) if value >= 0} == asked
        assert {name for name in LABELS if row[COLUMN[name]] == 1} == set(turn.labels)
        if turn.speaker == "agent":
            assert TONES[row[0]] == turn.tone
        else:
            assert row[1] == turn.distress


def test_the_data_is_enough_of_all_kinds(real: Dataset) -> None:
    whole = [call for call in real.marked if not call.is_contrast]
    assert len(whole) >= 200
    assert sum(len(call.turns) for call in whole) >= 4500
    for head in HEADS[2:]:
        assert (real.y[:, COLUMN[head]] == 1).sum() >= 50, head
    assert {int(value) for value in np.unique(real.y[:, 0])} == {-1, 0, 1, 2}
    assert {int(value) for value in np.unique(real.y[:, 1])} == {-1, 0, 1, 2, 3}
    assert {call.head["effort"] for call in whole} == set("1234567")


def test_snippets_are_the_marked_words(data: Dataset) -> None:
    calls, rows, source = snippets(data)
    assert len(calls) > 100
    for call, row, from_call in zip(calls, rows, source.tolist(), strict=True):
        (turn,) = call.turns
        assert len(turn.text.split()) >= 2
        assert any(turn.text in own.text for own in data.calls[from_call].turns)
        assert sorted(row.tolist(), reverse=True)[:2] == [1, -1]


@pytest.mark.parametrize("seed", range(20))
def test_worn_text_is_never_empty_and_the_same_each_time(seed: int) -> None:
    for text in ("hello", "my bill is wrong again for the third time", "[PII] 42"):
        one, other = worn(text, random.Random(seed), 0.5, 0.5), worn(text, random.Random(seed), 0.5, 0.5)
        assert one == other
        assert 1 <= len(one.split()) <= len(text.split())


@pytest.mark.parametrize(
    ("spoil", "fragment"),
    [
        (lambda folder: shutil.rmtree(folder / "calls"), "no labelled calls"),
        (lambda folder: [path.unlink() for path in (folder / "calls").glob("*")], "no labelled calls"),
        (lambda folder: shutil.rmtree(folder), "no labelled calls"),
    ],
)
def test_a_folder_without_calls(folder: Path, spoil: object, fragment: str) -> None:
    spoil(folder)  # type: ignore[operator]
    with pytest.raises(ReadError, match=fragment):
        load_dataset(folder)


def test_without_contrast_items(folder: Path) -> None:
    shutil.rmtree(folder / "contrast")
    assert not any(call.is_contrast for call in load_dataset(folder).marked)
