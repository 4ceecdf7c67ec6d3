"""Slots: words in which lines differ that are otherwise the same, such as the name of whoever speaks.

Lines that agree in all but one word, or one run of capitalised words, are laid together. It is a slot where

- what fills it is mostly capitalised, though not at the start: names, places, days; or
- each filler is of one agent and no two of the same: the agent's own name, in text without capitals; or
- many different content words fill it and none of them most of the time.

Rounds of this find lines with several slots. Where one filler prevails it is part of the line, and the rest are
lines of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxnlp.corpus.lines import SLOT, Hashed
from cxnlp.corpus.wordings import NAME, PLAIN, WORD, Wordings

ROUNDS = 3
LONGEST = 40
CAPITALS = 0.7
TITLE = 0.5
FILLERS = 5
PREVAILS = 0.5


@dataclass(slots=True)
class _Alike:
    """Runs of words (P,) that may be slots, sorted by what is left of the line: words `first` to `last`
    (exclusive) of `line`; `group` (P,): those of lines that agree in all else; `begin`: where each group begins."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    line: NDArray[np.int64]
    group: NDArray[np.int64]
    begin: NDArray[np.int64]


def with_slots(lines: Wordings, least_words: int) -> Wordings:
    """The lines with their slots, alike ones merged: the commonest stands for all, with all their calls.

    `least_words`: plain words that are left of a line.
    """
    lines = _merged(lines)
    for _ in range(ROUNDS):
        alike = _alike(lines, least_words)
        kind, fillers = _kinds(lines, alike)
        chosen = np.flatnonzero(kind[alike.group])
        if not len(chosen):
            break
        order = np.lexsort((alike.first[chosen], -fillers[alike.group[chosen]], alike.line[chosen]))
        chosen = chosen[order]
        _, once = np.unique(alike.line[chosen], return_index=True)
        chosen = chosen[once]
        size = alike.last[chosen] - alike.first[chosen]
        words = np.repeat(alike.first[chosen] - np.cumsum(size) + size, size) + np.arange(size.sum())
        lines.hash[words] = SLOT
        lines.kind[words] = np.repeat(kind[alike.group[chosen]], size)
        lines = _merged(lines)
    return lines


def _names(lines: Wordings) -> NDArray[np.bool_]:
    """bool (W,): content words that are capitalised, not at the start, in a line where most are not."""
    line = lines.line
    plain = lines.kind == PLAIN
    capital, size = np.bincount(line, lines.capital & plain), np.bincount(line, plain)
    named: NDArray[np.bool_] = lines.capital & lines.content & plain & (capital <= TITLE * size)[line]
    named[lines.ptr[:-1][np.diff(lines.ptr) > 0]] = False
    return named


def _alike(lines: Wordings, least_words: int) -> _Alike:
    """Every plain word of a line as a candidate, and every run of capitalised ones."""
    line, sizes = lines.line, np.diff(lines.ptr)
    plain = np.bincount(line, lines.kind == PLAIN, minlength=len(lines))
    single = np.flatnonzero((lines.kind == PLAIN) & ((plain > least_words) & (sizes <= LONGEST))[line])
    named = _names(lines)
    edge = np.diff(np.concatenate([[0], named, [0]]).astype(np.int8))
    first, last = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    long = (last - first > 1) & (plain[line[first]] - (last - first) >= least_words) & (sizes[line[first]] <= LONGEST)
    first, last = np.append(single, first[long]), np.append(single + 1, last[long])
    left = _left(lines, first, last)
    order = np.argsort(left, kind="stable")
    first, last, left = first[order], last[order], left[order]
    new = np.ones(len(left), dtype=np.bool_)
    new[1:] = left[1:] != left[:-1]
    group = np.cumsum(new) - 1
    many = (np.bincount(group) > 1)[group] if len(group) else new
    first, last, group = first[many], last[many], np.unique(group[many], return_inverse=True)[1]
    begin = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])[: len(group)])
    return _Alike(first, last, line[first], group, begin)


def _left(lines: Wordings, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The hash of each run's line with one slot in the place of the run."""
    line, whole = lines.line[first], Hashed(lines.hash)
    begin, end = lines.ptr[line], lines.ptr[line + 1]
    before = first - begin
    left = whole.of(begin, first) + SLOT * whole.power[before]
    return np.asarray(left + whole.of(last, end) * whole.power[before + 1])


def _kinds(lines: Wordings, alike: _Alike) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """(PLAIN, NAME or WORD, number of fillers) of each group."""
    count = len(alike.begin)
    if not count:
        return np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64)
    calls, agent = lines.calls[alike.line], lines.agent[alike.line]
    fillers, total = np.bincount(alike.group), np.bincount(alike.group, calls)
    capitals = np.bincount(alike.group, calls * _names(lines)[alike.first]) / total
    content = np.bincount(alike.group, calls * lines.content[alike.first]) / total
    most = np.maximum.reduceat(calls, alike.begin) / total
    order = np.lexsort((agent, alike.group))
    other = np.ones(len(order), dtype=np.bool_)
    other[1:] = (agent[order][1:] != agent[order][:-1]) | (alike.group[order][1:] != alike.group[order][:-1])
    agents = np.bincount(alike.group[order], other & (agent[order] > 0), minlength=count)
    name = (capitals >= CAPITALS) | ((agents == fillers) & (content >= CAPITALS))
    word = (fillers >= FILLERS) & (content >= CAPITALS) & (most <= PREVAILS)
    return np.where(name, NAME, np.where(word, WORD, PLAIN)).astype(np.int8), fillers


def _merged(lines: Wordings) -> Wordings:
    """Lines that are the same word by word as one."""
    _, number = np.unique(lines.keys(), return_inverse=True)
    if not len(number):
        return lines
    order = np.lexsort((lines.text, -lines.calls, number))
    first = np.flatnonzero(np.concatenate([[True], number[order][1:] != number[order][:-1]]))
    agent = lines.agent[order]
    lowest, highest = np.minimum.reduceat(agent, first), np.maximum.reduceat(agent, first)
    kept = lines.take(order[first])
    kept.calls = np.add.reduceat(lines.calls[order], first)
    kept.agent = np.where(lowest == highest, lowest, np.uint64(0))
    return kept
