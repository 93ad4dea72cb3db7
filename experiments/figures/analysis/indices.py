"""Sobol indices: which share of the variance of each outcome goes back to each input."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from experiments.analysis.intervals import Estimate
from experiments.analysis.sensitivity import Convergence
from experiments.figures import layout, style, telling
from experiments.figures.analysis import rows
from experiments.figures.sweeps import cells

MOST, ROW, BAR = 15, 0.34, 0.36
FIRST, TOTAL = style.BLUE, style.SKY


def draw(figure: Figure, labels: Sequence[str], found: Convergence, outcomes: Sequence[str]) -> list[Axes]:
    """A panel per outcome, a row per input: first index above, total index below.

    Args:
        figure: Empty; gets its height.
        labels: Names of the inputs.
        found: Indices of shape (outcomes, inputs), or (inputs,) for one outcome.
        outcomes: Names of the outcomes.
    """
    shown = order(found, len(outcomes))
    parts = ((_by_outcome(found.indices.first, len(outcomes)), found.first.reshape(len(outcomes), -1), FIRST, -BAR / 2),
             (_by_outcome(found.indices.total, len(outcomes)), found.total.reshape(len(outcomes), -1), TOTAL, BAR / 2))
    keys = [[layout.patch(FIRST, "first index: its share alone"), layout.patch(TOTAL, "total index: alone and together with others"),
             Line2D([], [], color=style.INK, linewidth=1.2, marker="|", markersize=5, label="95 % interval")]]
    if not found.converged:
        keys.append([cells.hatch_handle("not converged: more rows could change it")])
    axes = rows.panels(figure, [labels[i] for i in shown], len(outcomes), ROW, keys)
    for o, ax in enumerate(axes):
        width = rows.width_inches(ax)
        ax.set_title(layout.fitted(outcomes[o], width, style.NORMAL, "bold"), loc="left", fontweight="bold")
        ax.set_xlim(0, _end(parts))
        ax.set_xlabel(layout.fitted("share of the variance", width))
        layout.few_ticks(ax, x=5, gap=2 * layout.GAP)
        if found.indices.constant.reshape(-1)[o]:
            cells.say_nothing(ax, "the same at every point")
            continue
        for part, sure, colour, offset in parts:
            for row, i in enumerate(shown):
                _bar(ax, row + offset, part[o, i], colour, sure=bool(sure[o, i]))
        ax.axvline(0, color=style.INK, linewidth=0.8, zorder=5)
    return axes


def _bar(ax: Axes, y: float, part: Estimate, colour: str, *, sure: bool) -> None:
    """A bar with its interval; pale and hatched where it is not converged. An index below 0 is sampling error and its bar is empty."""
    ax.barh(y, max(0.0, float(part.value)), height=BAR, color=colour if sure else "white", hatch=None if sure else "//////",
            edgecolor=colour, linewidth=0.6)
    if np.isfinite(part.low) and np.isfinite(part.high):
        ends = np.maximum([part.low, part.high], 0.0)
        ax.plot(ends, (y, y), color="white", linewidth=2.6, zorder=3)
        ax.plot(ends, (y, y), color=style.INK, linewidth=1.2, marker="|", markersize=4, zorder=4)


def _end(parts: Sequence[tuple[Estimate, NDArray[np.bool_], str, float]]) -> float:
    """Where all panels end: shares are compared across outcomes."""
    high = np.concatenate([np.r_[part.high.ravel(), part.value.ravel()] for part, *_ in parts])
    return 1.08 * max(0.1, float(high[np.isfinite(high)].max()))


def _by_outcome(part: Estimate, n: int) -> Estimate:
    return Estimate(*(values.reshape(n, -1) for values in (part.value, part.low, part.high)))


def order(found: Convergence, n_outcomes: int) -> list[int]:
    """Inputs from the largest total index in any outcome to the smallest."""
    largest = found.indices.total.value.reshape(n_outcomes, -1).max(axis=0)
    return [int(i) for i in np.argsort(-largest, kind="stable")[:MOST]]


def alt(labels: Sequence[str], found: Convergence, outcomes: Sequence[str]) -> str:
    """The three largest total indices of each outcome."""
    total = _by_outcome(found.indices.total, len(outcomes))
    parts = []
    for o, outcome in enumerate(outcomes):
        largest = np.argsort(-total.value[o], kind="stable")[:3]
        parts.append(f"{outcome}: " + ", ".join(
            f"{labels[i]} {telling.interval(float(total.low[o, i]), float(total.value[o, i]), float(total.high[o, i]))}" for i in largest))
    state = "all converged" if found.converged else "not all converged"
    return f"Largest total Sobol indices of {len(labels)} inputs from {found.rows[-1]:,} rows, {state}. " + telling.sentence(parts)
