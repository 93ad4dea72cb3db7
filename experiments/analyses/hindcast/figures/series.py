"""Observed and simulated: a panel for each series, with the bands of the kept draws and the simple forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator

from experiments import words
from experiments.analyses.hindcast.phrases import figure as number
from experiments.analyses.hindcast.phrases import series_label, unit_of
from experiments.analyses.hindcast.result import DECIDES, FREE, NONE, SKILL, UNSURE, UNTESTED, Options, Result, Target
from experiments.figures import layout, style
from experiments.figures.curves import calendar
from experiments.figures.figure import FigureSpec

#: Panels side by side; inches of a panel, above and below it, between panels, left of each.
ACROSS, HIGH, ABOVE, BELOW, GAP, LEFT = 3, 1.35, 0.42, 0.28, 0.2, 0.5
#: The simple forecasts drawn.
DRAWN: dict[str, Literal[":", "--"]] = {DECIDES: ":", "trend": "--"}
#: A verdict in a few words.
WORDS = {SKILL: "skill", UNSURE: "nearer, not for certain", NONE: "no skill", UNTESTED: "not tested"}
MODEL_COLOUR, SIMPLE_COLOUR = style.THINGS


@dataclass(frozen=True)
class Panels:
    """What is drawn.

    Attributes:
        targets: The series.
        labels: What they are called.
        units: Unit of each; may be empty.
        until: The last year of training.
    """

    targets: Sequence[Target]
    labels: Sequence[str]
    units: Sequence[str]
    until: int


def panels_of(options: Options, result: Result) -> Panels:
    """Those of a hindcast."""
    return Panels(result.targets, [series_label(target.series, options) for target in result.targets], [unit_of(target, options) for target in result.targets],
                  options.until)


def draw(figure: Figure, panels: Panels) -> list[Axes]:
    """A panel for each series."""
    lines = -(-len(panels.targets) // ACROSS)
    keys = [[Line2D([], [], color=style.INK, marker="o", markersize=3.5, linestyle="none", label="observed, ± 2 standard errors"),
             Line2D([], [], color=MODEL_COLOUR, label="model: median of the kept draws"), layout.patch(MODEL_COLOUR, "50 %", 0.5),
             layout.patch(MODEL_COLOUR, "90 %", 0.22)],
            [*(Line2D([], [], color=SIMPLE_COLOUR, linestyle=line, label=f"{name}, fitted in training") for name, line in DRAWN.items()),
             layout.patch(style.PALE, "test years", 0.4)]]
    height = lines * (ABOVE + HIGH + BELOW)
    layout.resize(figure, height + layout.key_height(*keys))
    layout.draw_keys(figure, height, *keys)
    width = (layout.WIDTH - 2 * layout.MARGIN - LEFT * ACROSS - GAP * (ACROSS - 1)) / ACROSS
    axes = []
    for i, target in enumerate(panels.targets):
        column, row = i % ACROSS, i // ACROSS
        left, top = layout.MARGIN + LEFT + column * (width + GAP + LEFT), ABOVE + row * (ABOVE + HIGH + BELOW)
        ax = layout.axes_at(figure, left, top, width, HIGH)
        _panel(ax, target, panels.until)
        layout.text_at(figure, left - LEFT + 0.1, top - 0.34, layout.fitted(panels.labels[i], width + LEFT - 0.1, weight="bold"), fontweight="bold")
        about = layout.fitted(" · ".join(filter(None, (panels.units[i], WORDS[target.verdict]))), width + LEFT - 0.1)
        layout.text_at(figure, left - LEFT + 0.1, top - 0.19, about, color=style.QUIET)
        axes.append(ax)
    return axes


def _panel(ax: Axes, target: Target, until: int) -> None:
    years = target.years.astype(float)
    if years[-1] > until:
        ax.axvspan(until + 0.5, years[-1] + 0.25, color=style.PALE, alpha=0.4, linewidth=0, zorder=0)
    for (low, high), alpha in zip(target.bands[::-1], (0.22, 0.35), strict=True):
        ax.fill_between(years, low, high, color=MODEL_COLOUR, alpha=alpha, linewidth=0)
    ax.plot(years, target.forecast, color=MODEL_COLOUR)
    for name, line in DRAWN.items():
        ax.plot(years, target.baselines[name], color=SIMPLE_COLOUR, linestyle=line, linewidth=1)
    known = ~np.isnan(target.values)
    errors = np.array([target.observed.errors[int(year)] for year in target.years[known]])
    ax.errorbar(years[known], target.values[known], yerr=2 * errors, color=style.INK, linestyle="none", marker="o", markersize=2.6, linewidth=0.8)
    seen = target.values[known]
    least = seen / 2 if target.measure.ratios else seen - 2 * errors  # what an amount may be is above 0
    shown = np.concatenate([np.maximum(seen - 2 * errors, least), seen + 2 * errors, target.forecast, target.bands[0].ravel()])
    low, high = float(shown.min()), float(shown.max())
    if target.measure.ratios and low > 0 and high / low > 20:
        ax.set_yscale("log")
        ax.minorticks_off()
        ax.yaxis.set_major_locator(LogLocator(numticks=4))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 1)))
    else:
        ax.set_ylim(low - 0.08 * (high - low or 1), high + 0.08 * (high - low or 1))
    calendar(ax, years, 4, labelled=True)
    ax.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    ax.tick_params(length=2)
    if ax.get_yscale() == "linear":
        layout.few_ticks(ax, y=4, gap=GAP)


def alt(panels: Panels) -> str:
    """Verdict and errors of each series."""
    parts = []
    for target, label in zip(panels.targets, panels.labels, strict=True):
        split = target.test[FREE] if target.test[FREE].n else target.training[FREE]
        which = "test" if target.test[FREE].n else "training"
        parts.append(f"{label}: {WORDS[target.verdict]}; in {which} the error is {number(split.scores['model'].rmse)}, of the constant "
                     f"{number(split.scores[DECIDES].rmse)}")
    return words.sentence(parts)


def title(panels: Panels) -> str:
    """How many series have skill."""
    n, good = len(panels.targets), sum(target.verdict == SKILL for target in panels.targets)
    tested = sum(target.verdict != UNTESTED for target in panels.targets)
    if not tested:
        return f"{words.capital(words.plural(n, 'series') if n != 1 else 'one series')} in training; nothing was left for a test"
    return f"The model has skill in {good} of {tested} series" if good else f"The model has no sure skill in any of {tested} series"


FIGURE: FigureSpec[Panels] = FigureSpec(
    name="series",
    title=title,
    question="How near did the model come to what was observed?",
    caption=("Dots: observed, with two standard errors of measurement. Line and bands: median, middle 50 % and 90 % of the draws that came nearest in the "
             "training years, measurement error included. Broken lines: the constant and the straight line fitted on the same training years. Nearer: "
             "than the constant. Shaded: the test. A good band holds about as many dots as its name says."),
    draw=draw,
    alt=alt,
)
