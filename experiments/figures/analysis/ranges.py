"""Which numbers of a strategy are pinned down by what is searched for, and which hardly matter."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.figures import layout, style, telling
from experiments.figures.analysis import rows
from sim.axes import Array

ROW, COLOUR = 0.27, style.BLUE


def draw(figure: Figure, labels: Sequence[str], ends: Sequence[tuple[str, str]], good: Array, find: Array) -> list[Axes]:
    """A row for each number over its range.

    Args:
        figure: Empty; gets its height.
        labels: Names of the numbers.
        ends: Ends of the range of each, as told.
        good: The best candidates in the unit cube, shape (candidates, numbers).
        find: The strategy found, shape (numbers,).
    """
    keys = [[layout.patch(COLOUR, "middle half of the best candidates", 0.55), layout.patch(COLOUR, "nine tenths of them", 0.22),
             Line2D([], [], color=style.VERMILLION, linestyle="none", marker="D", markersize=5, label="the strategy found"),
             Line2D([], [], color=style.PALE, linewidth=1, label="range searched")]]
    (ax,) = rows.panels(figure, labels, 1, ROW, keys, top=0.05)
    q05, q25, q75, q95 = np.quantile(good, (0.05, 0.25, 0.75, 0.95), axis=0)
    wide = 0.75 / rows.width_inches(ax)
    ax.set_xlim(-1.3 * wide, 1 + 1.3 * wide)
    for row, (low, high) in enumerate(ends):
        ax.plot((0, 1), (row, row), color=style.PALE, linewidth=1, zorder=1)
        ax.barh(row, q95[row] - q05[row], left=q05[row], height=0.5, color=COLOUR, alpha=0.22, linewidth=0)
        ax.barh(row, q75[row] - q25[row], left=q25[row], height=0.5, color=COLOUR, alpha=0.4, linewidth=0)
        ax.plot(find[row], row, color=style.VERMILLION, linestyle="none", marker="D", markersize=4.5, zorder=4)
        ax.text(-0.02, row, low, ha="right", va="center_baseline", fontsize=style.SMALL - 1, color=style.QUIET)
        ax.text(1.02, row, high, ha="left", va="center_baseline", fontsize=style.SMALL - 1, color=style.QUIET)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel("from the low to the high end of each range")
    return [ax]


def alt(labels: Sequence[str], good: Array, find: Array) -> str:
    """Each number as a share of its range."""
    q25, q75 = np.quantile(good, (0.25, 0.75), axis=0)
    told = (f"{label} {telling.number(float(find[i]))}, middle half {telling.number(float(q25[i]))} to {telling.number(float(q75[i]))}"
            for i, label in enumerate(labels))
    return "The strategy found and the best candidates, in shares of each range: " + telling.sentence(told)
