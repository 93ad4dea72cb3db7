"""Regret: what each strategy falls short of the best one, level by level and at most."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from experiments import words
from experiments.analyses.sweep.figures import along
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.regret import at_levels, regret
from experiments.analyses.sweep.sweep import Sweep, groups
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from sim.axes import Array

#: Most axes shown, inches of a row, of a column that holds a number, between panels.
AXES, ROW, NUMBER, GAP = 3, 0.2, 0.5, 0.22
TOP = 0.42
#: White to brown; the darkest still lets white numbers be read and differs from all families.
COLOURS = ListedColormap(colormaps["YlOrBr"](np.linspace(0, 0.9, 256)))


def shortfalls(sweep: Sweep) -> dict[str, Array]:
    """Regret of each strategy at each point as shown, by return, shape (strategies, points)."""
    return {measure: np.asarray(scales.scale_of(measure).difference(regret(sweep, measure))) for measure in sweep.returns}


def order(result: dict[str, Array]) -> list[int]:
    """Strategies from the smallest largest regret in consumption to the largest."""
    return [int(i) for i in np.argsort(result["economic"].max(axis=1), kind="stable")]


def draw(figure: Figure, sweep: Sweep) -> list[Axes]:
    """Economic regret along each axis, and the largest regret in every return."""
    result = shortfalls(sweep)
    rows = order(result)
    names = [sweep.strategies[i] for i in rows]
    shown = style.short_labels(sweep.strategies)
    across = along.shown_axes(sweep, AXES)
    places = [cells.Place(axis, groups(sweep, axis)[0], even=False) for axis in across]
    left = layout.MARGIN + max(layout.width_of(label, style.SMALL, "bold") for label in shown.values()) + 0.1
    largest = NUMBER * len(result)
    shares = np.array([np.clip(len(place.levels), 2, 12) for place in places])
    widths = (layout.WIDTH - left - largest - layout.MARGIN - GAP * len(places)) * shares / shares.sum()
    high = ROW * len(names)
    below = max(1.0, *(place.below(width) for place, width in zip(places, widths, strict=True)))
    layout.resize(figure, TOP + high + below)
    axes = []
    levels = {axis.name: at_levels(sweep, axis, result["economic"][rows]) for axis in across}
    most = max(float(table.max()) for table in levels.values())
    for i, (place, width) in enumerate(zip(places, widths, strict=True)):
        ax = layout.axes_at(figure, left + widths[:i].sum() + GAP * i, TOP, width, high)
        _map(ax, levels[place.axis.name], np.full(len(place.levels), most))
        place.ticks(ax, across=True, shown=True)
        ax.set_xlabel(cells.axis_label(place.axis, width))
        axes.append(ax)
    _names(axes[0], names, shown, sweep.reference)
    layout.text_at(figure, left, 0.0, "Economic, mean regret at each level", fontsize=style.NORMAL, fontweight="bold")
    layout.text_at(figure, left, 0.19, f"% of consumption; darkest: {words.number(most)}", color=style.QUIET)
    start = layout.WIDTH - layout.MARGIN - largest
    ax = layout.axes_at(figure, start, TOP, largest, high)
    tops = np.stack([values.max(axis=1)[rows] for values in result.values()])
    _map(ax, tops, tops.max(axis=1))
    labels = [scales.scale_of(measure).label for measure in result]
    ax.set_xticks(range(len(labels)), [layout.fitted(label, 1.0) for label in labels], rotation=90)
    ax.set_yticks([])
    ax.tick_params(length=0)
    title = layout.fitted("Largest regret over all points", largest + 0.1, style.NORMAL, "bold")
    layout.text_at(figure, start, 0.0, title, fontsize=style.NORMAL, fontweight="bold")
    layout.text_at(figure, start, 0.19, layout.fitted("economic in %, others in points", largest), color=style.QUIET)
    return [*axes, ax]


def _names(ax: Axes, names: list[str], shown: dict[str, str], reference: str) -> None:
    ax.set_yticks(range(len(names)), [shown[name] for name in names])
    if reference in names:
        ax.get_yticklabels()[names.index(reference)].set_fontweight("bold")


def _map(ax: Axes, values: Array, most: Array) -> None:
    """A column per row of `values`, shape (columns, strategies), coloured up to `most` of its column, with numbers where they fit."""
    share = np.sqrt(values / np.where(most > 0, most, 1)[:, None])
    ax.imshow(COLOURS(share.T)[..., :3], interpolation="none", aspect="auto")
    ax.tick_params(length=0)
    ax.set_yticks([])
    texts = [[words.number(float(value)) if value >= 5e-5 else "0" for value in column] for column in values]
    room = ax.get_position().width * layout.WIDTH / len(values) - 0.05
    if max(layout.width_of(text, style.SMALL - 1) for column in texts for text in column) <= room:
        for i, column in enumerate(texts):
            for j, text in enumerate(column):
                ax.text(i, j, text, ha="center", va="center_baseline", fontsize=style.SMALL - 1, color="white" if share[i, j] > 0.75 else style.INK)


def alt(sweep: Sweep) -> str:
    """The largest regret of each strategy in consumption and the strategy with the smallest in every return."""
    result, shown = shortfalls(sweep), style.labels(sweep.strategies)
    names = list(shown.values())
    economic = ", ".join(f"{names[i]} {words.number(float(result['economic'][i].max()))}" for i in order(result))
    parts = [f"Economic, % of consumption: {economic}"]
    for measure, values in list(result.items())[1:]:
        top = values.max(axis=1)
        parts.append(f"{scales.scale_of(measure).label} ({scales.scale_of(measure).unit}): least {names[int(top.argmin())]} "
                     f"{words.number(float(top.min()))}, most {names[int(top.argmax())]} {words.number(float(top.max()))}")
    return f"Largest regret over {words.plural(sweep.n_points, 'point')}. " + words.sentence(parts)


def title(sweep: Sweep) -> str:
    """The strategy whose largest regret in consumption is smallest, and the one whose is largest."""
    result, shown = shortfalls(sweep), style.labels(sweep.strategies)
    rows, top = order(result), result["economic"].max(axis=1)
    least, most = (shown[sweep.strategies[i]] for i in (rows[0], rows[-1]))
    ends = [words.number(float(top[i])) if top[i] else "0" for i in (rows[0], rows[-1])]
    return f"{words.capital(least)} falls short by {ends[0]} % of consumption at most, {most} by {ends[1]} %" if ends[0] != ends[1] else TOPIC


TOPIC = "What a wrong choice costs"

REGRET: FigureSpec[Sweep] = FigureSpec(
    name="regret",
    title=title,
    question="Which strategy is never far from the best, whatever comes?",
    caption=("Regret, which is how much less a strategy's mean return is than that of the best strategy at the same point: in consumption along each axis at "
             "the left, the largest over all points in every return at the right. Pale is close to the best; strategies run from the smallest largest regret "
             "to the largest. Colours rise with the square root, so that small regrets can be distinguished."),
    draw=draw,
    alt=alt,
    applies=along.comparable,
)
