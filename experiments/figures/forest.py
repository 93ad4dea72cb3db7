"""Levels and tails: where each strategy ends up in each return, and how bad its bad worlds are."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.comparison import Comparison, returns_in
from experiments.figures.style import (
    INK, MARGIN, NORMAL, QUIET, ROW, SPREAD, WIDTH, Context, axes_at, colour_of, family_label, few_ticks, interval, key, key_height, labels, looks,
    mean_handle, order_by, resize, row_label_width, scale_of, sentence, strategy_rows)

GAP = 0.14
TOP = 0.42


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """A column per return, a row per strategy, grouped by family: mean, worst tenth of worlds, spread across worlds."""
    ranked = order_by(comparison)
    families = list(dict.fromkeys(comparison.families[name] for name in ranked))
    names = [name for family in families for name in ranked if comparison.families[name] == family]
    measures = returns_in(comparison.payoffs)
    left = MARGIN + row_label_width(names)
    height = max(ROW * len(names), 4 * ROW)
    marks = [
        mean_handle(),
        Line2D([], [], color=QUIET, linewidth=7, alpha=SPREAD, solid_capstyle="butt", label="5–95 % of worlds: how much worlds differ"),
        Line2D([], [], color=INK, marker="|", markersize=7, markeredgewidth=1.6, linestyle="none", label="mean of the worst tenth of worlds (CVaR)"),
        Line2D([], [], color=INK, linewidth=0.8, linestyle=":", label="mean of the reference"),
    ]
    colours = [Line2D([], [], color=colour_of(family), linewidth=7, solid_capstyle="butt", label=family_label(family)) for family in families]
    resize(figure, TOP + height + 0.78 + key_height(marks) + key_height(colours))
    width = (WIDTH - MARGIN - left - GAP * (len(measures) - 1)) / len(measures)
    axes = []
    for i, measure in enumerate(measures):
        ax = axes_at(figure, left + (width + GAP) * i, TOP, width, height)
        strategy_rows(ax, names, comparison.reference, named=i == 0)
        _column(ax, comparison, measure, names)
        axes.append(ax)
    key(figure, TOP + height + 0.62, marks)
    key(figure, TOP + height + 0.68 + key_height(marks), colours)
    return axes


def _column(ax: Axes, comparison: Comparison, measure: str, names: list[str]) -> None:
    scale, look = scale_of(measure), looks(comparison.families)
    ax.axvline(scale.level(comparison.row("summary", comparison.reference, measure)["mean"]), color=INK, linewidth=0.8, linestyle=":")
    for row, name in enumerate(names):
        found, colour = comparison.row("summary", name, measure), look[name].colour
        q05, q95, mean, tail = (scale.level(found[column]) for column in ("q05", "q95", "mean", "cvar"))
        ax.plot((q05, q95), (row, row), color=colour, linewidth=7, alpha=SPREAD, solid_capstyle="butt")
        if np.isfinite(found.low) and np.isfinite(found.high):
            ax.plot((scale.level(found.low), scale.level(found.high)), (row, row), color=colour, linewidth=2.4, solid_capstyle="butt")
        ax.plot(mean, row, linestyle="none", markersize=4.5, **look[name].marker)
        ax.plot(tail, row, linestyle="none", marker="|", markersize=7, markeredgewidth=1.6, color=colour)
        if row and comparison.families[name] != comparison.families[names[row - 1]]:
            ax.axhline(row - 0.5, color=QUIET, linewidth=0.5)
    ax.set_title(scale.label, fontsize=NORMAL, fontweight="bold", pad=5)
    ax.set_xlabel(scale.level_unit)
    few_ticks(ax, x=3)


def alt(comparison: Comparison) -> str:
    """Best and worst mean and worst tenth of each return, in words."""
    shown = labels(comparison.strategies)
    parts = []
    for measure in returns_in(comparison.payoffs):
        scale, table = scale_of(measure), comparison.summary[comparison.summary.measure == measure]
        found = []
        for word, position in (("highest", table["mean"].argmax()), ("lowest", table["mean"].argmin()))[: len(table)]:
            row = table.iloc[position]
            mean = interval(*scale.level(np.array((row.low, row["mean"], row.high))))
            tail = interval(-np.inf, scale.level(row.cvar), np.inf)
            found.append(f"{word} {shown[row.strategy]} {mean}, worst tenth {tail}")
        unit = scale.level_unit.replace("\n", " ")
        parts.append(f"{scale.label} ({unit}): " + ", ".join(found))
    return f"Mean level of each return with 95 % intervals for {len(shown)} strategies. " + sentence(parts)
