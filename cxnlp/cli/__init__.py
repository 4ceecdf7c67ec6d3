"""The command line: one file a command, thin over plain functions.

Exit codes: 0 all done, 1 some input rejected, 2 wrong option, missing path, unwritable output or unusable
model. A closed pipe ends silently.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from importlib import import_module

from cxnlp.errors import CxnlpError

COMMANDS = {
    "score": "score calls and write or show what was found",
    "explain": "show what weighed in one turn, word by word",
    "scripts": "list the lines that agents say again and again",
    "formats": "list the transcript formats that can be read",
    "train": "train a model from labelled calls",
    "evaluate": "measure a model on labelled turns and calls",
    "robustness": "count verdicts that flip when calls come in lower case, with words lost, with other names",
    "agents": "show agents or teams, with how sure the figures are",
    "compare": "show what changed between two scorings of the same calls",
}


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="cxnlp", description="Reads call transcripts: tone, empathy, distress, effort."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    arguments = sys.argv[1:] if argv is None else argv
    for name, line in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=line)
        if arguments[:1] == [name]:
            import_module(f"cxnlp.cli.{name}").add_arguments(command)
    options = parser.parse_args(arguments)
    try:
        code: int = import_module(f"cxnlp.cli.{options.command}").run(options)
        sys.stdout.flush()
    except CxnlpError as error:
        print(f"cxnlp: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("cxnlp: stopped", file=sys.stderr)
        return 2
    return code


def entry() -> None:
    """The `cxnlp` command; a character that the terminal's encoding lacks is printed as `?`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main())
