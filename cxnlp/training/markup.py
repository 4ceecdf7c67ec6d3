"""The training format: calls as a person writes, reads and diffs them.

A call is a head line and a line a turn; an empty line ends it:

    === w1-00 | trade: broadband | channel: voice-asr | effort: 5 | outcome: failed | resolved: no | empowerment: none
    A[scripted]: thank you for ringing fenwire you're through to obi
    C[d1 frustration; >matched; !hardship=none]: well {frustration|this is getting silly}
    A[genuine; understanding]: {understanding|twice this week and still no light on the box}

`A`, `C`, `S` are agent, customer, system. In brackets come the tone (neutral left out) or `d1`..`d3`
(0 left out) and the labels; `{label|words}` marks the evidence of each, `{label label|words}` of two
at once. On a customer turn `>matched`, `>formulaic`, `>missed` open an opportunity and say how it was
answered (`>>matched`: by the second agent turn after it, not the first), and `!kind=response` is a
safety sign and what the agent did.

Contrast items are short: a head with `contrast: label`, context lines in round brackets, which hold
for the items below them up to the next such line, and the turn itself behind `+` (it has the label)
or `-` (it comes near and has not):

    === k1-004 | contrast: resignation
    (A): your slot has moved to friday
    +C[resignation]: {resignation|it's always like that with you lot} fine
    -C: i'm used to the new app now so friday's fine
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cxnlp.errors import ReadError
from cxnlp.labels import LABELS, TONES, labels_of

SPEAKERS = {"A": "agent", "C": "customer", "S": "system"}
RESPONSES = ("matched", "formulaic", "missed")
SAFETY_KINDS = ("medical", "self_harm", "danger", "cognition", "bereavement", "hardship")
SAFETY_RESPONSES = ("acted", "signposted", "none")

HEAD_VALUES: dict[str, tuple[str, ...]] = {
    "effort": tuple("1234567"),
    "outcome": ("failed", "met", "exceeded", "unclear"),
    "resolved": ("yes", "no", "unclear"),
    "empowerment": ("none", "blocked", "sought_approval", "empowered"),
    "set": ("life", "enriched"),
    "channel": ("voice", "voice-asr", "chat", "email", "social", "forum"),
    "direction": ("inbound", "outbound"),
    "contrast": ("scripted", "genuine", "distress", *LABELS),
}
HEAD_KEYS = (*HEAD_VALUES, "trade", "english", "note")
REQUIRED = ("trade", "channel", "effort", "outcome", "resolved")

_TURN = re.compile(r"^(?P<paren>\()?(?P<sign>[+-])?(?P<who>[ACS])(?:\[(?P<tags>[^\]]*)\])?(?(paren)\)): ?(?P<text>.*)$")
_MARK = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


class Evidence(NamedTuple):
    """Characters `start` to `end` of a turn's text that show `label`."""

    label: str
    start: int
    end: int


@dataclass(slots=True)
class MarkedTurn:
    """One labelled turn. `tone` is of agents, `distress` of customers, `sign` of contrast items."""

    speaker: str
    text: str
    line: int
    tone: str | None = None
    distress: int | None = None
    labels: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    opportunity: tuple[str, int] | None = None
    safety: tuple[str, str] | None = None
    sign: str | None = None
    context_only: bool = False


@dataclass(slots=True)
class MarkedCall:
    """A labelled call, or a group of contrast items: its id, its head and its turns."""

    id: str
    path: str
    line: int
    head: dict[str, str] = field(default_factory=dict)
    turns: list[MarkedTurn] = field(default_factory=list)

    @property
    def is_contrast(self) -> bool:
        """Whether this is a group of contrast items rather than a call."""
        return "contrast" in self.head


def parse_folder(folder: Path) -> list[MarkedCall]:
    """All calls of the `.txt` files in a folder, by name; an id seen twice is an error."""
    calls: list[MarkedCall] = []
    seen: dict[str, MarkedCall] = {}
    for path in sorted(folder.glob("*.txt")):
        for call in parse_file(path):
            if (first := seen.get(call.id)) is not None:
                raise ReadError(
                    "id seen twice", path=call.path, line=call.line, got=call.id, todo=f"see {first.path}:{first.line}"
                )
            seen[call.id] = call
            calls.append(call)
    return calls


