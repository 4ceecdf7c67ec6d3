"""Wordings as arrays: the words of many lines one behind the other, and the line each shows as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cxnlp.corpus.counts import Rows
from cxnlp.corpus.lines import SLOT, Hashed
from cxnlp.language.norms import NUM
from cxnlp.language.table import CONTENT, TokenTable
from cxnlp.scoring.masked import masked_words

PLAIN, GIVEN, NAME, WORD = range(4)
"""What a word is: itself; a number or mask, known as such; a slot found by comparing lines."""
_SLOTS = {NAME: "<name>", WORD: "<word>"}
_ENCODED = 20_000


@dataclass(slots=True)
class Wordings:
    """N lines of W words. By line: `text`, `calls`, `agent` (0: several or unknown), `ptr` (N+1,). By word: `hash`,
    `kind`, `start`, `stop` (characters), `capital`, `content`, `shown` (what stands for a number or mask)."""

    text: NDArray[Any]
    calls: NDArray[np.int64]
    agent: NDArray[np.uint64]
    ptr: NDArray[np.int64]
    hash: NDArray[np.uint64]
    kind: NDArray[np.int8]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    capital: NDArray[np.bool_]
    content: NDArray[np.bool_]
    shown: NDArray[Any]

    def __len__(self) -> int:
        return len(self.text)

    @property
    def line(self) -> NDArray[np.int64]:
        """int64 (W,): the line of each word."""
        return np.repeat(np.arange(len(self)), np.diff(self.ptr))

    def take(self, lines: NDArray[np.int64]) -> Wordings:
        """Some lines, in the order given."""
        sizes = np.diff(self.ptr)[lines]
        ptr = np.concatenate([[0], np.cumsum(sizes)])
        words = np.repeat(self.ptr[lines] - ptr[:-1], sizes) + np.arange(ptr[-1])
        of_line = (self.text[lines], self.calls[lines], self.agent[lines], ptr)
        columns = (self.hash, self.kind, self.start, self.stop, self.capital, self.content, self.shown)
        return Wordings(*of_line, *(column[words] for column in columns))

    def keys(self) -> NDArray[np.uint64]:
        """uint64 (N,): a hash of each line, slots alike and several in a row one."""
        again = np.zeros(len(self.kind), dtype=np.bool_)
        again[1:] = (self.kind[1:] > PLAIN) & (self.kind[:-1] > PLAIN)
        again[self.ptr[:-1][np.diff(self.ptr) > 0]] = False
        kept = np.concatenate([[0], np.cumsum(~again)])
        return Hashed(self.hash[~again]).of(kept[self.ptr[:-1]], kept[self.ptr[1:]])

    def shows(self, line: int) -> str:
        """The text of a line with its slots."""
        text, parts, at, before = str(self.text[line]), list[str](), 0, PLAIN
        for word in range(int(self.ptr[line]), int(self.ptr[line + 1])):
            kind = int(self.kind[word])
            if kind != PLAIN:
                if before == PLAIN:
                    parts += [text[at : int(self.start[word])], _SLOTS.get(kind) or str(self.shown[word])]
                at = int(self.stop[word])
            before = kind
        return " ".join("".join([*parts, text[at:]]).split())

    @classmethod
    def of(cls, rows: Rows, table: TokenTable) -> Self:
        """The wordings of counted lines, `rows.seen` their texts."""
        parts = [
            _encoded(rows.seen[begin : begin + _ENCODED].tolist(), table)
            for begin in range(0, max(len(rows.key), 1), _ENCODED)
        ]
        sizes = np.concatenate([part[0] for part in parts])
        ptr = np.concatenate([[0], np.cumsum(sizes)])
        columns = (np.concatenate([part[number] for part in parts]) for number in range(1, len(parts[0])))
        return cls(rows.seen, rows.count, rows.agent, ptr, *columns)


def _encoded(texts: list[str], table: TokenTable) -> tuple[NDArray[Any], ...]:
    """(words of each text, then the columns of `Wordings` by word)."""
    tokens = table.encode(texts)
    words = masked_words(table, tokens)
    id, loud = tokens.tokens[words.at], tokens.at
    end = np.append(words.at[1:], len(tokens.tokens))
    end = np.where(np.append(words.of[1:] != words.of[:-1], True)[: len(end)], tokens.indptr[words.of + 1], end)
    last = loud[np.searchsorted(loud, end) - 1]
    start = tokens.starts(words.at)
    shown = [_shown(table.norms[norm]) for norm in table.norm_ids[id].tolist()]
    return (
        np.bincount(words.of, minlength=len(texts)),
        np.where(words.slot, SLOT, words.hash),
        np.where(words.slot, GIVEN, PLAIN).astype(np.int8),
        start,
        tokens.starts(last) + table.lengths[tokens.tokens[last]],
        np.array([table.texts[token][:1].isupper() for token in id.tolist()], dtype=np.bool_),
        (table.flags[id] & CONTENT) > 0,
        np.array(shown, dtype=object),
    )


def _shown(norm: str) -> str:
    return "<number>" if norm == NUM else norm if norm.startswith("<") else ""
