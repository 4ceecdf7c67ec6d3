"""How many calls and agents say each template, by the same matcher that scoring uses, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from cxnlp.corpus.spool import AgentTurns, Spool
from cxnlp.language.table import TokenBatch, TokenTable
from cxnlp.scoring.scripts import Example, Template
from cxnlp.scoring.templates import Found, TemplateMatcher

EXAMPLES = 2
EXCERPT = 200


@dataclass(slots=True)
class Tally:
    """Of one template: `calls`, `agents` (their hashes), `examples`: (pick, example), the lowest picks."""

    calls: int = 0
    agents: set[int] = field(default_factory=set)
    examples: list[tuple[int, Example]] = field(default_factory=list)


def tally(spool: Spool, templates: list[Template], table: TokenTable) -> list[Tally]:
    """Exact counts, whatever the bounds of the search were: distinct calls and distinct known agents.

    The calls of the examples are chosen by a hash of their ids: the same ones in any order.
    """
    matcher = TemplateMatcher(templates, table)
    found = [Tally() for _ in templates]
    for batch in spool.batches():
        tokens = table.encode(batch.texts)
        _add(found, matcher.find(table, tokens), batch, tokens, table)
    return found


def _add(tallies: list[Tally], found: Found, batch: AgentTurns, tokens: TokenBatch, table: TokenTable) -> None:
    row = batch.row[found.turn]
    picks, agents = batch.id_hashes(), batch.agent_hashes()
    pairs, place = np.unique(found.template * len(batch.ids) + row, return_index=True)
    template, row = pairs // len(batch.ids), pairs % len(batch.ids)
    if not len(pairs):
        return
    order = np.lexsort((picks[row], template))
    template, row, place = template[order], row[order], place[order]
    first = np.flatnonzero(np.concatenate([[True], template[1:] != template[:-1]]))
    wanted = list[tuple[Tally, int, int]]()
    for begin, end in zip(first.tolist(), np.append(first[1:], len(template)).tolist(), strict=True):
        own = tallies[int(template[begin])]
        own.calls += end - begin
        own.agents.update(np.unique(agents[row[begin:end]]).tolist())
        own.agents.discard(0)
        limit = own.examples[-1][0] if len(own.examples) == EXAMPLES else 1 << 64
        lowest = ((own, int(picks[row[at]]), int(place[at])) for at in range(begin, min(begin + EXAMPLES, end)))
        wanted += [each for each in lowest if each[1] < limit]
    for (own, pick, _), example in zip(
        wanted, _examples([each[2] for each in wanted], found, batch, tokens, table), strict=True
    ):
        own.examples = sorted([*own.examples, (pick, example)], key=lambda each: each[0])[:EXAMPLES]


def _examples(
    places: list[int], found: Found, batch: AgentTurns, tokens: TokenBatch, table: TokenTable
) -> Iterator[Example]:
    """Turns that say a template, the long ones cut to what is between its first word and its last."""
    at = np.array(places, dtype=np.int64)
    last = found.last[at]
    starts = tokens.starts(found.first[at]).tolist()
    stops = (tokens.starts(last) + table.lengths[tokens.tokens[last]]).tolist()
    for turn, start, stop in zip(found.turn[at].tolist(), starts, stops, strict=True):
        text = batch.texts[turn] if len(batch.texts[turn]) <= EXCERPT else batch.texts[turn][start:stop][:EXCERPT]
        yield Example(batch.ids[batch.rows[turn]], batch.index[turn], text)
