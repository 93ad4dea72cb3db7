"""How many worlds are enough, and what comparing on the same worlds saves."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from experiments.comparison import Comparison
from experiments.figures.style import (
    BLUE, INK, MARGIN, NORMAL, PALE, QUIET, VERMILLION, WIDTH, Context, axes_at, key, key_height, labels, number, resize, several, sentence)

HIGH, LEFT, TOP = 3.6, 0.8, 0.35
KINDS = (("unpaired", VERMILLION, "s", "--", "different worlds for each strategy"), ("paired", BLUE, "o", "-", "the same worlds for all strategies (paired)"))


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """Half-width of the 95 % interval of economic differences against the number of worlds: median and range of strategies."""
    marks: list[Line2D | Patch] = [Line2D([], [], color=colour, linestyle=line, marker=marker, markersize=5, label=label)
                                   for _, colour, marker, line, label in KINDS]
    marks += [Patch(color=QUIET, alpha=0.25, label="range over strategies"), Line2D([], [], color=QUIET, linestyle=":", label="1/√n: four times the worlds, half the width")]
    resize(figure, TOP + HIGH + 0.75 + key_height(marks))
    ax = axes_at(figure, LEFT, TOP, WIDTH - LEFT - MARGIN - 0.1, HIGH)
    table = half_widths(comparison)
    if table.empty:
        ax.text(0.5, 0.5, "One world: no interval can be given" if several(comparison) else "One strategy: no difference to measure",
                transform=ax.transAxes, ha="center", va="center", color=QUIET, fontsize=NORMAL)
        ax.set_xticks([])
        ax.set_yticks([])
    else:
        _lines(ax, table)
        ax.set_title(_saving(comparison), fontsize=NORMAL, fontweight="bold", loc="left")
    ax.set_xlabel("Worlds")
    ax.set_ylabel("Half-width of the 95 % interval of the\neconomic difference, % of consumption")
    key(figure, TOP + HIGH + 0.55, marks)
    return [ax]


def half_widths(comparison: Comparison) -> pd.DataFrame:
    """Half-widths in % of consumption; strategies that never differ from the reference, half-width 0, left out."""
    table = comparison.convergence[comparison.convergence.paired > 0]
    return table.assign(paired=100 * np.expm1(table.paired), unpaired=100 * np.expm1(table.unpaired))


def _lines(ax: Axes, table: pd.DataFrame) -> None:
    grouped = table.groupby("worlds")
    worlds = np.array(sorted(grouped.groups), dtype=float)
    for column, colour, marker, line, _ in KINDS:
        middle = grouped[column].median().to_numpy()
        ax.fill_between(worlds, grouped[column].min(), grouped[column].max(), color=colour, alpha=0.15, linewidth=0)
        ax.plot(worlds, middle * np.sqrt(worlds[-1] / worlds) * 0 + middle[-1] * np.sqrt(worlds[-1] / worlds), color=QUIET, linestyle=":", linewidth=1)
        ax.plot(worlds, middle, color=colour, linestyle=line, marker=marker, markersize=5)
        ax.annotate(number(middle[-1]), (worlds[-1], middle[-1]), xytext=(0, 7), textcoords="offset points", ha="right", va="bottom", color=colour, fontsize=NORMAL)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.xaxis.set_major_locator(FixedLocator(worlds.tolist()))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.grid(color=PALE, linewidth=0.4)


def _saving(comparison: Comparison) -> str:
    times = comparison.variance_reduction
    if not np.isfinite(times):
        return "What pairing saves cannot be told from these worlds"
    return f"Pairing needs {number(times)} times fewer worlds for the same precision (median of strategies)"


def alt(comparison: Comparison) -> str:
    """The last half-widths and the saving, in words."""
    table = half_widths(comparison)
    if table.empty:
        return f"No interval can be given from {comparison.n_worlds:,} world(s) and {len(labels(comparison.strategies))} strategies."
    last = table[table.worlds == table.worlds.max()]
    return sentence((
        f"With {table.worlds.max():,} worlds the 95 % interval of an economic difference is ±{number(last.paired.median())} % of consumption on the same worlds",
        f"±{number(last.unpaired.median())} % on different ones, medians over strategies", _saving(comparison).lower()))


_ = INK
