"""Trade-offs: what a strategy gains in one return against what it loses in another."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import Comparison
from experiments.figures.scatter import legend, points
from experiments.figures.style import MARGIN, NORMAL, PALE, QUIET, SMALL, WIDTH, Context, axes_at, few_ticks, labels, number, resize, scale_of, sentence
from sim.axes import Array

AGAINST = ("autonomy", "diplomatic", "security")
LEFT, GAP, HIGH, TOP = 0.6, 0.75, 3.3, 0.3


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """Mean differences to the reference in the economic and another return; the steps join what nothing beats in both."""
    resize(figure, 2 * (TOP + HIGH) + 1.15)
    width = (WIDTH - MARGIN - LEFT - GAP) / 2
    x = differences(comparison, "economic")
    axes = []
    for i, measure in enumerate(AGAINST):
        ax = axes_at(figure, LEFT + (width + GAP) * (i % 2), TOP + (TOP + HIGH + 0.45) * (i // 2), width, HIGH)
        y = differences(comparison, measure)
        best = front(x, y)
        for line in (ax.axhline, ax.axvline):
            line(0, color=PALE, linewidth=0.8, zorder=0)
        ax.step([x[name][1] for name in best], [y[name][1] for name in best], where="pre", color=QUIET, linewidth=1, linestyle="--", zorder=1)
        points(ax, comparison, x, y, named=best)
        ax.set_title(f"Economic against {scale_of(measure).label.lower()}", fontsize=NORMAL, fontweight="bold", loc="left")
        ax.set_xlabel(f"{scale_of('economic').label}, {scale_of('economic').unit}")
        ax.set_ylabel(f"{scale_of(measure).label}, {scale_of(measure).unit}")
        few_ticks(ax, x=6, y=6)
        axes.append(ax)
    right, top = LEFT + width + GAP, TOP + TOP + HIGH + 0.45
    note = "Differences to the reference at 0, 0; up and right is better.\nDashed: Pareto front of the means. Crosses: 95 % intervals."
    figure.text(right / WIDTH, axes[-1].get_position().y0, note, fontsize=SMALL, color=QUIET, va="bottom", linespacing=1.3)
    legend(figure, comparison, right - 0.2, top, HIGH - 0.45, WIDTH - MARGIN - right + 0.2)
    return axes


def differences(comparison: Comparison, measure: str) -> dict[str, Array]:
    """Low, mean and high difference to the reference of each strategy, as shown, shape (3,)."""
    rows = comparison.paired[comparison.paired.measure == measure]
    return {row.strategy: scale_of(measure).difference(np.array((row.low, row.difference, row.high))) for row in rows.itertuples(index=False)}


def front(x: dict[str, Array], y: dict[str, Array]) -> list[str]:
    """Strategies that no other beats in one mean without losing in the other, from low x to high."""
    best: list[str] = []
    for name in sorted(x, key=lambda name: (-x[name][1], -y[name][1])):
        if not best or y[name][1] > y[best[-1]][1]:
            best.append(name)
    return best[::-1]


def alt(comparison: Comparison) -> str:
    """The strategies on each front with their differences, in words."""
    shown, x, parts = labels(comparison.strategies), differences(comparison, "economic"), []
    for measure in AGAINST:
        y = differences(comparison, measure)
        members = ", ".join(f"{shown[name]} ({number(x[name][1])}, {number(y[name][1])})" for name in front(x, y))
        parts.append(f"economic ({scale_of('economic').unit}) against {measure} ({scale_of(measure).unit}): {members}")
    return f"Pareto fronts among {len(shown)} strategies, mean differences to {shown[comparison.reference]}: " + sentence(parts)
