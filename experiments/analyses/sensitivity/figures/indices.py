"""Sobol indices: which share of the variance of each outcome goes back to each input."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from experiments import words
from experiments.analyses.sensitivity.phrases import input_labels
from experiments.analyses.sensitivity.phrases import outcome as outcome_of
from experiments.analyses.sensitivity.result import Options, Result
from experiments.analyses.sweep.figures import panels as cells
from experiments.figures import layout, rows, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate
from experiments.methods.sensitivity import Convergence
from experiments.names import plain

MOST, ROW, BAR = 15, 0.34, 0.36
FIRST, TOTAL = style.THINGS[0], style.OF_FIRST


@dataclass(frozen=True)
class Shares:
    """Shares of the variance of some outcomes.

    Attributes:
        labels: Names of the inputs.
        estimates: Indices of shape (outcomes, inputs), or (inputs,) for one outcome.
        outcomes: Names of the outcomes.
        side: Whose advantage the outcomes are.
        advantage: Over whom, such as "hedging less alignment".
    """

    labels: Sequence[str]
    estimates: Convergence
    outcomes: Sequence[str]
    side: str
    advantage: str


def shares_of(options: Options, result: Result) -> Shares:
    """Those of the inputs that went on to Sobol indices."""
    return Shares(input_labels(result, result.chosen), result.indices, [scales.scale_of(measure).label for measure in options.measures],
                  plain(options.one.name), outcome_of(options))


def draw(figure: Figure, shares: Shares) -> list[Axes]:
    """A panel per outcome, a row per input: first index above, total index below."""
    result, outcomes = shares.estimates, shares.outcomes
    shown = order(result, len(outcomes))
    parts = ((_by_outcome(result.indices.first, len(outcomes)), result.first.reshape(len(outcomes), -1), FIRST, -BAR / 2),
             (_by_outcome(result.indices.total, len(outcomes)), result.total.reshape(len(outcomes), -1), TOTAL, BAR / 2))
    keys = [[layout.patch(FIRST, "first index: its share alone"), layout.patch(TOTAL, "total index: alone and together with others"),
             Line2D([], [], color=style.INK, linewidth=1.2, marker="|", markersize=5, label="95 % interval")]]
    if not result.converged:
        keys.append([cells.hatch_handle("not converged: more rows could change it")])
    axes = rows.panels(figure, [shares.labels[i] for i in shown], len(outcomes), ROW, keys)
    for o, ax in enumerate(axes):
        width = rows.width_inches(ax)
        ax.set_title(layout.fitted(outcomes[o], width, style.NORMAL, "bold"), loc="left", fontweight="bold")
        ax.set_xlim(0, _end(parts))
        ax.set_xlabel(layout.fitted("share of the variance", width))
        layout.few_ticks(ax, x=5, gap=2 * layout.GAP)
        if result.indices.constant.reshape(-1)[o]:
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


def order(result: Convergence, n_outcomes: int) -> list[int]:
    """Inputs from the largest total index in any outcome to the smallest."""
    largest = result.indices.total.value.reshape(n_outcomes, -1).max(axis=0)
    return [int(i) for i in np.argsort(-largest, kind="stable")[:MOST]]


def alt(shares: Shares) -> str:
    """The three largest total indices of each outcome."""
    labels, result, outcomes = shares.labels, shares.estimates, shares.outcomes
    total = _by_outcome(result.indices.total, len(outcomes))
    parts = []
    for o, outcome in enumerate(outcomes):
        largest = np.argsort(-total.value[o], kind="stable")[:3]
        parts.append(f"{outcome}: " + ", ".join(
            f"{labels[i]} {words.interval(float(total.low[o, i]), float(total.value[o, i]), float(total.high[o, i]))}" for i in largest))
    state = "all converged" if result.converged else "not all converged"
    return f"Largest total Sobol indices of {len(labels)} inputs from {result.rows[-1]:,} rows, {state}. " + words.sentence(parts)


def title(shares: Shares) -> str:
    """Which input explains more of the variance than any other, for certain, in most outcomes."""
    total, constant = _by_outcome(shares.estimates.indices.total, len(shares.outcomes)), shares.estimates.indices.constant.reshape(-1)
    first: dict[str, list[str]] = {}
    for o, outcome in enumerate(shares.outcomes):
        top = int(total.value[o].argmax())
        if not constant[o] and (np.delete(total.high[o], top) < total.low[o, top]).all():
            first.setdefault(shares.labels[top], []).append(words.within(outcome))
    if constant.all():
        return f"Nothing decides: the advantage of {shares.side} is the same at every point"
    if not first:
        return f"No assumption surely matters more for the advantage of {shares.side} than all others"
    label, outcomes = max(first.items(), key=lambda item: len(item[1]))
    return f"{words.capital(layout.in_title(label))} matters most for the {words.some(outcomes, 2)} advantage of {shares.side}"


def caption(shares: Shares) -> str:
    """How to read it."""
    return (f"Share of the variance of the advantage ({shares.advantage}) over the plausible ranges of the {len(shares.labels)} strongest inputs; this is "
            "variance between assumptions, not between worlds. The first index is what knowing the input alone would take away, the total index what "
            "would stay if all others were known. Lines: 95 % bootstrap intervals over rows of the design.")


FIGURE: FigureSpec[Shares] = FigureSpec(
    name="indices",
    title=title,
    question="Which assumptions decide?",
    caption=caption,
    draw=draw,
    alt=alt,
)
