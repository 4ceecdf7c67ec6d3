"""`cxnlp agents SCORES..`: agents or teams, with how sure each figure is, and what to listen to."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from typing import Any

from cxnlp.cli.grid import between, grid, percent
from cxnlp.cli.table import plain
from cxnlp.cli.writing import as_csv, check_out, write
from cxnlp.schema import readable_json

WIDTH = 110
SHOWN = 10
"""Agents of whom a missed moment is shown on a terminal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("scores", nargs="+", metavar="SCORES", help="what cxnlp score wrote: folder, JSONL file, or -")
    parser.add_argument("--by", choices=("agent", "team"), default="agent", help="what calls are gathered by")
    parser.add_argument("--least-calls", type=int, default=30, metavar="N", help="no rank with fewer calls (30)")
    parser.add_argument(
        "--least-opportunities", type=int, default=20, metavar="N", help="no rank with fewer opportunities (20)"
    )
    parser.add_argument(
        "--to", metavar="OUT", help="a file ending in .json or .csv, or - for JSON; without it, a table"
    )


def run(options: argparse.Namespace) -> int:
    """Count and print."""
    from cxnlp.corpus.agents import agents_of
    from cxnlp.corpus.groups import FIELDS, HEADS
    from cxnlp.store.reading import read_scores

    check_out(options.to, ".json", ".csv", inputs=options.scores)
    scores = read_scores(options.scores, fields=FIELDS, p=HEADS)
    found = agents_of(scores, options.by, options.least_calls, options.least_opportunities)
    if options.to is None:
        for line in lines_of(found):
            print(line)
    elif options.to.endswith(".csv"):
        write(options.to, as_csv([flat(row, options.by) for row in found["agents"]]))
    else:
        write(options.to, readable_json(found))
    return 0


def lines_of(found: dict[str, Any]) -> Iterator[str]:
    """All that was found, as a person reads it."""
    by, calls, least = found["by"], found["calls"], found["least"]
    yield f"{calls['read']} calls, {calls['in_rates']} in the rates; model {plain(', '.join(found['models']))}"
    if calls["left_out"]:
        why = ", ".join(f"{code} {count}" for code, count in found["centre"]["left_out"]["why"].items())
        yield f"{calls['left_out']} left out, their transcripts cannot be relied on: {plain(why)}"
    if nameless := calls[f"without_{by}"]:
        yield f"{nameless} name no {by}: they count for the centre alone"
    ranked = [row for row in found["agents"] if not row["too_few"]]
    few = [row for row in found["agents"] if row["too_few"]]
    if ranked:
        yield ""
        yield from grid(_HEAD[by], [_cells(row, by) for row in ranked])
        yield ""
        yield "rank: the span that the intervals leave open; expected: of callers as distressed, by kind of cue"
    if few:
        yield ""
        yield f"too few to rank (under {least['calls']} calls or {least['opportunities']} opportunities)"
        yield from grid(_HEAD[by], [_cells(row, by) for row in few])
    yield from _look_at(ranked, by)
    yield from _missed(found["agents"], by)
    yield from _roadblocks(found["roadblocks"])


_HEAD = {
    by: ["rank", by, *(["team"] if by == "agent" else []), "calls", "owed", "matched", "", "drawn to mean",
         "of expected", "", "genuine", "effort", "own", "resolved", ""]
    for by in ("agent", "team")
}  # fmt: skip


def _cells(row: dict[str, Any], by: str) -> list[str]:
    empathy, effort, resolved = row["empathy"], row["effort"], row["outcome"]["resolved"]
    adjusted = empathy["adjusted"]
    return [
        _rank(row["rank"]),
        plain(row[by]),
        *([plain(row["team"] or "-")] if by == "agent" else []),
        str(row["calls"]),
        str(empathy["opportunities"]),
        percent(empathy["rate"]),
        between(empathy["interval"]),
        percent(empathy["shrunk"]),
        "-" if adjusted["ratio"] is None else f"{adjusted['ratio']:.2f}",
        between(adjusted["interval"], ".2f"),
        percent(row["tone"]["genuine"]["share"]),
        "-" if effort["mean"] is None else f"{effort['mean']:.1f}",
        "-" if effort["own"] is None else f"{effort['own']:+.2f}",
        percent(resolved["share"]),
        between(resolved["interval"]),
    ]


