"""What must be told apart: sentences that carry a label and sentences that come near, in the words of a call.

Pairs say which of two lines is the likelier one, whatever the threshold; lines that a reader would laugh
at say what must not be found at all.
"""

from __future__ import annotations

import pytest

from cxnlp.labels import labels_of
from cxnlp.schema import Call, Turn
from cxnlp.scores import TurnScore
from cxnlp.scoring import Scorer

KNOWN = "the bundled model errs here: one that does not fails this test, and the mark goes"

BEFORE = {"agent": Turn("customer", "hi it's about my order"), "customer": Turn("agent", "how can i help you today")}


def score_of(scorer: Scorer, speaker: str, text: str) -> TurnScore:
    turns = [BEFORE[speaker], Turn(speaker, text)]  # type: ignore[arg-type]
    return scorer.score(Call("c", turns, meta={"fragment": True})).turns[-1]


PAIRS = [
    (
        "acknowledgement",
        "three weeks without heating, I'd be livid too",
        "I understand, and what's the account number?",
    ),
    ("acknowledgement", "I understand this is frustrating", "I understand, so the router is the black one"),
    (
        "understanding",
        "so the flight's at six and the refund has to land before that",
        "let me confirm, your number is 555-0142",
    ),
    ("exploration", "are you somewhere safe right now?", "what is your date of birth?"),
    ("exploration", "what were you hoping it would do for you?", "what's the serial number on the back?"),
    ("apology", "I'm so sorry we left you hanging", "sorry, could you repeat that?"),
    ("apology", "I'm really sorry about the missed visit", "sorry, but we can't do that"),
    ("reassurance", "don't worry, nothing has left your account", "your request has been submitted"),
    ("ownership", "I'll call you back myself at four", "someone will contact you"),
    ("ownership", "I've gone ahead and sent a new one, no charge", "I can help you with that"),
    ("rapport", "a puppy! okay, let's get that fence to you before Saturday", "have a great day"),
    ("gratitude", "thanks for sticking with me through that reset", "thank you for calling"),
    ("expectation", "two business days, and you'll get a text when it ships", "it's being processed"),
    ("policy_block", "I'd need my supervisor to sign that off", "let me check with the warehouse"),
    ("policy_block", "that's just our policy", "that's the blue button"),
    ("dismissal", "like I said, you should have read the terms", "unfortunately it's past the return window"),
    ("disclosure", "this call may be recorded for training and quality", "I've made a note of that"),
    ("frustration", "this is the third time, honestly", "it still doesn't work"),
    ("anxiety", "I've got rent due tomorrow, I'm panicking a bit", "can you do it today?"),
    ("sadness", "I just don't know what to do any more", "that's too bad"),
    ("confusion", "wait, where… who is this again?", "what does APR mean?"),
    ("resignation", "it's always like this with you, it's fine", "I'm used to the new app now"),
    ("delight", "oh you're a lifesaver, thank you so much!", "great, thanks"),
    (
        "churn",
        "right, close the account, I'm going to another company",
        "I'd like to cancel the ticket, I'm not travelling",
    ),
    ("escalation", "let me speak to your manager", "are you the manager of the shop"),
    ("vulnerability", "my husband passed away in March and it's in his name", "my phone died"),
    ("repeat_contact", "I called on Monday about this", "I'm calling about Monday"),
    ("repeat_information", "I just gave that to the other guy", "I gave it to my brother as a present"),
    ("transfer", "I've been passed from one department to the next", "I passed the exam"),
    ("wait", "forty minutes on hold", "forty minutes from the station"),
    ("channel_switch", "your app kept crashing so I had to ring", "which app is it called"),
    ("chasing", "nobody ever called me back", "I'll call my mother back"),
    ("contradiction", "the website says 40, you say 60", "the website is blue"),
    ("burden", "so I have to print it, sign it and fax it?", "so I just click yes?"),
    ("ease", "wow, that was painless", "that was a pain"),
    ("wait", "allow me a moment while I check", "check the blue one"),
    ("transfer", "let me put you through to billing", "billing is on the second page"),
    ("channel_switch", "you'll have to do that on our website", "I can see it on our website"),
    ("repeat_information", "can you verify all of that for me again?", "can you see it now?"),
]
AGENT_TOO = {
    "allow me a moment while I check",
    "let me put you through to billing",
    "you'll have to do that on our website",
}
AGENT_TOO.add("can you verify all of that for me again?")


