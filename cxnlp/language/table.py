"""The token table: each distinct chunk passes through spaCy once.

spaCy's tokenizer works on one whitespace-separated chunk at a time and our rules never look
further (`tokenizer.py`), so tokens, norms and flags of a chunk can be kept and a batch of texts
becomes array indexing. Only false starts need the neighbours; they are found on the arrays.
The table is bounded: past `most_chunks` it starts afresh with a fresh spaCy vocabulary, and
`generation`, never the same of two tables, tells the rooms above that their arrays by token id are void.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from cxnlp.language.grow import GrowingArray
from cxnlp.language.norms import MASK, QUIET
from cxnlp.language.pipeline import build_nlp
from cxnlp.lexicons import load_words

CONTENT, QUESTION, EXCLAIM, SPECIAL, UPPER, LOUD, NEGATOR, BREAK = (1 << bit for bit in range(8))
_generations = count(1)
_EXTRA = re.compile(r"^\s+|(?<=\S )\s+|(?<=\S)[^\S ]\s*")


@dataclass(slots=True)
class TokenBatch:
    """Texts as arrays. N tokens over T texts; all of one text stand together, in order.

    `tokens` int32 (N,): token ids. `indptr` int64 (T+1,): where each text's tokens begin.
    `loud` bool (N,): neither filler, punctuation nor false start.
    """

    tokens: NDArray[np.int32]
    indptr: NDArray[np.int64]
    loud: NDArray[np.bool_]
    in_chunk: NDArray[np.int32]
    chunk_of: NDArray[np.int64]
    chunk_chars: NDArray[np.int32]
    chunk_ptr: NDArray[np.int64]
    odd: dict[int, str]

    def starts(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Character offsets, in their texts, at which tokens start; `positions` as in `tokens`."""
        chars = self.chunk_chars.astype(np.int64) + 1
        ends = np.concatenate([[0], np.cumsum(chars)])
        chunk_starts = ends[:-1] - np.repeat(ends[self.chunk_ptr[:-1]], np.diff(self.chunk_ptr))
        if self.odd:
            asked = np.searchsorted(self.chunk_ptr, self.chunk_of[positions], side="right") - 1
            for text in self.odd.keys() & set(asked.tolist()):
                chunk_starts[self.chunk_ptr[text] : self.chunk_ptr[text + 1]] = _odd_starts(self.odd[text])
        found: NDArray[np.int64] = chunk_starts[self.chunk_of[positions]] + self.in_chunk[positions]
        return found


@dataclass(slots=True)
class _Fill:
    """What is new since the arrays were last brought up to date."""

    counts: list[int] = field(default_factory=list)
    chars: list[int] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)


class _Chunks(dict[str, int]):
    def __init__(self, table: TokenTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, chunk: str) -> int:
        number = len(self)
        self._table.fill(chunk)
        self[chunk] = number
        return number


