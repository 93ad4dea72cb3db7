"""An outcome along each of the inputs that change it most."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.analysis.sensitivity import Response, response
from experiments.figures import layout, style, telling
from experiments.figures.analysis import rows
from experiments.figures.sweeps import cells
from experiments.sweep import Axis
from sim.axes import Array

MOST, HIGH, COLOUR = 6, 1.5, style.BLUE


def shown_inputs(x: Array, y: Array) -> list[tuple[int, Response]]:
    """The inputs along which the binned mean changes most, with their responses."""
    found = [response(column, y) for column in x.T]
    first = np.argsort([-each.mean.value.var() for each in found], kind="stable")[:MOST]
    return [(int(i), found[i]) for i in first]


def draw(figure: Figure, x: Array, y: Array, labels: Sequence[str], units: Sequence[str], outcome: str, unit: str = "-",
         zero: float | None = None) -> list[Axes]:
    """A panel per input on one scale of the outcome.

    Args:
        figure: Empty; gets its height.
        x: Inputs of a random design, shape (points, inputs).
        y: The outcome, shape (points,) or (points, worlds).
        labels: Names of the inputs.
        units: Their units.
        outcome: What the outcome is called.
        unit: Its unit.
        zero: A value of the outcome to draw a line at, such as no difference.
    """
    shown = shown_inputs(x, y)
    axis = [Axis(labels[i], labels[i], units[i], (), True) for i, _ in shown]
    columns = min(3, len(shown))
    line = Line2D([], [], color=COLOUR, linewidth=1.4, marker="o", markersize=3, label="mean of the points in a bin")
    keys = [[line, layout.patch(COLOUR, "95 % interval of the mean", 0.45), layout.patch(COLOUR, "5–95 % of the points: what all other inputs do", 0.15)]]
    axes, _ = cells.panels(figure, len(shown), columns, layout.MARGIN + 0.72, lambda width: 0.0, HIGH + 0.55, keys, head=0.1)
    for ax, (_, found), about in zip(axes, shown, axis, strict=True):
        # Below each panel is room for its own axis, for each shows another input.
        place = ax.get_position()
        share = HIGH / (HIGH + 0.55)
        ax.set_position((place.x0, place.y1 - place.height * share, place.width, place.height * share))
        ax.fill_between(found.at, found.q05, found.q95, color=COLOUR, alpha=0.15, linewidth=0)
        if np.isfinite(found.mean.low).all():
            ax.fill_between(found.at, found.mean.low, found.mean.high, color=COLOUR, alpha=0.45, linewidth=0)
        ax.plot(found.at, found.mean.value, color=COLOUR, linewidth=1.4, marker="o", markersize=2.5)
        ax.set_xlabel(cells.axis_label(about, rows.width_inches(ax)))
        ax.margins(x=0.03, y=0.08)
        if zero is not None:
            ax.axhline(zero, color=style.INK, linewidth=0.8, zorder=1)
    low, high = min(ax.get_ylim()[0] for ax in axes), max(ax.get_ylim()[1] for ax in axes)
    for i, ax in enumerate(axes):
        ax.set_ylim(low, high)
        layout.few_ticks(ax, x=4, y=6, gap=cells.GAP)
        if i % columns:
            ax.tick_params(labelleft=False)
        else:
            ax.set_ylabel("\n".join(layout.fitted(part, HIGH) for part in (outcome, *([] if unit in ("-", "") else [unit]))))
            ax.yaxis.set_label_coords(-0.5 / rows.width_inches(ax), 0.5)
    return axes


def alt(x: Array, y: Array, labels: Sequence[str], outcome: str) -> str:
    """First and last bin of each input."""
    told = (f"{labels[i]}: {telling.number(float(found.mean.value[0]))} at {telling.number(float(found.at[0]))}, "
            f"{telling.number(float(found.mean.value[-1]))} at {telling.number(float(found.at[-1]))}" for i, found in shown_inputs(x, y))
    return f"Mean {outcome} along the inputs that change it most, over {len(x):,} points. " + telling.sentence(told)
