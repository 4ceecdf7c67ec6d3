"""`cxnlp score PATH.. [--to OUT]`: scores to a JSONL file, to standard output, or as a table."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from cxnlp.cli.reading import Rejects, add_input, calls_of
from cxnlp.cli.table import call_table
from cxnlp.config import ScoringConfig, load_config
from cxnlp.errors import ConfigError
from cxnlp.scores import CallScore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_input(parser)
    parser.add_argument("--to", metavar="OUT", help="a .jsonl file, or - for standard output; without it, a table")
    parser.add_argument("--bundle", metavar="FOLDER", help="a trained model other than the one bundled")
    parser.add_argument("--config", metavar="FILE", help="thresholds and weights, as TOML")
    parser.add_argument("--no-text", action="store_true", help="leave the words out of the scores")


def run(options: argparse.Namespace) -> int:
    """Score and write; 1 where some input was rejected."""
    from cxnlp.scoring import load

    out = options.to
    if out not in (None, "-") and not out.endswith(".jsonl"):
        raise ConfigError("an output that is neither", got=out, allowed="a file ending in .jsonl, or -")
    config = load_config(options.config) if options.config else ScoringConfig()
    if options.no_text:
        config = msgspec.structs.replace(config, text=False)
    rejected = Path(f"{out.removesuffix('.jsonl')}.rejects.jsonl") if out not in (None, "-") else Path("rejects.jsonl")
    with Rejects(rejected) as rejects:
        scores = load(options.bundle, config).score_many(calls_of(options, rejects))
        if out is None:
            show(scores)
        elif out == "-":
            write_lines(scores, sys.stdout.buffer)
        else:
            write_file(scores, Path(out))
    return 1 if rejects.count else 0


def show(scores: Iterator[CallScore]) -> None:
    """A table on the terminal."""
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for block in call_table(scores, colour):
        print(block)


def write_lines(scores: Iterator[CallScore], stream: BinaryIO) -> None:
    """A JSON line a call."""
    for score in scores:
        stream.write(score.to_json() + b"\n")
    stream.flush()


def write_file(scores: Iterator[CallScore], path: Path) -> None:
    """The whole file or none: it gets its name when it is done."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            write_lines(scores, stream)
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
