"""Mean, ninth decile and largest regret of each strategy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.robustness.result import Result
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.decisions import Regret
from experiments.methods.intervals import Estimate


def order(regret: Regret) -> list[int]:
    """Strategies from the smallest largest regret to the largest; of equals by their mean."""
    return [int(i) for i in np.lexsort((regret.mean.value, regret.largest.value))]


@dataclass(frozen=True)
class Regrets:
    """Regret in one return.

    Attributes:
        strategies: Names, in the order of the regret.
        families: Family of each.
        reference: The one in bold.
        regret: As `experiments.methods.decisions.regret` gives it, in units of the measure.
        measure: The return.
    """

    strategies: Sequence[str]
    families: Mapping[str, str]
    reference: str
    regret: Regret
    measure: str


def regrets_of(result: Result, measure: str) -> Regrets:
    """Those of a robustness analysis in one return."""
    return Regrets(result.strategies, result.families, result.reference, result.measured[measure].regret, measure)


def draw(figure: Figure, regrets: Regrets) -> list[Axes]:
    """Three panels of bars on one scale, strategies from the smallest largest regret."""
    regret, families = regrets.regret, regrets.families
    rows, scale = order(regret), scales.scale_of(regrets.measure)
    names = [regrets.strategies[i] for i in rows]
    interval = Line2D([], [], color=style.INK, linewidth=1.2, marker="|", markersize=5, label="95 % interval")
    axes = layout.strategy_table(figure, names, regrets.reference, (1, 1, 1), 0.45, [[*layout.family_handles(families[name] for name in names), interval]])
    ends = np.concatenate([np.ravel(ends) for part in (regret.mean, regret.q90, regret.largest) for ends in (part.value, part.high)])
    most = float(scale.difference(ends[np.isfinite(ends)].max()))
    for ax, title, part in zip(axes, ("Mean", "Ninth decile", "Largest"), (regret.mean, regret.q90, regret.largest), strict=True):
        value, low, high = (np.asarray(scale.difference(ends[rows])) if np.isfinite(ends).all() else ends[rows] for ends in (part.value, part.low, part.high))
        _bars(ax, Estimate(value, low, high), [style.colour_of(families[name]) for name in names])
        ax.set_xlim(0, 1.06 * most or 1)
        ax.set_title(layout.fitted(title, ax.get_position().width * layout.WIDTH, style.NORMAL, "bold"), fontweight="bold", loc="left")
        ax.set_xlabel(scale.unit)
        layout.few_ticks(ax, x=4, gap=layout.GAP)
    return axes


def _bars(ax: Axes, part: Estimate, colours: Sequence[str]) -> None:
    ax.barh(range(len(colours)), part.value, height=0.66, color=colours, alpha=0.65, linewidth=0)
    for row, (low, high) in enumerate(zip(part.low, part.high, strict=True)):
        if np.isfinite(low) and np.isfinite(high):
            ax.plot((low, high), (row, row), color="white", linewidth=2.6, zorder=3)  # keeps the line visible on a dark bar
            ax.plot((low, high), (row, row), color=style.INK, linewidth=1.2, marker="|", markersize=4, zorder=4)


def alt(regrets: Regrets) -> str:
    """Mean and largest regret of each strategy."""
    regret, scale, shown = regrets.regret, scales.scale_of(regrets.measure), list(style.labels(regrets.strategies).values())
    parts = (f"{shown[i]} {words.number(float(scale.difference(regret.mean.value[i])))} and {words.number(float(scale.difference(regret.largest.value[i])))}"
             for i in order(regret))
    return f"Mean and largest regret, {scale.label}, {scale.unit}, over {regret.matrix.shape[1]:,} futures. " + words.sentence(parts)


def name(regrets: Regrets) -> str:
    """A file for each return."""
    return f"regret_{regrets.measure}"


def title(regrets: Regrets) -> str:
    """In which return."""
    return f"What a wrong choice costs: {scales.scale_of(regrets.measure).label.lower()}"


def question(regrets: Regrets) -> str:
    """In which return."""
    return f"Which strategy is never far from the best? {scales.scale_of(regrets.measure).label}"


def caption(regrets: Regrets) -> str:
    """How to read it."""
    reference = style.labels(regrets.strategies)[regrets.reference]
    return ("Regret, how much less a strategy's mean is than the best one's in the same future: its mean over futures, what nine tenths stay below, and the "
            "largest. Shorter is better; lines are 95 % bootstrap intervals, over futures and worlds, those of the largest over worlds alone. In bold the "
            f"reference, {reference}.")


FIGURE: FigureSpec[Regrets] = FigureSpec(
    name=name,
    title=title,
    question=question,
    caption=caption,
    draw=draw,
    alt=alt,
)
