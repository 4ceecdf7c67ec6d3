"""`cxnlp explain PATH ID [TURN]`: what weighed in a call, or in one turn of it, word by word."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from cxnlp.cli.reading import roles_of
from cxnlp.cli.table import plain
from cxnlp.errors import ConfigError, ReadError
from cxnlp.readers import read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("path", metavar="PATH", help="file, folder, glob, or - for standard input")
    parser.add_argument("id", metavar="ID", help="the call")
    parser.add_argument("turn", nargs="?", type=int, metavar="TURN", help="index of the turn; without it, all found")
    parser.add_argument("--format", metavar="NAME", help="the format of the input")
    parser.add_argument("--role", action="append", default=[], metavar="LABEL=SPEAKER", help="who a speaker label is")
    parser.add_argument("--bundle", metavar="FOLDER", help="a trained model other than the one bundled")
    parser.add_argument("--json", action="store_true", help="as JSON lines")


def run(options: argparse.Namespace) -> int:
    """Explain and print."""
    from cxnlp.scoring import load

    scorer = load(options.bundle)
    faults: list[ReadError] = []
    calls = read(options.path, options.format, roles_of(options.role), on_reject=faults.append)
    call = next((call for call in calls if call.id == options.id), None)
    if call is None:
        why = f"; {len(faults)} inputs could not be read, the first: {faults[0]}" if faults else ""
        raise ConfigError(f"no call of that id{why}", got=options.id, todo="see the ids: cxnlp score PATH")
    found = [turn.index for turn in scorer.score(call).turns if turn.evidence or turn.labels]
    for index in found if options.turn is None else [options.turn]:
        explained = scorer.explain(call, index)
        if options.json:
            sys.stdout.buffer.write(msgspec.json.encode(explained) + b"\n")
        else:
            print("\n".join(lines_of(explained, all_outputs=options.turn is not None)))
    return 0


def lines_of(explained: dict[str, Any], all_outputs: bool) -> list[str]:
    """An explanation as text: outputs that passed, or all within reach, with their words."""
    lines = [f"{explained['index']:>4} {explained['speaker']}: {plain(explained['text'])}"]
    for output in explained["outputs"]:
        passed = output["p"] >= output["threshold"]
        if not passed and (not all_outputs or output["p"] < output["threshold"] / 4):
            continue
        words = ", ".join(f"{plain(word)} {weight:+.2f}" for word, weight in output["words"])
        mark = "*" if passed else " "
        lines.append(f"     {mark} {output['name']:<19} p {output['p']:.3f} (from {output['threshold']:.3f})  {words}")
    return lines
