"""Weight dominance: for which share of all ways to weigh the returns a strategy, and a family, is best."""

from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import N_WEIGHTS, Comparison
from experiments.figures import layout, style, telling

TOP, BAR, GAP = 0.35, 0.28, 0.4
#: Most inches for a name.
NAME = 1.9


def draw(figure: Figure, comparison: Comparison, context: style.Context) -> list[Axes]:
    """Bars with 95 % intervals over worlds: strategies that are best somewhere at the left, families at the right."""
    strategies, never, families = _tables(comparison)
    shown = style.labels(comparison.strategies)
    sides = (
        (strategies, "Strategies, all at once", [layout.fitted(shown[name], NAME) for name in strategies.name],
         [comparison.families[name] for name in strategies.name]),
        (families, f"Families at equal size: {_size(comparison)} of each", [layout.fitted(style.family_label(name), NAME) for name in families.name],
         list(families.name)),
    )
    rest = layout.wrapped([shown[name] for name in never], layout.WIDTH - 2 * layout.MARGIN, between=", ")
    below = TOP + BAR * max(len(strategies), len(families)) + 0.55
    layout.resize(figure, below + (layout.LINE * (len(rest) + 1) if rest else -0.1))
    room = [max(layout.width_of(name) for name in names) + 0.1 for _, _, names, _ in sides]
    width = (layout.WIDTH - 2 * layout.MARGIN - sum(room) - GAP) / 2
    ends = np.concatenate([table[["share", "high"]].to_numpy(float).ravel() for table, *_ in sides])
    longest = 100 * float(ends[np.isfinite(ends)].max())
    axes = []
    for i, (table, title, names, groups) in enumerate(sides):
        left = layout.MARGIN + (room[0] + width + GAP) * i
        ax = layout.axes_at(figure, left + room[i], TOP, width, BAR * len(table))
        _bars(ax, table, [style.colour_of(family) for family in groups], longest)
        ax.set_yticks(range(len(names)), names, fontsize=style.SMALL)
        layout.text_at(figure, left, TOP - 0.1, title, va="baseline", fontsize=style.NORMAL, fontweight="bold")
        axes.append(ax)
    if rest:
        layout.text_at(figure, layout.MARGIN, below, f"Never best ({len(never)})", fontweight="bold")
        layout.text_at(figure, layout.MARGIN, below + layout.LINE, "\n".join(rest), linespacing=1.5)
    return axes


def _tables(comparison: Comparison) -> tuple[pd.DataFrame, list[str], pd.DataFrame]:
    """Strategies that are best somewhere, the names of the others, and families; each from the largest share."""
    table = comparison.dominance.sort_values("share", ascending=False, kind="stable")
    strategies = table[table.kind == "strategy"]
    return strategies[strategies.share > 0], list(strategies[strategies.share == 0].name), table[table.kind == "family"]


def _size(comparison: Comparison) -> int:
    return min(Counter(comparison.families[name] for name in comparison.strategies).values())


def _bars(ax: Axes, table: pd.DataFrame, colours: list[str], longest: float) -> None:
    ax.barh(range(len(table)), 100 * table.share, height=0.62, color=colours, alpha=0.65)
    for row, (share, low, high) in enumerate(100 * table[["share", "low", "high"]].to_numpy(float)):
        end = share
        if np.isfinite(low) and np.isfinite(high):
            ax.plot((low, high), (row, row), color=style.INK, linewidth=1.4, marker="|", markersize=5)
            end = max(share, high)
        ax.text(end + 0.025 * longest, row, f"{telling.number(share)} %", va="center", fontsize=style.SMALL)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, 1.2 * longest)
    ax.set_xticks(np.arange(0, longest + 1e-9, 5 if longest < 25 else 10 if longest < 50 else 20))
    ax.set_xlabel("% of weights; line: 95 % interval")


def alt(comparison: Comparison) -> str:
    """All shares above zero, in words."""
    strategies, never, families = _tables(comparison)
    shown = style.labels(comparison.strategies)
    best = ", ".join(f"{shown[name]} {telling.number(100 * share)} %" for name, share in zip(strategies.name, strategies.share, strict=True))
    groups = ", ".join(f"{style.family_label(name)} {telling.number(100 * share)} %" for name, share in zip(families.name, families.share, strict=True))
    return f"Share of {N_WEIGHTS:,} weightings of five returns for which each is best. " + telling.sentence((
        f"Strategies: {best}", f"never best: {len(never)} of {len(shown)}", f"families at equal size, {_size(comparison)} of each: {groups}"))
