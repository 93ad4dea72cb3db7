"""What each power did to the focal state: investment, aid, pressure, visits."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.comparison import Comparison
from experiments.figures.curves import MEAN, Q25, Q75, calendar, thinned, worlds_shown, years_of
from experiments.figures.style import (
    INK, MARGIN, NORMAL, PALE, QUIET, SMALL, WIDTH, Context, axes_at, few_ticks, key, key_height, labels, looks, number, resize, selection, sentence, text_at)
from sim.axes import DT, Array

GAP, PANEL, LEFT, TOP = 0.16, 1.3, 1.25, 0.35
BETWEEN = 0.55
ROWS = (
    ("investment", "Investment,\nUSD bn/yr"), ("aid", "Aid,\nUSD bn/yr"), ("pressure", "Pressure,\n0 to 1"),
    ("visits", "Visits per year,\nmean of four\nquarters"))
POWER_NAMES = ("China", "United States")
#: Powers whose largest values differ by more than this factor get a scale each.
APART = 3.0
YEAR = round(1 / DT)


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """A row per action, a column per power, a line (mean over worlds) and a pale band (50 % of worlds) per selected strategy."""
    names, years = selection(comparison), years_of(comparison, context)
    look, shown = looks(comparison.families), labels(comparison.strategies)
    marks: list[Line2D | Patch] = [
        Line2D([], [], color=look[name].colour, linestyle=look[name].line, markersize=5, label=shown[name], **look[name].marker) for name in names]
    band = [Line2D([], [], color=INK, label=f"mean of {worlds_shown(comparison)}"), Patch(color=QUIET, alpha=0.18, label="middle 50 % of them (not for visits)")]
    height = TOP + (PANEL + GAP) * len(ROWS)
    resize(figure, height + 0.4 + key_height(marks) + key_height(band))
    width = (WIDTH - MARGIN - LEFT - BETWEEN) / 2
    axes: list[Axes] = []
    for r, (variable, label) in enumerate(ROWS):
        top = TOP + (PANEL + GAP) * r
        text_at(figure, MARGIN, top + PANEL / 2, label, va="center", linespacing=1.25)
        row = [axes_at(figure, LEFT + (width + BETWEEN) * g, top, width, PANEL) for g in range(2)]
        for g, ax in enumerate(row):
            for name in names:
                _course(ax, comparison, name, variable, g, years)
            ax.grid(axis="y", color=PALE, linewidth=0.4)
            calendar(ax, years, labelled=r == len(ROWS) - 1)
            few_ticks(ax, y=4)
            if r == 0:
                ax.set_title(f"By {POWER_NAMES[g]}" if g == 0 else f"By the {POWER_NAMES[g]}", fontsize=NORMAL, fontweight="bold", loc="left")
        _scales(row)
        axes += row
    key(figure, height + 0.25, marks)
    key(figure, height + 0.3 + key_height(marks), band)
    return axes


def _course(ax: Axes, comparison: Comparison, name: str, variable: str, power: int, years: Array) -> None:
    look, course = looks(comparison.families)[name], comparison.courses[name][variable][:, power]
    if variable == "visits":
        course = _annual(course)
    when, course = thinned(years, course)
    if variable != "visits":
        ax.fill_between(when, course[:, Q25], course[:, Q75], color=look.colour, alpha=0.12, linewidth=0)
    ax.plot(when, course[:, MEAN], color=look.colour, linestyle=look.line, linewidth=1.4, markersize=4, markevery=_every(when, comparison, name), **look.marker)


def _every(years: Array, comparison: Comparison, name: str) -> tuple[int, int]:
    # Markers of different strategies sit at different quarters, so that lines on one another stay readable.
    step = max(1, len(years) // 5)
    return (selection(comparison).index(name) * step // 6 % len(years), step)


def _annual(visits: Array) -> Array:
    """Visits per year, the mean of the last four quarters or as many as there were; (T, rows) to the same."""
    total = np.cumsum(visits, axis=0)
    total[YEAR:] -= total[:-YEAR].copy()
    return total / np.minimum(np.arange(1, len(visits) + 1), YEAR)[:, None] / DT


def _scales(row: list[Axes]) -> None:
    """One scale for both powers where their values are of the same size; else one each, and the panel says so."""
    tops = [max(ax.get_ylim()[1], 1e-12) for ax in row]
    alike = max(tops) / min(tops) <= APART
    for ax, top in zip(row, tops, strict=True):
        ax.set_ylim(0, max(tops) if alike else top)
    if not alike:
        row[1].text(1, 1, "own scale", transform=row[1].transAxes, ha="right", va="bottom", fontsize=SMALL, color=QUIET, style="italic")


def alt(comparison: Comparison) -> str:
    """Means over worlds and quarters of what each power did, in words."""
    shown, parts = labels(comparison.strategies), []
    for name in selection(comparison):
        means = {variable: comparison.courses[name][variable][:, :, MEAN].mean(axis=0) / (DT if variable == "visits" else 1) for variable, _ in ROWS}
        told = [f"{variable} {number(value[0])} and {number(value[1])}" for variable, value in means.items()]
        parts.append(f"{shown[name]}: " + ", ".join(told))
    return ("Means over worlds and quarters of what China and the United States did, in this order; investment and aid in USD bn per year, visits per year. "
            + sentence(parts))
