"""What one member would get from playing another strategy in the populations that imitation ends with."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.analysis.intervals import Estimate
from experiments.figures import layout, style, telling


def draw(figure: Figure, strategies: Sequence[str], families: Mapping[str, str], reference: str, gain: Estimate, lead: Estimate, measure: str) -> list[Axes]:
    """Two panels with a row per strategy, from the largest gain: what the member itself gains, and how much more than the others do.

    Args:
        figure: Empty; gets its height.
        strategies: Names.
        families: Family of each.
        reference: The one in bold.
        gain: Mean over populations, in units of the measure; intervals of all strategies hold at once.
        lead: The same less what the other members gain by it.
        measure: The return, for its unit.
    """
    rows, look, scale = [int(i) for i in np.argsort(-gain.value, kind="stable")], style.looks(families), telling.scale_of(measure)
    names = [strategies[i] for i in rows]
    keys = [[Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label="mean over populations; 95 % intervals of all at once")],
            layout.family_handles(families[name] for name in names)]
    axes = layout.strategy_table(figure, names, reference, (1, 1), 0.45, keys)
    colours = [look[name].colour for name in names]
    for ax, part, title in zip(axes, (gain, lead), ("What it gains itself", "How much more than the others gain by it"), strict=True):
        low, value, high = (np.asarray(scale.difference(ends[rows])) for ends in (part.low, part.value, part.high))
        ax.axvline(0, color=style.INK, linewidth=0.8, zorder=1)
        layout.draw_interval(ax, low, high, colours)
        for row, name in enumerate(names):
            ax.plot(value[row], row, linestyle="none", **look[name].marker(4.5))
        ax.set_title(layout.fitted(title, ax.get_position().width * layout.WIDTH, style.NORMAL, "bold"), fontweight="bold", loc="left")
        ax.set_xlabel(scale.unit)
        layout.few_ticks(ax, x=5, gap=layout.GAP)
    return axes


def alt(strategies: Sequence[str], gain: Estimate, measure: str) -> str:
    """What each strategy would gain."""
    scale, shown = telling.scale_of(measure), list(style.labels(strategies).values())
    told = (f"{shown[i]} {telling.interval(*(float(scale.difference(ends[i])) for ends in (gain.low, gain.value, gain.high)))}"
            for i in np.argsort(-gain.value, kind="stable"))
    return f"Mean gain of one member from playing another strategy, {scale.label}, {scale.unit}, {len(shown)} strategies: " + telling.sentence(told)
