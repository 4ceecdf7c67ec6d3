"""Reading: every input in turn, its format found, its calls given, its ids kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from cxnlp.errors import ConfigError, ReadError
from cxnlp.readers.blocks import blocks
from cxnlp.readers.columns import COLUMNS
from cxnlp.readers.document import NOT_JSON, Document
from cxnlp.readers.roles import Roles
from cxnlp.readers.sources import PathLike, Source, find
from cxnlp.readers.table import FORMATS, Format
from cxnlp.schema import Call

OnReject = Callable[[ReadError], None]


def read(
    path: PathLike | Iterable[PathLike],
    format: str | None = None,
    roles: Mapping[str, str] | None = None,
    on_reject: OnReject | None = None,
    *,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Call]:
    """The calls of files, folders, globs or stdin.

    Parameters
    ----------
    path
        A file, a folder (everything below it, sorted), a glob, "-" for stdin, or several of these. gzip and
        Zstandard files are unpacked.
    format
        A name from `formats()`; found from the content where it is not given.
    roles
        {speaker label: "agent" | "customer" | "system"} for labels that do not say it themselves.
    on_reject
        Called with a ReadError for every part that cannot be read (a line of JSONL, a call of a CSV, else a file);
        reading goes on. Without it the first is raised.
    columns
        {"speaker" | "text" | "call_id" | "start" | "end" | "agent_id": column name} for CSV headers of one's own.

    Yields
    ------
    Call
        Times in seconds from the start of the call.

    Raises
    ------
    MissingPathError
        A path that does not exist, at once and also with `on_reject`.
    ConfigError
        A format, role or column that is none, at once.
    ReadError
        An input that cannot be read as a call, where there is no `on_reject`.
    MissingExtraError
        A Zstandard file without the package that unpacks it.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "c1.txt")
    >>> _ = file.write_text("Agent: how can I help\\nCustomer: my card is lost\\n")
    >>> [(turn.speaker, turn.text) for call in read(file) for turn in call.turns]
    [('agent', 'how can I help'), ('customer', 'my card is lost')]
    """
    names = [row.name for row in FORMATS]
    if format is not None and format not in names:
        raise ConfigError("no such format", got=format, allowed=", ".join(names))
    if unknown := set(columns or ()) - set(COLUMNS):
        raise ConfigError("no such column", got=", ".join(sorted(unknown)), allowed=", ".join(COLUMNS))
    known = next((row for row in FORMATS if row.name == format), None)
    return _calls(find(path), known, Roles(roles), on_reject, columns)


def _calls(
    found: Iterator[Source | ReadError],
    format: Format | None,
    roles: Roles,
    on_reject: OnReject | None,
    columns: Mapping[str, str] | None,
) -> Iterator[Call]:
    seen, places = dict[int, int](), list[str]()
    for source in found:
        if isinstance(source, ReadError):
            _reject(source, on_reject)
            continue
        places.append(source.path)
        try:
            doc = Document(source.path, source.id, blocks(source.path), roles, on_reject, columns)
            for call, line in calls_of(doc, format):
                # The hash and not the id, the place as one number: a million ids should not fill the memory.
                key = hash(call.id)
                if (first := seen.get(key)) is not None:
                    error = twice(call.id, places[first >> 40], first & (1 << 40) - 1)
                    _reject(error.at(source.path, line), on_reject)
                    continue
                seen[key] = len(places) - 1 << 40 | (line or 0)
                yield call
        except ReadError as error:
            _reject(error.at(source.path), on_reject)


def calls_of(doc: Document, format: Format | None) -> Iterator[tuple[Call, int | None]]:
    """The calls of one input with the line each begins at, None where its format does not say.

    ReadError where the whole input is no call; parts of it are set aside by the document.
    """
    any_call = False
    for call in _format_of(doc, format).read(doc):
        any_call = True
        yield call, doc.line
    if not any_call and not doc.rejected:
        raise ReadError("no call in it", got=doc.head[:60].decode("utf-8", "replace"), todo="leave it out")


def _format_of(doc: Document, format: Format | None) -> Format:
    found = format or next((row for row in FORMATS if row.detect(doc)), None)
    if found:
        return found
    item = doc.data[0] if isinstance(doc.data, list) and doc.data else doc.data
    keys = ", ".join(list(item)[:8]) if isinstance(item, dict) else doc.head[:60].decode("utf-8", "replace")
    raise ReadError(
        "JSON of no format that is known" if doc.data is not NOT_JSON else "text of no format that is known",
        got=keys,
        allowed=", ".join(row.name for row in FORMATS),
        todo="turn it into canonical JSONL, a CSV with the columns speaker and text, or lines of Agent: and Customer:",
    )


def twice(id: str, path: str, line: int) -> ReadError:
    """The error of an id seen before: `path` and `line` (0: not known) are where."""
    return ReadError(
        f"an id seen before, at {path}{f':{line}' if line else ''}",
        got=id,
        todo="give each call an id of its own",
    )


def _reject(error: ReadError, on_reject: OnReject | None) -> None:
    if on_reject is None:
        raise error
    on_reject(error)
