"""One strategy less each of the others, with intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.analysis.intervals import Estimate
from experiments.figures import layout, style, telling


def order(ahead: Estimate) -> list[int]:
    """Rows from the one that comes nearest."""
    return [int(i) for i in np.argsort(ahead.value, kind="stable")]


def draw(figure: Figure, names: Sequence[str], families: Mapping[str, str], reference: str, ahead: Estimate, measure: str, label: str) -> list[Axes]:
    """One panel with a row for each strategy, the one that comes nearest at the top.

    Args:
        figure: Empty; gets its height.
        names: The others.
        families: Family of each.
        reference: The one in bold, among the names.
        ahead: How far the one is ahead of each, in units of the measure, shape (names,).
        measure: The return, for its unit.
        label: What the axis shows.
    """
    rows, scale = order(ahead), telling.scale_of(measure)
    shown = [names[i] for i in rows]
    keys = [layout.family_handles(families[name] for name in shown),
            [Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label="difference with its 95 % interval: how sure we are")]]
    (ax,) = layout.strategy_table(figure, shown, reference, (1,), 0.5, keys)
    low, value, high = (np.asarray(scale.difference(end[rows]), dtype=float) for end in (ahead.low, ahead.value, ahead.high))
    colours = [style.colour_of(families[name]) for name in shown]
    layout.draw_interval(ax, low, high, colours)
    for row, name in enumerate(shown):
        ax.plot(value[row], row, linestyle="none", **style.looks(dict(families))[name].marker(5.5))
    ax.axvline(0, color=style.INK, linewidth=0.8, zorder=1)
    ax.set_xlabel(f"{label}, {scale.unit}")
    layout.few_ticks(ax, x=8)
    return [ax]


def alt(names: Sequence[str], ahead: Estimate, measure: str) -> str:
    """Each difference."""
    scale, shown = telling.scale_of(measure), list(style.labels(names).values())
    told = (f"{shown[i]} {telling.number(float(scale.difference(ahead.value[i])))}" for i in order(ahead))
    return f"Ahead of each, {scale.unit}. " + telling.sentence(told)
