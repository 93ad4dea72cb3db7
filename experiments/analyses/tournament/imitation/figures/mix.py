"""The mix of strategies that survives imitation, how much populations differ, and whether it still moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.tournament.imitation.result import Result
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from experiments.methods.evolution import WINDOW
from experiments.methods.intervals import Estimate
from sim.axes import Array


def order(share: Estimate) -> list[int]:
    """Strategies from the largest share."""
    return [int(i) for i in np.argsort(-share.value, kind="stable")]


@dataclass(frozen=True)
class Mix:
    """The mix that survives.

    Attributes:
        strategies: Names.
        families: Family of each.
        reference: The one in bold.
        share: Mean share over populations.
        spread: Share in the population at 5 and at 95 %, shape (2, strategies).
        drift: Share in the last quarter of the generations less that in the quarter before.
    """

    strategies: Sequence[str]
    families: Mapping[str, str]
    reference: str
    share: Estimate
    spread: Array
    drift: Estimate


def mix_of(result: Result) -> Mix:
    """That of the main variant."""
    options = result.options
    return Mix(options.strategies, options.families, options.job.run.reference, result.mix, result.statistics.between, result.statistics.drift)


def draw(figure: Figure, mix: Mix) -> list[Axes]:
    """Two panels with a row per strategy, from the largest share: its share, and what it gained since the quarter before."""
    rows, look, families, spread = order(mix.share), style.looks(mix.families), mix.families, mix.spread
    names = [mix.strategies[i] for i in rows]
    keys = [[Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label="mean with its 95 % interval: how sure we are of it"),
             layout.patch(style.QUIET, "5–95 % of populations: how much they differ", style.SPREAD),
             Line2D([], [], color=style.INK, linewidth=0.8, linestyle=":", label="share in the even mix")], layout.family_handles(families[n] for n in names)]
    axes = layout.strategy_table(figure, names, mix.reference, (1.7, 1), 0.45, keys)
    colours = [look[name].colour for name in names]
    axes[0].hlines(range(len(names)), 100 * spread[0, rows], 100 * spread[1, rows], colors=colours, linewidth=layout.PATCH, alpha=style.SPREAD)
    for ax, part, zero in ((axes[0], mix.share, 100 / len(names)), (axes[1], mix.drift, 0.0)):
        ax.axvline(zero, color=style.INK, linewidth=0.8, linestyle=":" if zero else "-", zorder=1)
        layout.draw_interval(ax, 100 * part.low[rows], 100 * part.high[rows], colours)
        for row, name in enumerate(names):
            ax.plot(100 * part.value[rows[row]], row, linestyle="none", **look[name].marker(4.5))
    axes[0].set_xlim(left=0)
    for ax, title, unit in ((axes[0], "Share in the last quarter of the generations", "% of members"), (axes[1], "Change since the quarter before", "points")):
        ax.set_title(layout.fitted(title, ax.get_position().width * layout.WIDTH, style.NORMAL, "bold"), fontweight="bold", loc="left")
        ax.set_xlabel(unit)
        layout.few_ticks(ax, x=6, gap=layout.GAP)
    return axes


def alt(mix: Mix) -> str:
    """The share of each strategy."""
    shown, share = list(style.labels(mix.strategies).values()), mix.share
    return f"Mean share of members in the last quarter of the generations with 95 % intervals, {len(shown)} strategies: " + words.sentence(
        f"{shown[i]} {words.interval(*(float(100 * ends[i]) for ends in (share.low, share.value, share.high)))} %" for i in order(share))


def title(mix: Mix) -> str:
    """The largest shares."""
    shown = list(style.labels(mix.strategies).values())
    parts = [f"{words.number(100 * float(mix.share.value[i]))} %{' of members' * (not n)} play {shown[i]}" for n, i in enumerate(order(mix.share)[:2])]
    return f"In the last generations {words.listed(parts)}"


FIGURE: FigureSpec[Mix] = FigureSpec(
    name="survivors",
    title=title,
    question="Which strategies are left, how much do populations differ, and does it still move?",
    caption=(f"Share of members in the last {100 * WINDOW:.0f} % of the generations, and its change since the quarter before. The thick line shrinks with more "
             "populations, the pale bar does not; changes have intervals that hold for all strategies at once: where they contain 0, nothing surely moves."),
    draw=draw,
    alt=alt,
)
