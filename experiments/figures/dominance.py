"""Weight dominance: for which share of all ways to weigh the returns a strategy, and a family, is best."""

from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import N_WEIGHTS, Comparison
from experiments.figures.style import (
    INK, MARGIN, NORMAL, PALE, QUIET, SMALL, WIDTH, Context, axes_at, colour_of, family_label, few_ticks, labels, number, resize, sentence, text_at, width_of,
    wrapped)

BAR, TOP, GAP = 0.3, 0.55, 0.35


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """Bars with 95 % intervals over worlds: strategies that are best somewhere at the left, families at the right."""
    strategies, never, families = _tables(comparison)
    shown = labels(comparison.strategies)
    names = [[shown[name] for name in strategies.name], [family_label(name) for name in families.name]]
    colours = [[colour_of(comparison.families[name]) for name in strategies.name], [colour_of(name) for name in families.name]]
    left = [max(width_of(name) for name in column) + 0.12 for column in names]
    width = (WIDTH - 2 * MARGIN - sum(left) - GAP - 0.3) / 2
    rest = wrapped([f"{shown[name]}," for name in never[:-1]] + [shown[name] for name in never[-1:]], WIDTH - 2 * MARGIN) if never else []
    height = BAR * max(3, len(strategies), len(families))
    resize(figure, TOP + height + 0.65 + (0.16 * (len(rest) + 1.6) if rest else 0))
    edge, top = float(np.nanmax(np.where(np.isfinite(both := np.concatenate([strategies.high, families.high])), both, np.nan), initial=0.0)), TOP
    edge = max(edge, float(strategies.share.max()), float(families.share.max()))
    titles = ("Strategies, all at once", f"Families at equal size: {_size(comparison)} of each, drawn at random")
    axes = []
    for i, table in enumerate((strategies, families)):
        ax = axes_at(figure, MARGIN + left[0] + (width + GAP + left[1]) * i, top, width, BAR * len(table))
        _bars(ax, table, names[i], colours[i], edge)
        text_at(figure, MARGIN + (left[0] + width + GAP) * i, 0.15, titles[i], fontsize=NORMAL, fontweight="bold")
        axes.append(ax)
    if rest:
        text_at(figure, MARGIN, TOP + height + 0.6, f"Never best ({len(never)})", fontweight="bold")
        text_at(figure, MARGIN, TOP + height + 0.6 + 0.17, "\n".join(rest), linespacing=1.35, color=INK)
    return axes


def _tables(comparison: Comparison) -> tuple[pd.DataFrame, list[str], pd.DataFrame]:
    """Strategies that are best somewhere and families, each from the largest share, and the strategies that never are."""
    table = comparison.dominance.sort_values("share", ascending=False, kind="stable")
    strategies = table[table.kind == "strategy"]
    return strategies[strategies.share > 0], list(strategies[strategies.share == 0].name), table[table.kind == "family"]


def _size(comparison: Comparison) -> int:
    return min(Counter(comparison.families[name] for name in comparison.strategies).values())


def _bars(ax: Axes, table: pd.DataFrame, names: list[str], colours: list[str], edge: float) -> None:
    rows = np.arange(len(table))
    ax.barh(rows, 100 * table.share, height=0.62, color=colours, alpha=0.75)
    for row, (share, low, high) in enumerate(zip(table.share, table.low, table.high, strict=True)):
        end = share
        if np.isfinite(low) and np.isfinite(high):
            ax.plot((100 * low, 100 * high), (row, row), color=INK, linewidth=1.4, marker="|", markersize=5)
            end = max(share, high)
        ax.text(100 * end + 2.5 * edge, row, f"{number(100 * share)} %", va="center", fontsize=SMALL)
    ax.set_yticks(rows, names, fontsize=SMALL)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, 100 * edge * 1.18)
    ax.grid(axis="x", color=PALE, linewidth=0.4)
    ax.set_axisbelow(True)
    ax.set_xlabel("Best for so many % of weights; line: 95 % interval", color=QUIET)
    few_ticks(ax, x=5)


def alt(comparison: Comparison) -> str:
    """All shares above zero, in words."""
    strategies, never, families = _tables(comparison)
    shown = labels(comparison.strategies)
    told = ", ".join(f"{shown[row.name]} {number(100 * row.share)} %" for row in strategies.itertuples(index=False, name="Row"))
    groups = ", ".join(f"{family_label(row.name)} {number(100 * row.share)} %" for row in families.itertuples(index=False, name="Row"))
    return f"Share of {N_WEIGHTS:,} weightings of five returns. " + sentence((
        f"best strategy: {told}", f"{len(never)} strategies are never best", f"best family at equal size, {_size(comparison)} of each: {groups}"))
