"""A call and its turns: what every reader makes and every scorer takes.

The canonical file is JSONL, one call a line:

    {"id": "c1", "turns": [{"speaker": "agent", "text": "hello", "start": 0.0, "end": 1.2}],
     "agent_id": "a7", "meta": {"team": "north", "started_at": "2026-03-01T09:00:00Z"}}

Times are seconds from the start of the call. Text is kept as it came, to the character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from cxnlp.errors import ReadError

Speaker = Literal["agent", "customer", "system"]
SPEAKERS: tuple[Speaker, ...] = ("agent", "customer", "system")


class Turn(msgspec.Struct, omit_defaults=True, gc=False):
    """Everything one speaker says until another speaks.

    `pauses` are the silences over 2 s inside a turn that a reader joined from segments,
    as (start, end) in seconds.
    """

    speaker: Speaker
    text: str
    start: float | None = None
    end: float | None = None
    pauses: list[tuple[float, float]] | None = None


class Call(msgspec.Struct, omit_defaults=True):
    """One conversation. Keys of `meta` with a meaning: team, queue, channel, started_at, customer_id."""

    id: str
    turns: list[Turn]
    agent_id: str | None = None
    meta: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(Call)
_encoder = msgspec.json.Encoder()
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_call(line: bytes | str) -> Call:
    """A call from one line of canonical JSON; ReadError says what was wrong.

    >>> decode_call('{"id": "c1", "turns": [{"speaker": "agent", "text": "hello"}]}').turns[0].text
    'hello'
    """
    try:
        call = _decoder.decode(line)
    except msgspec.ValidationError as error:
        raise ReadError(
            f"not a call: {error}",
            got=_excerpt(line),
            allowed='{"id": str, "turns": [{"speaker": "agent"|"customer"|"system", "text": str, ...}], ...}',
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReadError(f"not JSON: {error}", got=_excerpt(line), allowed="one JSON object a line") from None
    _check_head(call)
    for index, turn in enumerate(call.turns):  # what else there is to check, the decoder has
        if turn.start is not None or turn.end is not None:
            _check_times(index, turn)
    return call


def check_call(call: Call) -> None:
    """Raise ReadError where a call has no id, no turns, a text that is none, or a time that is no time."""
    _check_head(call)
    for index, turn in enumerate(call.turns):
        if turn.speaker not in SPEAKERS:
            raise ReadError(f"unknown speaker in turn {index}", got=turn.speaker, allowed=", ".join(SPEAKERS))
        text = turn.text
        if not isinstance(text, str):
            raise ReadError(f"turn {index} has a text that is no text", got=text, allowed="str")
        if not text.isascii() and (half := _SURROGATE.search(text)):
            raise ReadError(f"turn {index} has half a character", got=half[0], todo="decode the input as what it is")
        if turn.start is not None or turn.end is not None:
            _check_times(index, turn)


def _check_head(call: Call) -> None:
    if not call.id:
        raise ReadError("a call without an id", got='"id": ""', todo="give each call an id of its own")
    if not call.turns:
        raise ReadError("a call of no turns", got=call.id, todo="leave it out, or give its turns")
    for name, text in (("id", call.id), ("agent_id", call.agent_id or "")):
        if not text.isascii() and (half := _SURROGATE.search(text)):
            raise ReadError(f"half a character in {name}", got=half[0], todo="decode the input as what it is")


def _check_times(index: int, turn: Turn) -> None:
    for time in (turn.start, turn.end):
        if time is not None and not (-1e9 < time < 1e12):
            raise ReadError(f"turn {index} has a time that is no time", got=time, allowed="seconds")


def encode_call(call: Call) -> bytes:
    """The canonical JSON of a call, without a line end."""
    return _encoder.encode(call)


def readable_json(data: object) -> bytes:
    """Plain data as JSON on lines of its own, for a file that a person may read."""
    return msgspec.json.format(msgspec.json.encode(data), indent=1) + b"\n"


def merged_sides(call: Call) -> Iterator[tuple[str, list[int]]]:
    """Neighbouring turns of one speaker as (speaker, indices), system turns passed over.

    >>> list(merged_sides(Call("c", [Turn("agent", "a"), Turn("agent", "b"), Turn("customer", "c")])))
    [('agent', [0, 1]), ('customer', [2])]
    """
    speaker, indices = "", list[int]()
    for index, turn in enumerate(call.turns):
        if turn.speaker == "system":
            continue
        if turn.speaker != speaker and indices:
            yield speaker, indices
            indices = []
        speaker = turn.speaker
        indices.append(index)
    if indices:
        yield speaker, indices


def _excerpt(line: bytes | str) -> str:
    text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
    return text.strip()[:120]
