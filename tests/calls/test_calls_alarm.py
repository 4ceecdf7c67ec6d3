"""What must be shown whatever a model holds, and what no model may turn into its opposite."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cxnlp.calls import Findings
from cxnlp.calls.empathy import RESPONSE_FEATURES, answered, phrases
from cxnlp.calls.empathy import RESPONSES as ANSWERS
from cxnlp.calls.linear import Linear
from cxnlp.calls.outcome import VERDICTS, judged
from cxnlp.calls.safety import ANSWER_FEATURES, KINDS, NONE, RESPONSES, SIGN_FEATURES, safety_of
from cxnlp.columns import rows

Look = Callable[..., Findings]


def sure_of(name: str, classes: tuple[str, ...], features: tuple[str, ...]) -> Linear:
    """A model that says the same of everything."""
    offset = np.array([20.0 if one == name else 0.0 for one in classes])
    return Linear(features, classes, np.zeros((len(classes), len(features))), offset)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I've had enough, I'm going to kill myself.", "self_harm"),
        ("I've lined up all my tablets and I want to end it all.", "self_harm"),
        ("i am thinking about ending my life", "self_harm"),
        ("I don't want to be here any more.", "self_harm"),
        ("By the way there's a smell of gas in my hall.", "danger"),
        ("please i can't breathe", None),
        ("he's not breathing", None),
        ("I want to die when I see this wallpaper", "nothing"),
        ("this parcel is an emergency", "nothing"),
        ("my battery died", "nothing"),
        ("he had a stroke of luck", "nothing"),
    ],
)
def test_a_life_at_stake_is_shown_whatever_the_model_holds(look: Look, text: str, kind: str | None) -> None:
    calm = sure_of(NONE, (*KINDS, NONE), SIGN_FEATURES)
    response = sure_of("none", RESPONSES, ANSWER_FEATURES)
    (signs,) = rows(safety_of(look("A: hello", f"C: {text}", "A: okay"), calm, 0.5, response))
    assert [sign["turn"] for sign in signs] == ([] if kind == "nothing" else [1])
    if kind not in (None, "nothing"):
        assert signs[0]["kind"] == kind


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ("A: okay, when you're ready, the postcode please", "missed"),
        ("A[acknowledgement]: {acknowledgement|oh that is hard}. your postcode?", "matched"),
        ("A: i'm staying on the line with you. your postcode?", "matched"),
    ],
)
def test_asking_for_data_answers_no_feeling(look: Look, answer: str, response: str) -> None:
    findings = look("C[d1 sadness]: {sadness|my husband died on sunday}", answer, "C: ok", "A: it is done")
    found = answered(findings, sure_of("matched", ANSWERS, RESPONSE_FEATURES), phrases(findings))
    assert [ANSWERS[code] for code in found.response.tolist()] == [response]


@pytest.mark.parametrize(("failed", "verdict"), [(0.0, "exceeded"), (0.6, "failed")])
def test_sooner_than_told_is_no_success_where_all_else_failed(look: Look, failed: float, verdict: str) -> None:
    findings = look("A: hello", "C: it came sooner than you said it would", "A: good", "C: bye")
    chances = np.array([[failed, 0.3 * (1 - failed), 0.0, 0.7 * (1 - failed)]])
    assert VERDICTS[judged(findings, chances)[0]] == verdict
