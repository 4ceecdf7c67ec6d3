"""Transcripts in, calls out: one file a format, the rows of them in `table`.

>>> [name for name, description, extensions in formats()]
['jsonl', 'call-analytics', 'contact-lens', 'whisper', 'webvtt', 'csv', 'text']
"""

from __future__ import annotations

from cxnlp.readers.reading import read
from cxnlp.readers.sources import MissingPathError
from cxnlp.readers.table import FORMATS

__all__ = ["MissingPathError", "formats", "read"]


def formats() -> list[tuple[str, str, tuple[str, ...]]]:
    """(name, description, usual file endings) of every format, in the order they are tried."""
    return [(row.name, row.description, row.extensions) for row in FORMATS]
