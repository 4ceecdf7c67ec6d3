"""The token table: each distinct chunk passes through spaCy once.

spaCy's tokenizer works on one whitespace-separated chunk at a time and our rules never look
further (`tokenizer.py`), so tokens, norms and flags of a chunk can be kept and a batch of texts
becomes array indexing. Only false starts need the neighbours; they are found on the arrays.
The table is bounded: past `most_chunks` it starts afresh with a fresh spaCy vocabulary, and
`generation`, never the same of two tables, tells the rooms above that their arrays by token id are void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, NORM, ORTH
from spacy.language import Language

from cxnlp.language.chunks import CODES, cut, starts_of
from cxnlp.language.grow import GrowingArray
from cxnlp.language.norms import MASK, QUIET, is_special
from cxnlp.language.numbers import ChunkNumbers
from cxnlp.language.pipeline import build_nlp
from cxnlp.lexicons import load_words

CONTENT, QUESTION, EXCLAIM, SPECIAL, UPPER, LOUD, NEGATOR, BREAK = (1 << bit for bit in range(8))
_generations = count(1)
_SINGLE = "."


@dataclass(slots=True)
class TokenBatch:
    """Texts as arrays. N tokens over T texts; all of one text stand together, in order.

    `tokens` int32 (N,): token ids. `indptr` int64 (T+1,): where each text's tokens begin. L of them are loud,
    neither filler, punctuation nor false start: `at` int64 (L,) their positions, `of` int64 (L,) their texts,
    `norms` int32 (L,) their norms.
    """

    tokens: NDArray[np.int32]
    indptr: NDArray[np.int64]
    at: NDArray[np.int64]
    of: NDArray[np.int64]
    norms: NDArray[np.int32]
    in_chunk: NDArray[np.int32]
    chunk_of: NDArray[np.int64]
    chunk_chars: NDArray[np.int32]
    chunk_ptr: NDArray[np.int64]
    odd: dict[int, str]

    def starts(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Character offsets, in their texts, at which tokens start; `positions` as in `tokens`."""
        ends = np.concatenate([[0], np.cumsum(self.chunk_chars + 1, dtype=np.int64)])
        chunk = self.chunk_of[positions]
        text = np.searchsorted(self.chunk_ptr, chunk, side="right") - 1
        first = self.chunk_ptr[text]
        start = ends[chunk] - ends[first]
        if self.odd:
            for row in self.odd.keys() & set(text.tolist()):
                asked = text == row
                start[asked] = np.array(starts_of(self.odd[row]))[chunk[asked] - self.chunk_ptr[row]]
        found: NDArray[np.int64] = start + self.in_chunk[positions]
        return found


