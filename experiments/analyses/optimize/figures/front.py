"""Two returns that cannot both be had: candidates, library, and strategies on the front with their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.optimize.phrases import families_of, objective_in_words
from experiments.analyses.optimize.result import Options, Result
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.figures.labels import label
from experiments.methods.intervals import Estimate
from experiments.report.differences import noun
from sim.axes import Array

HIGH, LEFT = 4.2, 0.8
ON_FRONT, CLOUD = style.INK, "#BDBDBD"


@dataclass(frozen=True)
class Front:
    """Two returns of candidates and strategies, less those of the reference, in units of the measures.

    Attributes:
        measures: The two returns.
        cloud: Candidates in sample, shape (candidates, 2).
        names: Strategies of the library.
        families: Family of each.
        known: Theirs out of sample, shape (names, 2).
        on_front: Strategies chosen along the front, out of sample, shape (n, 2).
        objective: What is made of the means in each future, in words.
        smallest: Smallest difference that matters in either return.
    """

    measures: tuple[str, str]
    cloud: Array
    names: Sequence[str]
    families: Mapping[str, str]
    known: Estimate
    on_front: Estimate
    objective: str
    smallest: tuple[float, float] = (0.0, 0.0)


def front_of(options: Options, result: Result) -> Front | None:
    """The front between two returns, where one was searched."""
    if options.front is None or result.front is None:
        return None
    payoff = options.job.run.payoff
    n, objectives, values = len(options.library), result.candidates.objectives[:, 1:], result.front.values
    return Front(options.front, objectives[:-1] - objectives[-1], result.names[:n], families_of(options, result), values[:n],
                 values[list(result.front.rows)], objective_in_words(options), (payoff.smallest(options.front[0]), payoff.smallest(options.front[1])))


def draw(figure: Figure, front: Front) -> list[Axes]:
    """One panel."""
    names, families = front.names, front.families
    keys = [[Line2D([], [], color=CLOUD, linestyle="none", marker=".", markersize=4, label="candidates, in sample"),
             Line2D([], [], color=ON_FRONT, linestyle="-", linewidth=1.2, marker="o", markersize=6, markerfacecolor="white",
                    label="chosen along the front, out of sample, 95 % intervals")],
            layout.family_handles(families[name] for name in names)]
    layout.resize(figure, 0.1 + HIGH + 0.5 + layout.key_height(*keys))
    layout.draw_keys(figure, 0.1 + HIGH + 0.5, *keys)
    ax = layout.axes_at(figure, LEFT, 0.1, layout.WIDTH - LEFT - layout.MARGIN, HIGH)
    cloud, known = _shown(front.cloud, front.measures), _shown(front.known.value, front.measures)
    result, low, high = (_shown(values, front.measures) for values in (front.on_front.value, front.on_front.low, front.on_front.high))
    ax.plot(*cloud.T, linestyle="none", marker=".", markersize=1.6, color=CLOUD, zorder=1, rasterized=True)
    look, shorts = style.looks(dict(families)), style.short_labels(names)
    for i, name in enumerate(names):
        ax.plot(*known[i], linestyle="none", zorder=3, **look[name].marker(5.5))
    lines = _crosses(ax, low, result, high)
    ax.plot(*result.T, color=ON_FRONT, linestyle="-", linewidth=0.8, marker="o", markersize=6, markerfacecolor="white", zorder=5)
    # Layout: the few worst candidates lie outside of the panel.
    _limits(ax, np.concatenate([known, low, high, np.quantile(cloud, (0.02, 1.0), axis=0)]))
    ax.axhline(0, color=style.QUIET, linewidth=0.6, zorder=0.5)
    ax.axvline(0, color=style.QUIET, linewidth=0.6, zorder=0.5)
    across, up = (f"{scale.label}, less the reference, {scale.unit}" for scale in map(scales.scale_of, front.measures))
    ax.set(xlabel=across, ylabel=up)
    layout.few_ticks(ax, x=8, y=7)
    every = np.concatenate([known, result])
    texts = [*((shorts[name],) for name in names), *((str(i + 1),) for i in range(len(result)))]
    label(ax, every, texts, lines)
    return [ax]


def _shown(values: Array, measures: tuple[str, str]) -> Array:
    """Differences in two returns as shown, shape (..., 2)."""
    return np.stack([np.asarray(scales.scale_of(measure).difference(values[..., i])) for i, measure in enumerate(measures)], axis=-1)


def _crosses(ax: Axes, low: Array, value: Array, high: Array) -> list[tuple[Array, Array]]:
    """Draw the interval of each point in both returns where it is finite, each of shape (n, 2); the ends of the lines drawn."""
    lines = []
    for (left, bottom), (x, y), (right, top) in zip(low, value, high, strict=True):
        for bar in (np.array([[left, y], [right, y]]), np.array([[x, bottom], [x, top]])):
            if np.isfinite(bar).all():
                ax.plot(*bar.T, color=ON_FRONT, linewidth=1.2, zorder=4)
                lines.append((bar[0], bar[1]))
    return lines


def _limits(ax: Axes, inside: Array) -> None:
    """Room for all finite points, shape (n, 2)."""
    inside = inside[np.isfinite(inside).all(axis=1)]
    low, high = inside.min(axis=0), inside.max(axis=0)
    (left, bottom), (right, top) = low - 0.04 * (high - low), high + 0.08 * (high - low)
    ax.set(xlim=(left, right), ylim=(bottom, top))


def alt(front: Front) -> str:
    """The chosen strategies along the front."""
    one, other = (scales.scale_of(measure) for measure in front.measures)
    parts = (f"{i + 1}: {words.number(x)} and {words.number(y)}" for i, (x, y) in enumerate(_shown(front.on_front.value, front.measures).tolist()))
    return (f"{one.label} ({one.unit}) and {other.label.lower()} ({other.unit}) of {len(front.on_front.value)} strategies along the front, "
            f"with {len(front.names)} of the library. " + words.sentence(parts))


def title(front: Front) -> str:
    """How many of the strategies along the front exceed the reference in both returns."""
    above = [front.on_front[:, k].counts(smallest) > 0 for k, smallest in enumerate(front.smallest)]
    one, other = map(noun, front.measures)
    n = f"{int((above[0] & above[1]).sum())} of {words.plural(len(above[0]), 'strategy')}"
    return f"Clearly above the reference in both {one} and {other}: {n} along the front"


def caption(front: Front) -> str:
    """How to read it."""
    return (f"{front.objective.capitalize()}, less the reference, in two returns: every candidate in sample in grey, strategies chosen along the front of "
            "these out of sample as numbered circles, the library by name. Up and right is better; how far a circle lies from the edge of the grey is what "
            "other futures changed.")


FIGURE: FigureSpec[Front] = FigureSpec(
    name="front",
    title=title,
    question="What is the most of one return that leaves so much of the other?",
    caption=caption,
    draw=draw,
    alt=alt,
)
