"""An outcome along each of the inputs that change it most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.sensitivity.phrases import advantage_label, input_labels
from experiments.analyses.sensitivity.result import Options, Result
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.sweep import Axis
from experiments.figures import layout, rows, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.sensitivity import Response
from experiments.report.phrases import exact_ties

HIGH, COLOUR = 1.5, style.THINGS[0]


@dataclass(frozen=True)
class Responses:
    """An advantage along some inputs of a random design.

    Attributes:
        measure: The return.
        outcome: What the advantage is called.
        labels: Names of all inputs.
        units: Their units.
        strongest: Numbers of the inputs along which it changes most, with the responses as shown.
        n_points: Points of the design.
    """

    measure: str
    outcome: str
    labels: Sequence[str]
    units: Sequence[str]
    strongest: Sequence[tuple[int, Response]]
    n_points: int


def responses_of(options: Options, result: Result, measure: str) -> Responses:
    """Those of the advantage in one return."""
    units = [result.inputs.known[result.inputs.names[i]].unit for i in result.chosen]
    return Responses(measure, advantage_label(options, measure), input_labels(result, result.chosen), units,
                     result.advantages[options.measures.index(measure)].responses, len(result.sample))


def draw(figure: Figure, responses: Responses) -> list[Axes]:
    """A panel per input on one scale of the advantage."""
    shown = responses.strongest
    axis = [Axis(responses.labels[i], responses.labels[i], responses.units[i], (), True) for i, _ in shown]
    columns = min(3, len(shown))
    line = Line2D([], [], color=COLOUR, linewidth=1.4, marker="o", markersize=3, label="mean of the points in a bin")
    keys = [[line, layout.patch(COLOUR, "95 % interval of the mean", 0.45), layout.patch(COLOUR, "5–95 % of the points: what all other inputs do", 0.15)]]
    axes, _ = cells.panels(figure, cells.Grid(len(shown), columns, layout.MARGIN + 0.72, lambda width: 0.0, HIGH + 0.55, head=0.1), keys)
    for ax, (_, result), about in zip(axes, shown, axis, strict=True):
        # Below each panel is room for its own axis, for each shows another input.
        place = ax.get_position()
        share = HIGH / (HIGH + 0.55)
        ax.set_position((place.x0, place.y1 - place.height * share, place.width, place.height * share))
        ax.fill_between(result.at, result.q05, result.q95, color=COLOUR, alpha=0.15, linewidth=0)
        if np.isfinite(result.mean.low).all():
            ax.fill_between(result.at, result.mean.low, result.mean.high, color=COLOUR, alpha=0.45, linewidth=0)
        ax.plot(result.at, result.mean.value, color=COLOUR, linewidth=1.4, marker="o", markersize=2.5)
        ax.set_xlabel(cells.axis_label(about, rows.width_inches(ax)))
        ax.margins(x=0.03, y=0.08)
        ax.axhline(0, color=style.INK, linewidth=0.8, zorder=1)
    low, high = min(ax.get_ylim()[0] for ax in axes), max(ax.get_ylim()[1] for ax in axes)
    for i, ax in enumerate(axes):
        ax.set_ylim(low, high)
        layout.few_ticks(ax, x=4, y=6, gap=cells.GAP)
        if i % columns:
            ax.tick_params(labelleft=False)
        else:
            ax.set_ylabel("\n".join(layout.fitted(part, HIGH) for part in ("Advantage", scales.scale_of(responses.measure).unit)))
            ax.yaxis.set_label_coords(-0.5 / rows.width_inches(ax), 0.5)
    return axes


def alt(responses: Responses) -> str:
    """First and last bin of each input."""
    parts = (f"{responses.labels[i]}: {words.number(float(result.mean.value[0]))} at {words.number(float(result.at[0]))}, "
             f"{words.number(float(result.mean.value[-1]))} at {words.number(float(result.at[-1]))}" for i, result in responses.strongest)
    return f"Mean {words.within(responses.outcome)} along the inputs that change it most, over {responses.n_points:,} points. " + words.sentence(parts)


def name(responses: Responses) -> str:
    """A file for each return."""
    return f"response_{responses.measure}"


def title(responses: Responses) -> str:
    """Along which input the mean changes most, and from where to where."""
    widths = np.array([np.ptp(result.mean.value) for _, result in responses.strongest])
    outcome, widest = layout.in_title(words.within(responses.outcome)), int(widths.argmax())
    if not widths[widest]:
        return f"The mean {outcome} changes along no assumption"
    labels = [layout.in_title(words.within(responses.labels[responses.strongest[i][0]])) for i in exact_ties(widths, widest)]
    mean = responses.strongest[widest][1].mean.value
    ends = words.between(float(mean.min()), float(mean.max()), scales.scale_of(responses.measure).unit)
    return f"The mean {outcome} changes most along {words.some(labels, 2)}: {ends}"


def question(responses: Responses) -> str:
    """In which return."""
    return f"How does the advantage change along each assumption? {scales.scale_of(responses.measure).label}"


def caption(responses: Responses) -> str:
    """How to read it."""
    return (f"Mean advantage in bins of equal count, over points at which all {len(responses.labels)} inputs are random. The dark band is the 95 % interval of "
            "that mean over points, the pale band nine tenths of the points, which is what the other inputs do; each point is a mean over worlds.")


FIGURE: FigureSpec[Responses] = FigureSpec(
    name=name,
    title=title,
    question=question,
    caption=caption,
    draw=draw,
    alt=alt,
)