class TokenTable:
    """From texts to token ids, and from token ids to what is free of context.

    >>> table = TokenTable()
    >>> batch = table.encode(["well, I'm um fine"])
    >>> [table.norms[table.norm_ids[token]] for token in batch.tokens[batch.loud]]
    ['well', 'i', 'am', 'fine']
    """

    def __init__(self, most_chunks: int = 400_000, most_chars: int = 16_000_000, nlp: Language | None = None) -> None:
        self._most = (most_chunks, most_chars)
        self._stopwords, self._negators = load_words("stopwords.txt"), load_words("negators.txt")
        self._fresh(nlp)

    def _fresh(self, nlp: Language | None = None) -> None:
        self.generation = next(_generations)
        self.nlp = nlp or build_nlp()
        self._chunks = _Chunks(self)
        self._new = _Fill()
        self._size_chars = 0
        self._by_key: dict[tuple[str, str], int] = {}
        self._by_norm: dict[str, int] = {}
        self.norms: list[str] = []
        self.texts: list[str] = []
        self._first, self._count = GrowingArray(np.int64), GrowingArray(np.int32)
        self._chars, self._flat = GrowingArray(np.int32), GrowingArray(np.int32)
        self._offset = GrowingArray(np.int32)
        self._norm_ids, self._flags = GrowingArray(np.int32), GrowingArray(np.uint16)
        self._hashes, self._lengths = GrowingArray(np.uint64), GrowingArray(np.int32)

    @property
    def norm_ids(self) -> NDArray[np.int32]:
        """int32 (tokens,): the norm of each token id."""
        return self._norm_ids.view()

    @property
    def flags(self) -> NDArray[np.uint16]:
        """uint16 (tokens,): CONTENT, QUESTION, ... of each token id."""
        return self._flags.view()

    @property
    def lengths(self) -> NDArray[np.int32]:
        """int32 (tokens,): characters of each token id."""
        return self._lengths.view()

    @property
    def norm_hashes(self) -> NDArray[np.uint64]:
        """uint64 (norms,): a hash of each norm that is the same on every machine."""
        return self._hashes.view()

    def norm_id(self, norm: str) -> int:
        """The id of a norm, added if it is new."""
        number = self._by_norm.get(norm)
        if number is None:
            number = self._by_norm[norm] = len(self.norms)
            self.norms.append(norm)
            digest = blake2b(norm.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self._hashes.extend([int.from_bytes(digest, "little")])
        return number

    def fill(self, chunk: str) -> None:
        """Take in one new chunk by way of spaCy."""
        doc = self.nlp.tokenizer(chunk)
        new = self._new
        new.counts.append(len(doc))
        new.chars.append(len(chunk))
        self._size_chars += len(chunk)
        for token in doc:
            new.offsets.append(token.idx)
            new.tokens.append(self._token_id(token.text, token.norm_))

    def _token_id(self, text: str, norm: str) -> int:
        key = (text, norm)
        number = self._by_key.get(key)
        if number is None:
            number = self._by_key[key] = len(self.texts)
            self.texts.append(text)
            self._norm_ids.extend([self.norm_id(norm)])
            self._flags.extend([self._flags_of(text, norm)])
            self._lengths.extend([len(text)])
        return number

    def _flags_of(self, text: str, norm: str) -> int:
        special = norm.startswith("<") and norm.endswith(">")
        content = norm.isalpha() and len(norm) > 2 and norm not in self._stopwords
        return (
            CONTENT * content
            | QUESTION * ("?" in text)
            | EXCLAIM * ("!" in text)
            | SPECIAL * special
            | UPPER * (len(text) > 2 and text.isupper() and norm != MASK)
            | LOUD * (norm != QUIET)
            | NEGATOR * (norm in self._negators)
            | BREAK * (norm == "but" or text[:1] in {".", ";", "!", "?", ","})
        )

    def encode(self, texts: Sequence[str]) -> TokenBatch:
        """Tokenize texts; equal to `build_nlp()` on each, text and norm."""
        if len(self._chunks) > self._most[0] or self._size_chars > self._most[1]:
            self._fresh()
        chunks: list[str] = []
        ends = [0]
        odd: dict[int, str] = {}
        for number, text in enumerate(texts):
            parts = text.split()
            plain = " ".join(parts)
            if plain != text and (not parts or plain + " " != text):
                parts, odd[number] = _odd_chunks(text), text
            chunks += parts
            ends.append(len(chunks))
        ids = np.fromiter(map(self._chunks.__getitem__, chunks), dtype=np.int64, count=len(chunks))
        self._catch_up()
        counts = self._count.view()[ids]
        chunk_of = np.repeat(np.arange(len(ids)), counts)
        token_ends = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        flat = self._first.view()[ids][chunk_of] + np.arange(len(chunk_of)) - token_ends[chunk_of]
        tokens = self._flat.view()[flat]
        chunk_ptr = np.asarray(ends, dtype=np.int64)
        indptr = token_ends[chunk_ptr]
        return TokenBatch(
            tokens=tokens,
            indptr=indptr,
            loud=self._loud(tokens, indptr),
            in_chunk=self._offset.view()[flat],
            chunk_of=chunk_of,
            chunk_chars=self._chars.view()[ids],
            chunk_ptr=chunk_ptr,
            odd=odd,
        )

    def _catch_up(self) -> None:
        new = self._new
        if not new.counts:
            return
        counts = np.asarray(new.counts, dtype=np.int64)
        self._first.extend(len(self._flat) + np.cumsum(counts) - counts)
        self._count.extend(new.counts)
        self._chars.extend(new.chars)
        self._flat.extend(new.tokens)
        self._offset.extend(new.offsets)
        self._new = _Fill()

    def _loud(self, tokens: NDArray[np.int32], indptr: NDArray[np.int64]) -> NDArray[np.bool_]:
        flags = self.flags[tokens]
        loud: NDArray[np.bool_] = (flags & LOUD) > 0
        at = np.flatnonzero(loud)
        if len(at) > 1:
            of = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))[at]
            loud[at[_said_twice(self.norm_ids[tokens[at]], of, (flags[at] & SPECIAL) > 0)]] = False
        return loud


def _said_twice(norms: NDArray[np.int32], of: NDArray[np.int64], special: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`pipeline.said_twice` for many texts at once; `of` numbers the text of each norm."""
    twice = np.zeros(len(norms), dtype=np.bool_)
    twice[:-1] = (norms[:-1] == norms[1:]) & (of[:-1] == of[1:]) & ~special[:-1]
    if len(norms) > 3:
        pair = (norms[:-3] == norms[2:-1]) & (norms[1:-2] == norms[3:]) & (of[:-3] == of[3:])
        pair &= ~(special[:-3] | special[1:-2] | twice[:-3])
        found = np.flatnonzero(pair)
        twice[found] = True
        twice[found + 1] = True
    return twice


def _odd_chunks(text: str) -> list[str]:
    """Chunks in odd white space: spaCy keeps as a token what a run has beyond its first space."""
    parts: list[str] = []
    last = 0
    for match in _EXTRA.finditer(text):
        parts += text[last : match.start()].split()
        parts.append(match[0])
        last = match.end()
    return parts + text[last:].split()


def _odd_starts(text: str) -> list[int]:
    """Where the chunks of `_odd_chunks` start."""
    starts: list[int] = []
    at = 0
    for part in _odd_chunks(text):
        if part.isspace():
            at += at > 0 and text[at] == " "
        else:
            at = text.index(part, at)
        starts.append(at)
        at += len(part)
    return starts
