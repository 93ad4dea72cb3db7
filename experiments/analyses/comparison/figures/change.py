"""What a change does to each strategy: where it stands in the baseline, and where under the change, on the same worlds."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.change import Change
from experiments.analyses.comparison.comparison import Comparison
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from sim.axes import Array

#: Returns drawn at most: those that the change moves most often for certain and in practice, consumption first.
MOST = 3
#: Opacity of the baseline.
BASELINE = 0.35


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """A panel for each return that the change moves, a row for each strategy: pale in the baseline, solid under the change."""
    change, names = _change(comparison), selection.order_by(comparison)
    moved = measures(change)
    marks = (Line2D([], [], linestyle="none", marker="o", color=style.QUIET, alpha=BASELINE, label="baseline"),
             Line2D([], [], linestyle="none", marker="o", color=style.QUIET, label="under the change"),
             selection.mean_handle(comparison, "mean effect"))
    families = layout.family_handles(comparison.families[name] for name in names)
    axes = layout.strategy_table(figure, names, comparison.reference, [1.0] * len(moved), 0.5, (marks, families))
    look = style.looks(comparison.families)
    for ax, measure in zip(axes, moved, strict=True):
        before, after, low, high = stands(comparison, measure, names)
        colours = [look[name].colour for name in names]
        ax.axvline(0, color=style.INK, linewidth=0.8)
        ax.hlines(range(len(names)), before, after, colors=colours, linewidth=1, alpha=BASELINE)
        layout.draw_interval(ax, low, high, colours)
        for row, name in enumerate(names):
            ax.plot(before[row], row, linestyle="none", alpha=BASELINE, **look[name].marker())
            ax.plot(after[row], row, linestyle="none", **look[name].marker())
        layout.few_ticks(ax, x=4, least=1e-3, gap=layout.GAP)
        ax.set_title(scales.scale_of(measure).label, fontsize=style.NORMAL, fontweight="bold", pad=5)
        ax.set_xlabel(scales.scale_of(measure).unit)
    return axes


def measures(change: Change) -> list[str]:
    """The returns drawn."""
    return (change.moved or [next(iter(change.effects))])[:MOST]


def stands(comparison: Comparison, measure: str, names: list[str]) -> tuple[Array, Array, Array, Array]:
    """Mean in the baseline and under the change, and the interval of the latter's effect, less the reference in the baseline, as shown."""
    change, scale = _change(comparison), scales.scale_of(measure)
    table = change.table[change.table.measure == measure].set_index("strategy")
    before = (table.baseline[names] - table.baseline[comparison.reference]).to_numpy(float)
    table = table.loc[names]
    after, low, high = (before + table[column].to_numpy(float) for column in ("effect", "low", "high"))
    shown = np.stack([scale.difference(part) for part in (before, after, low, high)])
    return shown[0], shown[1], shown[2], shown[3]


def applies(comparison: Comparison) -> bool:
    """Whether the run changes anything."""
    return comparison.change is not None


def _change(comparison: Comparison) -> Change:
    if comparison.change is None:
        raise ValueError("the run changes nothing")
    return comparison.change


def title(comparison: Comparison) -> str:
    """What is changed."""
    return f"What this changes: {_change(comparison).what}"


def alt(comparison: Comparison) -> str:
    """The largest and the smallest effect on each return drawn."""
    change, shown, parts = _change(comparison), style.labels(comparison.strategies), []
    for measure in measures(change):
        scale, table = scales.scale_of(measure), change.table[change.table.measure == measure].set_index("strategy")
        ends = (table.effect.idxmin(), table.effect.idxmax())
        rows = {str(name): scale.difference(table.loc[str(name)][["low", "effect", "high"]].to_numpy(float)) for name in ends}
        numbers = ", ".join(f"{shown[name]} {words.interval(*row, sign=True)}" for name, row in rows.items())
        parts.append(f"{scale.label} ({scale.unit}), least and most: {numbers}")
    return f"Effect of the change on each strategy, with 95 % intervals. {words.sentence(parts)}"


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="change",
    title=title,
    question="What does the change do to each strategy?",
    caption=("Each strategy less the reference in the baseline, on the same worlds: pale in the baseline, solid under the change. The thick line is the 95 % "
             "interval of the effect. A long line is a large effect; where marks change their order, the change moves the comparison."),
    draw=draw,
    alt=alt,
    applies=applies,
)
