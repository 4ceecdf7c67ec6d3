"""Scores read back: the folder or the JSONL that `cxnlp score` wrote, as one stream of `CallScore`.

A call at a time, whichever form it is kept in: the same run read from either gives equal objects. What is not
asked for is left out, and of Parquet not even read. A file is believed in full or refused: scores are written
whole, so a part that cannot be read means that the file is not what it says.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from cxnlp.errors import ReadError
from cxnlp.scores import CallScore
from cxnlp.store.lines import STDIN, read_lines
from cxnlp.store.parts import ALL, Parts, parts_of
from cxnlp.store.shards import read_folder

PathLike = str | os.PathLike[str]
Placed = TypeVar("Placed")


def read_scores(
    paths: PathLike | Iterable[PathLike],
    *,
    fields: Collection[str] | None = None,
    p: Collection[str] | None = None,
) -> Iterator[CallScore]:
    """The scores of one run or several, in the order they were written.

    Parameters
    ----------
    paths : a folder of shards, a JSONL file (gzip and Zstandard are unpacked), "-" for stdin, or several.
    fields : fields of a turn beside its index and speaker (`store.parts.FIELDS`); all where not given.
    p : heads whose probabilities are wanted; all where not given.

    Raises
    ------
    ReadError
        At once: a path that names nothing. While reading: a folder whose run is not finished, shards or lines that
        were altered or are no scores (a transcript, say), an id that was there before.
    MissingExtraError
        A folder without pyarrow, Zstandard without its package.

    Memory: one batch of rows, and eight bytes or so an id.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    names = [os.fspath(path) for path in given]
    if not names:
        raise ReadError("no scores given", todo="name a folder or a JSONL file that cxnlp score wrote")
    for name in names:
        if name != STDIN and not os.path.exists(name):
            raise ReadError("no such file or folder", path=name, todo="name what cxnlp score wrote")
    parts = ALL if fields is None and p is None else parts_of(fields, p)
    return _once(names, parts)


def _once(names: list[str], parts: Parts) -> Iterator[CallScore]:
    """All scores, as long as no id comes twice."""
    seen = set[int]()
    for name in names:
        for line, score in read_folder(name, parts) if os.path.isdir(name) else read_lines(name, parts):
            if (key := hash(score.id)) in seen:
                raise ReadError(
                    "a call that was there before", path=name, line=line, got=score.id, todo="give each run once"
                )
            seen.add(key)
            yield score
