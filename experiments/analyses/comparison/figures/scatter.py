"""What figures of strategies as points share: panels, labels that do not overlap, a numbered key."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.dependence import Estimates
from experiments.figures import layout, style
from experiments.figures.labels import label
from experiments.figures.svg import explain
from sim.axes import Array

LEFT, GAP, TOP, HIGH, BELOW, COLUMNS = 0.68, 0.8, 0.3, 2.95, 0.5, 4


@dataclass(frozen=True)
class Along:
    """What lies along an axis.

    Attributes:
        estimates: Of each strategy, in units of the axis.
        label: Name and unit.
    """

    estimates: Estimates
    label: str


def panels(figure: Figure, comparison: Comparison, note: str, count: int = 4) -> list[Axes]:
    """Empty panels, two in a row, with the key of all strategies and a note below them."""
    lines = -(-len(comparison.strategies) // COLUMNS)
    below = -(-count // 2) * (TOP + HIGH + BELOW) + 0.12
    layout.resize(figure, below + layout.LINE * (lines + 1.1))
    _key(figure, comparison, below, lines)
    layout.text_at(figure, layout.MARGIN, below + layout.LINE * (lines + 0.3), note, color=style.QUIET)
    width = (layout.WIDTH - layout.MARGIN - LEFT - GAP) / 2
    return [layout.axes_at(figure, LEFT + (width + GAP) * (i % 2), TOP + (TOP + HIGH + BELOW) * (i // 2), width, HIGH) for i in range(count)]


def points(ax: Axes, comparison: Comparison, x: Along, y: Along, title: str, path: Array | None = None) -> None:
    """A point per strategy with the 95 % intervals of both means; a few by name, the others by the number of the key.

    Args:
        ax: Where to draw.
        comparison: Gives looks and numbers.
        x: What lies across.
        y: What lies upwards.
        title: Headline of the panel.
        path: Corners of a line to draw below the points, shape (n, 2); labels avoid it.
    """
    look, shown, numbers = style.looks(comparison.families), style.labels(comparison.strategies), _numbers(comparison)
    ax.set_title(title, fontsize=style.NORMAL, fontweight="bold", loc="left")
    wide = ax.get_position().width * layout.WIDTH
    ax.set_xlabel(layout.fitted(x.label, wide))
    ax.set_ylabel(layout.fitted(y.label, HIGH))
    ax.yaxis.set_label_coords(-0.47 / wide, 0.5)
    lines = [] if path is None else [*pairwise(path)]
    if path is not None:
        ax.plot(*path.T, color=style.QUIET, linewidth=1, linestyle="--", zorder=1)
    for name in comparison.strategies:
        (left, centre, right), (low, middle, high) = x.estimates[name], y.estimates[name]
        for bar in (np.array(((left, middle), (right, middle))), np.array(((centre, low), (centre, high)))):
            if np.isfinite(bar).all():
                ax.plot(*bar.T, color=look[name].colour, zorder=2)
                lines.append((bar[0], bar[1]))
        (point,) = ax.plot(centre, middle, linestyle="none", zorder=3, **look[name].marker(6))
        explain(point, f"{shown[name]}: {words.number(float(centre), 3)} across, {words.number(float(middle), 3)} upwards")
    ax.margins(0.09, 0.1)
    layout.few_ticks(ax, x=6, y=6)
    named = selection.selection(comparison)
    order = [*named, *(name for name in comparison.strategies if name not in named)]
    short = style.short_labels(comparison.strategies, 20)
    where = np.array([(x.estimates[name][1], y.estimates[name][1]) for name in order])
    texts = [(f"{numbers[name]} {short[name]}", str(numbers[name])) if name in named else (str(numbers[name]),) for name in order]
    label(ax, where, texts, lines)


def _numbers(comparison: Comparison) -> dict[str, int]:
    """The number of each strategy, grouped by family."""
    families = list(dict.fromkeys(comparison.families[name] for name in comparison.strategies))
    order = sorted(comparison.strategies, key=lambda name: families.index(comparison.families[name]))
    return {name: i + 1 for i, name in enumerate(order)}


def _key(figure: Figure, comparison: Comparison, top: float, lines: int) -> None:
    """Number, marker and name of each strategy, column after column."""
    look, shown = style.looks(comparison.families), style.short_labels(comparison.strategies)
    wide = (layout.WIDTH - 2 * layout.MARGIN) / COLUMNS
    for name, n in _numbers(comparison).items():
        left, down = layout.MARGIN + (n - 1) // lines * wide, top + layout.LINE * ((n - 1) % lines)
        weight = "bold" if name == comparison.reference else "normal"
        layout.text_at(figure, left + 0.18, down, str(n), ha="right", va="center")
        layout.marker_at(figure, left + 0.3, down, look[name])
        layout.text_at(figure, left + 0.42, down, layout.fitted(shown[name], wide - 0.5, weight=weight), va="center", fontweight=weight)
