"""What the model shows beside what is expected, pattern by pattern, each on the scale of its expected range."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.patterns.findings import expected_text, headline, value_text
from experiments.analyses.patterns.result import IN_PART, NOT, REPRODUCED, Shown
from experiments.figures import layout, rows, style
from experiments.figures.figure import FigureSpec

#: Inches of a row; half widths of the expected range that are shown to either side of its middle.
ROW, FAR = 0.36, 4.0
#: Colours of the verdicts.
COLOURS = {REPRODUCED: style.INK, IN_PART: style.QUIET, NOT: "#A02020"}


def draw(figure: Figure, result: Sequence[Shown]) -> list[Axes]:
    """A point with its interval in each row; the expected range is the band in the middle."""
    keys = [[layout.patch(style.PALE, "expected range"), *(Line2D([], [], color=colour, marker="o", markersize=4, linewidth=style.INTERVAL, label=verdict)
                                                           for verdict, colour in COLOURS.items()),
             Line2D([], [], color=style.QUIET, marker=">", markersize=4, linestyle="none", label="farther")]]
    (ax,) = rows.panels(figure, [words.capital(each.pattern.label) for each in result], 1, ROW, keys, top=0.05)
    ax.axvspan(-1, 1, color=style.PALE, linewidth=0, zorder=0)
    for row, each in enumerate(result):
        low, value, high = (_placed(each, float(end)) for end in (each.value.low, each.value.value, each.value.high))
        colour = COLOURS[each.verdict]
        if abs(value) > FAR:
            ax.plot(FAR if value > 0 else -FAR, row, color=colour, marker=">" if value > 0 else "<", markersize=5, linestyle="none")
        else:
            ax.plot((max(low, -FAR), min(high, FAR)), (row, row), color=colour, linewidth=style.INTERVAL, solid_capstyle="butt")
            ax.plot(value, row, color=colour, marker="o", markersize=4.5, linestyle="none", zorder=4)
    ax.set_xlim(-FAR - 0.2, FAR + 0.2)
    ax.set_xticks([-1, 0, 1], ["lower end", "middle", "upper end"])
    ax.set_xlabel("Place of the model's value in the expected range")
    return [ax]


def _placed(each: Shown, value: float) -> float:
    """A value on the scale on which the expected range goes from −1 to 1."""
    low, high = each.pattern.expected
    half = (high - low) / 2 or each.pattern.tolerance or 1.0
    return (value - (low + high) / 2) / half


def alt(result: Sequence[Shown]) -> str:
    """Values and ranges in words."""
    return words.sentence(f"{each.pattern.label} {value_text(each)}, expected {expected_text(each)}, {each.verdict}" for each in result)


FIGURE: FigureSpec[Sequence[Shown]] = FigureSpec(
    name="expected",
    title=headline,
    question="Which published facts does the model show?",
    caption=("Each row is a pattern on a scale of its own: the band is the range in which it is reproduced. Dot and line: the model's mean with its 95 % "
             "interval over worlds. Arrows lie farther out than the figure reaches."),
    draw=draw,
    alt=alt,
)
