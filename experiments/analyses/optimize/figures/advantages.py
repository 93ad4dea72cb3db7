"""One strategy less each of the others, with intervals."""

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
from experiments.methods.intervals import Estimate


def order(ahead: Estimate) -> list[int]:
    """Rows from the one that comes nearest."""
    return [int(i) for i in np.argsort(ahead.value, kind="stable")]


@dataclass(frozen=True)
class Advantages:
    """How far the best strategy found is ahead of each of the others.

    Attributes:
        names: The others.
        families: Family of each.
        reference: The one in bold, among the names.
        ahead: Difference to each, in units of the measure, shape (names,).
        measure: The return, for its unit.
        objective: What is made of the means in each future, in words.
        smallest: Smallest difference that matters.
    """

    names: Sequence[str]
    families: Mapping[str, str]
    reference: str
    ahead: Estimate
    measure: str
    objective: str
    smallest: float = 0.0


def advantages_of(options: Options, result: Result) -> Advantages:
    """Over the library and the best random candidate, out of sample."""
    names = [*result.names[: len(options.library)], f"{options.name}_random"]
    ahead = result.comparison.ahead[[result.names.index(name) for name in names]]
    return Advantages(names, families_of(options, result), options.job.run.reference, ahead, options.measure, objective_in_words(options),
                      options.smallest)


def draw(figure: Figure, advantages: Advantages) -> list[Axes]:
    """One panel with a row for each strategy, the one that comes nearest at the top."""
    ahead, families = advantages.ahead, advantages.families
    rows, scale = order(ahead), scales.scale_of(advantages.measure)
    shown = [advantages.names[i] for i in rows]
    keys = [layout.family_handles(families[name] for name in shown),
            [Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label="difference with its 95 % interval: how sure we are")]]
    (ax,) = layout.strategy_table(figure, shown, advantages.reference, (1,), 0.5, keys)
    low, value, high = (np.asarray(scale.difference(end[rows]), dtype=float) for end in (ahead.low, ahead.value, ahead.high))
    colours = [style.colour_of(families[name]) for name in shown]
    layout.draw_interval(ax, low, high, colours)
    for row, name in enumerate(shown):
        ax.plot(value[row], row, linestyle="none", **style.looks(dict(families))[name].marker(5.5))
    ax.axvline(0, color=style.INK, linewidth=0.8, zorder=1)
    ax.set_xlabel(f"{scale.label}, {advantages.objective}: the best strategy found less each, {scale.unit}")
    layout.few_ticks(ax, x=8)
    return [ax]


def alt(advantages: Advantages) -> str:
    """Each difference."""
    scale, shown = scales.scale_of(advantages.measure), list(style.labels(advantages.names).values())
    parts = (f"{shown[i]} {words.number(float(scale.difference(advantages.ahead.value[i])))}" for i in order(advantages.ahead))
    return f"The best strategy found less each other strategy, {scale.unit}. " + words.sentence(parts)


def title(advantages: Advantages) -> str:
    """Of how many it is ahead, for certain and in practice."""
    ahead = int((advantages.ahead.counts(advantages.smallest) > 0).sum())
    return f"The best strategy found is clearly ahead of {ahead} of {words.plural(len(advantages.names), 'other')}, out of sample"


def caption(advantages: Advantages) -> str:
    """How to read it."""
    return (f"The best strategy found less each strategy of the library, and less the best random candidate, out of sample, in "
            f"{scales.scale_of(advantages.measure).unit}: {advantages.objective}. Right of zero the strategy found is ahead; lines are 95 % bootstrap "
            "intervals over futures and worlds.")


FIGURE: FigureSpec[Advantages] = FigureSpec(
    name="advantages",
    title=title,
    question="Is the strategy found better than what is known?",
    caption=caption,
    draw=draw,
    alt=alt,
)
