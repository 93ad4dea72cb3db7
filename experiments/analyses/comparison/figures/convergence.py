"""How many worlds are enough, and what comparing on the same worlds saves."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from sim.axes import Array

LEFT, RIGHT, TOP, HIGH = 0.85, 0.85, 0.3, 3.4
KINDS = (
    ("unpaired", style.QUIET, "s", "different worlds for each strategy, median"),
    ("paired", style.INK, "o", "the same worlds for all strategies (paired), median"),
)
#: Numbers of worlds written along the axis.
MOST = 9


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """Half-width of the 95 % interval of economic differences against the number of worlds: median and each strategy."""
    marks = [Line2D([], [], color=colour, marker=marker, markersize=5, label=label) for _, colour, marker, label in KINDS]
    marks += [Line2D([], [], color=style.QUIET, linewidth=0.7, alpha=style.SPREAD + 0.2, label="single strategies"),
              Line2D([], [], color=style.QUIET, linestyle=":", label="1/√n: four times the worlds, half the width")]
    below = TOP + HIGH + 0.5
    layout.resize(figure, below + layout.key_height(marks))
    layout.draw_keys(figure, below, marks)
    ax = layout.axes_at(figure, LEFT, TOP, layout.WIDTH - LEFT - RIGHT, HIGH)
    table = _half_widths(comparison)
    if table.empty:
        _nothing(ax, "No interval can be given from these worlds" if selection.several(comparison) else "One strategy: no difference to measure")
    else:
        _lines(ax, table, comparison.typical_precision)
    ax.set_xlabel("Number of worlds")
    ax.set_ylabel("Half-width of the 95 % interval of the\neconomic difference, % of consumption")
    return [ax]


def _half_widths(comparison: Comparison) -> pd.DataFrame:
    """Half-widths in % of consumption; strategies that never differ from the reference, half-width 0, are not among them."""
    table = comparison.convergence[comparison.convergence.paired > 0]
    return table.assign(paired=100 * table.paired, unpaired=100 * table.unpaired)


def _lines(ax: Axes, table: pd.DataFrame, typical: pd.DataFrame) -> None:
    worlds = np.array(sorted(table.worlds.unique()), dtype=float)
    for (column, colour, marker, _), up in zip(KINDS, (1, -1), strict=True):
        each = table.pivot(index="worlds", columns="strategy", values=column)
        middle = 100 * typical[column].to_numpy(float)
        ax.plot(worlds, each.to_numpy(float), color=colour, linewidth=0.7, alpha=style.SPREAD, zorder=1)
        ax.plot(worlds, middle[-1] * np.sqrt(worlds[-1] / worlds), color=style.QUIET, linestyle=":", zorder=2)
        ax.plot(worlds, middle, color=colour, marker=marker, markersize=5, zorder=3)
        ax.annotate(f"±{words.number(middle[-1])} %", (worlds[-1], middle[-1]), xytext=(8, up), textcoords="offset points",
                    va="bottom" if up > 0 else "top", color=colour, annotation_clip=False)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.xaxis.set_major_locator(FixedLocator(_spaced(worlds)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    low, high = ax.get_ylim()
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 100 else (1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
    ax.grid(color=style.PALE, linewidth=0.4)


def _spaced(worlds: Array) -> list[float]:
    """Numbers of worlds far enough apart to be written, the largest among them."""
    least = max(np.log(worlds[-1] / worlds[0]) / MOST, np.log(1.4))
    kept = [float(worlds[-1])]
    for n in worlds[-2::-1]:
        if np.log(kept[-1] / n) >= least:
            kept.append(float(n))
    return kept[::-1]


def _nothing(ax: Axes, text: str) -> None:
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=style.QUIET)
    ax.set_xticks([])
    ax.set_yticks([])


def _saving(comparison: Comparison) -> str:
    times = comparison.variance_reduction
    if not np.isfinite(times):
        return "What pairing saves cannot be estimated from these worlds"
    return f"Pairing needs {words.number(times)} times fewer worlds for the same precision (median of strategies)"


def _title(comparison: Comparison) -> str:
    """What pairing saves; the topic where that is not known."""
    return _saving(comparison) if np.isfinite(comparison.variance_reduction) else "How many worlds are enough"


def alt(comparison: Comparison) -> str:
    """The last half-widths and the saving, in words."""
    table = _half_widths(comparison)
    if table.empty:
        return f"No interval of a difference can be given. Strategies: {len(comparison.strategies)}; worlds: {comparison.n_worlds:,}."
    last = 100 * comparison.typical_precision.iloc[-1]
    paired, unpaired = (words.number(float(last[column])) for column in ("paired", "unpaired"))
    return (f"With {words.plural(table.worlds.max(), 'world')} the 95 % interval of an economic difference is ±{paired} % of consumption on the same "
            f"worlds and "
            f"±{unpaired} % on different ones, medians of strategies. {_saving(comparison)}.")


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="convergence",
    title=_title,
    question="How precise are the differences, and what does comparing on the same worlds save?",
    caption=("Half-width of the 95 % interval of the economic difference to the reference in the first n worlds: median and each strategy. Lower is more "
             "precise; the gap between the two medians is what comparing on the same worlds saves."),
    draw=draw,
    alt=alt,
)