def _rank(span: list[int] | None) -> str:
    if span is None:
        return "-"
    return str(span[0]) if span[0] == span[1] else f"{span[0]} to {span[1]}"


def _look_at(rows: list[dict[str, Any]], by: str) -> Iterator[str]:
    flagged = [(row[by], flag) for row in rows for flag in row["look_at"]]
    if flagged:
        yield ""
        yield "worth listening to: more words of empathy, not more of it (no verdict)"
    for name, flag in flagged:
        places = ", ".join(f"{place['call']} turn {place['turn']}" for place in flag["examples"])
        yield from _wrapped(f"{name}: {flag['says']}: {places}")


def _missed(rows: list[dict[str, Any]], by: str) -> Iterator[str]:
    shown = [(row[by], row["missed"][0]) for row in rows if row["missed"]][:SHOWN]
    if shown:
        yield ""
        yield "missed, and how a colleague met the like"
    for name, missed in shown:
        yield from _wrapped(f"{name}, {missed['cue']}, {_place(missed)}")
        if (colleague := missed["colleague"]) is not None:
            yield from _wrapped(f"{colleague['agent']}, {_place(colleague)}", 4)


def _place(found: dict[str, Any]) -> str:
    words = "" if found["text"] is None else f': "{found["text"]}"'
    return f"{found['call']} turn {found['turn']}{words}"


def _roadblocks(kinds: list[dict[str, Any]]) -> Iterator[str]:
    if kinds:
        yield ""
        yield "roadblocks, for those who own the rule (they count against no agent)"
    rows = [
        [
            plain(row["kind"]),
            str(row["calls"]),
            str(row["agents"]),
            percent(row["unresolved"] / row["calls"]),
            between(row["unresolved_interval"]),
            plain(textwrap.shorten((row["rules"] or [row])[0]["example"]["text"] or "", 60, placeholder=" ..")),
        ]
        for row in kinds
    ]
    if rows:
        yield from grid(["kind", "calls", "said by", "unresolved", "", "most cited, or one of them"], rows)


def _wrapped(text: str, indent: int = 2) -> list[str]:
    return textwrap.wrap(plain(text), WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))


def flat(row: dict[str, Any], by: str) -> dict[str, Any]:
    """A row of the CSV: one value a column, an interval as two."""
    empathy, adjusted, tone = row["empathy"], row["empathy"]["adjusted"], row["tone"]
    effort, outcome = row["effort"], row["outcome"]
    return {
        by: row[by],
        **({"team": row["team"]} if by == "agent" else {}),
        "calls": row["calls"],
        "left_out": row["left_out"]["calls"],
        "too_few": row["too_few"],
        **_span("rank", row["rank"], ("best", "worst")),
        **{name: empathy[name] for name in ("opportunities", "matched", "formulaic", "missed", "unprompted", "rate")},
        **_span("rate", empathy["interval"]),
        "shrunk": empathy["shrunk"],
        **_span("shrunk", empathy["shrunk_interval"]),
        "expected": adjusted["expected"],
        "of_expected": adjusted["ratio"],
        **_span("of_expected", adjusted["interval"]),
        **{name: tone[name]["share"] for name in ("scripted", "neutral", "genuine")},
        "grounded": tone["grounded"],
        "effort": effort["mean"],
        **_span("effort", effort["interval"]),
        "effort_own": effort["own"],
        "resolved": outcome["resolved"]["share"],
        **_span("resolved", outcome["resolved"]["interval"]),
        "empowered": row["empowerment"].get("empowered", 0),
        "roadblock_calls": row["roadblocks"]["calls"],
        "look_at": " ".join(flag["kind"] for flag in row["look_at"]),
    }


def _span(name: str, limits: list[Any] | None, ends: tuple[str, str] = ("low", "high")) -> dict[str, Any]:
    return dict(zip((f"{name}_{end}" for end in ends), limits or (None, None), strict=True))
