"""The rules of the measures, on calls whose labels are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cxnlp.calls import Findings
from cxnlp.calls.conduct import conduct_of
from cxnlp.calls.distress import distress_of
from cxnlp.calls.effort import effort_of
from cxnlp.calls.empathy import RESPONSE_FEATURES, RESPONSES, answered, phrases
from cxnlp.calls.empathy import empathy_of as column_of_empathy
from cxnlp.calls.intervals import wilson
from cxnlp.calls.linear import Linear
from cxnlp.calls.opportunities import CUES, opportunities
from cxnlp.calls.reliability import reliability_of
from cxnlp.calls.roadblocks import roadblocks_of
from cxnlp.calls.steps import how_why_of
from cxnlp.calls.tone import tone_of
from cxnlp.columns import Column, rows
from cxnlp.schema import Turn

Look = Callable[..., Findings]


def one(column: Column) -> Any:
    """The value of the only call of a batch."""
    (value,) = rows(column)
    return value


def empathy_of(findings: Findings, model: Linear) -> Any:
    said = phrases(findings)
    return one(column_of_empathy(findings, answered(findings, model, said), said))


def says(response: str) -> Linear:
    """A model that always answers the same."""
    offset = np.array([5.0 if name == response else 0.0 for name in RESPONSES])
    return Linear(RESPONSE_FEATURES, RESPONSES, np.zeros((3, len(RESPONSE_FEATURES))), offset)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["C: my card does not work", "A: okay"], []),
        (["C[d1]: honestly", "A: okay"], [(0, "distress")]),
        (["C[d1 frustration]: {frustration|honestly}", "A: okay"], [(0, "frustration")]),
        (["C[d1 frustration vulnerability]: {frustration|a} {vulnerability|b}", "A: o"], [(0, "vulnerability")]),
        (["C[anxiety]: {anxiety|hm}", "A: okay"], []),
        (["C[d1]: one", "C[delight]: {delight|two}", "A: okay"], [(0, "distress")]),
        (["C[d1]: one", "S: hold music", "C[d1]: two", "A: okay"], [(0, "distress")]),
        (["C[d1]: one", "A: okay", "C[d1]: two", "A: okay"], [(0, "distress"), (2, "distress")]),
        (["A: hello", "C[d1]: one"], []),
        (["A: hello", "A: hello"], []),
    ],
)
def test_opportunities(look: Look, lines: list[str], found: list[tuple[int, str]]) -> None:
    ours = opportunities(look(*lines))
    assert [(row, CUES[cue]) for row, cue in zip(ours.row.tolist(), ours.cue.tolist(), strict=True)] == found


def test_answers_are_the_next_two_runs_of_the_agent(look: Look) -> None:
    findings = look("C[d1]: a", "A: b", "A: c", "C: d", "A: e", "C: f", "A: g")
    (answers,) = findings.runs.answers(opportunities(findings).run)
    assert [findings.runs.turns(answers[[place]])[0].tolist() for place in (0, 1)] == [[1, 2], [4]]


def test_no_opportunity_no_rate(look: Look) -> None:
    found = empathy_of(look("C: hi", "A: hello"), says("matched"))
    assert (found["opportunities"], found["rate"], found["interval"], found["events"]) == (0, None, None, [])


def test_empathy_of_one_side_is_null(look: Look) -> None:
    assert empathy_of(look("C[d1]: hi"), says("matched")) is None


def test_a_repeated_phrase_is_formulaic(look: Look) -> None:
    sorry = "A[apology]: {apology|so sorry about that}"
    found = empathy_of(look("C[d1]: a", sorry, "C[d1]: b", sorry, "C[d1]: c", sorry), says("matched"))
    assert [event["response"] for event in found["events"]] == ["matched", "formulaic", "formulaic"]
    assert (found["matched"], found["formulaic"], found["missed"]) == (1, 2, 0)


def test_before_any_cue_is_unprompted_and_counts_once(look: Look) -> None:
    sorry = "A[apology]: {apology|so sorry about that}"
    found = empathy_of(look(sorry, "C: ok", sorry, "C[d1]: hm", sorry), says("missed"))
    assert found["unprompted"] == 1
    assert found["events"][0]["response_turn"] is None


@pytest.mark.parametrize(
    ("hits", "total", "interval"),
    [(0, 0, None), (0, 5, [0.0, 0.4345]), (5, 5, [0.5655, 1.0]), (1, 2, [0.0945, 0.9055])],
)
def test_wilson(hits: int, total: int, interval: list[float] | None) -> None:
    assert wilson(hits, total) == interval


def test_distress(look: Look) -> None:
    found = one(distress_of(look("C: a", "A: b", "C[d2 frustration]: {frustration|c}", "A: d", "C: e", "A: f", "C: g")))
    assert (found["opening"], found["peak"], found["closing"]) == (2, 2, 0)
    assert [(shift["turn"], shift["from"], shift["to"]) for shift in found["shifts"]] == [
        (2, "calm", "frustrated"),
        (4, "frustrated", "calm"),
    ]
    assert one(distress_of(look("A: b"))) is None


def test_resignation_and_delight_shift_without_distress(look: Look) -> None:
    found = one(distress_of(look("C: a", "A: b", "C[resignation]: {resignation|c}", "A: d", "C[delight]: {delight|e}")))
    assert [shift["to"] for shift in found["shifts"]] == ["resigned", "delighted"]
    assert found["peak"] == 0


def test_tone_leaves_disclosures_out(look: Look) -> None:
    found = one(
        tone_of(look("A[scripted; disclosure]: {disclosure|recorded}", "C: a", "A: b", "C: c", "A[genuine]: d"))
    )
    assert found == {"scripted": 0.0, "neutral": 0.5, "genuine": 0.5, "grounded": 0.5}
    assert one(tone_of(look("C: hi"))) is None


def test_effort_is_the_sum_of_its_reasons(look: Look) -> None:
    call = look(
        "C[wait]: {wait|forty minutes on hold}",
        "A[wait]: {wait|hold on please}",
        "C[wait]: {wait|an hour in the queue}",
        "A[policy_block]: {policy_block|not allowed}",
    )
    weights = {"wait:told": 1.0, "wait:process": 0.5, "policy_block:process": 0.4}
    found = one(effort_of(call, weights, np.zeros(1)))
    assert [(r["kind"], r["turn"], r["source"], r["weight"], r["text"]) for r in found["reasons"]] == [
        ("wait", 0, "process", 0.9, "forty minutes on hold"),
        ("burden", 3, "process", 0.36, "not allowed"),
    ]
    assert found["score"] == pytest.approx(1 + sum(reason["weight"] for reason in found["reasons"]))


@pytest.mark.parametrize(("weight", "score"), [(-3.0, 1.0), (9.0, 7.0)])
def test_effort_stays_within_its_scale(look: Look, weight: float, score: float) -> None:
    found = one(effort_of(look("C[wait]: {wait|on hold}", "A: hi"), {"wait:told": weight}, np.zeros(1)))
    assert found["score"] == score


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("our policy does not let us do that", "policy"),
        ("the system won't let me past this screen", "system"),
        ("I'd need my supervisor to sign that off", "authority"),
        ("that has to go through the billing department", "department"),
        ("no can do", "other"),
    ],
)
def test_roadblocks(look: Look, text: str, kind: str) -> None:
    found = one(roadblocks_of(look("C: hi", f"A[policy_block]: {{policy_block|{text}}}")))
    assert found == [{"turn": 1, "kind": kind, "text": text}]


def test_how_and_why(look: Look) -> None:
    findings = look(
        "A: Thanks for calling, this is Ana, who am I speaking with?",
        "C: Can you verify whether it arrived?",
        "A[understanding]: {understanding|So you need it by Friday}. What does it say on the box?",
        "C: error nine",
        "A: I have sent a new one. So to recap, new router out today, old one back in the bag.",
        "C: fine",
        "A: Anything else? Have a great day.",
    )
    found = one(how_why_of(findings))
    assert found["steps"] == {
        "greeting": 0,
        "identity": 0,
        "diagnosis": 2,
        "action": 4,
        "recap": 4,
        "check_more": 6,
        "close": 6,
    }
    assert (found["how"], found["quadrant"]) == (1.0, "excellent")


def test_a_customer_checks_nobodys_identity(look: Look) -> None:
    found = one(how_why_of(look("C: Can you verify the date of birth?", "A: mm")))
    assert found["steps"]["identity"] is None


def test_conduct(look: Look) -> None:
    findings = look("A: hello", "C: hi", "A[wait]: {wait|one moment please}", "A: back", "C: ok")
    times = [(0, 2), (2, 6), (5, 7), (37, 39), (40, 41)]
    (call,) = findings.batch.calls
    call.turns = [
        Turn(turn.speaker, turn.text, float(start), float(end))
        for turn, (start, end) in zip(call.turns, times, strict=True)
    ]
    assert one(conduct_of(findings)) == {
        "talk_share": 0.5455,
        "interruptions": 1,
        "silence_s": 30.0,
        "longest_silence_s": 30.0,
        "hold_s": 30.0,
    }
    call.turns[3].pauses = [(37.2, 38.2)]
    found = one(conduct_of(findings))
    assert found["silence_s"] == 31.0


def test_no_times_no_conduct(look: Look) -> None:
    assert one(conduct_of(look("A: hello", "C: hi"))) is None


LONG = "well the red light came on and then it went off again and we did not know what to do with it so"


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["A: Hello, what is it?", f"C: {LONG}.", "A: Is it still red?", "C: It is."], []),
        (["C: hello is anyone there", f"C: {LONG}", "C: no"], ["one_sided"]),
        (["A: hello", "C: hi"], ["too_short"]),
        (["C: Good morning, this is ridiculous.", "A: Hello.", f"C: {LONG}.", "A: I see.", "C: Bye now."], []),
        (["A: what is it", f"C: {LONG} yes", "A: is it still red then or not", f"C: {LONG} no"], ["unpunctuated"]),
        (["A: What is it?", f"C: {LONG}.", "A: Right.", "C: It says to ring the"], ["truncated"]),
        (
            [
                "C: thank you for calling how can i help",
                f"A: {LONG}.",
                "C: can i take your name",
                "A: Bo.",
                "C: is there anything else?",
            ],
            ["roles_swapped"],
        ),
        (["A: Press 1 for billing.", "C: one", "A: All our agents are busy, please hold the line."], ["ivr_only"]),
        (
            [
                "A: Guten Tag, hier spricht Frau Weber, wie kann ich Ihnen helfen?",
                "C: Ja guten Tag, mein Internet geht seit gestern Abend nicht mehr und ich brauche es heute noch.",
                "A: Das tut mir leid, ich schaue gleich einmal nach, was da los ist, einen Moment bitte.",
                "C: Danke, das ist nett von Ihnen, ich warte gern.",
            ],
            ["not_english"],
        ),
    ],
)
def test_reliability(look: Look, lines: list[str], codes: list[str]) -> None:
    found = one(reliability_of(look(*lines)))
    assert found["warnings"] == codes
    assert found["ok"] == (not set(codes) - {"unpunctuated"})


def test_reasons_of_a_side_that_never_speaks_are_null(look: Look) -> None:
    assert one(effort_of(look("A: hello"), {}, np.zeros(1))) is None
    assert one(how_why_of(look("C: hello"))) is None
    assert one(roadblocks_of(look("C: hello"))) is None
