"""The training format: what stands in it, and every fault with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxnlp.errors import ReadError
from cxnlp.labels import TONES, labels_of
from cxnlp.training.markup import SAFETY_KINDS, SAFETY_RESPONSES, MarkedTurn, parse_folder, parse_lines

HEAD = "=== c1 | trade: bank | channel: voice | effort: 2 | outcome: met | resolved: yes"
SPEAKER = {"agent": "A", "customer": "C", "system": "S"}


def parse(*lines: str, head: str = HEAD) -> list[MarkedTurn]:
    (call,) = parse_lines([head, *lines], "f.txt")
    return call.turns


@pytest.mark.parametrize(
    ("line", "fragment"),
    [
        ("hello", "not a turn; got: hello"),
        ("B: hello", "not a turn"),
        ("a: hello", "not a turn"),
        ("A[scripted: hello", "not a turn"),
        ("A hello", "not a turn"),
        (" A: hello", "not a turn"),
        ("A:", "a turn without words"),
        ("A:   ", "a turn without words"),
        ("+A: hello", "only contrast items have +, - or ( )"),
        ("(A): hello", "only contrast items have +, - or ( )"),
        ("A[angry]: hello", "no such tag on agent turns, or twice; got: angry"),
        ("A[frustration]: {frustration|hello}", "no such tag on agent turns, or twice; got: frustration"),
        ("A[d1]: hello", "no such tag on agent turns"),
        ("C[scripted]: hello", "no such tag on customer turns"),
        ("C[d4]: hello", "no such tag on customer turns"),
        ("C[apology]: {apology|hello}", "no such tag on customer turns"),
        ("S[scripted]: hello", "no such tag on system turns"),
        ("A[apology; apology]: {apology|sorry}", "or twice; got: apology"),
        ("A[apology]: sorry", "labels and marked evidence differ; got: labels ['apology'], marks []"),
        ("A: {apology|sorry}", "labels and marked evidence differ; got: labels [], marks ['apology']"),
        ("A[apology]: {rapport|sorry}", "labels and marked evidence differ"),
        ("A: {anger|sorry}", "no such label in a mark; got: {anger|sorry}"),
        ("A[apology]: {apology|  }", "an empty mark"),
        ("A[apology]: {apology|}", "an empty mark"),
        ("A[apology]: {apology|sorry", "a mark that does not close"),
        ("A[apology]: apology|sorry}", "a mark that does not close"),
        ("A[apology]: {apology|so {rapport|sorry}}", "a mark that does not close, or one inside another"),
        ("A: 5 { 3", "a mark that does not close"),
        ("C[>answered]: hello", "no such response; got: >answered"),
        ("C[>>>missed]: hello", "no such response; got: >>>missed"),
        ("C[!medical]: hello", "no such safety sign; got: !medical"),
        ("C[!fire=acted]: hello", "no such safety sign"),
        ("C[!medical=maybe]: hello", "no such safety sign"),
        ("A[>matched]: hello", "no such tag on agent turns"),
    ],
)
def test_a_turn_with_a_fault(line: str, fragment: str) -> None:
    with pytest.raises(ReadError) as caught:
        parse("A: hello", line)
    assert str(caught.value).startswith("f.txt:3: ")
    assert fragment in str(caught.value)
    assert (caught.value.path, caught.value.line) == ("f.txt", 3)


@pytest.mark.parametrize(
    ("head", "fragment"),
    [
        ("===", "a head needs an id of one word"),
        ("=== two words | trade: bank", "a head needs an id of one word"),
        ("=== c1", "head keys missing; got: trade, channel, effort, outcome, resolved"),
        ("=== c1 | trade: bank", "head keys missing; got: channel, effort, outcome, resolved"),
        (f"{HEAD} | colour: red", "unknown or empty head key; got: colour: red"),
        (f"{HEAD} | note:", "unknown or empty head key"),
        (f"{HEAD} | note", "unknown or empty head key"),
        (HEAD.replace("effort: 2", "effort: 8"), "no such effort; got: 8; allowed: 1, 2"),
        (HEAD.replace("effort: 2", "effort: 2.5"), "no such effort"),
        (HEAD.replace("voice", "fax"), "no such channel; got: fax"),
        (HEAD.replace("outcome: met", "outcome: fine"), "no such outcome"),
        (HEAD.replace("resolved: yes", "resolved: maybe"), "no such resolved"),
        (f"{HEAD} | empowerment: strong", "no such empowerment"),
        ("=== c1 | contrast: anger", "no such contrast"),
    ],
)
def test_a_head_with_a_fault(head: str, fragment: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(parse_lines(["", "# a note", head, "A: hello"], "f.txt"))
    assert str(caught.value).startswith("f.txt:3: ")
    assert fragment in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "line", "fragment"),
    [
        (["A: hello"], 1, "a turn before any head"),
        ([HEAD], 1, "no turns; got: c1"),
        ([HEAD, "", HEAD.replace("c1", "c2"), "A: x"], 1, "no turns; got: c1"),
        (["=== k | contrast: ease", "(C): so"], 1, "no turns; got: k"),
        (["=== k | contrast: ease", "C: so"], 2, "a contrast item starts with + or -"),
        (["=== k | contrast: ease", "-C: so", "+C: so"], 3, "+ carries ease, - does not; got: so"),
        (["=== k | contrast: ease", "-C[ease]: {ease|so}"], 2, "+ carries ease, - does not"),
        (["=== k | contrast: scripted", "+A: so"], 2, "+ carries scripted, - does not"),
        (["=== k | contrast: distress", "+C: so"], 2, "+ carries distress, - does not"),
        (["=== k | contrast: distress", "-C[d1]: so"], 2, "+ carries distress, - does not"),
    ],
)
def test_a_call_with_a_fault(lines: list[str], line: int, fragment: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(parse_lines(lines, "f.txt"))
    assert str(caught.value).startswith(f"f.txt:{line}: ")
    assert fragment in str(caught.value)


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("A: hello", {"speaker": "agent", "tone": "neutral", "distress": None, "labels": ()}),
        ("A[genuine]: hello", {"tone": "genuine"}),
        ("C: hello", {"speaker": "customer", "tone": None, "distress": 0}),
        ("C[d2]: hello", {"distress": 2}),
        ("S: beep", {"speaker": "system", "tone": None, "distress": None}),
        ("A:hello", {"text": "hello"}),
        ("A[]: hello", {"text": "hello", "tone": "neutral"}),
        ("C[>matched]: hello", {"opportunity": ("matched", 1)}),
        ("C[>>missed]: hello", {"opportunity": ("missed", 2)}),
        ("C[!medical=acted]: hello", {"safety": ("medical", "acted")}),
        ("A[apology; rapport]: {apology rapport|ah sorry}", {"labels": ("apology", "rapport"), "text": "ah sorry"}),
        ("C[d1]: well {distress|i never}", {"text": "well i never", "labels": ()}),
        ("A: 40: [PII] (no)", {"text": "40: [PII] (no)"}),
    ],
)
def test_turns(line: str, fields: dict[str, object]) -> None:
    (turn,) = parse(line)
    assert {name: getattr(turn, name) for name in fields} == fields


def write(turn: MarkedTurn) -> str:
    """A turn as a person would have written it."""
    tags = [turn.tone] if turn.tone in ("scripted", "genuine") else []
    tags += [f"d{turn.distress}"] if turn.distress else []
    tags += list(turn.labels)
    if turn.opportunity:
        tags.append(">" * turn.opportunity[1] + turn.opportunity[0])
    if turn.safety:
        tags.append("!" + "=".join(turn.safety))
    text, last = "", 0
    for start, end in sorted({(mark.start, mark.end) for mark in turn.evidence}):
        names = " ".join(mark.label for mark in turn.evidence if mark.start == start)
        text += f"{turn.text[last:start]}{{{names}|{turn.text[start:end]}}}"
        last = end
    return f"{SPEAKER[turn.speaker]}{'[' + '; '.join(tags) + ']' if tags else ''}: {text}{turn.text[last:]}"


SAID = ("so", "the", "bill's", "wrong", "[PII]", "40", "again,", "café", "😀", "?")
WORDS = st.lists(st.sampled_from(SAID), min_size=1, max_size=4).map(" ".join)


@st.composite
def written_turns(draw: st.DrawFn) -> str:
    side = draw(st.sampled_from(["agent", "customer"]))
    labels = draw(st.lists(st.sampled_from(labels_of(side)), max_size=3, unique=True))
    tags = [draw(st.sampled_from(TONES[::2]))] if side == "agent" and draw(st.booleans()) else []
    if side == "customer":
        tags += draw(st.sampled_from([[], ["d1"], ["d2"], ["d3"]]))
    tags += labels
    if side == "customer" and draw(st.booleans()):
        tags.append(draw(st.sampled_from([">", ">>"])) + draw(st.sampled_from(["matched", "formulaic", "missed"])))
    if side == "customer" and draw(st.booleans()):
        tags.append(f"!{draw(st.sampled_from(SAFETY_KINDS))}={draw(st.sampled_from(SAFETY_RESPONSES))}")
    text = draw(WORDS) + "".join(f" {{{label}|{draw(WORDS)}}} {draw(WORDS)}" for label in labels)
    return f"{SPEAKER[side]}{'[' + '; '.join(tags) + ']' if tags else ''}: {text}"


@given(written_turns())
def test_there_and_back(line: str) -> None:
    (turn,) = parse(line)
    assert write(turn) == line
    assert "{" not in turn.text
    for mark in turn.evidence:
        assert turn.text[mark.start : mark.end].strip()


@given(st.text(max_size=40))
def test_any_line_is_a_turn_or_a_fault_with_its_place(text: str) -> None:
    if len(text.splitlines()) > 1 or text.startswith(("===", "#")):
        return
    fault = None
    try:
        parse("A: hello", text)
    except ReadError as error:
        fault = error
    assert fault is None or (fault.path, fault.line) == ("f.txt", 3)


def test_an_id_seen_twice_names_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{HEAD}\nA: one\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(f"# note\n{HEAD}\nA: two\n", encoding="utf-8")
    with pytest.raises(ReadError) as caught:
        parse_folder(tmp_path)
    assert f"{tmp_path / 'b.txt'}:2: id seen twice; got: c1; to do: see {tmp_path / 'a.txt'}:1" in str(caught.value)


def test_a_file_that_is_no_utf8_names_itself(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(f"{HEAD}\nA: caf\xe9\n".encode("latin-1"))
    with pytest.raises(ReadError, match=r"a\.txt"):
        parse_folder(tmp_path)


def test_files_come_by_name_and_others_are_let_be(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md"):
        (tmp_path / name).write_text(f"{HEAD.replace('c1', name[0])}\nA: x\n", encoding="utf-8")
    assert [call.id for call in parse_folder(tmp_path)] == ["a", "b"]
