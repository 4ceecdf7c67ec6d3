"""`cxnlp train [FOLDER] --to BUNDLE`: labelled calls to a model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cxnlp.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("folder", nargs="?", default="training_data", metavar="FOLDER", help="has calls/ and contrast/")
    parser.add_argument("--to", required=True, metavar="BUNDLE", help="the folder to write the model to")
    parser.add_argument("--folds", type=int, default=5, metavar="N", help="parts to hold out in turn (5)")


def run(options: argparse.Namespace) -> int:
    """Train, saying on stderr how far it is."""
    from cxnlp.training.train import train

    if options.folds < 2:
        raise ConfigError("too few parts to hold one out", got=options.folds, allowed="2 or more")
    if not Path(options.folder, "calls").is_dir():
        raise ConfigError("no labelled calls there", got=options.folder, todo="name a folder that has calls/*.txt")
    train(Path(options.folder), Path(options.to), lambda line: print(line, file=sys.stderr, flush=True), options.folds)
    return 0
