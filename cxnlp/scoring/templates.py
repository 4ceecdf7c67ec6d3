"""Templates found in turns: by which recurring line a turn was said, and how much of it is one.

A wording is found in a turn when the turn holds at least `NEAR` of its grams, so that a word more, a word
less or a word misheard does not hide it, nor does text without punctuation. What a template covers are the
words of its grams; slots are counted on neither side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.errors import ConfigError
from cxnlp.language.table import TokenBatch, TokenTable
from cxnlp.scoring.masked import GRAM, Words, masked_words, word_grams
from cxnlp.scoring.scripts import Template

NEAR = 0.7
HALF_AT = 20
"""Calls at which a recurring line weighs half of one that everybody always says."""
MOSTLY = 0.5
_BITS = 20


@dataclass(slots=True)
class Found:
    """Templates by turn. `turn`, `template`: pairs (P,), by turn, the best of a turn first; `covered` (P,): its
    words in the turn; `first`, `last` (P,): tokens from the first covered to the last. The same pair laid out
    word by word: `word`, `pair` (W,), places in `words` and in the pairs."""

    words: Words
    turn: NDArray[np.int64]
    template: NDArray[np.int64]
    covered: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    word: NDArray[np.int64]
    pair: NDArray[np.int64]


@dataclass(slots=True)
class TurnTemplates:
    """Of T turns: `best` int32, the template that covers most of the turn, -1: none; `share` float32: see
    `TemplateMatcher.of_turns`; `duty` bool: most of the turn is a required template."""

    best: NDArray[np.int32]
    share: NDArray[np.float32]
    duty: NDArray[np.bool_]


class TemplateMatcher:
    """Compiled templates.

    Parameters
    ----------
    templates : as mined; ConfigError where a wording has no three plain words in a row.
    table : for their tokens.
    """

    def __init__(self, templates: Sequence[Template], table: TokenTable) -> None:
        self.templates = list(templates)
        wordings = [(words, place) for place, row in enumerate(templates) for words in (row.wordings or [row.text])]
        self._template_of = np.array([place for _, place in wordings], dtype=np.int64)
        self._calls = np.array([row.calls for row in templates], dtype=np.int64)
        self._required = np.array([row.required for row in templates], dtype=np.bool_)
        words = masked_words(table, table.encode([text for text, _ in wordings]))
        value, first = word_grams(words)
        _, once = np.unique(np.stack([value, words.of[first].astype(np.uint64)]), axis=1, return_index=True)
        value, of = value[once], words.of[first[once]]
        grams = np.bincount(of, minlength=len(wordings))
        if len(silent := np.flatnonzero(grams == 0)):
            raise ConfigError(
                f"a template without {GRAM} plain words in a row", got=wordings[int(silent[0])][0], todo="leave it out"
            )
        self._need = np.ceil(NEAR * grams - 1e-9).astype(np.int64)
        order = np.argsort(value, kind="stable")
        self._wording = of[order]
        self._keys, begin = np.unique(value[order], return_index=True)
        self._ptr = np.append(begin, len(order)).astype(np.int64)
        self._maybe = np.zeros(1 << _BITS, dtype=np.bool_)
        self._maybe[self._keys >> np.uint64(64 - _BITS)] = True

    def find(self, table: TokenTable, batch: TokenBatch, agent: NDArray[np.bool_] | None = None) -> Found:
        """All templates of the texts of a batch, or of those where `agent` (T,) is true."""
        words = masked_words(table, batch, agent)
        value, first = word_grams(words)
        maybe = np.flatnonzero(self._maybe[value >> np.uint64(64 - _BITS)])
        place = np.searchsorted(self._keys, value[maybe])
        place[place == len(self._keys)] = 0
        same = self._keys[place] == value[maybe] if len(self._keys) else np.zeros(len(maybe), dtype=np.bool_)
        place, first = place[same], first[maybe[same]]
        many = self._ptr[place + 1] - self._ptr[place]
        gram = np.repeat(first, many)
        entry = np.repeat(self._ptr[place] - np.cumsum(many) + many, many) + np.arange(len(gram))
        return self._kept(words, gram, entry)

    def _kept(self, words: Words, gram: NDArray[np.int64], entry: NDArray[np.int64]) -> Found:
        """Of grams (first word, entry) those whose wording has enough of them in the turn, as pairs."""
        turn, wording = words.of[gram], self._wording[entry]
        enough = np.flatnonzero(_often(turn * len(self._need) + wording, self._need[wording]))
        gram, entry, turn, wording = gram[enough], entry[enough], turn[enough], wording[enough]
        once, pair = _first_of_each(turn * len(self._wording) + entry), turn * len(self._need) + wording
        good = once[_often(pair[once], self._need[wording[once]])]
        kept = np.sort(good) if len(once) == len(pair) else np.flatnonzero(np.isin(pair, pair[good]))
        turn, template = turn[kept], self._template_of[wording[kept]]
        code = turn * max(len(self.templates), 1) + template
        both, number = np.unique(code, return_inverse=True)
        span = max(len(words.of), 1)
        spots = np.sort((number * span + gram[kept] + np.arange(GRAM)[:, None]).ravel())
        spots = spots[_new(spots)]
        which, word = spots // span, spots % span
        covered = np.bincount(which, minlength=len(both))
        ends = np.cumsum(covered)
        turn, template = both // max(len(self.templates), 1), both % max(len(self.templates), 1)
        order = np.lexsort((template, -self._calls[template], -covered, turn))
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        tokens = words.at[word]
        first, last = tokens[(ends - covered)[order]], tokens[(ends - 1)[order]]
        return Found(words, turn[order], template[order], covered[order], first, last, word, back[which])

    def of_turns(self, table: TokenTable, batch: TokenBatch, agent: NDArray[np.bool_]) -> TurnTemplates:
        """The best template of each agent turn, and how formulaic the corpus says the turn is.

        share = sum over the words of w / number of words, slots aside, where w of a word is the largest
        calls / (calls + 20) of the templates that cover it, required ones left out, 0 where none does.
        """
        found, count = self.find(table, batch, agent), len(agent)
        words = found.words
        size = np.bincount(words.of[~words.slot], minlength=count)
        weight = np.where(self._required, 0, self._calls / (self._calls + HALF_AT))[found.template[found.pair]]
        order = np.argsort(weight, kind="stable")
        by_word = np.zeros(len(words.of))
        by_word[found.word[order]] = weight[order]
        share = np.bincount(words.of, by_word, minlength=count) / np.maximum(size, 1)
        turn, place = np.unique(found.turn, return_index=True)
        best = np.full(count, -1, dtype=np.int32)
        best[turn] = found.template[place]
        duty = np.zeros(count, dtype=np.bool_)
        duty[turn] = self._required[found.template[place]] & (found.covered[place] >= MOSTLY * size[turn])
        return TurnTemplates(best, share.astype(np.float32), duty)


def _new(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each of some sorted values differs from the one before."""
    new = np.ones(len(values), dtype=np.bool_)
    new[1:] = values[1:] != values[:-1]
    return new


def _often(values: NDArray[np.int64], need: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each value comes at least as often as it needs to."""
    order = np.argsort(values, kind="stable")
    number = np.cumsum(_new(values[order])) - 1
    enough = np.zeros(len(values), dtype=np.bool_)
    enough[order] = np.bincount(number)[number] >= need[order] if len(values) else False
    return enough


def _first_of_each(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place where each distinct value comes first."""
    order = np.argsort(values, kind="stable")
    return order[_new(values[order])]
