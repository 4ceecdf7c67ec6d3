"""Mining: from calls to the templates their agents speak in.

Three passes over what the agents said: runs of words that recur are counted; lines, among them those runs, are
counted, their slots found and near ones grouped; the groups' commonest wordings are looked for in every turn and
counted exactly. The first two work in bounded memory and may forget rare lines (`counts`), the last forgets
nothing. Neither order nor batches of the calls matter, unless something was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cxnlp.corpus.counts import LossyCounts
from cxnlp.corpus.lines import LineCutter, Spans
from cxnlp.corpus.listing import grams_of, listed
from cxnlp.corpus.near import near_groups
from cxnlp.corpus.slots import with_slots
from cxnlp.corpus.spool import BATCH_CHARS, Spool
from cxnlp.corpus.tally import tally
from cxnlp.corpus.wordings import Wordings
from cxnlp.errors import ConfigError
from cxnlp.language.table import TokenTable
from cxnlp.schema import Call
from cxnlp.scoring.scripts import Scripts, Template
from cxnlp.scoring.templates import NEAR

LEAST_CALLS = 5
ONE_IN = 1000
MOST_TEMPLATES = 20_000
MOST_WORDINGS = 12
_FEWEST = 2
_ODD = np.uint64(0x9E3779B97F4A7C15)


class MiningOptions(msgspec.Struct, frozen=True):
    """`least_calls`: distinct calls a template is said in, at least; None: 5, or one in a thousand if that is more.
    `least_words`: its words, slots aside. `most_lines`, `most_windows`: different ones kept while counting."""

    least_calls: int | None = None
    least_words: int = 4
    most_lines: int = 300_000
    most_windows: int = 1_000_000

    def check(self) -> None:
        """ConfigError where a value is out of range."""
        if self.least_calls is not None and self.least_calls < _FEWEST:
            raise ConfigError("least calls", got=self.least_calls, allowed=f"{_FEWEST} or more")
        if self.least_words < 3:
            raise ConfigError("least words", got=self.least_words, allowed="3 or more")
        if min(self.most_lines, self.most_windows) < 100:
            raise ConfigError("lines and windows kept", got=self.most_lines, allowed="100 or more")


def mine(
    calls: Iterable[Call],
    options: MiningOptions | None = None,
    required: Sequence[str] = (),
    batch_chars: int = BATCH_CHARS,
    table: TokenTable | None = None,
) -> Scripts:
    """The templates of a stream of calls, those said in most calls first.

    Parameters
    ----------
    calls : gone through once; their ids are distinct.
    options : bounds and least counts.
    required : lines that law or policy demand; listed whatever their counts, and what is near to one is marked.
    batch_chars : text worked on at a time; the result does not depend on it while nothing was forgotten.
    table : a token table that is at hand; without one it is made.

    Raises
    ------
    ConfigError
        An option out of range, or a required line without three plain words in a row.
    """
    options = options or MiningOptions()
    options.check()
    table = table or TokenTable()
    _check_required(required, table)
    with Spool(calls, batch_chars) as spool:
        least = options.least_calls or max(LEAST_CALLS, ceil(spool.calls / ONE_IN))
        cutter = LineCutter(table, options.least_words)
        runs, forgot_runs = _recurring_windows(spool, cutter, options.most_windows, least)
        lines = _lines(spool, cutter, runs, options.most_lines)
        found = _candidates(lines, options, least, table)
        marked = _marked(found, required, table)
        templates = _counted(spool, marked, least, table)
    settings: dict[str, Any] = {
        "least_calls": least,
        "least_words": options.least_words,
        "required": len(required),
        "forgotten": {"lines": lines.floor, "windows": forgot_runs},
    }
    return Scripts(listed(templates, required, table), spool.calls, spool.turns, len(spool.agents) or None, settings)


def _recurring_windows(
    spool: Spool, cutter: LineCutter, most: int, least: int
) -> tuple[tuple[NDArray[np.uint64], NDArray[np.int64]], int]:
    """(keys, calls) of the windows said in `least` calls, and how often one may have been forgotten."""
    counts = LossyCounts(most)
    for batch in spool.batches():
        lines = cutter.read(batch.texts)
        spans = lines.windows()
        keys = lines.keys(spans)
        if len(keys):
            counts.add(keys[_once_a_call(keys, batch.row[lines.words.of[spans.first]])])
    rows = counts.rows()
    often = rows.count + rows.late >= least
    return (rows.key[often], rows.count[often]), counts.floor


def _lines(
    spool: Spool, cutter: LineCutter, runs: tuple[NDArray[np.uint64], NDArray[np.int64]], most: int
) -> LossyCounts:
    """Sentences, whole turns and runs, by the calls they are said in."""
    counts = LossyCounts(most)
    for batch in spool.batches():
        if not batch.texts:
            continue
        lines = cutter.read(batch.texts)
        kinds = [lines.worth(kind) for kind in (lines.sentences(), lines.turns(), lines.runs(*runs))]
        first = np.concatenate([kind.first for kind in kinds])
        spans = Spans(first, np.concatenate([kind.last for kind in kinds]))
        keys, row = lines.keys(spans), batch.row[lines.words.of[spans.first]]
        once = _once_a_call(keys, row)
        spans, keys, row = Spans(spans.first[once], spans.last[once]), keys[once], row[once]
        texts = np.array([*lines.texts(spans, batch.texts), None], dtype=object)[:-1]
        counts.add(keys, (keys ^ batch.id_hashes()[row]) * _ODD, batch.agent_hashes()[row], texts)
    return counts


def _once_a_call(keys: NDArray[np.uint64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first place of each key in each call."""
    order = np.lexsort((row, keys))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (keys[order][1:] != keys[order][:-1]) | (row[order][1:] != row[order][:-1])
    return order[new]