def parse_file(path: Path) -> Iterator[MarkedCall]:
    """The calls of one file; ReadError where it is no text, or a line of it is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"cannot be read: {error}", path=str(path), allowed="text in UTF-8") from None
    yield from parse_lines(text.splitlines(), str(path))


def parse_lines(lines: Iterable[str], path: str = "<text>") -> Iterator[MarkedCall]:
    """Parse labelled calls line by line; the first fault raises ReadError with file and line.

    >>> call, = parse_lines(["=== a | contrast: ease", "+C[ease]: {ease|that was quick}", "-C: be quick"])
    >>> call.turns[0].text, call.turns[0].evidence
    ('that was quick', (Evidence(label='ease', start=0, end=14),))
    """
    call: MarkedCall | None = None
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip()
        try:
            if line.startswith("==="):
                if call is not None:
                    yield _closed(call)
                call = _head(line, path, number)
            elif line and not line.startswith("#"):
                if call is None:
                    raise ReadError("a turn before any head", got=line, allowed="=== id | key: value ...")
                call.turns.append(_turn(line, number, call.is_contrast))
        except ReadError as error:
            raise error.at(path, number) from None
    if call is not None:
        yield _closed(call)


def _head(line: str, path: str, number: int) -> MarkedCall:
    name, *pairs = (part.strip() for part in line[3:].split("|"))
    if not name or " " in name:
        raise ReadError("a head needs an id of one word", got=line)
    head: dict[str, str] = {}
    for pair in pairs:
        key, _, value = (part.strip() for part in pair.partition(":"))
        if key not in HEAD_KEYS or not value:
            raise ReadError("unknown or empty head key", got=pair, allowed=", ".join(HEAD_KEYS))
        if key in HEAD_VALUES and value not in HEAD_VALUES[key]:
            raise ReadError(f"no such {key}", got=value, allowed=", ".join(HEAD_VALUES[key]))
        head[key] = value
    missing = [key for key in REQUIRED if key not in head]
    if missing and "contrast" not in head:
        raise ReadError("head keys missing", got=", ".join(missing), allowed=", ".join(REQUIRED))
    return MarkedCall(name, path, number, head)


def _turn(line: str, number: int, contrast: bool) -> MarkedTurn:
    match = _TURN.match(line)
    if match is None:
        raise ReadError("not a turn", got=line, allowed="A[labels]: text, C[labels]: text, S: text, (A): context")
    context_only = match["paren"] is not None
    if contrast and not context_only and match["sign"] is None:
        raise ReadError("a contrast item starts with + or -, its context stands in ( )", got=line)
    if (match["sign"] or context_only) and not contrast:
        raise ReadError("only contrast items have +, - or ( )", got=line)
    turn = MarkedTurn(SPEAKERS[match["who"]], "", number, sign=match["sign"], context_only=context_only)
    turn.text, turn.evidence = _unmark(match["text"])
    if not turn.text.strip():
        raise ReadError("a turn without words", got=line)
    _tags(turn, match["tags"] or "")
    return turn


def _tags(turn: MarkedTurn, tags: str) -> None:
    agent, customer = turn.speaker == "agent", turn.speaker == "customer"
    turn.tone = "neutral" if agent and not turn.context_only else None
    turn.distress = 0 if customer and not turn.context_only else None
    labels: list[str] = []
    allowed = labels_of(turn.speaker)
    for word in tags.replace(";", " ").split():
        if agent and word in TONES:
            turn.tone = word
        elif customer and re.fullmatch("d[0-3]", word):
            turn.distress = int(word[1])
        elif customer and word.startswith(">"):
            turn.opportunity = _opportunity(word)
        elif customer and word.startswith("!"):
            turn.safety = _safety(word)
        elif word in allowed and word not in labels:
            labels.append(word)
        else:
            raise ReadError(f"no such tag on {turn.speaker} turns, or twice", got=word, allowed=", ".join(allowed))
    turn.labels = tuple(labels)
    marked = {mark.label for mark in turn.evidence} - {"distress", "scripted", "genuine"}
    if marked != set(labels):
        raise ReadError("labels and marked evidence differ", got=f"labels {sorted(labels)}, marks {sorted(marked)}")


def _opportunity(word: str) -> tuple[str, int]:
    nth = len(word) - len(word.lstrip(">"))
    response = word[nth:]
    if response not in RESPONSES or nth > 2:
        raise ReadError("no such response", got=word, allowed=">matched, >>matched, >formulaic, >missed")
    return response, nth


def _safety(word: str) -> tuple[str, str]:
    kind, _, response = word[1:].partition("=")
    if kind not in SAFETY_KINDS or response not in SAFETY_RESPONSES:
        raise ReadError(
            "no such safety sign", got=word, allowed=f"!kind=response of {SAFETY_KINDS} and {SAFETY_RESPONSES}"
        )
    return kind, response


def _unmark(marked: str) -> tuple[str, tuple[Evidence, ...]]:
    text, last, found = "", 0, []
    for match in _MARK.finditer(marked):
        text += marked[last : match.start()]
        names = match[1].split()
        for name in names:
            if name not in LABELS and name not in ("distress", "scripted", "genuine"):
                raise ReadError("no such label in a mark", got=match[0], allowed=", ".join(LABELS))
            if not match[2].strip():
                raise ReadError("an empty mark", got=match[0])
            found.append(Evidence(name, len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    text += marked[last:]
    if "{" in text or "}" in text:
        raise ReadError("a mark that does not close, or one inside another", got=marked, allowed="{label|words}")
    return text, tuple(found)


def _closed(call: MarkedCall) -> MarkedCall:
    spoken = [turn for turn in call.turns if not turn.context_only]
    if not spoken:
        raise ReadError("no turns", path=call.path, line=call.line, got=call.id)
    if call.is_contrast:
        label = call.head["contrast"]
        for turn in spoken:
            if (turn.sign == "+") != _carries(turn, label):
                raise ReadError(f"+ carries {label}, - does not", path=call.path, line=turn.line, got=turn.text)
    return call


def _carries(turn: MarkedTurn, label: str) -> bool:
    if label in TONES:
        return turn.tone == label
    if label == "distress":
        return bool(turn.distress)
    return label in turn.labels
