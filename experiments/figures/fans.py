"""Fan charts: the course of a few strategies over the years, with the spread across worlds."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.comparison import Comparison
from experiments.figures.curves import Q50, calendar, fan, worlds_shown, years_of
from experiments.figures.style import (
    DOMAIN_COLOURS, INK, MARGIN, PALE, POWER_COLOURS, QUIET, SMALL, WIDTH, Context, axes_at, family_label, few_ticks, key, key_height, labels, looks, number,
    resize, selection, sentence, shortened, text_at)
from sim.axes import Array

GAP, PANEL, LEFT = 0.1, 1.02, 1.12
HEADS = 0.55
ROWS = (
    ("output", "Output,\n% off the\nreference's\nmedian"), ("tilt", "Tilt,\n+1 = China,\n−1 = US"), ("trust", "Trust of\nthe powers,\n0 to 1"),
    ("pressure", "Pressure\nreceived,\n0 to 1"), ("leverage", "Leverage,\n% of income\nlost on a\nrupture"))
STYLES = ("-", "--")


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """A column per selected strategy, a row per variable: median, 50 and 90 % of worlds."""
    names, years = selection(comparison), years_of(comparison, context)
    marks = [
        Line2D([], [], color=POWER_COLOURS[0], label="China"), Line2D([], [], color=POWER_COLOURS[1], linestyle="--", label="United States"),
        Line2D([], [], color=DOMAIN_COLOURS[0], label="economy (tilt)"), Line2D([], [], color=DOMAIN_COLOURS[1], linestyle="--", label="security (tilt)"),
        Line2D([], [], color=INK, label="median"), Patch(color=QUIET, alpha=0.45, label=f"50 % of {worlds_shown(comparison)}"),
        Patch(color=QUIET, alpha=0.18, label=f"90 % of {worlds_shown(comparison)}"),
    ]
    height = HEADS + (PANEL + GAP) * len(ROWS)
    resize(figure, height + 0.35 + key_height(marks))
    width = min((WIDTH - MARGIN - LEFT - GAP * (len(names) - 1)) / len(names), 2.6)
    axes: list[Axes] = []
    for r, (variable, label) in enumerate(ROWS):
        top = HEADS + (PANEL + GAP) * r
        text_at(figure, MARGIN, top + PANEL / 2, label, va="center", linespacing=1.25)
        row: list[Axes] = []
        for i, name in enumerate(names):
            ax = axes_at(figure, LEFT + (width + GAP) * i, top, width, PANEL, sharey=row[0] if row else None)
            _panel(ax, comparison, name, variable, years)
            calendar(ax, years, labelled=r == len(ROWS) - 1)
            ax.tick_params(labelleft=i == 0, length=2)
            row.append(ax)
        few_ticks(row[0], y=4)
        axes += row
    for i, name in enumerate(names):
        _head(figure, comparison, name, LEFT + (width + GAP) * i, width)
    key(figure, height + 0.25, marks)
    return axes


def _panel(ax: Axes, comparison: Comparison, name: str, variable: str, years: Array) -> None:
    course = comparison.courses[name][variable]
    ax.grid(axis="y", color=PALE, linewidth=0.4)
    if variable == "output":
        ax.axhline(0, color=INK, linewidth=0.6, linestyle=":")
        fan(ax, years, _off_reference(comparison, course), looks(comparison.families)[name].colour, "-")
        return
    if variable == "tilt":
        ax.axhline(0, color=INK, linewidth=0.6, linestyle=":")
        ax.set_ylim(-1.08, 1.08)
    for i, colour in enumerate(DOMAIN_COLOURS if variable == "tilt" else POWER_COLOURS):
        fan(ax, years, course[:, i] * (100 if variable == "leverage" else 1), colour, STYLES[i])


def _off_reference(comparison: Comparison, output: Array) -> Array:
    median = comparison.courses[comparison.reference]["output"][:, Q50]
    return 100 * (output / median[:, None] - 1)


def _head(figure: Figure, comparison: Comparison, name: str, left: float, width: float) -> None:
    look, longest = looks(comparison.families)[name], int(width / 0.072)
    words = shortened(labels(comparison.strategies)[name], longest)
    role = "reference" if name == comparison.reference else family_label(comparison.families[name])
    text_at(figure, left + width / 2, 0.1, words, ha="center", fontweight="bold")
    text_at(figure, left + width / 2, 0.28, shortened(role, longest), ha="center", color=look.colour, fontsize=SMALL)


def alt(comparison: Comparison) -> str:
    """Where the median of each variable ends, in words."""
    shown, parts = labels(comparison.strategies), []
    for name in selection(comparison):
        course = comparison.courses[name]
        output = _off_reference(comparison, course["output"])[-1, Q50]
        ends = [f"output {number(output)} % off the reference"]
        for variable, words in (("tilt", "tilt in economy and security"), ("trust", "trust of China and the United States"), ("pressure", "pressure by them")):
            ends.append(f"{words} {number(course[variable][-1, 0, Q50])} and {number(course[variable][-1, 1, Q50])}")
        leverage = 100 * course["leverage"][-1, :, Q50]
        ends.append(f"leverage {number(leverage[0])} and {number(leverage[1])} % of income")
        parts.append(f"{shown[name]}: " + ", ".join(ends))
    return f"Medians over {worlds_shown(comparison)} in the last quarter. " + sentence(parts)

