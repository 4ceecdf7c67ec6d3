"""`cxnlp compare SCORES_A SCORES_B`: one corpus scored twice, what changed."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from typing import Any

from cxnlp.cli.grid import between, grid, percent
from cxnlp.cli.table import plain
from cxnlp.cli.writing import STDOUT, check_out, write
from cxnlp.errors import ConfigError
from cxnlp.schema import readable_json

WIDTH = 110
SIGNS = 20
"""Safety findings that are shown on a terminal, of each sort."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    for name, what in (("scores_a", "before"), ("scores_b", "after")):
        parser.add_argument(name, metavar=name.upper(), help=f"scores {what}: folder, JSONL file, or -")
    parser.add_argument("--calls", type=int, default=10, metavar="N", help="show the N calls that changed most (10)")
    parser.add_argument("--to", metavar="OUT", help="a file ending in .json, or - for JSON; without it, tables")


def run(options: argparse.Namespace) -> int:
    """Compare and print."""
    from cxnlp.corpus.compare import compare
    from cxnlp.corpus.slim import FIELDS
    from cxnlp.store.reading import read_scores

    check_out(options.to, ".json", inputs=(options.scores_a, options.scores_b))
    if options.scores_a == options.scores_b == STDOUT:
        raise ConfigError("standard input can be read once", todo="give one of the two as a file")
    a, b = (read_scores(path, fields=FIELDS, p=()) for path in (options.scores_a, options.scores_b))
    found = compare(a, b, options.calls)
    if options.to is None:
        for line in lines_of(found):
            print(line)
    else:
        write(options.to, readable_json(found))
    return 0


def lines_of(found: dict[str, Any]) -> Iterator[str]:
    """All that was found, as a person reads it."""
    calls, inputs = found["calls"], found["inputs"]
    models = [plain(", ".join(found["models"][side])) for side in "ab"]
    yield f"A {models[0]}, B {models[1]}: {calls['both']} calls in both, {calls['unchanged']} unchanged"
    for side in "ab":
        if count := calls[f"only_{side}"]:
            yield f"only in {side.upper()}: {count}, such as {plain(', '.join(calls[f'only_{side}_first'][:3]))}"
    for name, what in (("turns_differ", "other turns, not counted below"), ("words_differ", "other words")):
        if inputs[name]:
            first = plain(", ".join(inputs[f"{name}_first"][:3]))
            yield f"warning: {inputs[name]} calls have {what} in A than in B, such as {first}: not the same input"
    if found["same"]:
        yield "no change"
        return
    yield from _safety(found["safety"])
    yield from _calls(found)
    yield from _labels(found["labels"])
    for name in ("tone", "distress"):
        yield from _confusion(name, found[name])
    for row in found["changed_most"]:
        yield from _changed(row)


def _safety(safety: dict[str, Any]) -> Iterator[str]:
    for name in ("lost", "gained"):
        signs = safety[name]
        yield ""
        yield f"safety findings {name} in B: {len(signs) or 'none'}"
        for sign in signs[:SIGNS]:
            yield f"  {plain(sign['call'])} turn {sign['turn']}: possible {plain(sign['kind'])}"
        if len(signs) > SIGNS:
            yield f"  and {len(signs) - SIGNS} more (--to FILE.json lists all)"


def _calls(found: dict[str, Any]) -> Iterator[str]:
    effort, empathy = found["effort"], found["empathy"]
    yield ""
    if effort["n"]:
        over = effort["by_1_or_more"]
        yield (
            f"effort: mean shift {effort['mean']:+.2f} {between(effort['interval'], '+.2f')}, "
            f"by 1 or more in {over['n']} of {over['of']} calls {between(over['interval'])}"
        )
    for name in ("verdict", "resolved"):
        changed, moves = found[name]["changed"], found[name]["moves"]
        most = ", ".join(f"{move['a']} to {move['b']} {move['calls']}" for move in moves[:4])
        yield f"{name}: changed in {changed['n']} of {changed['of']} calls{plain(f': {most}' if most else '')}"
    rates = [f"{percent(empathy[side]['share'])} of {empathy[side]['of']}" for side in "ab"]
    yield f"empathy matched: A {rates[0]}, B {rates[1]}"
    blocks = [
        f"{kind} +{row['added']} -{row['removed']}"
        for kind, row in found["roadblocks"].items()
        if row["added"] or row["removed"]
    ]
    yield f"roadblocks: {plain(', '.join(blocks)) or 'unchanged'}"


def _labels(rows: list[dict[str, Any]]) -> Iterator[str]:
    cells = [
        [
            row["side"],
            plain(row["label"]),
            *(str(row[name]) for name in ("turns", "a", "b", "added", "removed")),
            f"{row['flipped']:.1%}",
            between(row["flipped_interval"], ".1%"),
            "-" if row["kappa"] is None else f"{row['kappa']:.2f}",
        ]
        for row in rows
        if row["added"] or row["removed"]
    ]
    yield ""
    if cells:
        yield from grid(["side", "label", "turns", "A", "B", "added", "removed", "flipped", "", "kappa"], cells)
    if unchanged := sum(not (row["added"] or row["removed"]) for row in rows):
        yield f"{unchanged} labels unchanged"


def _confusion(name: str, found: dict[str, Any]) -> Iterator[str]:
    if not found["changed"]:
        return
    names = [str(one) for one in found["names"]]
    yield ""
    head = [f"{name}, A in rows, B in columns", *names]
    yield from grid(head, [[one, *map(str, counts)] for one, counts in zip(names, found["table"], strict=True)])
    kappa = "" if found["kappa"] is None else f", kappa {found['kappa']:.2f}"
    yield f"changed in {found['changed']} of {found['turns']} turns {between(found['interval'], '.1%')}{kappa}"


def _changed(row: dict[str, Any]) -> Iterator[str]:
    yield ""
    measures = "; ".join(f"{name} {_value(a)} to {_value(b)}" for name, (a, b) in row["measures"].items())
    yield from _wrapped(f"{row['call']}: {measures or 'measures unchanged'}", 0)
    for turn in row["turns"]:
        changes = [f"{name} {turn[name][0]} to {turn[name][1]}" for name in ("tone", "distress") if name in turn]
        changes += [f"+{name}" for name in turn.get("added", ())] + [f"-{name}" for name in turn.get("removed", ())]
        yield from _wrapped(f"{turn['turn']:>3} {turn['speaker']}: {', '.join(changes)}", 2)
        if turn["text"]:
            yield from _wrapped(textwrap.shorten(turn["text"], 2 * WIDTH, placeholder=" .."), 6)
    if (more := row["turns_changed"] - len(row["turns"])) > 0:
        yield f"  and {more} turns more"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{kind} at {turn}" for turn, kind in value) or "none"
    return "-" if value is None else str(value)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(plain(text), WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))
