"""Canonical JSONL: one call a line, given as it is. Also one call as a JSON document, or an array of calls.

A night can be a million lines, so the lines are a stream and a bad one is set aside alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from cxnlp.errors import ReadError
from cxnlp.readers.document import NOT_JSON, Document
from cxnlp.schema import Call, decode_call

_SUFFIXES = (".jsonl", ".ndjson", ".jsonlines")


class _CallLike(msgspec.Struct):
    turns: msgspec.Raw


_call_like = msgspec.json.Decoder(_CallLike)


def detect(doc: Document) -> bool:
    """Whether a document holds our own calls: a line of the head, the document or its first item has `turns`."""
    if _in_lines(doc):
        return True
    lines = doc.head_lines
    if not lines[0].lstrip().startswith((b"{", b"[")) and doc.suffix not in _SUFFIXES:
        return False
    if _called_lines(doc):
        return True
    data = doc.data
    first = data[0] if isinstance(data, list) and data else data
    return isinstance(first, dict) and "turns" in first


def read(doc: Document) -> Iterator[Call]:
    """The calls of canonical JSONL, JSON or a JSON array; what is no call is set aside by line, or by number."""
    if by_line(doc):
        for number, call in calls_of_lines(doc.lines(), doc.path, doc.reject):
            doc.line = number
            yield call
    elif doc.data is NOT_JSON:
        raise ReadError("not JSON", got=doc.text[:80], allowed="one JSON object a line")
    elif isinstance(doc.data, list):
        yield from _by_item(doc)
    else:
        yield decode_call(doc.text)


def by_line(doc: Document) -> bool:
    """Whether a document is read line by line, one call in each."""
    return _in_lines(doc) or _called_lines(doc)


def calls_of_lines(
    lines: Iterable[tuple[int, bytes]], path: str, reject: Callable[[ReadError], None]
) -> Iterator[tuple[int, Call]]:
    """(line number, call) of numbered lines; what is no call goes to `reject`, placed."""
    for number, line in lines:
        try:
            call = decode_call(line)
        except ReadError as error:
            reject(_not_utf8(line, error).at(path, number))
            continue
        yield number, call


def _by_item(doc: Document) -> Iterator[Call]:
    for number, item in enumerate(msgspec.json.decode(doc.text, type=list[msgspec.Raw]), 1):
        try:
            yield decode_call(bytes(item))
        except ReadError as error:
            doc.reject(
                ReadError(f"item {number}: {error.wrong}", got=error.got, allowed=error.allowed, todo=error.todo)
            )


def _in_lines(doc: Document) -> bool:
    """Whether some whole line of the head is a call by itself: the first may be the one that is broken."""
    for line in doc.head_lines:
        if line.lstrip().startswith(b"{") and line.rstrip().endswith(b"}"):
            try:
                _call_like.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            return True
    return False


def _called_lines(doc: Document) -> bool:
    """Whether the file is named as lines of JSON and does not begin as one document."""
    first = doc.head_lines[0].strip()
    return doc.suffix in _SUFFIXES and first != b"{" and not first.startswith(b"[")


def _not_utf8(line: bytes, error: ReadError) -> ReadError:
    """The same error, or a plainer one where the line's encoding is what is wrong with it."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return ReadError(
            f"not UTF-8: {wrong.reason} at byte {wrong.start} of the line",
            got=line[max(0, wrong.start - 20) : wrong.start + 20],
            allowed="UTF-8, or UTF-16 with a byte order mark",
            todo="save the file as UTF-8",
        )
    return error
