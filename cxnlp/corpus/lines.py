"""Agent turns cut into lines: sentences, whole turns, and runs of words that recur where nothing is punctuated.

A recogniser that writes no punctuation gives turns of one long sentence; inside those, runs of words are found
that stand together in many calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.language.table import TokenBatch, TokenTable
from cxnlp.scoring.masked import Words, masked_words

WINDOW = 6
"""Words of the runs that are counted; a longer run is one of several that overlap."""
MOST_WORDS = 60
FALL = 0.5
"""A run ends where the next window is said this much less often, or the one before was."""
SLOT = np.uint64(0x51075107510751)
_BASE = 0x9E3779B97F4A7C15
_ENDS = re.compile(r"[.!?…;:。？！]+")
_SHORT = re.compile(r"[A-Z][^aeiouyAEIOUY\W\d_]{0,3}")


@dataclass(slots=True)
class Spans:
    """Runs of words: `first`, `last` (exclusive), places in `Words`, (S,)."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]


class LineCutter:
    """Cuts turns into lines. `least_words`: plain words, slots aside, of a line worth counting."""

    def __init__(self, table: TokenTable, least_words: int) -> None:
        self.table, self.least_words = table, least_words

    def read(self, texts: list[str]) -> LineBatch:
        """A batch of turns."""
        tokens = self.table.encode(texts)
        return LineBatch(self.table, tokens, self.least_words)


class LineBatch:
    """Turns as words, and the lines in them."""

    def __init__(self, table: TokenTable, tokens: TokenBatch, least_words: int) -> None:
        self.table, self.tokens, self.least_words = table, tokens, least_words
        self.words: Words = masked_words(table, tokens)
        hashes = np.where(self.words.slot, SLOT, self.words.hash)
        self._hashed = Hashed(hashes)
        self._ends = _sentence_ends(table, tokens)
        self._plain = np.concatenate([[0], np.cumsum(~self.words.slot)])

    def keys(self, spans: Spans) -> NDArray[np.uint64]:
        """The hash of each line's words, slots alike."""
        return self._hashed.of(spans.first, spans.last)

    def worth(self, spans: Spans) -> Spans:
        """The lines that are neither too short nor too long."""
        plain = self._plain[spans.last] - self._plain[spans.first]
        keep = (plain >= self.least_words) & (spans.last - spans.first <= MOST_WORDS)
        return Spans(spans.first[keep], spans.last[keep])

    def sentences(self) -> Spans:
        """Sentences, without regard to their worth."""
        of = self.words.of
        number = np.concatenate([[0], np.cumsum(self._ends)])[self.words.at]
        new = np.ones(len(of), dtype=np.bool_)
        new[1:] = (of[1:] != of[:-1]) | (number[1:] != number[:-1])
        return _pieces(new)

    def turns(self) -> Spans:
        """Whole turns."""
        new = np.ones(len(self.words.of), dtype=np.bool_)
        new[1:] = self.words.of[1:] != self.words.of[:-1]
        return _pieces(new)

    def windows(self) -> Spans:
        """Every run of WINDOW plain words inside a sentence that no mark ends."""
        spans = self.sentences()
        closed = self._closed(spans)[1]
        spans = Spans(spans.first[~closed], spans.last[~closed])
        many = np.maximum(spans.last - spans.first - WINDOW + 1, 0)
        first = np.repeat(spans.first - np.cumsum(many) + many, many) + np.arange(many.sum())
        first = first[self._plain[first + WINDOW] - self._plain[first] == WINDOW]
        return Spans(first, first + WINDOW)

    def runs(self, key: NDArray[np.uint64], count: NDArray[np.int64]) -> Spans:
        """The longest runs of windows that recur: `key` (sorted) and `count` of those that do."""
        windows = self.windows()
        keys = self.keys(windows)
        place = np.minimum(np.searchsorted(key, keys), max(len(key) - 1, 0))
        known = key[place] == keys if len(key) else np.zeros(len(keys), dtype=np.bool_)
        first, said = windows.first[known], count[place[known]]
        if not len(first):
            return Spans(first, first)
        near = np.minimum(said[1:], said[:-1]) >= FALL * np.maximum(said[1:], said[:-1])
        starts = np.flatnonzero(np.concatenate([[True], (first[1:] != first[:-1] + 1) | ~near]))
        stops = np.append(starts[1:], len(first)) - 1
        begin, end = first[starts].copy(), first[stops] + WINDOW
        return _apart(begin, end, np.maximum.reduceat(said, starts))

    def texts(self, spans: Spans, texts: list[str]) -> list[str]:
        """The characters of each line, with the mark that ends it."""
        tokens, last = self.tokens, self._closed(spans)[0]
        start = tokens.starts(self.words.at[spans.first]).tolist()
        stop = (tokens.starts(last) + self.table.lengths[tokens.tokens[last]]).tolist()
        of = self.words.of[spans.first].tolist()
        return [texts[text][begin:end] for text, begin, end in zip(of, start, stop, strict=True)]

    def _closed(self, spans: Spans) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(the last token of each line, with the mark that ends it; whether one does)."""
        last = self.words.at[spans.last - 1]
        after = np.minimum(last + 1, max(len(self.tokens.tokens) - 1, 0))
        closed = self._ends[after] & (after < self.tokens.indptr[self.words.of[spans.first] + 1])
        return np.where(closed, after, last), closed


class Hashed:
    """A rolling hash: that of any run of words in constant time, modulo 2^64."""

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        count = len(hashes) + 1
        self.power = _powers(_BASE, count)
        self._back = _powers(pow(_BASE, -1, 1 << 64), count)
        self._sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(hashes * self.power[:-1])])

    def of(self, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint64]:
        """uint64 (S,): the hash of each run; `last` exclusive."""
        return np.asarray((self._sums[last] - self._sums[first]) * self._back[first])


def _powers(factor: int, count: int) -> NDArray[np.uint64]:
    steps = np.full(count, factor, dtype=np.uint64)
    steps[0] = 1
    return np.cumprod(steps, dtype=np.uint64)


def _pieces(new: NDArray[np.bool_]) -> Spans:
    first = np.flatnonzero(new)
    return Spans(first, np.append(first[1:], len(new))[: len(first)])


def _apart(begin: NDArray[np.int64], end: NDArray[np.int64], said: NDArray[np.int64]) -> Spans:
    """Runs that overlap share no word: the one said more often keeps it."""
    for place in np.flatnonzero(begin[1:] < end[:-1]).tolist():
        if said[place] >= said[place + 1]:
            begin[place + 1] = max(begin[place + 1], end[place])
        else:
            end[place] = min(end[place], begin[place + 1])
    keep = end - begin >= WINDOW
    return Spans(begin[keep], end[keep])


def _sentence_ends(table: TokenTable, tokens: TokenBatch) -> NDArray[np.bool_]:
    """Which tokens end a sentence; a full stop behind a title or an initial ("Dr.") does not."""
    used, local = np.unique(tokens.tokens, return_inverse=True)
    words = [table.texts[token] for token in used.tolist()]
    ends = np.array([bool(_ENDS.fullmatch(word)) for word in words], dtype=np.bool_)[local]
    short = np.array([bool(_SHORT.fullmatch(word)) for word in words], dtype=np.bool_)[local]
    ends[1:] &= ~(short[:-1] & np.array([word == "." for word in words], dtype=np.bool_)[local][1:])
    return ends
