"""Which of the templates found are worth a line of their own: none that another says already."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from cxnlp.language.table import TokenTable
from cxnlp.scoring.masked import masked_words, word_grams
from cxnlp.scoring.scripts import Template
from cxnlp.scoring.templates import NEAR

ALWAYS = 0.8


def listed(templates: list[Template], demanded: Collection[str], table: TokenTable) -> list[Template]:
    """The templates without repetition, those said in most calls first.

    - Of two that are found in one another, the one said in fewer calls goes.
    - A part of a longer template that is hardly ever said without it goes (in `ALWAYS` of its calls it is in it).
    - A longer template whose parts are all listed, because they are said without it as well, goes.
    - A template that is another one with a slot filled in goes.

    Those whose text is one of `demanded` stay.
    """
    templates = sorted(templates, key=lambda one: (-one.calls, -len(one.text), one.text))
    wordings = [(text, place) for place, template in enumerate(templates) for text in template.wordings]
    holders = list(zip(grams_of([text for text, _ in wordings], table), (place for _, place in wordings), strict=True))
    grams = grams_of([template.text for template in templates], table)
    sizes = [len(template.text.split()) for template in templates]
    within = _within(grams, holders)
    stay = {place for place, template in enumerate(templates) if template.text in demanded}
    alike = {
        second if second not in stay else first
        for first, second in within
        if first < second and (second, first) in within
    }
    within = {pair for pair in within if pair[::-1] not in within}
    part, filled = set[int](), set[int]()
    parts: dict[int, set[int]] = {}
    for short, longer in within:
        if len(grams[longer]) > len(grams[short]) and templates[longer].calls >= ALWAYS * templates[short].calls:
            part.add(short)
    for short, longer in within:
        if short in part | alike:
            continue
        parts.setdefault(longer, set()).update(grams[short].tolist())
        if short < longer and "<" in templates[short].text and sizes[short] >= NEAR * sizes[longer]:
            filled.add(longer)
    made = {
        longer for longer, own in parts.items() if len(own & set(grams[longer].tolist())) >= NEAR * len(grams[longer])
    }
    gone = (alike | part | filled | made) - stay
    return [template for place, template in enumerate(templates) if place not in gone]


def grams_of(texts: list[str], table: TokenTable) -> list[NDArray[np.uint64]]:
    """The distinct grams of each text, sorted."""
    words = masked_words(table, table.encode(texts))
    value, first = word_grams(words)
    ends = np.searchsorted(words.of[first], np.arange(len(texts) + 1))
    return [np.unique(value[begin:end]) for begin, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def _within(grams: list[NDArray[np.uint64]], holders: list[tuple[NDArray[np.uint64], int]]) -> set[tuple[int, int]]:
    """Pairs (short, longer): the matcher would find the short template in some wording of the longer one."""
    where: dict[int, list[int]] = {}
    for number, (own, _) in enumerate(holders):
        for gram in own.tolist():
            where.setdefault(gram, []).append(number)
    found = set()
    for place, own in enumerate(grams):
        shared: dict[int, int] = {}
        for gram in own.tolist():
            for number in where[gram]:
                shared[number] = shared.get(number, 0) + 1
        for number, many in shared.items():
            if many >= NEAR * len(own) and holders[number][1] != place:
                found.add((place, holders[number][1]))
    return found
