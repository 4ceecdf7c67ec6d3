"""Figures in columns, for a terminal or as Markdown."""

from __future__ import annotations


def grid(head: list[str], rows: list[list[str]], markdown: bool = False) -> list[str]:
    """Lines of cells under a head, each column as wide as its widest.

    >>> grid(["label", "F1"], [["ease", "0.8"]])
    ['label  F1', 'ease   0.8']
    """
    if markdown:
        return [f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows]]
    widths = [max(len(line[place]) for line in [head, *rows]) for place in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [head, *rows]
    ]


def percent(value: float | None) -> str:
    """A share as a person reads it.

    >>> percent(0.126), percent(None)
    ('13%', '-')
    """
    return "-" if value is None else f"{value:.0%}"


def between(limits: list[float] | None, form: str = ".0%") -> str:
    """An interval in brackets, nothing where there is none.

    >>> between([0.1, 0.25]), between([0.5, 1.5], ".2f")
    ('[10%, 25%]', '[0.50, 1.50]')
    """
    return "" if limits is None else f"[{limits[0]:{form}}, {limits[1]:{form}}]"
