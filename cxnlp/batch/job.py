"""The batch job: takes stock of the inputs, cuts them into chunks, has them scored, commits them in order."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from cxnlp.batch.chunks import CHUNK_BYTES, How, cut
from cxnlp.batch.errors import OutputError, unwritable
from cxnlp.batch.folder import OutputFolder
from cxnlp.batch.ids import unpack_place
from cxnlp.batch.inputs import Found, Input, hashed, input_hash, manifest, take_stock
from cxnlp.batch.lines import STDOUT, OutputLines
from cxnlp.batch.pool import Here, Pool, Workers
from cxnlp.batch.progress import Progress
from cxnlp.batch.task import Result, Settings, Task
from cxnlp.classify.bundle import load_bundle
from cxnlp.config import ScoringConfig
from cxnlp.errors import ConfigError
from cxnlp.readers.columns import COLUMNS
from cxnlp.readers.roles import Roles
from cxnlp.readers.sources import STDIN, PathLike, find
from cxnlp.readers.table import FORMATS
from cxnlp.tables.arrow import pyarrow

Output = OutputFolder | OutputLines

PAYS = 32 << 20
"""Bytes of text from which a second process earns its start."""


class Counts(NamedTuple):
    """What a run scored, and what it could not read."""

    calls: int
    turns: int
    rejects: int


def run(
    paths: PathLike | Iterable[PathLike],
    out: str | os.PathLike[str],
    *,
    format: str | None = None,
    roles: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    jobs: int | None = None,
    config: ScoringConfig | None = None,
    bundle: str | os.PathLike[str] | None = None,
    text: bool = True,
    fresh: bool = False,
    quiet: bool = False,
    chunk_bytes: int = CHUNK_BYTES,
) -> Counts:
    """Score files into a folder of Parquet shards, or into JSON lines.

    Parameters
    ----------
    paths : files, folders, globs, "-" for stdin, or several; as `cxnlp.read` takes them.
    out : a folder (taken up where a run before it stopped), a file that ends in .jsonl, or "-" for stdout.
    format, roles, columns : as `cxnlp.read` takes them.
    jobs : processes; 1 below a size where more do not pay, else one a core.
    config, bundle : settings and model, as `cxnlp.load` takes them.
    text : whether scores carry the words of the transcript.
    fresh : remove what a run before left in the folder, and start again.
    quiet : no progress on stderr.
    chunk_bytes : text of one chunk, and so of one shard.

    Returns
    -------
    Counts
        Of the whole run, also of what was finished before it was taken up.

    Raises
    ------
    MissingPathError
        At once: a path that names nothing.
    OutputError
        `out` cannot be written, is busy or from another run; an input changed. What is finished is kept.
    ConfigError, ModelError, MissingExtraError
        A format or role that is none; an unusable bundle; a package that is missing.
    WorkerError
        A worker process that died.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    find(given)  # a path that is missing is an error before anything is written
    how = How(format, dict(roles or {}), dict(columns or {}))
    _check(out, how, jobs, chunk_bytes)
    config = config or ScoringConfig()
    if not text:
        config = msgspec.structs.replace(config, text=False)
    settings = Settings(None if bundle is None else os.fspath(bundle), config, how)
    job = _Job(given, os.fspath(out), settings, jobs, chunk_bytes, fresh, quiet)
    try:
        return job.to_lines() if job.out == STDOUT or job.out.endswith(".jsonl") else job.to_folder()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(job.out, error) from None


