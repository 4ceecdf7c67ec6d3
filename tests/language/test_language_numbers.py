"""Chunks by their bytes: one number for the same chunk, another for every other, however long and however many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cxnlp.language import numbers
from cxnlp.language.norms import with_fours
from cxnlp.language.numbers import ChunkNumbers

CHUNKS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=20)


def numbers_of(known: ChunkNumbers, chunks: Sequence[str]) -> NDArray[np.int64]:
    parts = [chunk.encode() for chunk in chunks]
    sizes = np.array([len(part) for part in parts], dtype=np.int64)
    return known.of(b"".join(parts), np.cumsum(sizes) - sizes, sizes)


@given(st.lists(st.lists(CHUNKS, max_size=30), max_size=4))
def test_same_chunk_same_number(batches: list[list[str]]) -> None:
    known = ChunkNumbers(["first"])
    seen: dict[str, int] = {"first": 0}
    for chunks in batches:
        for chunk, number in zip(chunks, numbers_of(known, chunks).tolist(), strict=True):
            assert seen.setdefault(with_fours(chunk), number) == number, chunk
    assert sorted(seen.values()) == list(range(len(seen)))
    assert known.count == len(seen)
    assert set(known.new) == set(seen) - {"first"}


@pytest.mark.parametrize("size", [1, 7, 8, 9, 14, 15, 16, 17, 40])
def test_the_last_byte_and_the_length_count(size: int) -> None:
    known = ChunkNumbers([])
    alike = ["x" * size, "x" * (size - 1) + "y", "x" * (size + 1), "x" * size + "\0", "x" * size]
    first, *others, again = numbers_of(known, alike).tolist()
    assert again == first
    assert len({first, *others}) == 4


def test_many_chunks_keep_their_numbers() -> None:
    known = ChunkNumbers([])
    chunks = [f"{a}{b}{c}" for a in "abcdefghijklmnopqrst" for b in "abcdefghijklmnopqrst" for c in "abcdefghij"]
    first = numbers_of(known, chunks)
    assert len(set(first.tolist())) == len(chunks)
    assert numbers_of(known, chunks[::-1]).tolist() == first[::-1].tolist()


def test_prices_are_alike_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "MOST_ALIKE", 3)
    known = ChunkNumbers([])
    found = numbers_of(known, [f"£{pounds}.50" for pounds in range(10, 99)])
    assert len(set(found.tolist())) == 1
    assert known.new == ["£44.44"]
    assert numbers_of(known, ["£10.50", "£98.50", "£1.50"]).tolist() == [0, 0, 1]
