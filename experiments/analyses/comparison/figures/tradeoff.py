"""Trade-offs: what a strategy gains in one return against what it loses in another."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison, differing
from experiments.analyses.comparison.dependence import Estimates
from experiments.analyses.comparison.figures.scatter import Along, panels, points
from experiments.figures import scales, style
from experiments.figures.figure import FigureSpec
from experiments.report.differences import noun
from sim.axes import Array
from sim.payoffs import WEIGHED

ECONOMIC, *AGAINST = WEIGHED
#: A correlation over strategies from which on a trade-off is the title.
CLEAR = 0.5
NOTE = "The reference lies at 0, 0; up and right is better. Dashed: Pareto front of the means. Crosses: 95 % intervals of the means."


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """Mean differences to the reference in the economic and another return; the steps join what no other strategy exceeds in both."""
    x = Along(differences(comparison, ECONOMIC), _label(ECONOMIC))
    against = _against(comparison)
    axes = panels(figure, comparison, NOTE, len(against))
    for ax, measure in zip(axes, against, strict=True):
        y = Along(differences(comparison, measure), _label(measure))
        ax.axhline(0, color=style.PALE, linewidth=0.8, zorder=0)
        ax.axvline(0, color=style.PALE, linewidth=0.8, zorder=0)
        points(ax, comparison, x, y, f"Economic against {scales.scale_of(measure).label.lower()}", _steps(x.estimates, y.estimates))
    return axes


def _against(comparison: Comparison) -> list[str]:
    """The other returns in which strategies differ."""
    return [measure for measure in AGAINST if measure in differing(comparison)] or AGAINST


def differences(comparison: Comparison, measure: str) -> Estimates:
    """Low, mean and high difference to the reference of each strategy, as shown, shape (3,)."""
    rows = selection.rows_of(comparison, "paired", measure, comparison.strategies)
    values = scales.scale_of(measure).difference(rows[["low", "difference", "high"]].to_numpy(float))
    return dict(zip(comparison.strategies, values, strict=True))


def front(x: Estimates, y: Estimates) -> list[str]:
    """Strategies that no other exceeds in one mean without falling short in the other, from low x to high."""
    best: list[str] = []
    for name in sorted(x, key=lambda name: (-float(x[name][1]), -float(y[name][1]))):
        if not best or y[name][1] > y[best[-1]][1]:
            best.append(name)
    return best[::-1]


def _steps(x: Estimates, y: Estimates) -> Array:
    """Corners of the front: below and left of it lies what some strategy exceeds in both."""
    best = front(x, y)
    corners = [(x[best[0]][1], y[best[0]][1])]
    for before, name in pairwise(best):
        corners += [(x[before][1], y[name][1]), (x[name][1], y[name][1])]
    return np.array(corners)


def _label(measure: str) -> str:
    scale = scales.scale_of(measure)
    return f"{scale.label}: difference, {scale.unit}"


def alt(comparison: Comparison) -> str:
    """The strategies on each front with their differences, in words."""
    shown, x, parts = style.labels(comparison.strategies), differences(comparison, ECONOMIC), []
    for measure in _against(comparison):
        y, scale = differences(comparison, measure), scales.scale_of(measure)
        members = ", ".join(f"{shown[name]} ({words.number(x[name][1])}, {words.number(y[name][1])})" for name in front(x, y))
        parts.append(f"economic ({scales.scale_of(ECONOMIC).unit}) against {scale.label.lower()} ({scale.unit}): {members}")
    return f"Pareto fronts of {len(shown)} strategies, mean differences to {shown[comparison.reference]}: " + words.sentence(parts)


def title(comparison: Comparison) -> str:
    """The return that is most clearly paid for with consumption; the topic where none is."""
    rows = comparison.correlation[comparison.correlation.measure == ECONOMIC]
    least = min(((float(r), str(other)) for other, r in zip(rows.other, rows.correlation, strict=True) if other in AGAINST and r <= -CLEAR), default=None)
    if least is None:
        return "What is paid for what"
    return f"Strategies with more consumption have less {noun(least[1])} (correlation {words.signed(least[0], 2)})"


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="tradeoff",
    title=title,
    question="What does a strategy give up in consumption for each of the other returns?",
    caption=("Mean differences to the reference, which lies at 0, 0, with their 95 % intervals as crosses, often smaller than the marker. Up and right is "
             "better; on the dashed steps (Pareto front) lie the strategies that gain in one return only by giving up another."),
    draw=draw,
    alt=alt,
)
