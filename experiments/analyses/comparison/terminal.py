"""What a run prints: what it says in a few sentences, and one table that fits the terminal."""

import os
import sys
from collections.abc import Sequence

from experiments.analyses.comparison.brief import Brief, columns
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.findings import labels_of
from experiments.analyses.comparison.selection import order_by, sort_key
from experiments.report.differences import in_points, noun, unit
from experiments.report.phrases import cautions
from experiments.terminal import width, wrapped
from experiments.words import fixed

#: A column of numbers, and the longest name of a strategy.
COLUMN, NAME = 12, 30
#: Columns of what a change does.
MOVED = 2
#: Colours of a terminal.
BETTER, WORSE, PALE, END = "\033[36m", "\033[33m", "\033[2m", "\033[0m"
#: In place of a difference that makes no practical difference, and beside one that is not certain.
SAME, OPEN = "~", "?"


def text(comparison: Comparison, brief: Brief) -> str:
    """The brief and the table, wrapped to the terminal."""
    paragraphs = [brief.answer, *(f"- {finding}" for finding in brief.findings),
                  f"How sure of the means: {brief.worlds} How sure of the assumptions: {brief.assumptions}", *cautions(comparison.n_different)]
    rows = table(comparison, width())
    return "\n".join(["", *(line for paragraph in paragraphs for line in wrapped(paragraph)), *(["", *rows] if rows else [])])


def table(comparison: Comparison, columns_wide: int) -> list[str]:
    """A row for each strategy: what the change does to it, and its differences to the reference in the returns that distinguish them; empty where none does."""
    shown, measures = labels_of(comparison), columns(comparison)
    paired = comparison.paired.set_index(["strategy", "measure"])
    cells: dict[tuple[str, str], list[str]] = {}
    if (change := comparison.change) is not None:
        effects = change.table.set_index(["strategy", "measure"])
        for measure in change.moved[:MOVED]:
            cells["change", measure] = [_cell(measure, effects.loc[(name, measure)], "effect") for name in comparison.strategies]
    for measure in measures:
        cells["", measure] = [_cell(measure, paired.loc[(name, measure)], "difference") for name in comparison.strategies]
    if not cells:
        return []  # the brief says so
    name_width = min(NAME, max(map(len, shown.values())) + 1)
    kept = list(cells)[: (columns_wide - name_width) // COLUMN]
    groups = ["change" if kind else f"against {shown[comparison.reference]}" for kind, _ in kept]
    firsts = [group if i == 0 or groups[i - 1] != group else "" for i, group in enumerate(groups)]
    lines = [" " * name_width + _over(firsts), f"{'strategy':<{name_width}}" + "".join(f"{_fit(noun(measure)):>{COLUMN}}" for _, measure in kept),
             " " * name_width + "".join(f"{_short(measure):>{COLUMN}}" for _, measure in kept)]
    order, used = order_by(comparison, sort_key(comparison)), set()
    for name in order:
        i = comparison.strategies.index(name)
        row = [cells[key][i] if name != comparison.reference or key[0] else "reference" for key in kept]
        used |= {cell[0] for cell in row}
        lines.append(f"{shown[name][:name_width - 1]:<{name_width}}" + "".join(_painted(cell) for cell in row))
    marks = [f"{mark} {meaning}" for mark, meaning in ((SAME, "no practical difference"), (OPEN, "not certain")) if mark in used]
    return [*lines, *([f"{'; '.join(marks)}."] if marks else [])]


def _cell(measure: str, row: object, value: str) -> str:
    verdict, points = row["verdict"], in_points(measure, row[value])  # type: ignore[index]
    if verdict == "same":
        return SAME
    decimals = 2 if abs(points) < 1 else 1
    return f"{OPEN if verdict == 'open' else ''}{fixed(points, decimals, sign=True)}"


def _short(measure: str) -> str:
    return unit(measure).split()[0]


def _fit(head: str) -> str:
    return head if len(head) < COLUMN else f"{head[:COLUMN - 2]}."


def _over(groups: Sequence[str]) -> str:
    """Heads over several columns, each from the left end of its first column on."""
    line = ""
    for i, group in enumerate(groups):
        if group:
            line = f"{line:<{i * COLUMN + 2}}{group}"
    return line


def _painted(cell: str) -> str:
    colour = "" if not _colours() else PALE if cell[:1] in (SAME, OPEN) else BETTER if cell.startswith("+") else WORSE if cell[:1] == "\N{MINUS SIGN}" else ""
    return f"{colour}{cell:>{COLUMN}}{END if colour else ''}"


def _colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
