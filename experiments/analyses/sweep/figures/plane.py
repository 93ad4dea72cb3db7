"""Two numbers of one strategy: what it would gain and lose with others, and with which it would do best."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.sweep.estimates import indistinguishable
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.figures.phase import averaged_over
from experiments.analyses.sweep.sweep import Axis, Sweep, averaged, paired, reference_label
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from sim.axes import Array

COLOURS = LinearSegmentedColormap.from_list("difference", [style.WORSE, "#ffffff", style.BETTER])


def varied_strategy(sweep: Sweep) -> tuple[str, tuple[Axis, Axis]] | None:
    """The one strategy of which two numbers, and no other's, are varied over a grid; not the reference."""
    if not sweep.is_grid:
        return None
    own = [(name, axis) for name in sweep.strategies for axis in sweep.varied if axis.numeric and axis.name.startswith(f"strategies.{name}.")]
    names = {name for name, _ in own}
    if len(own) != 2 or len(names) != 1 or sweep.reference in names:
        return None
    return own[0][0], (own[0][1], own[1][1])


def draw(figure: Figure, sweep: Sweep) -> list[Axes]:
    """A surface per return."""
    result = varied_strategy(sweep)
    assert result is not None
    name, spanned = result
    shown = averaged(sweep, spanned)
    x, y = (cells.place_of(shown, axis) for axis in spanned)
    shape = len(x.levels), len(y.levels)
    labels = style.labels(sweep.strategies)
    keys = [[layout.patch(style.WORSE, "worse than the reference"), layout.patch(style.BETTER, "better"), *cells.line_handles("no difference")],
            [Line2D([], [], linestyle="none", label="highest mean", **_star()), cells.dots_handle("cannot be distinguished from the highest at 95 %")]]
    note = f"{labels[name]} less {reference_label(sweep)}. {averaged_over(sweep, spanned)}".strip()
    columns = cells.columns_for(len(sweep.returns))
    axes, lowest = cells.panels(figure, cells.Grid(len(sweep.returns), columns, layout.MARGIN + y.beside, x.below, cells.HIGH), keys, note)
    for i, (ax, measure) in enumerate(zip(axes, sweep.returns, strict=True)):
        worlds = shown.values(name, measure) - shown.values(sweep.reference, measure)
        scale, compared = scales.scale_of(measure), paired(shown, name, sweep.reference, measure)
        mean = np.asarray(scale.difference(compared.difference.to_numpy().reshape(shape)))
        most = float(np.abs(mean).max())
        cells.draw_cells(ax, x, y, COLOURS(0.5 + 0.5 * mean / (most or 1))[..., :3])
        cells.label_axes(ax, x, y, lowest=lowest[i], first=i % columns == 0)
        if not worlds.any():
            cells.say_nothing(ax)
            cells.headline(ax, scale.label)
            continue
        cells.headline(ax, scale.label, (f"{words.number(most)} {scale.unit}", words.number(most)), ramp=_ramp, start=f"−{words.number(most)}")
        cells.hatch(ax, x, y, indistinguishable(worlds).reshape(shape), cells.DOTS)
        cells.equal_worth(ax, x, y, compared)
        best = np.unravel_index(int(mean.argmax()), shape)
        ax.plot(x.positions[best[0]], y.positions[best[1]], linestyle="none", zorder=5, clip_on=False, **_star())
    return axes


def _star() -> dict[str, Any]:
    return {"marker": "*", "markersize": 11, "markerfacecolor": "white", "markeredgecolor": style.INK, "markeredgewidth": 0.9}


def _ramp(share: float) -> Array:
    return np.asarray(COLOURS(share)[:3])


def alt(sweep: Sweep) -> str:
    """The best numbers in each return and what they gain or cost."""
    result = varied_strategy(sweep)
    assert result is not None
    name, spanned = result
    shown, labels = averaged(sweep, spanned), style.labels(sweep.strategies)
    parts = []
    for measure in sweep.returns:
        compared = paired(shown, name, sweep.reference, measure)
        best = int(compared.difference.to_numpy().argmax())
        mean, low, high = (float(scales.scale_of(measure).difference(compared[part].iloc[best])) for part in ("difference", "low", "high"))
        at = " and ".join(f"{axis.label} {cells.level_label(axis, shown.points[axis.name].iloc[best])}" for axis in spanned)
        parts.append(f"{scales.scale_of(measure).label} ({scales.scale_of(measure).unit}): highest {words.interval(low, mean, high)} at {at}")
    return f"{labels[name]} less {reference_label(sweep)} over {shown.n_points:,} pairs of numbers. " + words.sentence(parts)


def title(sweep: Sweep) -> str:
    """With which numbers the strategy has most consumption; that it hardly matters where none is surely better than another."""
    result = varied_strategy(sweep)
    assert result is not None
    name, spanned = result
    shown, called = averaged(sweep, spanned), style.labels(sweep.strategies)[name]
    if indistinguishable(shown.values(name, "economic") - shown.values(sweep.reference, "economic")).all():
        return f"No numbers of {called} are surely better than others in consumption"
    best = int(paired(shown, name, sweep.reference, "economic").difference.to_numpy().argmax())
    at = " and ".join(f"{layout.in_title(words.within(axis.label))} {cells.level_label(axis, shown.points[axis.name].iloc[best])}" for axis in spanned)
    return f"{words.capital(called)} has most consumption with {at}"


def applies(sweep: Sweep) -> bool:
    """Whether two numbers of one strategy are varied."""
    return varied_strategy(sweep) is not None


PLANE: FigureSpec[Sweep] = FigureSpec(
    name="plane",
    title=title,
    question="Which numbers would the strategy do best with?",
    caption=("Mean difference to the reference on the same worlds for each pair of numbers of one strategy. Blue is better and red is worse than the "
             "reference, each panel on its own range; the star has the highest mean, and the dotted area cannot be distinguished from it. The star was "
             "picked on the same worlds, which favours it a little."),
    draw=draw,
    alt=alt,
    applies=applies,
)
