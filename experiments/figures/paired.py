"""Paired differences: what each strategy changes in each return, on the same worlds as the reference."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import Comparison, returns_in
from experiments.figures.style import (
    INK, LINE, MARGIN, NORMAL, PALE, QUIET, ROW, SMALL, SPREAD, WIDTH, Context, axes_at, family_handles, few_ticks, interval, key, key_height, labels, looks,
    mean_handle, order_by, resize, row_label_width, scale_of, sentence, several, spread_handle, strategy_rows)
from sim.axes import WORLD

GAP = 0.14


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """A panel per return, a row per strategy from the highest economic return to the lowest.

    The thick line is the 95 % interval of the mean difference, the thin pale one spans 5 to 95 % of the worlds.
    """
    names, measures = order_by(comparison), returns_in(comparison.payoffs)
    same = {measure: bool(np.all(comparison.payoffs[measure] == comparison.payoffs[measure][comparison.strategies.index(comparison.reference)]))
            for measure in measures}
    families = family_handles(comparison.families[name] for name in names)
    marks = [mean_handle("mean difference and its 95 % interval: how sure we are of it"),
             spread_handle("5–95 % of the differences, world by world: how much worlds differ")]
    left = MARGIN + row_label_width(names)
    height = max(ROW * len(names), 4 * ROW)
    resize(figure, 0.42 + height + 0.68 + key_height(marks) + key_height(families))
    shares = np.array([0.45 if same[measure] else 1.0 for measure in measures])
    widths = (WIDTH - MARGIN - left - GAP * (len(measures) - 1)) * shares / shares.sum()
    axes = []
    for i, measure in enumerate(measures):
        ax = axes_at(figure, left + widths[:i].sum() + GAP * i, 0.42, widths[i], height)
        strategy_rows(ax, names, comparison.reference, named=i == 0)
        (_nothing if same[measure] else _panel)(ax, comparison, measure, names)
        axes.append(ax)
    key(figure, 0.42 + height + 0.5, marks)
    key(figure, 0.42 + height + 0.5 + key_height(marks) + LINE / 3, families)
    return axes


def _panel(ax: Axes, comparison: Comparison, measure: str, names: list[str]) -> None:
    scale, look = scale_of(measure), looks(comparison.families)
    values = comparison.payoffs[measure]
    apart = scale.difference(values - values[comparison.strategies.index(comparison.reference)])
    spread = np.quantile(apart, (0.05, 0.95), axis=WORLD)
    ax.axvline(0, color=INK, linewidth=0.8)
    for row, name in enumerate(names):
        found, i = comparison.row("paired", name, measure), comparison.strategies.index(name)
        colour = look[name].colour
        ax.plot(spread[:, i], (row, row), color=colour, linewidth=1, alpha=SPREAD + 0.2, solid_capstyle="butt")
        if np.isfinite(found.low) and np.isfinite(found.high):
            ax.plot(scale.difference(np.array((found.low, found.high))), (row, row), color=colour, linewidth=2.4, solid_capstyle="butt")
        ax.plot(scale.difference(found.difference), row, linestyle="none", markersize=5, **look[name].marker)
    ax.set_title(scale.label, fontsize=NORMAL, fontweight="bold", pad=5)
    ax.set_xlabel(scale.unit.replace("on a ", ""))
    few_ticks(ax, x=3)


def _nothing(ax: Axes, comparison: Comparison, measure: str, names: list[str]) -> None:
    scale = scale_of(measure)
    ax.set_xticks([0], ["0"])
    ax.set_xlim(-1, 1)
    ax.axvline(0, color=PALE, linewidth=0.8)
    ax.text(0, (len(names) - 1) / 2, "no difference\nin any world" if several(comparison) else "no other\nstrategy", ha="center", va="center",
            fontsize=SMALL, color=QUIET, rotation=90, bbox={"facecolor": "white", "edgecolor": "none", "pad": 2})
    ax.set_title(scale.label, fontsize=NORMAL, fontweight="bold", pad=5)
    ax.set_xlabel(scale.unit.replace("on a ", ""))


def alt(comparison: Comparison) -> str:
    """The economic differences of all strategies and the extremes of the other returns, in words."""
    shown = labels(comparison.strategies)
    names = [name for name in order_by(comparison) if name != comparison.reference]
    if not names:
        return f"Only one strategy was run, {shown[comparison.reference]}, in {comparison.n_worlds:,} worlds: there is nothing to compare it with."
    parts = []
    for measure in returns_in(comparison.payoffs):
        scale = scale_of(measure)
        rows = {name: comparison.row("paired", name, measure) for name in names}
        if measure == "economic":
            told = names
        else:
            ranked = sorted(names, key=lambda name: -rows[name].difference)
            told = list(dict.fromkeys((ranked[0], ranked[-1])))
        if all(rows[name].better == rows[name].worse == 0 for name in names):
            parts.append(f"{scale.label}: 0, no difference in any world")
            continue
        lead = f"{scale.label} ({scale.unit})" + ("" if measure == "economic" else ", highest and lowest")
        parts.append(f"{lead}: " + ", ".join(f"{shown[name]} " + interval(*scale.difference(np.array(
            (rows[name].low, rows[name].difference, rows[name].high)))) for name in told))
    return f"Mean differences to {shown[comparison.reference]} with 95 % intervals. " + sentence(parts)

