"""`cxnlp robustness PATH..`: how many verdicts flip when calls come in lower case, with words lost, ..."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cxnlp.cli.reading import Rejects, add_input, calls_of
from cxnlp.errors import ConfigError
from cxnlp.schema import Call

if TYPE_CHECKING:
    from cxnlp.classify.bundle import Bundle
    from cxnlp.scoring import Scorer

OWN_DATA = "the model was trained on these calls: figures are not held out; --held-out measures a model that was not"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_input(parser)
    parser.add_argument("--bundle", metavar="FOLDER", help="a trained model other than the one bundled")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn: which words, which names")
    parser.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="NAME",
        help="only this change, label by label; may be repeated",
    )
    parser.add_argument(
        "--held-out", action="store_true", help="PATH is a training folder: train on four fifths, measure on the rest"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object, with every label and interval")


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 where some input was rejected."""
    from cxnlp.training.perturb import CHANGES
    from cxnlp.training.robustness import robustness

    if unknown := [name for name in options.change if name not in CHANGES]:
        raise ConfigError("no such change", got=", ".join(unknown), allowed=", ".join(CHANGES))
    changes = {name: CHANGES[name] for name in CHANGES if name in options.change or not options.change}
    with Rejects(Path("rejects.jsonl")) as rejects:
        scorer, calls, own = _measured(options, rejects)
        found = robustness(scorer, calls, options.seed, changes).as_dict()
    if not found["calls"]:
        raise ConfigError("no call could be read", got=", ".join(options.paths), todo="see what was rejected")
    data = {**found, "held_out": False if own else True if options.held_out else None}
    if options.json:
        sys.stdout.buffer.write(msgspec.json.encode(data) + b"\n")
    else:
        print("\n".join(lines_of(data, by_label=bool(options.change))))
    return 1 if rejects.count else 0


def _measured(options: argparse.Namespace, rejects: Rejects) -> tuple[Scorer, Iterator[Call], bool]:
    """The scorer, the calls, and whether it was trained on them."""
    from cxnlp.scoring import load
    from cxnlp.training.dataset import to_call
    from cxnlp.training.split import held_out

    if not options.held_out:
        scorer = load(options.bundle)
        calls, own = _spoken(options, rejects, scorer.bundle)
        return scorer, calls, own
    if len(options.paths) != 1 or options.bundle:
        raise ConfigError("--held-out trains its own model on one training folder", got=" ".join(options.paths))
    scorer, marked = held_out(options.paths[0], lambda line: print(line, file=sys.stderr, flush=True))
    return scorer, (to_call(call) for call in marked), False


def _spoken(options: argparse.Namespace, rejects: Rejects, bundle: Bundle) -> tuple[Iterator[Call], bool]:
    """Calls of labelled files and of any other that can be read."""
    from cxnlp.training.dataset import to_call
    from cxnlp.training.split import labelled_calls, own_data

    labelled = {path: found for path in options.paths if (found := labelled_calls(path))}
    plain = argparse.Namespace(**{**vars(options), "paths": [path for path in options.paths if path not in labelled]})

    def calls() -> Iterator[Call]:
        for marked in labelled.values():
            yield from map(to_call, marked)
        if plain.paths:
            yield from calls_of(plain, rejects)

    return calls(), any(own_data(bundle, path) for path in labelled)


def lines_of(data: dict[str, Any], by_label: bool) -> list[str]:
    """The rates as lines: a row a change; then, by label, a row a column."""
    turns = data["turns"]
    lines = [
        f"{data['calls']} calls, {turns['agent']} agent and {turns['customer']} customer turns, model {data['model']},"
        f" seed {data['seed']}"
    ]
    if data["held_out"] is False:
        lines.append(OWN_DATA)
    lines += ["", f"   {'change':<17}{'turns':>7}{'found':>8}{'flipped':>9}{'rate':>8}  {'95 %':<16}{'target':>7}  met"]
    for number, change in enumerate(data["changes"], 1):
        target = "" if change["target"] is None else f"{change['target']:.0%}"
        met = {True: "yes", False: "no", None: ""}[change["met"]]
        counts = f"{change['touched']['turns']:>7}{change['positive']:>8}{change['flips']:>9}{_rate(change['rate']):>8}"
        limits = f"{_interval(change['interval']):<16}{target:>7}  {met}"
        lines.append(f"{number:>2} {change['name']:<17}{counts}  {limits}".rstrip())
    lines += ["", "turns: changed by it; found: tones, distress, labels found in either version, neutral left out"]
    if by_label:
        for change in data["changes"]:
            lines += ["", change["name"], *_label_lines(change)]
        return lines
    return [*lines, "", *_matrix(data)]


def _label_lines(change: dict[str, Any]) -> list[str]:
    return [
        f"  {row['side']:<10}{row['name']:<20}{row['positive']:>6}{row['flips']:>8}{_rate(row['rate']):>8}"
        f"  {_interval(row['interval'])}".rstrip()
        for row in change["rows"]
    ]


def _matrix(data: dict[str, Any]) -> list[str]:
    """Flip rates in %, labels down, changes across by number; `found` is the most that any change had."""
    count = len(data["changes"])
    lines = [f"{'flipped, %':<30}{'found':>6}" + "".join(f"{number:>6}" for number in range(1, count + 1))]
    for rows in zip(*(change["rows"] for change in data["changes"]), strict=True):
        found = max(row["positive"] for row in rows)
        cells = "".join(f"{'' if row['rate'] is None else format(100 * row['rate'], '.1f'):>6}" for row in rows)
        lines.append(f"{rows[0]['side']:<10}{rows[0]['name']:<20}{found:>6}{cells}".rstrip())
    return lines


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.1f} %"


def _interval(interval: list[float] | None) -> str:
    return "" if interval is None else f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"
