"""What one member would get from playing another strategy in the populations that imitation ends with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.tournament.imitation.result import Result
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate


@dataclass(frozen=True)
class Entrants:
    """What one member would gain by playing another strategy.

    Attributes:
        strategies: Names.
        families: Family of each.
        reference: The one in bold.
        gain: Mean over populations, in units of the measure; intervals of all strategies hold at once.
        lead: The same less what the other members gain by it.
        measure: The return, for its unit.
    """

    strategies: Sequence[str]
    families: Mapping[str, str]
    reference: str
    gain: Estimate
    lead: Estimate
    measure: str


def entrants_of(result: Result) -> Entrants:
    """Those into the final populations."""
    options = result.options
    return Entrants(options.strategies, options.families, options.job.run.reference, result.invasion.gain, result.invasion.lead, options.measure)


def order(gain: Estimate) -> list[int]:
    """Strategies from the largest gain."""
    return [int(i) for i in np.argsort(-gain.value, kind="stable")]


def draw(figure: Figure, entrants: Entrants) -> list[Axes]:
    """Two panels with a row per strategy, from the largest gain: what the member itself gains, and how much more than the others do."""
    rows, families, look, scale = order(entrants.gain), entrants.families, style.looks(entrants.families), scales.scale_of(entrants.measure)
    names = [entrants.strategies[i] for i in rows]
    keys = [[Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label="mean over populations; 95 % intervals of all at once")],
            layout.family_handles(families[name] for name in names)]
    axes = layout.strategy_table(figure, names, entrants.reference, (1, 1), 0.45, keys)
    colours = [look[name].colour for name in names]
    for ax, part, title in zip(axes, (entrants.gain, entrants.lead), ("What it gains itself", "How much more than the others gain by it"), strict=True):
        low, value, high = (np.asarray(scale.difference(ends[rows])) for ends in (part.low, part.value, part.high))
        ax.axvline(0, color=style.INK, linewidth=0.8, zorder=1)
        layout.draw_interval(ax, low, high, colours)
        for row, name in enumerate(names):
            ax.plot(value[row], row, linestyle="none", **look[name].marker(4.5))
        ax.set_title(layout.fitted(title, ax.get_position().width * layout.WIDTH, style.NORMAL, "bold"), fontweight="bold", loc="left")
        ax.set_xlabel(scale.unit)
        layout.few_ticks(ax, x=5, gap=layout.GAP)
    return axes


def alt(entrants: Entrants) -> str:
    """What each strategy would gain."""
    scale, shown, gain = scales.scale_of(entrants.measure), list(style.labels(entrants.strategies).values()), entrants.gain
    parts = (f"{shown[i]} {words.interval(*(float(scale.difference(ends[i])) for ends in (gain.low, gain.value, gain.high)))}" for i in order(gain))
    return f"Mean gain of one member from playing another strategy, {scale.label}, {scale.unit}, {len(shown)} strategies: " + words.sentence(parts)


def title(entrants: Entrants) -> str:
    """Which strategies a member would gain by, for certain."""
    shown, gain = list(style.labels(entrants.strategies).values()), entrants.gain
    gaining = [shown[i] for i in order(gain) if gain.low[i] > 0]
    return f"A member would gain by changing to {words.some(gaining, 2)}" if gaining else "No strategy can be shown to enter the final mix"


FIGURE: FigureSpec[Entrants] = FigureSpec(
    name="invasion",
    title=title,
    question="What would one member gain by playing another strategy than it does?",
    caption=("What one member of each final population, drawn at random, would gain by playing each strategy instead of its present one, in the same worlds. "
             "At the left, right of 0 it has a reason to change; at the right, less what the others gain by it, right of 0 it will be copied."),
    draw=draw,
    alt=alt,
)
