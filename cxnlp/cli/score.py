"""`cxnlp score PATH.. [--to OUT]`: scores to a folder, a JSONL file, standard output, or as a table."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from cxnlp.cli.reading import Rejects, add_input, calls_of, columns_of, roles_of
from cxnlp.cli.table import call_table
from cxnlp.config import ScoringConfig, load_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_input(parser)
    parser.add_argument("--to", metavar="OUT", help="a folder, a file ending in .jsonl, or -; without it, a table")
    parser.add_argument("--bundle", metavar="FOLDER", help="a trained model other than the one bundled")
    parser.add_argument("--config", metavar="FILE", help="thresholds and weights, as TOML")
    parser.add_argument("--scripts", metavar="FILE", help="stock phrases of the centre, made by cxnlp scripts")
    parser.add_argument("--no-text", action="store_true", help="leave the words out of the scores")
    parser.add_argument("--no-measures", action="store_true", help="score the turns alone, not the calls")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes; by default as many as pay")
    parser.add_argument("--fresh", action="store_true", help="start again, whatever is in the folder")
    parser.add_argument("--quiet", action="store_true", help="say nothing of the progress")


def run(options: argparse.Namespace) -> int:
    """Score and write; 1 where some input was rejected."""
    config = load_config(options.config) if options.config else ScoringConfig()
    if options.no_text:
        config = msgspec.structs.replace(config, text=False)
    if options.no_measures and options.to is not None:
        config = msgspec.structs.replace(config, measures=False)
    if options.scripts:
        config = msgspec.structs.replace(config, scripts=options.scripts)
    if options.to is None:
        return show(options, config)
    from cxnlp.batch import run as run_batch

    counts = run_batch(
        list(options.paths),
        options.to,
        format=options.format,
        roles=roles_of(options.role),
        columns=columns_of(options.column),
        jobs=options.jobs,
        config=config,
        bundle=options.bundle,
        text=config.text,
        fresh=options.fresh,
        quiet=options.quiet,
    )
    if counts.rejects:
        print(f"cxnlp: {counts.rejects} rejected, see {rejects_of(options.to)}", file=sys.stderr)
    return 1 if counts.rejects else 0


def rejects_of(out: str) -> Path:
    """Where a run to `out` writes what it could not read.

    >>> rejects_of("scores.jsonl").name, rejects_of("-").name
    ('scores.rejects.jsonl', 'rejects.jsonl')
    """
    if out.endswith(".jsonl"):
        return Path(out.removesuffix(".jsonl") + ".rejects.jsonl")
    return Path("rejects.jsonl" if out == "-" else f"{out}/rejects.jsonl")


def show(options: argparse.Namespace, config: ScoringConfig) -> int:
    """A table on the terminal."""
    from cxnlp.scoring import load

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    with Rejects(Path("rejects.jsonl")) as rejects:
        for block in call_table(load(options.bundle, config).score_many(calls_of(options, rejects)), colour):
            print(block)
    return 1 if rejects.count else 0
