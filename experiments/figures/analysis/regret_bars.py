"""Mean, ninth decile and largest regret of each strategy."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.analysis.decisions import Regret
from experiments.analysis.intervals import Estimate
from experiments.figures import layout, style, telling


def order(regret: Regret) -> list[int]:
    """Strategies from the smallest largest regret to the largest; of equals by their mean."""
    return [int(i) for i in np.lexsort((regret.mean.value, regret.largest.value))]


def draw(figure: Figure, strategies: Sequence[str], families: Mapping[str, str], reference: str, regret: Regret, measure: str = "economic") -> list[Axes]:
    """Three panels of bars on one scale, strategies from the smallest largest regret.

    Args:
        figure: Empty; gets its height.
        strategies: Names, in the order of the regret.
        families: Family of each.
        reference: The one in bold.
        regret: As `experiments.analysis.decisions.regret` finds it, in units of the measure.
        measure: The return, for its unit.
    """
    rows, scale = order(regret), telling.scale_of(measure)
    names = [strategies[i] for i in rows]
    interval = Line2D([], [], color=style.INK, linewidth=1.2, marker="|", markersize=5, label="95 % interval")
    axes = layout.strategy_table(figure, names, reference, (1, 1, 1), 0.45, [[*layout.family_handles(families[name] for name in names), interval]])
    ends = np.concatenate([np.ravel(ends) for part in (regret.mean, regret.q90, regret.largest) for ends in (part.value, part.high)])
    most = float(scale.difference(ends[np.isfinite(ends)].max()))
    for ax, title, part in zip(axes, ("Mean", "Ninth decile", "Largest"), (regret.mean, regret.q90, regret.largest), strict=True):
        value, low, high = (np.asarray(scale.difference(ends[rows])) if np.isfinite(ends).all() else ends[rows] for ends in (part.value, part.low, part.high))
        _bars(ax, Estimate(value, low, high), [style.colour_of(families[name]) for name in names])
        ax.set_xlim(0, 1.06 * most or 1)
        ax.set_title(layout.fitted(title, ax.get_position().width * layout.WIDTH, style.NORMAL, "bold"), fontweight="bold", loc="left")
        ax.set_xlabel(scale.unit)
        layout.few_ticks(ax, x=4, gap=layout.GAP)
    return axes


def _bars(ax: Axes, part: Estimate, colours: Sequence[str]) -> None:
    ax.barh(range(len(colours)), part.value, height=0.66, color=colours, alpha=0.65, linewidth=0)
    for row, (low, high) in enumerate(zip(part.low, part.high, strict=True)):
        if np.isfinite(low) and np.isfinite(high):
            ax.plot((low, high), (row, row), color="white", linewidth=2.6, zorder=3)  # keeps the line visible on a dark bar
            ax.plot((low, high), (row, row), color=style.INK, linewidth=1.2, marker="|", markersize=4, zorder=4)


def alt(strategies: Sequence[str], regret: Regret, measure: str = "economic") -> str:
    """Mean and largest regret of each strategy."""
    scale, shown = telling.scale_of(measure), list(style.labels(strategies).values())
    told = (f"{shown[i]} {telling.number(float(scale.difference(regret.mean.value[i])))} and {telling.number(float(scale.difference(regret.largest.value[i])))}"
            for i in order(regret))
    return f"Mean and largest regret, {scale.label}, {scale.unit}, over {regret.matrix.shape[1]:,} futures. " + telling.sentence(told)
