"""How high a search came after so many candidates, against as many random ones."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.analysis.search import Trace
from experiments.figures import layout, style, telling
from sim.axes import Array

#: Inches of the panel; room left of it.
HIGH, LEFT = 2.7, 0.75
SEARCH, RANDOM = style.BLUE, style.ORANGE
ACROSS: tuple[Literal[":", "-."], ...] = (":", "-.")


def draw(figure: Figure, trace: Trace, random: Trace, lines: dict[str, float], label: str) -> list[Axes]:
    """One panel.

    Args:
        figure: Empty; gets its height.
        trace: Candidates of the search.
        random: Random candidates.
        lines: The same of other strategies, by name, as lines across.
        label: What is searched for, with its unit.
    """
    keys = [[Line2D([], [], color=SEARCH, linewidth=1.6, label="CMA-ES, the best so far"),
             Line2D([], [], color=RANDOM, linewidth=1.6, linestyle="--", label="random candidates, the best so far"),
             Line2D([], [], color=SEARCH, linestyle="none", marker=".", markersize=3, label="each candidate of CMA-ES")],
            [Line2D([], [], color=style.INK, linewidth=0.9, linestyle=shape, label=layout.fitted(name, 3.5))
             for name, shape in zip(lines, ACROSS, strict=False)]]
    layout.resize(figure, 0.1 + HIGH + 0.5 + layout.key_height(*keys))
    layout.draw_keys(figure, 0.1 + HIGH + 0.5, *keys)
    ax = layout.axes_at(figure, LEFT, 0.1, layout.WIDTH - LEFT - layout.MARGIN, HIGH)
    shown = trace.values[np.argsort(-trace.values, kind="stable")[: max(2, 9 * len(trace.values) // 10)]]
    ax.plot(1 + np.arange(len(trace.values)), trace.values, color=SEARCH, linestyle="none", marker=".", markersize=1.5, alpha=0.4, rasterized=True)
    ax.step(1 + np.arange(len(trace.values)), trace.so_far, where="post", color=SEARCH, linewidth=1.6)
    ax.step(1 + np.arange(len(random.values)), random.so_far, where="post", color=RANDOM, linewidth=1.6, linestyle="--")
    for value, shape in zip(lines.values(), ACROSS, strict=False):
        ax.axhline(value, color=style.INK, linewidth=0.9, linestyle=shape)
    _limits(ax, np.concatenate([shown, trace.so_far, random.so_far]), min(lines.values()))
    ax.set_xlim(1, max(len(trace.values), len(random.values)))
    ax.set_xlabel("candidates evaluated")
    ax.set_ylabel("\n".join(layout.wrapped(label.split(), HIGH)))
    layout.few_ticks(ax, x=8, y=6)
    return [ax]


def _limits(ax: Axes, values: Array, least: float) -> None:
    """Room for what counts, down to a line at least: the worst candidates would press everything else together."""
    low, high = min(float(np.quantile(values, 0.01)), least), float(values.max())
    ax.set_ylim(low - 0.03 * (high - low), high + 0.06 * (high - low))


def alt(trace: Trace, random: Trace, label: str) -> str:
    """Where both ended."""
    return (f"{label}, best so far over {len(trace.values):,} candidates: CMA-ES ends at {telling.number(float(trace.values.max()), 4)}, random candidates at "
            f"{telling.number(float(random.values.max()), 4)}.")
