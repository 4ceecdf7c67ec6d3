"""The formats, most specific first: the first whose `detect` holds reads the document.

A new format is a file with `detect(doc) -> bool` and `read(doc) -> Iterator[Call]`, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cxnlp.readers import call_analytics, canonical, contact_lens, delimited, plain_text, webvtt, whisper
from cxnlp.readers.document import Document
from cxnlp.schema import Call


class Format(NamedTuple):
    """A row: the name for `format=`, what it is, the usual file endings, and the two functions."""

    name: str
    description: str
    extensions: tuple[str, ...]
    detect: Callable[[Document], bool]
    read: Callable[[Document], Iterator[Call]]


FORMATS: tuple[Format, ...] = (
    Format(
        "jsonl",
        "canonical calls: one JSON object a line, one object, or an array",
        (".jsonl", ".ndjson", ".json"),
        canonical.detect,
        canonical.read,
    ),
    Format(
        "call-analytics",
        "Amazon Transcribe Call Analytics, post-call JSON",
        (".json",),
        call_analytics.detect,
        call_analytics.read,
    ),
    Format(
        "contact-lens",
        "Amazon Connect Contact Lens JSON, voice and chat",
        (".json",),
        contact_lens.detect,
        contact_lens.read,
    ),
    Format(
        "whisper",
        "openai-whisper JSON and its kin; only with a speaker in every segment",
        (".json",),
        whisper.detect,
        whisper.read,
    ),
    Format(
        "webvtt",
        "WebVTT with <v Name> voices (Teams) or Name: in front (Zoom)",
        (".vtt",),
        webvtt.detect,
        webvtt.read,
    ),
    Format(
        "csv",
        "CSV, TSV or semicolons, one row a turn, a header line",
        (".csv", ".tsv", ".txt"),
        delimited.detect,
        delimited.read,
    ),
    Format(
        "text",
        "plain text, Agent: ... and Customer: ..., with or without times",
        (".txt",),
        plain_text.detect,
        plain_text.read,
    ),
)
