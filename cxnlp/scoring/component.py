"""The spaCy component `cxnlp`: findings of one turn as spans of a Doc.

A Doc is one turn. Who speaks and what was said before are given with it:

    doc = nlp.make_doc("this is the third time i've rung")
    doc._.cxnlp_speaker = "customer"
    doc._.cxnlp_before = [("agent", "how can i help")]
    doc = nlp(doc)
    doc.spans["cxnlp"]      # a span a finding, its label the finding's
    doc._.cxnlp             # the TurnScore

It calls the Scorer; there is no second path.
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from cxnlp.errors import ConfigError
from cxnlp.schema import SPEAKERS, Call, Turn
from cxnlp.scoring.scorer import Scorer, load

EXTENSIONS = {"cxnlp": None, "cxnlp_speaker": None, "cxnlp_before": ()}


class CxnlpComponent:
    """Scores a Doc as one turn and writes `doc.spans["cxnlp"]` and `doc._.cxnlp`."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        for name, default in EXTENSIONS.items():
            if not Doc.has_extension(name):
                Doc.set_extension(name, default=default)

    def __call__(self, doc: Doc) -> Doc:
        """Score one Doc; ConfigError where nobody said who speaks."""
        turn = self.turn(doc._.cxnlp_speaker, doc.text)
        before = [self.turn(speaker, text) for speaker, text in _pairs(doc._.cxnlp_before)]
        score = self.scorer.score(Call("doc", [*before, turn])).turns[-1]
        spans = []
        for finding in score.evidence:
            span = doc.char_span(finding.start, finding.end, label=finding.label, alignment_mode="expand")
            if span is not None:
                spans.append(span)
        doc.spans["cxnlp"] = spans
        doc._.cxnlp = score
        return doc

    def turn(self, speaker: object, text: str) -> Turn:
        """A turn of a named speaker; ConfigError for any other."""
        for known in SPEAKERS:
            if speaker == known:
                return Turn(known, text)
        raise ConfigError(
            "the component needs to know who speaks",
            got=speaker,
            allowed=", ".join(SPEAKERS),
            todo="set doc._.cxnlp_speaker before the pipeline runs",
        )


def _pairs(before: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    if any(len(pair) != 2 for pair in before):
        raise ConfigError("doc._.cxnlp_before holds (speaker, text) pairs", got=list(before))
    return before


@Language.factory("cxnlp", default_config={"bundle": None}, assigns=["doc._.cxnlp"])
def make_component(nlp: Language, name: str, bundle: str | None) -> CxnlpComponent:
    """The component of the bundled model, or of the bundle at a path."""
    return CxnlpComponent(load(bundle))
