"""Tornado: what an outcome is when one input goes to either end of its range and the others stay."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.sensitivity.phrases import advantage_label, input_labels
from experiments.analyses.sensitivity.result import Options, Result
from experiments.figures import layout, rows, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate
from experiments.report.phrases import exact_ties, scaled

#: Most inputs shown, inches of a row, height of a bar as a share of it.
MOST, ROW, BAR = 12, 0.36, 0.38
LOW, HIGH = "#B9B9B9", "#5F5F5F"


def order(at_low: Estimate, at_high: Estimate, base: float) -> list[int]:
    """Inputs from the largest swing to the smallest: the range of the outcome over low end, default and high end."""
    ends = np.stack([at_low.value, at_high.value, np.full_like(at_low.value, base)])
    return [int(i) for i in np.argsort(-np.ptp(ends, axis=0), kind="stable")[:MOST]]


@dataclass(frozen=True)
class Swings:
    """An outcome at the ends of the range of each input.

    Attributes:
        measure: The return.
        outcome: What the outcome is called.
        labels: Names of the inputs.
        ends: Low and high value of each input as written, such as ("0.1", "0.7").
        at_low: The outcome at the low end of each input, as shown, shape (inputs,). On common worlds its interval is best that of the difference
            to the defaults, about the outcome.
        at_high: At the high end.
        base: At the defaults.
    """

    measure: str
    outcome: str
    labels: Sequence[str]
    ends: Sequence[tuple[str, str]]
    at_low: Estimate
    at_high: Estimate
    base: float


def swings_of(options: Options, result: Result, measure: str) -> Swings:
    """Those of the advantage in one return."""
    advantage, scale = result.advantages[options.measures.index(measure)], scales.scale_of(measure)
    at_low, at_high = (scaled(measure, advantage.about_defaults[end::2]) for end in range(2))
    ends = [(words.number(low), words.number(high)) for low, high in result.inputs.ranges[:, result.chosen].T]
    return Swings(measure, advantage_label(options, measure), input_labels(result, result.chosen), ends, at_low, at_high,
                  float(scale.difference(advantage.at_defaults.value)))


def draw(figure: Figure, swings: Swings) -> list[Axes]:
    """Bars from the outcome at the defaults."""
    at_low, at_high, base = swings.at_low, swings.at_high, swings.base
    shown = order(at_low, at_high, base)
    keys = [[layout.patch(LOW, "input at the low end of its range"), layout.patch(HIGH, "at the high end; the others at their defaults"),
             Line2D([], [], color=style.INK, linewidth=1.2, marker="|", markersize=5, label="95 % interval")],
            [Line2D([], [], color=style.INK, linewidth=0.8, label="all at their defaults"),
             Line2D([], [], color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), label="0, where in sight")]]
    (ax,) = rows.panels(figure, [swings.labels[i] for i in shown], 1, ROW, keys, top=0.05)
    texts = [[layout.fitted(text, 0.9, style.SMALL - 1) for text in swings.ends[i]] for i in shown]
    _room(ax, np.concatenate([_finite(part) for part in (at_low[shown], at_high[shown])] + [[base]]),
          max(layout.width_of(text, style.SMALL - 1) for pair in texts for text in pair) + 0.1)
    pad = 0.05 / rows.width_inches(ax) * np.ptp(ax.get_xlim())
    for row, i in enumerate(shown):
        for part, y, colour, text in ((at_low[i], row - BAR / 2, LOW, texts[row][0]), (at_high[i], row + BAR / 2, HIGH, texts[row][1])):
            ax.barh(y, float(part.value) - base, left=base, height=BAR, color=colour, linewidth=0)
            _end(ax, y, part, base, pad, text)
    ax.axvline(base, color=style.INK, linewidth=0.8, zorder=5)
    low, high = ax.get_xlim()
    if low < 0 < high:
        ax.axvline(0, color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
    ax.set_xlabel(layout.fitted(rows.with_unit(swings.outcome, scales.scale_of(swings.measure).unit), 6.0))
    layout.few_ticks(ax, x=7)
    return [ax]


def _end(ax: Axes, y: float, part: Estimate, base: float, pad: float, text: str) -> None:
    """The interval at the end of a bar, and the value of the input beyond both."""
    value, known = float(part.value), bool(np.isfinite(part.low) and np.isfinite(part.high))
    if known:
        # White around the line keeps it visible on a dark bar.
        ax.plot((part.low, part.high), (y, y), color="white", linewidth=2.6, zorder=3)
        ax.plot((part.low, part.high), (y, y), color=style.INK, linewidth=1.2, marker="|", markersize=4, zorder=4)
    right = value >= base
    reach = [base, value, *([float(part.low), float(part.high)] if known else [])]
    ax.text(max(reach) + pad if right else min(reach) - pad, y, text, ha="left" if right else "right", va="center_baseline",
            fontsize=style.SMALL - 1, color=style.QUIET)


def _finite(part: Estimate) -> np.ndarray:
    values = np.concatenate([part.value, part.low, part.high])
    return values[np.isfinite(values)]


def _room(ax: Axes, values: np.ndarray, beside: float) -> None:
    """Limits that hold all values with so many inches to either side."""
    low, high = float(values.min()), float(values.max())
    span = high - low if high > low else max(1e-9, abs(low))
    extra = beside * span / (rows.width_inches(ax) - 2 * beside)
    ax.set_xlim(low - extra, high + extra)


def alt(swings: Swings) -> str:
    """The swings in words, largest first."""
    parts = (f"{swings.labels[i]} from {words.number(float(swings.at_low.value[i]))} to {words.number(float(swings.at_high.value[i]))}"
             for i in order(swings.at_low, swings.at_high, swings.base))
    return (f"{swings.outcome}, {words.number(swings.base)} at the defaults, from the low to the high end of each input, largest swing first. "
            + words.sentence(parts))


def name(swings: Swings) -> str:
    """A file for each return."""
    return f"tornado_{swings.measure}"


def title(swings: Swings) -> str:
    """Which input alone changes it most, and from where to where."""
    ends = np.stack([swings.at_low.value, swings.at_high.value, np.full_like(swings.at_low.value, swings.base)])
    low, high = ends.min(axis=0), ends.max(axis=0)
    outcome, first = layout.in_title(words.within(swings.outcome)), order(swings.at_low, swings.at_high, swings.base)[0]
    if low[first] == high[first]:
        return f"No assumption alone changes the {outcome}"
    ties = [layout.in_title(swings.labels[i]) for i in exact_ties(high - low, first)]
    return (f"{words.capital(words.some(ties, 2))} alone {'changes' if len(ties) == 1 else 'change'} the {outcome} most: "
            f"{words.between(float(low[first]), float(high[first]), scales.scale_of(swings.measure).unit)}")


def question(swings: Swings) -> str:
    """In which return."""
    return f"What does each assumption alone change? {scales.scale_of(swings.measure).label}"


FIGURE: FigureSpec[Swings] = FigureSpec(
    name=name,
    title=title,
    question=question,
    caption=("The advantage when one input goes to either end of its plausible range, whose values stand at the bars, and all others stay at their defaults. "
             "A longer bar matters more; lines are 95 % intervals of the change from the defaults on the same worlds and shrink with more worlds."),
    draw=draw,
    alt=alt,
)
