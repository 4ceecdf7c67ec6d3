"""`cxnlp formats`: the transcript formats that can be read."""

from __future__ import annotations

import argparse

from cxnlp.readers import formats


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(options: argparse.Namespace) -> int:
    """Print a line a format."""
    for name, description, extensions in formats():
        print(f"{name:<16}{' '.join(extensions):<22}{description}")
    return 0
