"""The spaCy component: the Scorer's findings as spans, found by its entry point."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from cxnlp.errors import ConfigError, ModelError
from cxnlp.schema import Call, Turn
from cxnlp.scoring.component import CxnlpComponent, make_component
from cxnlp.scoring.scorer import Scorer

ANGRY = "this is the third time i've rung and nobody called me back, i'm furious"


@pytest.fixture(scope="module")
def nlp(tiny_bundle: Path) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("cxnlp", config={"bundle": str(tiny_bundle)})
    return nlp


@pytest.fixture(scope="module")
def tiny(nlp: Language) -> Scorer:
    component = nlp.get_pipe("cxnlp")
    assert isinstance(component, CxnlpComponent)
    return component.scorer


@pytest.mark.parametrize(
    ("speaker", "before", "text"),
    [
        ("customer", [("agent", "how can i help")], ANGRY),
        ("customer", [], ANGRY),
        ("agent", [("customer", ANGRY)], "I'm so sorry we left you waiting; I'll ring you back myself."),
        ("agent", [("agent", "hello"), ("customer", "my [NAME] 😀 broke")], "don't worry,nothing is lost… 你好"),
        ("system", [], "you are number four in the queue"),
        ("agent", [], "..."),
    ],
)
def test_findings_are_the_scorers(
    nlp: Language, tiny: Scorer, speaker: str, before: list[tuple[str, str]], text: str
) -> None:
    doc = nlp.make_doc(text)
    doc._.cxnlp_speaker, doc._.cxnlp_before = speaker, before
    doc = nlp(doc)
    turns = [Turn(*pair) for pair in [*before, (speaker, text)]]  # type: ignore[arg-type]
    score = tiny.score(Call("doc", turns, meta={"fragment": True})).turns[-1]
    assert doc._.cxnlp.p == score.p
    assert doc._.cxnlp.labels == score.labels
    assert [span.label_ for span in doc.spans["cxnlp"]] == [found.label for found in score.evidence]
    for span, found in zip(doc.spans["cxnlp"], score.evidence, strict=True):
        assert span.start_char <= found.start
        assert span.end_char >= found.end


def test_spans_are_found(nlp: Language) -> None:
    doc = nlp.make_doc("it's always like this with the router")
    doc._.cxnlp_speaker = "customer"
    assert len(nlp(doc).spans["cxnlp"]) >= 1


@pytest.mark.parametrize("speaker", [None, "", "Agent", "robot", 3])
def test_nobody_said_who_speaks(nlp: Language, speaker: object) -> None:
    doc = nlp.make_doc("hello")
    doc._.cxnlp_speaker = speaker
    with pytest.raises(
        ConfigError, match=r"needs to know who speaks.*agent, customer, system.*set doc\._\.cxnlp_speaker"
    ):
        nlp(doc)


@pytest.mark.parametrize("before", [[("agent",)], [("robot", "x")], [("agent", "a", "b")]])
def test_turns_before_that_are_none(nlp: Language, before: list[tuple[str, ...]]) -> None:
    doc = nlp.make_doc("hello")
    doc._.cxnlp_speaker, doc._.cxnlp_before = "agent", before
    with pytest.raises(ConfigError):
        nlp(doc)


def test_a_bundle_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model at"):
        spacy.blank("en").add_pipe("cxnlp", config={"bundle": str(tmp_path)})


def test_two_pipelines(tiny_bundle: Path) -> None:
    for _ in range(2):
        nlp = spacy.blank("en")
        component = make_component(nlp, "cxnlp", str(tiny_bundle))
        doc = nlp.make_doc("hello")
        doc._.cxnlp_speaker = "agent"
        assert component(doc)._.cxnlp.speaker == "agent"


def test_declared_entry_point_loads(repo: Path, tmp_path: Path, tiny_bundle: Path) -> None:
    """As an installed package declares it: in a process that never imported cxnlp."""
    project = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ((group, points),) = project["entry-points"].items()
    info = tmp_path / "cxnlp-0.dist-info"
    info.mkdir()
    lines = [f"[{group}]", *(f"{name} = {target}" for name, target in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cxnlp\nVersion: 0\n", encoding="utf-8")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import spacy; nlp = spacy.blank('en')\n"
        "nlp.add_pipe('cxnlp', config={'bundle': sys.argv[2]}); print(nlp.pipe_names)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(tiny_bundle)],
        cwd=repo,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "['cxnlp']\n"


def test_installed_entry_point() -> None:
    points = [point for point in entry_points(group="spacy_factories") if point.name == "cxnlp"]
    if not points:
        pytest.skip("cxnlp is not installed here, only on the path")
    assert points[0].load() is not None
