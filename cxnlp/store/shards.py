"""Scores of a folder of Parquet shards: turns and calls side by side, a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby, repeat
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from cxnlp.errors import ReadError
from cxnlp.labels import TONES
from cxnlp.scores import CallScore, Evidence, TurnScore
from cxnlp.store.parts import Parts
from cxnlp.store.shape import checked
from cxnlp.tables.arrow import pyarrow

CALLS, TURNS = 256, 4096
"""Rows of a batch."""

_CALL = ("id", "model", "agent_id", "meta", "call")
_AGAIN = "run the same cxnlp score line again: it goes on where it stopped"


class _Run(msgspec.Struct):
    status: str
    shards: dict[str, list[tuple[str, int]]] = {}
    key: dict[str, Any] = {}


def read_folder(name: str, parts: Parts) -> Iterator[tuple[int | None, CallScore]]:
    """(None, score) of every call of a finished run; ReadError where the folder is not that."""
    folder = Path(name)
    run = _run_of(folder)
    versions = run.key.get("versions")
    version = versions.get("cxnlp") if isinstance(versions, dict) else None
    for (calls, size), (turns, turns_size) in zip(run.shards["calls"], run.shards["turns"], strict=True):
        files = (_open(folder / "calls", calls, size), _open(folder / "turns", turns, turns_size))
        try:
            yield from zip(repeat(None), _scores(*files, parts, f"cxnlp {version}"), strict=False)
        except ReadError as error:
            raise error.at(str(folder / "calls" / calls)) from None
        except (pyarrow().ArrowException, OSError) as error:
            raise ReadError(f"shards that cannot be read: {error}", path=str(folder), todo=_AGAIN) from None


def _run_of(folder: Path) -> _Run:
    """run.json of a finished run."""
    path = folder / "run.json"
    try:
        run = msgspec.json.decode(path.read_bytes(), type=_Run)
    except FileNotFoundError:
        if any((folder / table).is_dir() for table in ("turns", "calls")):
            raise ReadError("scores without run.json: a run that was never finished", path=str(folder)) from None
        raise ReadError(
            "not a folder of scores",
            path=str(folder),
            allowed="turns/, calls/ and run.json, as cxnlp score PATH --to FOLDER writes them",
        ) from None
    except (msgspec.DecodeError, OSError) as error:
        raise ReadError(f"cannot be read: {error}", path=str(path)) from None
    if run.status != "finished":
        raise ReadError("an unfinished run", path=str(folder), got=run.status, todo=_AGAIN)
    if [len(run.shards.get(table, ())) for table in ("calls", "turns")] != [len(run.shards.get("calls", ()))] * 2:
        raise ReadError("run.json names other shards of calls than of turns", path=str(path))
    return _Run(run.status, {"calls": [], "turns": [], **run.shards}, run.key)


def _open(table: Path, name: str, size: int) -> Any:
    pa = pyarrow()
    import pyarrow.parquet as parquet

    path = table / name
    if Path(name).name != name:
        raise ReadError("a shard outside the folder", path=str(path))
    try:
        if path.stat().st_size != size:
            raise ReadError("a shard that was altered", path=str(path), got=path.stat().st_size, allowed=size)
        return parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise ReadError(f"a shard that is missing or broken: {error}", path=str(path)) from None


def _scores(calls: Any, turns: Any, parts: Parts, version: str) -> Iterator[CallScore]:
    """The calls of a pair of shards, each with its turns."""
    _need(calls, _CALL, version)
    wanted = [name for name in sorted(parts.fields) if name != "text" or "text" in turns.schema_arrow.names]
    _need(turns, ("call_id", "index", "speaker", *wanted, *(["p"] if parts.p else ())), version)
    heads = parts.p | set(TONES) if "neutral" in parts.p else parts.p
    columns = ["call_id", "index", "speaker", *wanted, *(f"p.{name}" for name in sorted(heads))]
    rows = (row for batch in turns.iter_batches(TURNS, columns=columns) for row in _turns(batch, parts))
    groups = groupby(rows, key=itemgetter(0))
    for batch in calls.iter_batches(CALLS, columns=list(_CALL)):
        for row in batch.to_pylist():
            id, group = next(groups, (None, iter(())))
            found = [turn for _, turn in group]
            if row["id"] is None or id != row["id"] or [turn.index for turn in found] != list(range(len(found))):
                raise ReadError("turns that are not those of the calls", got=id, allowed=row["id"])
            yield CallScore(id, row["model"], row["agent_id"], _meta(row["meta"]), found, checked(row["call"] or {}))
    if next(groups, None) is not None:
        raise ReadError("turns of calls that are not there")


def _need(file: Any, names: tuple[str, ...], version: str) -> None:
    if missing := [name for name in names if name not in file.schema_arrow.names]:
        raise ReadError(
            f"scores without a column {missing[0]!r}: another version's, or none",
            got=version,
            todo="score the calls again with this version",
        )


def _meta(text: str | None) -> dict[str, Any] | None:
    try:
        return None if text is None else msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ReadError(f"meta is not a JSON object: {error}", got=text) from None


def _turns(batch: Any, parts: Parts) -> Iterator[tuple[str, TurnScore]]:
    """(call id, turn) of the rows of a batch, rounded as in JSON."""
    count = batch.num_rows
    column = {name: batch.column(name) for name in batch.schema.names}
    plain = {name: column[name].to_pylist() if name in column else [None] * count for name in _PLAIN}
    evidence = (
        _evidence(column["evidence"], "text" in parts.fields) if "evidence" in column else ([] for _ in range(count))
    )
    p = _probabilities(column["p"], parts.p) if "p" in column else ({} for _ in range(count))
    known = parts.fields
    for id, index, speaker, text, tone, distress, labels, formulaic, grounded, template, words, heads in zip(
        *plain.values(), evidence, p, strict=False
    ):
        turn = TurnScore(index=index, speaker=speaker, labels=labels or [], p=heads, evidence=words)
        if text is not None:
            turn.text = text
        if speaker == "agent":
            turn.tone = tone if "tone" in known else UNSET
            turn.formulaic = round(formulaic, 4) if formulaic is not None else UNSET
            if "grounded" in known:
                turn.grounded = None if grounded is None else round(grounded, 4)
            turn.template = _template(template) if "template" in known else UNSET
        elif distress is not None:
            turn.distress = distress
        yield id, turn


def _template(template: dict[str, Any] | None) -> dict[str, Any] | None:
    """As JSON has it: `required` only where it is."""
    return template and {name: value for name, value in template.items() if value or name != "required"}


_PLAIN = ("call_id", "index", "speaker", "text", "tone", "distress", "labels", "formulaic", "grounded", "template")


def _probabilities(column: Any, wanted: Collection[str]) -> Iterator[dict[str, float]]:
    """{head: p} of every row, the heads of the other side left out; neutral is what the other tones leave."""
    names = [field.name for field in column.type]
    for values in zip(*(column.field(name).to_pylist() for name in names), strict=True):
        p = {name: round(value, 6) for name, value in zip(names, values, strict=True) if value is not None}
        if all(tone in p for tone in TONES):
            p["neutral"] = round(1 - p["scripted"] - p["genuine"], 6)
        yield {name: value for name, value in p.items() if name in wanted} if len(names) > len(wanted) else p


def _evidence(column: Any, text: bool) -> Iterator[list[Evidence]]:
    sizes = column.value_lengths().to_pylist()
    found = column.flatten()
    names = [field.name for field in found.type]
    words = found.field("text").to_pylist() if text and "text" in names else repeat(UNSET, len(found))
    rest = [found.field(name).to_pylist() for name in ("label", "start", "end", "weight")]
    all_found = (
        Evidence(label=label, start=start, end=end, text=text, weight=round(weight, 4))
        for label, start, end, weight, text in zip(*rest, words, strict=True)
    )
    for size in sizes:
        yield [next(all_found) for _ in range(size or 0)]
