"""`cxnlp evaluate FILE`: figures of a model on labelled turns, as a table, Markdown or JSON."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from cxnlp.cli.grid import grid
from cxnlp.cli.table import plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("file", metavar="FILE", help="labelled items, JSONL")
    parser.add_argument("--bundle", metavar="FOLDER", help="a trained model other than the one bundled")
    parser.add_argument("--skip", default="", metavar="SIDE:LABEL,..", help="show these and leave them out of averages")
    parser.add_argument(
        "--as", dest="form", choices=("table", "markdown", "json"), default="table", help="how to print"
    )
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="list the N worst mistakes, and what weighed"
    )
    parser.add_argument(
        "--bare", action="store_true", help="score the same items in lower case and without punctuation"
    )


def run(options: argparse.Namespace) -> int:
    """Evaluate and print."""
    from cxnlp.scoring import load
    from cxnlp.training.evaluate import bare, evaluate, read_items, worst_mistakes

    scorer = load(options.bundle)
    skip = frozenset(part.strip() for part in options.skip.split(",") if part.strip())
    items = read_items(options.file)
    evaluation = evaluate(scorer, bare(items) if options.bare else items, skip)
    data = evaluation.as_dict()
    mistakes = worst_mistakes(evaluation, scorer, options.errors)
    if options.form == "json":
        sys.stdout.buffer.write(msgspec.json.encode({**data, "mistakes": mistakes} if mistakes else data) + b"\n")
        return 0
    print("\n".join(lines_of(data, markdown=options.form == "markdown")))
    for mistake in mistakes:
        print("\n".join(_mistake_lines(mistake)))
    return 0


def lines_of(data: dict[str, Any], markdown: bool) -> list[str]:
    """The figures as lines: a row a column, then the averages."""
    head = ["side", "label", "items", "positive", "precision", "recall", "F1", "AUC", "kappa", "annotators F1", "kappa"]
    rows = []
    for row in data["rows"]:
        them = row["annotators"]
        cells = [
            row["side"],
            row["name"] if row["averaged"] else f"({row['name']})",
            str(row["asked"]),
            str(row["positive"]),
        ]
        cells += [_number(row[key]) for key in ("precision", "recall", "f1", "auc", "kappa")]
        rows.append([*cells, _number(them and them["f1"]), _number(them and them["kappa"])])
    lines = grid(head, rows, markdown)
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
    return lines


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
