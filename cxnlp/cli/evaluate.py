"""`cxnlp evaluate FILE`: figures of a model on labelled turns or whole calls, as a table, Markdown or JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cxnlp.cli.grid import grid
from cxnlp.cli.table import plain
from cxnlp.errors import ConfigError

if TYPE_CHECKING:
    from cxnlp.scoring import Scorer
    from cxnlp.training.evaluate import Evaluation
    from cxnlp.training.markup import MarkedCall

OWN_DATA = """the model was trained on these calls, so these figures are not held out; those of the column `held out`
are, by models that had not seen the call (or measure with --held-out one that has not)"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("file", metavar="FILE", help="labelled items, JSONL; or labelled calls")
    parser.add_argument("--bundle", metavar="FOLDER", help="a trained model other than the one bundled")
    parser.add_argument(
        "--held-out", action="store_true", help="FILE is a training folder: train on four fifths, measure on the rest"
    )
    parser.add_argument("--skip", default="", metavar="SIDE:LABEL,..", help="show these and leave them out of averages")
    parser.add_argument(
        "--as", dest="form", choices=("table", "markdown", "json"), default="table", help="how to print"
    )
    parser.add_argument("--json", dest="form", action="store_const", const="json", help="the same as --as json")
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="list the N worst mistakes, and what weighed"
    )
    parser.add_argument(
        "--bare",
        action="store_true",
        help="score the same items in lower case and without punctuation, and say what that costs",
    )


def run(options: argparse.Namespace) -> int:
    """Evaluate and print."""
    from cxnlp.training.evaluate import worst_mistakes

    scorer, evaluation, data = _evaluated(options)
    mistakes = worst_mistakes(evaluation, scorer, options.errors)
    if options.form == "json":
        sys.stdout.buffer.write(msgspec.json.encode({**data, "mistakes": mistakes} if mistakes else data) + b"\n")
        return 0
    print("\n".join(lines_of(data, markdown=options.form == "markdown")))
    for mistake in mistakes:
        print("\n".join(_mistake_lines(mistake)))
    return 0


def _evaluated(options: argparse.Namespace) -> tuple[Scorer, Evaluation, dict[str, Any]]:
    """The scorer, its evaluation, and that as plain data."""
    from cxnlp.scoring import load
    from cxnlp.training.evaluate import bare, evaluate, read_items
    from cxnlp.training.evaluate_calls import as_dict, evaluate_calls
    from cxnlp.training.paired import cost_of_change
    from cxnlp.training.split import held_out, labelled_calls, own_data

    skip = frozenset(part.strip() for part in options.skip.split(",") if part.strip())
    calls: list[MarkedCall] | None
    if options.held_out:
        if options.bundle:
            raise ConfigError("--held-out trains its own model", got=f"--bundle {options.bundle}")
        scorer, calls = held_out(options.file, lambda line: print(line, file=sys.stderr, flush=True))
    else:
        scorer, calls = load(options.bundle), labelled_calls(Path(options.file))
    if calls is None:
        items = read_items(options.file)
        before = evaluate(scorer, items, skip)
        evaluation = evaluate(scorer, bare(items), skip) if options.bare else before
        data = evaluation.as_dict()
    else:
        before, measures = evaluate_calls(scorer, calls, skip)
        evaluation = before
        if options.bare:
            evaluation, measures = evaluate_calls(scorer, calls, skip, bare=True)
        own = not options.held_out and own_data(scorer.bundle, options.file)
        data = as_dict(evaluation, calls, measures, own, {} if options.held_out else scorer.bundle.metrics)
        data |= {"held_out": True} if options.held_out else {}
    if options.bare:
        data["bare"] = cost_of_change(before.columns, evaluation.columns, skip)
    return scorer, evaluation, data


def lines_of(data: dict[str, Any], markdown: bool) -> list[str]:
    """The figures as lines: a row a column, the averages, and the measures of whole calls where there are any."""
    calls, own = data.get("calls"), data.get("held_out") is False
    last = [] if calls is not None and not own else ["held out F1"] if own else ["annotators F1", "kappa"]
    head = ["side", "label", "items", "positive", "precision", "recall", "F1", "AUC", "kappa", *last]
    rows = []
    for row in data["rows"]:
        cells = [row["side"], row["name"] if row["averaged"] else f"({row['name']})", str(row["asked"])]
        cells += [str(row["positive"]), *(_number(row[key]) for key in ("precision", "recall", "f1", "auc", "kappa"))]
        them = row["annotators"] or {}
        beside = {"annotators F1": them.get("f1"), "kappa": them.get("kappa"), "held out F1": row.get("held_out")}
        rows.append([*cells, *(_number(beside[name]) for name in last)])
    lines = [OWN_DATA, ""] if own else []
    lines += grid(head, rows, markdown)
    lines += ["", f"rows in brackets are not averaged; {data['items']} items, model {data['model']}", ""]
    means = [
        [name, str(mean["rows"]), _number(mean["f1"]), _number(mean["auc"]), _number(mean["kappa"])]
        for name, mean in data["averages"].items()
        if mean
    ]
    lines += grid(["mean of", "rows", "F1", "AUC", "kappa"], means, markdown)
    if limits := data["intervals_95"]:
        lines.append("")
        lines.append(
            "macro 95 % intervals: " + ", ".join(f"{key} {low} to {high}" for key, (low, high) in limits.items())
        )
    if cost := data.get("bare"):
        low, high = cost["interval_95"]
        lines.append("")
        lines.append(
            f"macro F1 of the {cost['rows']} rows with {cost['least']} positives or more: {cost['before']:.3f} as they "
            f"are, {cost['after']:.3f} bare; {cost['change']:+.3f} (95 % {low:+.3f} to {high:+.3f}, paired)"
        )
    return [*lines, "", *_measure_lines(calls, own, markdown)] if calls is not None else lines


def _measure_lines(calls: dict[str, Any], own: bool, markdown: bool) -> list[str]:
    """A line a figure of whole calls; `constant`: what the best constant answer gets."""
    head = ["whole calls", "figure", "n", "value", "95 %", "constant", *(["held out"] if own else [])]
    rows = []
    for row in calls["measures"]:
        limits = row["interval"]
        cells = [row["measure"], row["figure"], str(row["n"]), _number(row["value"])]
        cells += [f"{limits[0]:.3f} to {limits[1]:.3f}" if limits else "", _number(row["baseline"])]
        rows.append([*cells, *([_number(row["held_out"])] if own else [])])
    return [*grid(head, rows, markdown), "", f"{calls['n']} calls; steps are not labelled in calls"]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _mistake_lines(mistake: dict[str, Any]) -> list[str]:
    what = "missed" if mistake["truth"] else "not there"
    weighed = ", ".join(f"{plain(word)} {weight:+.2f}" for word, weight in mistake["weighed"])
    head = f"{plain(mistake['id'])}  {mistake['side']} {mistake['label']}: {what}, p {mistake['p']:.3f}"
    return [
        "",
        head,
        *(f"    {plain(line)}" for line in mistake["context"]),
        f"  > {plain(mistake['text'])}",
        f"    weighed: {weighed}",
    ]
