"""Trade-offs: what a strategy gains in one return against what it loses in another."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import Comparison
from experiments.figures import style, telling
from experiments.figures.scatter import Estimates, panels, points
from sim.axes import Array
from sim.payoffs import WEIGHED

ECONOMIC, *AGAINST = WEIGHED
NOTE = "The reference lies at 0, 0; up and right is better. Dashed: Pareto front of the means. Crosses: 95 % intervals of the means."


def draw(figure: Figure, comparison: Comparison, context: style.Context) -> list[Axes]:
    """Mean differences to the reference in the economic and another return; the steps join what nothing beats in both."""
    x, across = differences(comparison, ECONOMIC), _label(ECONOMIC)
    axes = panels(figure, comparison, NOTE)
    for ax, measure in zip(axes, AGAINST, strict=True):
        y = differences(comparison, measure)
        ax.axhline(0, color=style.PALE, linewidth=0.8, zorder=0)
        ax.axvline(0, color=style.PALE, linewidth=0.8, zorder=0)
        points(ax, comparison, x, y, f"Economic against {telling.scale_of(measure).label.lower()}", across, _label(measure), path=_steps(x, y))
    return axes


def differences(comparison: Comparison, measure: str) -> Estimates:
    """Low, mean and high difference to the reference of each strategy, as shown, shape (3,)."""
    rows = telling.rows_of(comparison, "paired", measure, comparison.strategies)
    values = telling.scale_of(measure).difference(rows[["low", "difference", "high"]].to_numpy(float))
    return dict(zip(comparison.strategies, values, strict=True))


def front(x: Estimates, y: Estimates) -> list[str]:
    """Strategies that no other beats in one mean without losing in the other, from low x to high."""
    best: list[str] = []
    for name in sorted(x, key=lambda name: (-float(x[name][1]), -float(y[name][1]))):
        if not best or y[name][1] > y[best[-1]][1]:
            best.append(name)
    return best[::-1]


def _steps(x: Estimates, y: Estimates) -> Array:
    """Corners of the front: below and left of it lies what some strategy beats in both."""
    best = front(x, y)
    corners = [(x[best[0]][1], y[best[0]][1])]
    for before, name in pairwise(best):
        corners += [(x[before][1], y[name][1]), (x[name][1], y[name][1])]
    return np.array(corners)


def _label(measure: str) -> str:
    scale = telling.scale_of(measure)
    return f"{scale.label}: difference, {scale.unit}"


def alt(comparison: Comparison) -> str:
    """The strategies on each front with their differences, in words."""
    shown, x, parts = style.labels(comparison.strategies), differences(comparison, ECONOMIC), []
    for measure in AGAINST:
        y, scale = differences(comparison, measure), telling.scale_of(measure)
        members = ", ".join(f"{shown[name]} ({telling.number(x[name][1])}, {telling.number(y[name][1])})" for name in front(x, y))
        parts.append(f"economic ({telling.scale_of(ECONOMIC).unit}) against {scale.label.lower()} ({scale.unit}): {members}")
    return f"Pareto fronts of {len(shown)} strategies, mean differences to {shown[comparison.reference]}: " + telling.sentence(parts)
