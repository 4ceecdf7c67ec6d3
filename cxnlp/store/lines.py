"""Scores of a JSONL file, a call a line."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cxnlp.errors import ReadError
from cxnlp.readers.blocks import blocks
from cxnlp.readers.document import Document
from cxnlp.readers.sources import STDIN, is_rejects
from cxnlp.scores import CallScore
from cxnlp.store.parts import Parts, pare
from cxnlp.store.shape import checked

_SHAPE = '{"id", "model", "agent_id", "meta", "turns": [..], "call": {..}}, one a line'
_SCORE_FIRST = "cxnlp score PATH --to scores.jsonl makes them"
_decoder = msgspec.json.Decoder(CallScore)

__all__ = ["STDIN", "read_lines"]


def read_lines(path: str, parts: Parts) -> Iterator[tuple[int, CallScore]]:
    """(line, score) of a file or stdin; ReadError with the place of the first line that is no score."""
    if is_rejects(path):
        raise ReadError("a rejects file, not scores", path=path, todo="name the file that lies beside it")
    if path.lower().endswith(".parquet"):
        raise ReadError("one shard of scores", path=path, todo="name the folder that holds turns/ and calls/")
    try:
        for number, line in Document(path, path, blocks(path)).lines():
            yield number, _score(line, path, number, parts)
    except ReadError as error:
        raise error.at(path) from None


def _score(line: bytes, path: str, number: int, parts: Parts) -> CallScore:
    try:
        score = _decoder.decode(line)
    except msgspec.ValidationError as error:
        raise ReadError(_what(line, error), path=path, line=number, allowed=_SHAPE, todo=_SCORE_FIRST) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReadError(
            f"not a score file: {error}",
            path=path,
            line=number,
            got=line[:60].decode("utf-8", "replace"),
            allowed=_SHAPE,
        ) from None
    for place, turn in enumerate(score.turns):
        if turn.index != place:
            raise ReadError("turns out of order", path=path, line=number, got=turn.index, allowed=place)
        pare(turn, parts)
    try:
        score.call = checked(score.call)
    except ReadError as error:
        raise error.at(path, number) from None
    return score


def _what(line: bytes, error: msgspec.ValidationError) -> str:
    """What a line of JSON that is no score is."""
    try:
        keys = msgspec.json.decode(line, type=dict[str, msgspec.Raw]).keys()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        keys = dict[str, msgspec.Raw]().keys()
    if "turns" in keys and "call" not in keys:
        return "a transcript, not scores"
    return f"not a score: {error}"
