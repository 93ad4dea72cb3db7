"""Weight dominance: for which share of all ways to weigh the returns a strategy, and a family, is best."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import words
from experiments.analyses.comparison.comparison import Comparison
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from experiments.methods.decisions import N_WEIGHTS

TOP, BAR, GAP = 0.35, 0.28, 0.4
#: Most inches for a name.
NAME = 1.9
#: The mark of a second share.
DIAMOND: dict[str, Any] = {"color": style.INK, "marker": "D", "markersize": 4, "markerfacecolor": "white", "markeredgewidth": 0.9, "linestyle": "none",
                           "zorder": 5}


@dataclass(frozen=True)
class Side:
    """A panel of bars.

    Attributes:
        title: What it shows.
        names: What is compared, as it is called, from the top.
        families: Family of each, for its colour.
        table: `share`, `low` and `high` of each, and where there is a second share, `other`.
    """

    title: str
    names: Sequence[str]
    families: Sequence[str]
    table: pd.DataFrame


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """Bars with 95 % intervals over worlds: strategies that are best somewhere at the left, families at the right."""
    return draw_sides(figure, *_sides(comparison), "% of weights; line: 95 % interval")


def draw_sides(figure: Figure, sides: Sequence[Side], never: Sequence[str], label: str, keys: Sequence[layout.Handles] = ()) -> list[Axes]:
    """Panels of bars side by side, and the names of those that are never best.

    Args:
        figure: Empty; gets its height.
        sides: The panels.
        never: Names without a bar.
        label: What the bars and lines are.
        keys: What is explained below.
    """
    rest = layout.wrapped(never, layout.WIDTH - 2 * layout.MARGIN, between=", ")
    names = [[layout.fitted(name, NAME) for name in style.apart(side.names)] for side in sides]
    room = [max(layout.width_of(name) for name in each) + 0.1 for each in names]
    width = (layout.WIDTH - 2 * layout.MARGIN - sum(room) - GAP * (len(sides) - 1)) / len(sides)
    text = layout.in_lines(label, width, 3)
    below = TOP + BAR * max(len(side.names) for side in sides) + 0.42 + 0.13 * len(text)
    explained = layout.key_height(*keys) if keys else 0.0
    layout.resize(figure, below + explained + (layout.LINE * (len(rest) + 1) if rest else -0.1 * (not keys)))
    ends = np.concatenate([side.table[[name for name in ("share", "high", "other") if name in side.table]].to_numpy(float).ravel() for side in sides])
    longest = 100 * float(ends[np.isfinite(ends)].max())
    axes, left = [], layout.MARGIN
    for side, each, wide in zip(sides, names, room, strict=True):
        ax = layout.axes_at(figure, left + wide, TOP, width, BAR * len(each))
        _bars(ax, side.table, [style.colour_of(family) for family in side.families], longest)
        ax.set_xlabel("\n".join(text))
        ax.set_yticks(range(len(each)), each, fontsize=style.SMALL)
        layout.text_at(figure, left, TOP - 0.1, layout.fitted(side.title, wide + width, style.NORMAL, "bold"), va="baseline", fontsize=style.NORMAL,
                       fontweight="bold")
        axes.append(ax)
        left += wide + width + GAP
    layout.draw_keys(figure, below - 0.05, *keys)
    if rest:
        layout.text_at(figure, layout.MARGIN, below + explained, f"Never best ({len(never)})", fontweight="bold")
        layout.text_at(figure, layout.MARGIN, below + explained + layout.LINE, "\n".join(rest), linespacing=1.5)
    return axes


def _sides(comparison: Comparison) -> tuple[list[Side], list[str]]:
    """Strategies that are best somewhere and families, each from the largest share, and the names of the other strategies."""
    table, shown = comparison.dominance.sort_values("share", ascending=False, kind="stable"), style.labels(comparison.strategies)
    strategies, families = (table[table.kind == kind] for kind in ("strategy", "family"))
    ever, never = strategies[strategies.share > 0], strategies[strategies.share == 0]
    return [Side("Strategies, all at once", [shown[name] for name in ever.name], [comparison.families[name] for name in ever.name], ever),
            Side(f"Families, size-adjusted: {_size(comparison)} of each", [style.family_label(name) for name in families.name], list(families.name), families),
            ], [shown[name] for name in never.name]


def _size(comparison: Comparison) -> int:
    return min(Counter(comparison.families[name] for name in comparison.strategies).values())


def _bars(ax: Axes, table: pd.DataFrame, colours: list[str], longest: float) -> None:
    ax.barh(range(len(table)), 100 * table.share, height=0.62, color=colours, alpha=0.65)
    for row, (share, low, high) in enumerate(100 * table[["share", "low", "high"]].to_numpy(float)):
        end = share
        if np.isfinite(low) and np.isfinite(high):
            ax.plot((low, high), (row, row), color=style.INK, linewidth=1.4, marker="|", markersize=5)
            end = max(share, high)
        if "other" in table and np.isfinite(other := 100 * float(table.other.iloc[row])):
            ax.plot(other, row, **DIAMOND)
            end = max(end, other)
        ax.text(end + 0.025 * longest, row, f"{words.number(share)} %", va="center", fontsize=style.SMALL)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, 1.25 * longest)
    layout.few_ticks(ax, x=4, gap=GAP)


def alt(comparison: Comparison) -> str:
    """All shares above zero, in words."""
    sides, never = _sides(comparison)
    return f"Share of {N_WEIGHTS:,} weightings of returns for which each is best. {alt_of(sides, never)}"


def alt_of(sides: Sequence[Side], never: Sequence[str]) -> str:
    """All shares of some panels in words."""
    shares = [f"{side.title}: " + ", ".join(f"{name} {words.number(100 * share)} %" for name, share in zip(side.names, side.table.share, strict=True))
            for side in sides]
    return words.sentence([*shares, f"never best: {len(never)}"])


def title(comparison: Comparison) -> str:
    """The strategies with the largest shares."""
    return title_of(_sides(comparison)[0][0], "weightings")


def title_of(side: Side, cases: str) -> str:
    """Who in a panel has the two largest shares of some cases."""
    first, *others = (f"for {words.number(100 * share)} %" for share in side.table.share[:2])
    second = f", {side.names[1]} {others[0]}" if others and side.table.share.iloc[1] > 0 else ""
    return f"{words.capital(side.names[0])} is best {first} of {cases}{second}"


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="dominance",
    title=title,
    question="For which weights of the returns is each strategy, and each family, the best?",
    caption=("Share of all weightings of the returns (drawn evenly, Dirichlet(1)) for which each has the highest weighted sum of means. Longer bars are "
             "best for more weightings, lines are 95 % bootstrap intervals over worlds; families are size-adjusted: each weighting draws as many members of "
             "every family as the smallest has."),
    draw=draw,
    alt=alt,
)
