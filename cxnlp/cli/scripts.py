"""`cxnlp scripts PATH.. [--to FILE]`: the lines that agents say again and again, as a table or a frozen file."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cxnlp.cli.reading import Rejects, add_input, calls_of
from cxnlp.cli.score import rejects_of
from cxnlp.cli.table import WIDTH, plain
from cxnlp.cli.writing import check_out, write

if TYPE_CHECKING:
    from cxnlp.scoring.scripts import Scripts, Template

MOST = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_input(parser)
    parser.add_argument("--to", metavar="FILE", help="write them for score --scripts; - for standard output")
    parser.add_argument("--least-calls", type=int, metavar="N", help="calls that say a line, at least (5 or 1 in 1000)")
    parser.add_argument("--least-words", type=int, default=4, metavar="N", help="words of a line, at least (4)")
    parser.add_argument("--required", metavar="FILE", help="lines that law or policy demand, one a line")
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help=f"lines of the table, at most ({MOST})")


def run(options: argparse.Namespace) -> int:
    """Mine and write; 1 where some input was rejected."""
    from cxnlp.corpus import MiningOptions, mine, read_required
    from cxnlp.scoring.scripts import encode_scripts

    check_out(options.to, inputs=options.paths)
    required = read_required(options.required) if options.required else []
    bounds = MiningOptions(least_calls=options.least_calls, least_words=options.least_words)
    with Rejects(rejects_of(_out(options.to))) as rejects:
        scripts = mine(calls_of(options, rejects), bounds, required)
        if options.to is None:
            print("\n".join(table_of(scripts, options.most)))
        else:
            write(options.to, encode_scripts(scripts))
    return 1 if rejects.count else 0


def _out(to: str | None) -> str:
    """Beside what the rejects are written."""
    return "-" if to is None else to if to == "-" or to.endswith(".jsonl") else f"{to}.jsonl"


def table_of(scripts: Scripts, most: int) -> Iterator[str]:
    """The templates as lines of text, the commonest first."""
    least = scripts.options["least_calls"]
    if not scripts.templates:
        yield f"no line recurs in {least} of {scripts.calls:,} calls"
        return
    yield f"{'calls':>7}{'agents':>8}{'share':>7}  line"
    for template in scripts.templates[:most]:
        agents = "-" if template.agents is None else f"{template.agents:,}"
        head = f"{template.calls:>7,}{agents:>8}{template.share:>7.0%}  "
        text = plain(template.text) + (" (required)" if template.required else "")
        yield from textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
        yield from _examples(template, " " * len(head))
    if (rest := len(scripts.templates) - most) > 0:
        yield f"{rest:,} more; all of them: --to FILE"
    often = sum(template.calls >= least for template in scripts.templates)
    yield f"{often:,} lines said in {least} calls or more, of {scripts.calls:,} calls"


def _examples(template: Template, indent: str) -> Iterator[str]:
    for example in template.examples[:1]:
        place = f"{plain(example.call)} turn {example.turn}"
        varies = "<" in template.text
        text = f"e.g. {place}" + (f": {plain(example.text)}" if varies else "")
        yield from textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
