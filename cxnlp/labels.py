"""The label set: the one place where the names live.

A label is a yes/no question about one turn; `tone` and `distress` are the two that have more
than two answers. What each means and where it stops is the annotation guide's business; the
questions here are its short form and are what a reviewer is asked.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Side = Literal["agent", "customer", "both"]

TONES = ("scripted", "neutral", "genuine")
DISTRESS_LEVELS = (0, 1, 2, 3)


class Label(NamedTuple):
    """One label: its name, the group it belongs to, the side it is asked of, the question."""

    name: str
    group: str
    side: Side
    question: str


_TABLE: tuple[Label, ...] = (
    Label("acknowledgement", "empathy", "agent", "names or validates the customer's feeling, or what happened weighs?"),
    Label("understanding", "empathy", "agent", "says back this customer's situation or need in the agent's own words?"),
    Label("exploration", "empathy", "agent", "asks about feeling, circumstances or real need beyond the form?"),
    Label("apology", "empathy", "agent", "says sorry for something the customer went through?"),
    Label("reassurance", "empathy", "agent", "calms: the outcome is safe, or they are in good hands?"),
    Label("ownership", "empathy", "agent", "commits personally, or acts beyond the minimum on own authority?"),
    Label("rapport", "empathy", "agent", "warmth as between people: humour, shared excitement, small talk?"),
    Label("gratitude", "empathy", "agent", "thanks or credits the customer for something in particular?"),
    Label("expectation", "empathy", "agent", "says what will happen next and when, or candidly what will not?"),
    Label("policy_block", "roadblocks", "agent", "gives policy, authority, system or department as reason not to act?"),
    Label("dismissal", "roadblocks", "agent", "brushes off, blames, contradicts, lectures or is rude?"),
    Label("disclosure", "duty", "agent", "says something law or policy makes them say in those words?"),
    Label("frustration", "affect", "customer", "shows annoyance or anger?"),
    Label("anxiety", "affect", "customer", "shows worry, fear or pressing urgency about a consequence?"),
    Label("sadness", "affect", "customer", "shows grief, hurt, hopelessness or helplessness?"),
    Label("confusion", "affect", "customer", "cannot follow, is lost or disoriented?"),
    Label("resignation", "affect", "customer", "has stopped expecting good service and says so without heat?"),
    Label("delight", "affect", "customer", "shows joy, excitement, relief or warm thanks beyond politeness?"),
    Label("churn", "risk", "customer", "threatens or plans to leave, or to complain publicly?"),
    Label("escalation", "risk", "customer", "asks for a supervisor, manager or a formal complaint?"),
    Label("vulnerability", "risk", "customer", "discloses illness, loss, danger, hardship, age or dependants?"),
    Label("repeat_contact", "effort", "both", "the customer has been in touch before about the same thing?"),
    Label("repeat_information", "effort", "both", "the customer must say or send the same thing again?"),
    Label("transfer", "effort", "both", "the customer is, was or will be passed to someone else?"),
    Label("wait", "effort", "both", "hold, queue, a delay felt as long, or the agent asks for a wait?"),
    Label("channel_switch", "effort", "both", "made to change channel, or sent away to another one?"),
    Label("chasing", "effort", "both", "something promised or due did not come and the customer runs after it?"),
    Label("contradiction", "effort", "both", "told different things, or a promise not kept as quoted?"),
    Label("burden", "effort", "both", "paperwork, hoops, technical steps or travel put on the customer?"),
    Label("ease", "effort", "both", "it was quick or easy, or less work than feared?"),
)

LABELS: dict[str, Label] = {label.name: label for label in _TABLE}

HEADS: tuple[str, ...] = ("tone", "distress", *LABELS)
"""The columns of a label matrix, in order: tone, distress, then every yes/no label."""

OUTPUT_NAMES: tuple[str, ...] = (*TONES, "distress>=1", "distress>=2", "distress>=3", *LABELS)
"""The probabilities of a score, in order: tone, distress by level, every yes/no label."""


def labels_of(side: str) -> tuple[str, ...]:
    """The yes/no labels asked of one side, in order.

    >>> labels_of("customer")[:3]
    ('frustration', 'anxiety', 'sadness')
    """
    return tuple(label.name for label in _TABLE if label.side in (side, "both"))


def group_of(group: str) -> tuple[str, ...]:
    """The labels of one group: empathy, roadblocks, duty, affect, risk or effort.

    >>> group_of("risk")
    ('churn', 'escalation', 'vulnerability')
    """
    return tuple(label.name for label in _TABLE if label.group == group)


def outputs_of(side: str) -> tuple[str, ...]:
    """The probabilities a turn of one side carries.

    >>> outputs_of("customer")[:4]
    ('distress>=1', 'distress>=2', 'distress>=3', 'frustration')
    """
    own = OUTPUT_NAMES[:3] if side == "agent" else OUTPUT_NAMES[3:6]
    return (*own, *labels_of(side))
