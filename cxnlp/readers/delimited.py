"""CSV, TSV and semicolons: a header line, one row a turn, rows of one call sharing a call id.

Rows are grouped by call id in the order in which calls begin, so that calls may be interleaved; without such
a column the file is one call. A bad row sets its call aside, not the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from cxnlp.errors import ReadError
from cxnlp.readers.columns import Columns, match
from cxnlp.readers.document import Document
from cxnlp.readers.segments import Piece, call_of
from cxnlp.readers.times import clock, moment, number
from cxnlp.schema import Call

_DELIMITERS = ",\t;|"
_SUFFIXES = (".csv", ".tsv")
_MOST_CELL = 2**31 - 1
_SEP = re.compile(r"sep=(.)\s*", re.IGNORECASE)


class Row(NamedTuple):
    """A row and the line it begins on."""

    line: int
    cells: list[str]


class Table(NamedTuple):
    """A header, the rows below it, and what stands between their cells."""

    delimiter: str
    header: list[str]
    rows: list[Row]


def detect(doc: Document) -> bool:
    """A first line with a column for the speaker and one for the text, or a file called .csv or .tsv."""
    if doc.suffix in _SUFFIXES:
        return True
    first = next(line for line in doc.text_lines if line.strip())
    return bool(_SEP.fullmatch(first)) or any(match(_cells(first, mark), doc.columns) for mark in _DELIMITERS)


def read(doc: Document) -> Iterator[Call]:
    """The calls of the table. Raises ReadError where it is no table or has no column for speaker or text."""
    table = _table(doc)
    columns = _columns(table.header, doc)
    if not table.rows:
        raise ReadError("a header line and no rows", got=", ".join(table.header), todo="leave it out")
    groups: dict[str, list[Row]] = {}
    for row in table.rows:
        groups.setdefault(_cell(row, columns.call_id), []).append(row)
    for id, rows in groups.items():
        doc.line = rows[0].line
        try:
            if columns.call_id >= 0 and not id:
                raise ReadError("a row without a call id", got=" | ".join(rows[0].cells), todo="give it one")
            call = _call(id or doc.id, rows, columns, table, doc)
        except ReadError as error:
            doc.reject(error.at(doc.path, rows[0].line))
            continue
        yield call


def _columns(header: list[str], doc: Document) -> Columns:
    folded = {name.casefold() for name in header}
    if absent := [name for name in doc.columns.values() if name.strip().casefold() not in folded]:
        raise ReadError(f"no column {absent[0]!r}", line=1, got=", ".join(header), todo="give one of the header line")
    columns = match(header, doc.columns)
    if columns is None:
        raise ReadError(
            "no column for the speaker and one for the text",
            line=1,
            got=", ".join(header),
            allowed='a header line such as "call_id,speaker,text,start,end"',
            todo="name the columns in the header line, or say which they are: "
            'columns={"speaker": "...", "text": "..."} in Python',
        )
    return columns


def _call(id: str, rows: list[Row], columns: Columns, table: Table, doc: Document) -> Call:
    pieces, width = [], len(table.header)
    for row in rows:
        if any(row.cells[width:]) or len(row.cells) <= max(columns.speaker, columns.text):
            raise ReadError(
                f"a row of {len(row.cells)} cells under a header of {width}",
                line=row.line,
                got=" | ".join(row.cells),
                allowed=f"{width} cells",
                todo='put text that holds the delimiter in "quotes"',
            )
        label, text = _cell(row, columns.speaker), row.cells[columns.text]
        if not text.strip():
            continue
        if not label:
            raise ReadError("a row without a speaker", line=row.line, got=text, todo="say who speaks")
        start = _time(row, columns.start, columns.start_ms, table.delimiter)
        end = _time(row, columns.end, columns.end_ms, table.delimiter)
        pieces.append(Piece(label, text, start, end, row.line))
    agents = (agent for row in rows if (agent := _cell(row, columns.agent_id)))
    return call_of(id, pieces, doc.roles, next(agents, None))


def _cell(row: Row, at: int) -> str:
    return row.cells[at].strip() if 0 <= at < len(row.cells) else ""


def _time(row: Row, at: int, in_ms: bool, delimiter: str) -> float | None:
    """Seconds of a cell: a number in the column's unit, a clock time, or a date and time."""
    text = _cell(row, at)
    if not text:
        return None
    # Where semicolons stand between cells, a comma is the decimal sign; elsewhere 1,250 could be either.
    if (value := number(text.replace(",", ".") if delimiter == ";" else text)) is not None:
        return value / 1000 if in_ms else value
    for read_as in (clock, moment):
        if (seconds := read_as(text)) is not None:
            return seconds
    raise ReadError("a time that is no time", line=row.line, got=text, allowed="12.5, 00:01:12, 2026-03-01T09:00:00Z")


def _table(doc: Document) -> Table:
    """The whole table, every cell as it is. Raises ReadError with the line where the quoting breaks."""
    lines = list(io.StringIO(doc.text, newline=""))
    skip = next(n for n, line in enumerate(lines) if line.strip())
    delimiter = _delimiter(lines[skip], doc)
    if sep := _SEP.fullmatch(lines[skip]):
        delimiter, skip = sep[1], skip + 1
    try:
        return _parsed(lines[skip:], delimiter, True, skip)
    except ReadError:
        if delimiter != "\t":
            raise
    return _parsed(lines[skip:], delimiter, False, skip)  # many makers of TSV do not quote: a " is a "


def _parsed(lines: list[str], delimiter: str, quoted: bool, skip: int) -> Table:
    limit = csv.field_size_limit(_MOST_CELL)  # of the whole process, so it is put back
    rows, begins = list[Row](), skip + 1
    reader = csv.reader(
        lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE, strict=True
    )
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(begins, cells))
            begins = skip + reader.line_num + 1
    except csv.Error as error:
        raise ReadError(
            f"broken quoting in the row that begins here: {error}",
            line=begins,
            got=lines[min(begins - skip, len(lines)) - 1],
            allowed='"text", with a quote inside it written twice',
            todo="close the quotes, or export the table again",
        ) from None
    finally:
        csv.field_size_limit(limit)
    return Table(delimiter, [cell.strip() for cell in rows[0].cells] if rows else [], rows[1:])


def _delimiter(header: str, doc: Document) -> str:
    """The one under which the header has the columns looked for, else the one that is there most often."""
    for mark in _DELIMITERS:
        if match(_cells(header, mark), doc.columns):
            return mark
    return max(_DELIMITERS, key=header.count)


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(delimiter)]
