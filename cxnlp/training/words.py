"""The word files of this room: what robustness is tried with.

They lie here and not under `cxnlp/lexicons`, whose files are part of what a model was trained with:
no feature and no measure may know the words a model is tried on.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from cxnlp.errors import LexiconError


def load_rows(name: str) -> Iterator[list[str]]:
    """The rows of a word file, split at tabs; `#` starts a line that is none.

    >>> next(load_rows("gendered.tsv"))
    ['he', 'she']
    """
    try:
        text = resources.files("cxnlp.training").joinpath(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LexiconError("no such word file", got=name) from None
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split("\t")


def load_swaps(name: str) -> dict[str, tuple[str, ...]]:
    """A file of two columns: what is said, a tab, what stands for it, `|` between several.

    >>> load_swaps("dialect.tsv")["parcel"]
    ('package',)
    """
    swaps: dict[str, tuple[str, ...]] = {}
    for row in load_rows(name):
        if len(row) != 2 or row[0] in swaps or not all(row[1].split("|")):
            raise LexiconError(f"{name}: two columns with a tab between them, no word twice", got="\t".join(row))
        swaps[row[0]] = tuple(row[1].split("|"))
    return swaps
