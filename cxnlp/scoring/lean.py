"""The corpus axis of a turn: how often its lines are said across calls, and what that does to its score.

`formulaic` of an agent turn is the larger of two shares: of its words inside known stock phrases, and of its
words inside mined templates, each weighed by how often it is said (`TemplateMatcher.of_turns`).

Known share is a feature of every head. The larger share takes its place in the tone head alone, with that head's
own weight: a line said in every call leans to scripted, whatever it says; but how often a line is said does not
change what it says, so no other head sees it. A turn that is mostly a required line does not lean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from cxnlp.classify.bundle import Bundle
from cxnlp.classify.outputs import TONE
from cxnlp.features.layout import Layout
from cxnlp.features.reading import PLAIN, Reading
from cxnlp.features.turns import AGENT
from cxnlp.language.table import TokenTable
from cxnlp.scores import TemplateColumns
from cxnlp.scoring.scripts import read_scripts
from cxnlp.scoring.templates import TemplateMatcher

SHOWN = ("text", "calls", "agents", "required")


@dataclass(slots=True)
class Said:
    """Of T turns: `formulaic` float32; `lean` float32 (T, tones): what is added to the tone head's sums;
    `templates`: what each turn says. The latter two are None where no templates were given."""

    formulaic: NDArray[np.float32]
    lean: NDArray[np.float32] | None
    templates: TemplateColumns | None


class CorpusAxis:
    """Finds mined templates in readings; without any, a reading is as it is."""

    def __init__(self, matcher: TemplateMatcher | None, weight: NDArray[np.float32]) -> None:
        self._matcher, self._weight = matcher, weight
        templates = matcher.templates if matcher else []
        self._rows = [{name: getattr(template, name) for name in SHOWN} for template in templates]

    @classmethod
    def of(cls, path: str | None, bundle: Bundle, nlp: Language) -> Self:
        """The axis of a frozen file; ConfigError where it cannot be used."""
        column = Layout(**bundle.config["features"]).offsets()["plain"] + PLAIN.index("formulaic")
        weight: NDArray[np.float32] = bundle.weights[bundle.columns == column, TONE].sum(axis=0, dtype=np.float32)
        matcher = TemplateMatcher(read_scripts(path).templates, TokenTable(nlp=nlp)) if path else None
        return cls(matcher, weight)

    def read(self, reading: Reading, table: TokenTable) -> Said:
        """What the corpus says of each turn of a reading."""
        if self._matcher is None:
            return Said(reading.formulaic, None, None)
        found = self._matcher.of_turns(table, reading.tokens, reading.rows.side == AGENT)
        formulaic = np.maximum(reading.formulaic, found.share)
        more = np.where(found.duty, 0, formulaic - reading.formulaic).astype(np.float32)
        return Said(formulaic, more[:, None] * self._weight, TemplateColumns(found.best, found.duty, self._rows))