@dataclass(frozen=True, slots=True)
class _Job:
    paths: list[PathLike]
    out: str
    settings: Settings
    jobs: int | None
    chunk_bytes: int
    fresh: bool
    quiet: bool

    def to_lines(self) -> Counts:
        self._scripts()  # a file that cannot be used is an error before anything is written
        if os.path.isdir(self.out):
            raise OutputError(
                f"{self.out}: cannot be written: it is a folder",
                todo="name a file, or a folder that does not end in .jsonl",
            )
        with OutputLines(self.out) as lines:
            inputs = take_stock(self.paths, self.out, None)
            with closing(self._workers(inputs)) as workers:
                self._score(inputs, lines, self.settings, workers)
            lines.finish()
            return Counts(**lines.counts)

    def to_folder(self) -> Counts:
        pyarrow()
        begun = time.time()
        path = Path(self.out)
        if path.exists() and not path.is_dir():
            raise OutputError(f"{path}: is no folder", todo="name a folder, or a file that ends in .jsonl")
        model = load_bundle(self.settings.bundle).name
        scripts = self._scripts()
        with OutputFolder(path) as folder, ExitStack() as done:
            if self.fresh:
                folder.clear()
            spool = _Spool(folder.hidden)
            inputs = take_stock(self.paths, self.out, spool)
            workers = done.enter_context(closing(self._workers(inputs)))
            inputs = hashed(inputs)
            key, rows = self._key(model, scripts, inputs), list(manifest(inputs))
            if not folder.begin(key, rows):
                run = {"status": "running", "key": key, "begun": _when(begun), "inputs": rows}
                folder.write_run(run)
                metadata = {"cxnlp.model": model, "cxnlp.input": key["input"]}
                metadata |= {"cxnlp.scripts": scripts} if scripts else {}
                settings = replace(self.settings, folder=str(folder.shards), metadata=metadata)
                self._score(inputs, folder, settings, workers)
                for found in inputs:
                    if isinstance(found, Input):
                        found.check()
                run |= {"status": "finished", "counts": folder.counts, "shards": folder.finish()}
                folder.write_run(run | {"ended": _when(time.time()), "seconds": round(time.time() - begun, 3)})
            spool.empty()
            return Counts(**folder.counts)

    def _scripts(self) -> str | None:
        """The hash of the stock phrases that turns are held against: what they say, wherever the file is."""
        if self.settings.config.scripts is None:
            return None
        from cxnlp.scoring.scripts import read_scripts  # imports spaCy, which the parent of workers can do without

        return read_scripts(self.settings.config.scripts).hash

    def _key(self, model: str, scripts: str | None, inputs: list[Found]) -> dict[str, Any]:
        """What makes a run this run and no other; a restart with another key is refused."""
        how = self.settings.how
        return {
            "model": model,
            "settings": msgspec.to_builtins(self.settings.config) | {"scripts": scripts},
            "options": {
                "format": how.format,
                "roles": how.roles,
                "columns": how.columns,
                "chunk_bytes": self.chunk_bytes,
            },
            "versions": {name: _version(name) for name in ("cxnlp", "spacy", "numpy", "pyarrow")},
            "input": input_hash(inputs),
        }

    def _workers(self, inputs: list[Found]) -> Workers:
        """Processes, as many as were asked for or as pay."""
        jobs = self.jobs or (_cores() if _size(inputs) >= PAYS else 1)
        return Here() if jobs == 1 else Pool(jobs)

    def _score(self, inputs: list[Found], out: Output, settings: Settings, workers: Workers) -> None:
        """Score the chunks that are not finished, and commit them in order."""
        progress = Progress(_size(inputs), self.quiet)
        chunks = cut(inputs, settings.how, self.chunk_bytes)
        for chunk in islice(chunks, out.finished):
            progress.skip(chunk.size)
        workers.begin(settings)
        for task, result in workers.results(map(Task, chunks)):
            for number in task.chunk.inputs:
                if isinstance(found := inputs[number], Input):
                    found.check()
            out.commit(_unique(task, result, inputs, out, workers))
            progress.add(result.turns, task.chunk.size)
        progress.close()


def _size(inputs: list[Found]) -> int:
    """About how many bytes of text there are."""
    return sum(found.text_size for found in inputs if isinstance(found, Input))


def _unique(task: Task, result: Result, inputs: list[Found], out: Output, workers: Workers) -> Result:
    """The result, or that of scoring the chunk again without calls whose id an earlier chunk has."""
    seen = out.seen.find(result.ids)
    twice = np.flatnonzero(seen >= 0)
    if not len(twice):
        return result
    known = {}
    for key, place in zip(result.ids[twice].tolist(), seen[twice].tolist(), strict=True):
        number, line = unpack_place(place)
        found = inputs[number]
        known[key] = (found.path or "", line)
    return workers.redo(Task(task.chunk, known))


def _check(out: str | os.PathLike[str], how: How, jobs: int | None, chunk_bytes: int) -> None:
    if not os.fspath(out):
        raise OutputError("no output named", got='""', todo="name a folder, a file that ends in .jsonl, or -")
    names = [row.name for row in FORMATS]
    if how.format is not None and how.format not in names:
        raise ConfigError("no such format", got=how.format, allowed=", ".join(names))
    if unknown := set(how.columns or ()) - set(COLUMNS):
        raise ConfigError("no such column", got=", ".join(sorted(unknown)), allowed=", ".join(COLUMNS))
    Roles(how.roles)
    if jobs is not None and jobs < 1:
        raise ConfigError("jobs", got=jobs, allowed="1 or more")
    if chunk_bytes < 1:
        raise ConfigError("chunk_bytes", got=chunk_bytes, allowed="1 or more")


class _Spool:
    """What comes on stdin or a pipe as files: a run that is taken up must see whether it is the same."""

    def __init__(self, hidden: Path) -> None:
        self._hidden, self._files = hidden, list[Path]()

    def __call__(self, path: str) -> str:
        target = self._hidden / f"stream-{len(self._files)}"
        self._files.append(target)
        with open(target, "wb") as file, nullcontext(sys.stdin.buffer) if path == STDIN else open(path, "rb") as stream:
            shutil.copyfileobj(stream, file)
        return str(target)

    def empty(self) -> None:
        """Remove what was put there."""
        for path in self._files:
            path.unlink()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