def _candidates(counts: LossyCounts, options: MiningOptions, least: int, table: TokenTable) -> list[Template]:
    """Groups of near lines that may be said in `least` calls, by their commonest wording."""
    rows = counts.rows()
    if not len(rows.key):
        return []
    lines = with_slots(Wordings.of(rows, table), options.least_words)
    lines = lines.take(np.flatnonzero(lines.calls >= _FEWEST))
    lines = lines.take(np.lexsort((lines.text, -lines.calls)))
    groups = [
        (int(lines.calls[group].sum()), [lines.shows(line) for line in group[:MOST_WORDINGS]])
        for group in near_groups(lines)
    ]
    groups = [group for group in groups if group[0] + counts.floor >= max(_FEWEST, least // 2)]
    groups.sort(key=lambda group: (-group[0], group[1][0]))
    texts = [text for _, wordings in groups for text in wordings]
    grams = dict(zip(texts, grams_of(texts, table), strict=True))
    kept = [_needed([text for text in wordings if len(grams[text]) >= _FEWEST], grams) for _, wordings in groups]
    return [Template(own[0], 0, None, 0.0, own) for own in kept if own][:MOST_TEMPLATES]


def _needed(wordings: list[str], grams: dict[str, NDArray[np.uint64]]) -> list[str]:
    """The wordings that would not be found by those before them."""
    kept: list[str] = []
    for text in wordings:
        own = set(grams[text].tolist())
        if all(len(own & set(grams[other].tolist())) < NEAR * len(grams[other]) for other in kept):
            kept.append(text)
    return kept


def _check_required(required: Sequence[str], table: TokenTable) -> None:
    for line, own in zip(required, grams_of(list(required), table), strict=True):
        if not len(own):
            raise ConfigError("a required line without three plain words in a row", got=line)


def _marked(found: list[Template], required: Sequence[str], table: TokenTable) -> list[Template]:
    """The required lines as templates, then those found, marked where a required line holds most of one."""
    demanded = [Template(line, 0, None, 0.0, [line], required=True) for line in required]
    law = [set(own.tolist()) for own in grams_of(list(required), table)]
    mine = grams_of([template.text for template in found], table)
    near = [any(len(one & set(own.tolist())) >= NEAR * len(own) for one in law) for own in mine]
    return demanded + [
        msgspec.structs.replace(template, required=marked) for template, marked in zip(found, near, strict=True)
    ]


def _counted(spool: Spool, templates: list[Template], least: int, table: TokenTable) -> list[Template]:
    """The templates with their counts and examples, without those said too seldom."""
    counted = []
    for template, own in zip(templates, tally(spool, templates, table), strict=True):
        if own.calls >= least or template.required:
            agents = len(own.agents) if spool.agents else None
            share = round(own.calls / max(spool.calls, 1), 4)
            examples = [example for _, example in own.examples]
            counted.append(
                msgspec.structs.replace(template, calls=own.calls, agents=agents, share=share, examples=examples)
            )
    return counted