class TokenTable:
    """From texts to token ids, and from token ids to what is free of context.

    >>> table = TokenTable()
    >>> batch = table.encode(["well, I'm um fine"])
    >>> [table.norms[norm] for norm in batch.norms]
    ['well', 'i', 'am', 'fine']
    """

    def __init__(self, most_chunks: int = 200_000, most_chars: int = 16_000_000, nlp: Language | None = None) -> None:
        self._most = (most_chunks, most_chars)
        self._stopwords, self._negators = load_words("stopwords.txt"), load_words("negators.txt")
        self._fresh(nlp)

    def _fresh(self, nlp: Language | None = None) -> None:
        self.generation = next(_generations)
        self.nlp = nlp or _quick_nlp()
        self._chunks = ChunkNumbers(list(CODES))
        self._by_key: dict[tuple[int, int], int] = {}
        self._by_norm: dict[str, int] = {}
        self._new_norms: list[int] = []
        self.norms: list[str] = []
        self.texts: list[str] = []
        self._first, self._count = GrowingArray(np.int64), GrowingArray(np.int32)
        self._chars, self._flat = GrowingArray(np.int32), GrowingArray(np.int32)
        self._offset = GrowingArray(np.int32)
        self._norm_ids, self._flags = GrowingArray(np.int32), GrowingArray(np.uint16)
        self._hashes, self._lengths = GrowingArray(np.uint64), GrowingArray(np.int32)
        strings = self.nlp.vocab.strings
        codes = [self._token_id((strings.add(space), strings.add(QUIET))) for space in " \n"]
        self._first.extend([0, 0, 1])
        self._count.extend([0, 1, 1])
        self._chars.extend([0, 0, -1])
        self._flat.extend(codes)
        self._offset.extend([0, -1])

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

    def _numbers(self, data: bytes, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers of chunks, those that are new taken in."""
        ids = self._chunks.of(data, starts, sizes)
        if self._chunks.new:
            self._fill(self._chunks.new)
            self._chunks.new = []
        return ids

    def _fill(self, chunks: list[str]) -> None:
        """Take in new chunks by way of spaCy, all as one text: to its tokenizer they are strangers."""
        doc = self.nlp.tokenizer(" ".join(_SINGLE if chunk[0].isspace() else chunk for chunk in chunks))
        columns: NDArray[Any] = doc.to_array([ORTH, NORM, IDX])
        chars = np.fromiter(map(len, chunks), dtype=np.int64, count=len(chunks))
        spans = np.array([1 if chunk[0].isspace() else len(chunk) for chunk in chunks])
        starts = np.concatenate([[0], np.cumsum(spans + 1)])
        places = columns[:, 2].astype(np.int64)
        chunk = np.searchsorted(starts, places, side="right") - 1
        keys = zip(columns[:, 0].tolist(), columns[:, 1].tolist(), strict=True)
        tokens = np.fromiter(map(self._token_id, keys), dtype=np.int32, count=len(places))
        strings = self.nlp.vocab.strings
        for row in [row for row, chunk in enumerate(chunks) if chunk[0].isspace()]:
            space = chunks[row].lstrip() or chunks[row]
            chars[row] = len(space)
            tokens[np.searchsorted(chunk, row)] = self._token_id((strings.add(space), strings.add(QUIET)))
        new = [self.texts[token] for token in range(len(self._lengths), len(self.texts))]
        norms = [self.norms[norm] for norm in self._new_norms]
        self._norm_ids.extend(self._new_norms)
        self._flags.extend([self._flags_of(text, norm) for text, norm in zip(new, norms, strict=True)])
        self._lengths.extend([len(text) for text in new])
        self._new_norms = []
        counts = np.bincount(chunk, minlength=len(chunks))
        self._first.extend(len(self._flat) + np.cumsum(counts) - counts)
        self._count.extend(counts)
        self._chars.extend(chars)
        self._flat.extend(tokens)
        self._offset.extend(places - starts[chunk])

    def _token_id(self, key: tuple[int, int]) -> int:
        number = self._by_key.get(key)
        if number is None:
            number = self._by_key[key] = len(self.texts)
            strings = self.nlp.vocab.strings
            self.texts.append(strings[key[0]])
            self._new_norms.append(self.norm_id(strings[key[1]]))
        return number

    def _flags_of(self, text: str, norm: str) -> int:
        special = is_special(norm)
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
        if self._chunks.count > self._most[0] or self._chunks.chars > self._most[1]:
            self._fresh()
        chunks = cut(texts, self._numbers)
        ids = chunks.ids
        counts = self._count.view()[ids]
        chunk_of = np.repeat(np.arange(len(ids)), counts)
        token_ends = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        flat = self._first.view()[ids][chunk_of] + np.arange(len(chunk_of)) - token_ends[chunk_of]
        tokens = self._flat.view()[flat]
        indptr = token_ends[chunks.ptr]
        at, of = self._loud(tokens, indptr)
        return TokenBatch(
            tokens=tokens,
            indptr=indptr,
            at=at,
            of=of,
            norms=self.norm_ids[tokens[at]],
            in_chunk=self._offset.view()[flat],
            chunk_of=chunk_of,
            chunk_chars=self._chars.view()[ids],
            chunk_ptr=chunks.ptr,
            odd=chunks.odd,
        )

    def _loud(
        self, tokens: NDArray[np.int32], indptr: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        flags = self.flags[tokens]
        at = np.flatnonzero(flags & LOUD)
        of = np.repeat(np.arange(len(indptr) - 1), np.diff(np.searchsorted(at, indptr)))
        twice = _said_twice(self.norm_ids[tokens[at]], of, (flags[at] & SPECIAL) > 0)
        return (at[~twice], of[~twice]) if twice.any() else (at, of)


def _quick_nlp() -> Language:
    """`build_nlp()` that works out no attribute of a new word but its norm."""
    nlp = build_nlp()
    getters: dict[int, Any] = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
    nlp.vocab.lex_attr_getters = {NORM: getters[NORM]}  # type: ignore[attr-defined]
    return nlp


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
