"""Skill against the constant in training and in the test, series by series."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.hindcast.phrases import series_label
from experiments.analyses.hindcast.result import DECIDES, FREE, Options, Result
from experiments.figures import layout, rows, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate

#: Inches of a row; a skill below this is drawn at the edge.
ROW, LEAST = 0.34, -2.0
#: Colours of training and test, and where in a row they lie.
LOOKS = (("training", style.THINGS[0], -0.16), ("test", style.INK, 0.16))


@dataclass(frozen=True)
class Skills:
    """Skills of series.

    Attributes:
        labels: What the series are called.
        training, test: Skill of each.
    """

    labels: Sequence[str]
    training: Sequence[Estimate]
    test: Sequence[Estimate]


def skills_of(options: Options, result: Result) -> Skills:
    """Those of a hindcast."""
    return Skills([series_label(target.series, options) for target in result.targets],
                  [target.training[FREE].skill[DECIDES] for target in result.targets], [target.test[FREE].skill[DECIDES] for target in result.targets])


def draw(figure: Figure, skills: Skills) -> list[Axes]:
    """A point and an interval for training and test in each row."""
    keys = [[*(Line2D([], [], color=colour, marker="o", markersize=4, linewidth=style.INTERVAL, label=f"{name}, 95 % interval") for name, colour, _ in LOOKS),
             Line2D([], [], color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), label="the constant"),
             Line2D([], [], color=style.QUIET, marker="<", markersize=4, linestyle="none", label=f"below {words.fixed(LEAST, 0)}")]]
    (ax,) = rows.panels(figure, skills.labels, 1, ROW, keys, top=0.05)
    for (_, colour, shift), estimates in zip(LOOKS, (skills.training, skills.test), strict=True):
        for row, part in enumerate(estimates):
            value, low, high = float(part.value), float(part.low), float(part.high)
            if not np.isfinite(value):
                continue
            ax.plot((max(low, LEAST), max(high, LEAST)), (row + shift, row + shift), color=colour, linewidth=style.INTERVAL, solid_capstyle="butt")
            ax.plot(max(value, LEAST), row + shift, color=colour, marker="<" if value < LEAST else "o", markersize=4.5, linestyle="none", zorder=4)
    ax.axvline(0, color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
    ax.set_xlim(LEAST - 0.08, 1.05)
    ax.set_xlabel("Skill against the constant (1: no error; 0: no better)")
    layout.few_ticks(ax, x=7)
    return [ax]


def alt(skills: Skills) -> str:
    """The skills in words."""
    parts = (f"{label}: {_text(one)} in training, {_text(other)} in the test"
             for label, one, other in zip(skills.labels, skills.training, skills.test, strict=True))
    return "Skill against the constant. " + words.sentence(parts)


def _text(part: Estimate) -> str:
    return words.number(float(part.value)) if np.isfinite(part.value) else "none"


def title(skills: Skills) -> str:
    """In how many series the model comes nearer in both."""
    both = sum(float(one.value) > 0 and float(other.value) > 0 for one, other in zip(skills.training, skills.test, strict=True))
    return f"In {both} of {len(skills.labels)} series the model comes nearer than the constant, in training and in the test"


FIGURE: FigureSpec[Skills] = FigureSpec(
    name="skill",
    title=title,
    question="Is the model better than the mean of the training years?",
    caption=("Skill: 1 less the mean square error over that of the constant, which is the mean of the training years. To the right of the broken line the "
             "model is better. Intervals come from blocks of neighbouring years; of fewer than four years there is none."),
    draw=draw,
    alt=alt,
)