@pytest.mark.parametrize(("label", "yes", "near"), PAIRS)
def test_the_guides_yes_is_likelier_than_its_near_miss(scorer: Scorer, label: str, yes: str, near: str) -> None:
    speaker = (
        "agent"
        if label in labels_of("agent") and (label not in labels_of("customer") or yes in AGENT_TOO)
        else "customer"
    )
    assert score_of(scorer, speaker, yes).p[label] > score_of(scorer, speaker, near).p[label]


TONES = [
    (
        "scripted",
        "thank you for calling Fenwire, my name is Obi, how may I help you today",
        "it's the black one on the left",
    ),
    ("scripted", "I apologize for any inconvenience this may have caused", "the total is 42 dollars"),
    ("scripted", "is there anything else I can help you with today?", "and the postcode please"),
    ("genuine", "nettles and a clutch, you've picked a day for it, stay behind the barrier", "okay, one second"),
    ("genuine", "twins and no heating, right, let's get you to the top of that list", "what's the account number"),
]


@pytest.mark.parametrize(("tone", "yes", "near"), TONES)
def test_tone_of_lines(scorer: Scorer, tone: str, yes: str, near: str) -> None:
    assert score_of(scorer, "agent", yes).p[tone] > score_of(scorer, "agent", near).p[tone]


NOT_THERE = [
    ("customer", "no i'm not frustrated at all, it's grand", {"frustration", "churn", "escalation"}),
    ("customer", "no problem at all", {"frustration", "chasing", "burden"}),
    ("customer", "no complaints", {"frustration", "escalation", "churn"}),
    pytest.param(
        "customer",
        "my phone died so i had to charge it",
        {"vulnerability", "sadness"},
        marks=pytest.mark.xfail(strict=True, reason=KNOWN),
    ),
    ("customer", "the battery is dead", {"vulnerability", "sadness"}),
    ("customer", "yes", {"frustration", "anxiety", "sadness", "vulnerability", "churn", "escalation"}),
    ("customer", "it's four four one two", {"frustration", "anxiety", "repeat_contact", "wait"}),
    ("customer", "um", {"frustration", "anxiety", "confusion"}),
    ("customer", "[PII]", {"frustration", "anxiety", "vulnerability"}),
    ("customer", "", {"frustration", "anxiety", "vulnerability"}),
    ("agent", "sorry, could you repeat that?", {"apology", "dismissal", "acknowledgement"}),
    ("agent", "no problem", {"apology", "dismissal", "policy_block"}),
    ("agent", "thank you", {"gratitude", "rapport", "apology"}),
    ("agent", "okay", {"reassurance", "ownership", "apology", "dismissal"}),
    ("agent", "have a great day", {"apology", "dismissal", "policy_block", "ownership"}),
    ("agent", "let me confirm, your number is 555-0142", {"apology", "dismissal"}),
]


@pytest.mark.parametrize(("speaker", "text", "absent"), NOT_THERE)
def test_not_found(scorer: Scorer, speaker: str, text: str, absent: set[str]) -> None:
    assert absent.isdisjoint(score_of(scorer, speaker, text).labels)


CALM = ("my card doesn't work", "yes", "no thanks", "it's damn good that", "i'd like to change my address please")


@pytest.mark.parametrize("text", CALM)
def test_flat_words_are_no_distress(scorer: Scorer, text: str) -> None:
    assert score_of(scorer, "customer", text).distress in (0, 1)
    upset = "i'm at my wits' end, this is the fourth time, my baby is ill and nobody ever helps me, i want a manager"
    assert score_of(scorer, "customer", upset).p["distress>=1"] > score_of(scorer, "customer", text).p["distress>=1"]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("this is the third time i've called", "This Is The Third Time I've Called"),
        ("don't worry nothing is lost", "dont worry nothing is lost"),
        ("i am so sorry about that", "i am um so so sorry about that"),
        ("cos nobody ever called me back", "because nobody ever called me back"),
        ("it's on order number 12345", "it's on order number 987"),
    ],
)
def test_spelling_habits_change_little(scorer: Scorer, text: str, other: str) -> None:
    for speaker in ("agent", "customer"):
        one, two = score_of(scorer, speaker, text), score_of(scorer, speaker, other)
        assert max(abs(one.p[name] - two.p[name]) for name in one.p) < 0.12
