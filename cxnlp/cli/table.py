"""Scores as a person reads them: a line of figures a call, and the turns worth listening to."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from cxnlp.labels import group_of
from cxnlp.scores import CallScore, TurnScore

WIDTH = 100
TURNS = 3
REASONS = 5
EMPATHY = group_of("empathy")
ROADBLOCKS = group_of("roadblocks")
HEAVY = {"vulnerability": 3.0, "escalation": 2.0, "churn": 2.0, "dismissal": 2.5, "policy_block": 1.0}


def call_table(scores: Iterable[CallScore], colour: bool) -> Iterator[str]:
    """A block of text a call."""
    for score in scores:
        yield "\n".join(_call_lines(score, colour))


def _call_lines(score: CallScore, colour: bool) -> Iterator[str]:
    yield _bold(f"{plain(score.id)}   ({len(score.turns)} turns)", colour)
    for name, text in _figures(score):
        yield from textwrap.wrap(text, WIDTH, initial_indent=f"  {name:<12}", subsequent_indent=" " * 14)
    turns = worth_hearing(score)
    if turns:
        yield "  listen to"
    for turn in turns:
        yield from _turn_lines(turn, colour)
    yield ""


def _figures(score: CallScore) -> Iterator[tuple[str, str]]:
    tone, distress, effort = (score.call.get(name) for name in ("tone", "distress", "effort"))
    if tone:
        shares = [
            f"{share:.0%} {name}" for name in ("scripted", "neutral", "genuine") if (share := tone[name]) is not None
        ]
        yield "tone", ", ".join(shares) or "disclosures only"
        yield "empathy", _counts(score, EMPATHY) or "none"
    if (owed := score.call.get("empathy")) is not None:
        answers = ", ".join(f"{owed[name]} {name}" for name in ("matched", "formulaic", "missed") if owed[name])
        yield "owed", f"{owed['opportunities']} opportunities" + (f": {answers}" if answers else "")
    if tone and (blocks := _counts(score, ROADBLOCKS)):
        yield "roadblocks", blocks
    if distress:
        yield (
            "distress",
            f"opens {distress['opening']}, peak {distress['peak']}, closes {distress['closing']} (0 to 3)"
            + "".join(f"; turn {shift['turn']}: {shift['from']} to {shift['to']}" for shift in distress["shifts"]),
        )
    if effort:
        heaviest = sorted(effort["reasons"], key=lambda reason: -abs(reason["weight"]))[:REASONS]
        reasons = ", ".join(f"{reason['shown_by']} (turn {reason['turn']})" for reason in heaviest)
        yield "effort", f"{effort['score']:.1f} of 7" + (f": {reasons}" if reasons else "")
    if (outcome := score.call.get("outcome")) is not None:
        yield "outcome", f"expectation {outcome['verdict']}, resolved {outcome['resolved']}"
    for sign in score.call.get("safety") or ():
        yield "safety", f"possible {sign['kind']} (turn {sign['turn']}), agent's response: {sign['response']}"


def _counts(score: CallScore, names: Iterable[str]) -> str:
    counts = {name: sum(name in turn.labels for turn in score.turns) for name in names}
    return ", ".join(name if count == 1 else f"{name} x{count}" for name, count in counts.items() if count)


def worth_hearing(score: CallScore, most: int = TURNS) -> list[TurnScore]:
    """The turns a listener should hear: most distress, risk, roadblocks, and what answered them best."""
    weighed = []
    for turn in score.turns:
        weight = sum(HEAVY.get(label, 0.4) for label in turn.labels)
        if turn.speaker == "customer" and turn.distress:
            weight += 2.0 * float(turn.distress)
        if turn.speaker == "agent" and turn.tone == "genuine":
            weight += 1.0
        if weight > 1 and turn.evidence:
            weighed.append((-weight, turn.index, turn))
    return sorted((turn for _, _, turn in sorted(weighed)[:most]), key=lambda turn: turn.index)


def _turn_lines(turn: TurnScore, colour: bool) -> Iterator[str]:
    found = list(turn.labels)
    if turn.speaker == "customer" and turn.distress:
        found.insert(0, f"distress {turn.distress}")
    if turn.speaker == "agent" and turn.tone != "neutral":
        found.insert(0, str(turn.tone))
    yield f"    {turn.index:>3} {turn.speaker:<9}{', '.join(found)}"
    if not isinstance(turn.text, str):
        return
    marked = _mark(turn)
    text = plain(turn.text)
    for start, line in _wrapped(text, WIDTH - 10):
        flags = marked[start : start + len(line)]
        if colour:
            yield "          " + "".join(
                f"\x1b[4m{ch}\x1b[24m" if on else ch for ch, on in zip(line, flags, strict=True)
            )
        else:
            yield "          " + line
            if any(flags):
                yield "          " + "".join("~" if on else " " for on in flags).rstrip()


def _mark(turn: TurnScore) -> list[bool]:
    text = turn.text if isinstance(turn.text, str) else ""
    marked = [False] * len(text)
    for evidence in turn.evidence:
        marked[evidence.start : evidence.end] = [True] * (evidence.end - evidence.start)
    return marked


def _wrapped(text: str, width: int) -> Iterator[tuple[int, str]]:
    """Lines of at most `width` characters, broken at spaces, with the place each starts at.

    >>> list(_wrapped("one two three", 8))
    [(0, 'one two'), (8, 'three')]
    """
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= width else text.rfind(" ", start, start + width + 1)
        if end <= start:
            end = min(start + width, len(text))
        yield start, text[start:end]
        start = end + 1 if text[end : end + 1] == " " else end


def plain(text: str) -> str:
    r"""The text without what a terminal would act on, character for character.

    >>> plain("a\x1b[2J\nb")
    'a [2J b'
    """
    return "".join(ch if ch.isprintable() else " " for ch in text)


def _bold(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text
