"""Which strategies are best at the points of a design that is not a grid, as dots."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.sweep.estimates import moved_along
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.figures import phase, winners
from experiments.analyses.sweep.sweep import Axis, Sweep, at_numbers
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec

#: Beyond so many dots a panel is an image: as many paths make the file large.
MANY = 250
#: Dots per inch of that image, in every format.
SHARP = 200


def spanning(sweep: Sweep) -> tuple[Axis, ...]:
    """The two numbers that change the economic differences most, where the points are not a grid; empty where there are fewer."""
    if sweep.is_grid or sum(axis.numeric for axis in sweep.varied) < 2:
        return ()
    kept = sorted((axis for axis in sweep.varied if axis.numeric), key=lambda axis: -moved_along(sweep, axis))[:2]
    return tuple(axis for axis in sweep.varied if axis in kept)


def draw(figure: Figure, sweep: Sweep) -> list[Axes]:
    """A panel per return."""
    across, up = spanning(sweep)
    sweep = at_numbers(sweep)
    x, y = (cells.Place(axis, axis.levels, even=True) for axis in (across, up))
    result = {measure: winners.won(sweep, measure) for measure in sweep.returns}
    colours = winners.colours_of(sweep, result)
    hollow = Line2D([], [], linestyle="none", marker="o", markersize=4, markerfacecolor="white", markeredgecolor=style.QUIET,
                    label="not certain, or too small to matter: none is best")
    ring = Line2D([], [], linestyle="none", marker="o", markersize=4, markerfacecolor="white", markeredgecolor=style.INK, markeredgewidth=1.2,
                  label=f"ring in the colour of a family: {winners.BY_NUMBER}")
    marks = [phase.ramp_handle(), hollow, *([ring] if winners.by_number_handles(result.values()) else [])]
    columns = cells.columns_for(len(result))
    axes, lowest = cells.panels(figure, cells.Grid(len(result), columns, layout.MARGIN + y.beside, x.below, cells.HIGH),
                                [key for key in (winners.winner_handles(sweep, colours), marks) if key])
    if sweep.n_points > MANY:
        figure.set_dpi(SHARP)
    size = float(np.clip(75 / np.sqrt(sweep.n_points), 1.6, 6)) ** 2
    for i, (ax, (measure, each)) in enumerate(zip(axes, result.items(), strict=True)):
        at = [sweep.points[axis.name].to_numpy(float) for axis in (across, up)]
        (left, right), (low, high) = ((values.min() - 0.04 * np.ptp(values), values.max() + 0.04 * np.ptp(values)) for values in at)
        ax.set(xlim=(left, right), ylim=(low, high))
        cells.label_axes(ax, x, y, lowest=lowest[i], first=i % columns == 0)
        if each.nothing:
            cells.headline(ax, scales.scale_of(measure).label)
            cells.say_nothing(ax)
            continue
        phase.head(ax, sweep, scales.scale_of(measure).label, measure, each)
        rgb, many = winners.winner_colours(each, colours), sweep.n_points > MANY
        white, grey = np.ones_like(rgb), np.broadcast_to(to_rgb(style.QUIET), rgb.shape)
        kinds = ((~each.certain, white, grey, 0.6), (each.by_number, white, rgb, 1.2), (each.size_adjusted, rgb, rgb, 0.0))
        for order, (mask, face, edge, line) in enumerate(kinds):
            ax.scatter(at[0][mask], at[1][mask], s=(0.6, 0.8, 1)[order] * size, c=face[mask], edgecolors=edge[mask].tolist(), linewidths=line,
                       rasterized=many, zorder=2 + order)
    return axes


def alt(sweep: Sweep) -> str:
    """At how many points each is best in each return."""
    across = " and ".join(axis.label for axis in spanning(sweep))
    sweep = at_numbers(sweep)
    counted = (phase.counted(sweep, measure) for measure in sweep.returns)
    return f"Best at {words.plural(sweep.n_points, 'point')}, drawn over {across}. " + words.sentence(counted)


def title(sweep: Sweep) -> str:
    """Which is best in consumption at most points, size-adjusted, and at how many."""
    sweep = at_numbers(sweep)
    best = winners.most_often(sweep, winners.won(sweep, "economic"))
    if best is None:
        return "Nobody is surely best in consumption at any point, size-adjusted"
    names, count = best
    where = f"{count:,} of {words.plural(sweep.n_points, 'point')}"
    return words.capital(f"{words.some(names)} {'is' if len(names) == 1 else 'are each'} best in consumption at {where}, size-adjusted")


def applies(sweep: Sweep) -> bool:
    """Whether two numbers vary without a grid."""
    return len(spanning(sweep)) == 2


SCATTER: FigureSpec[Sweep] = FigureSpec(
    name="scatter",
    title=title,
    question="Which family of strategies is best in which part of the space that was sampled?",
    caption=("A dot for each point of the design, over the two numbers that change the economic differences most, in the colour of the best family. The "
             "stronger the colour, the larger the margin. Hollow: it is not certain, or too small to matter. Ring: the family is not surely best once sizes "
             "are adjusted."),
    draw=draw,
    alt=alt,
    applies=applies,
)
