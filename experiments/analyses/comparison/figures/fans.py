"""Fan charts: the trajectory of a few strategies over the years, with the spread across worlds."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.selection import worlds_shown, years_of
from experiments.figures import events, layout, style
from experiments.figures.curves import ERROR, Q50, calendar, fan
from experiments.figures.figure import FigureSpec
from experiments.names import powers, short_powers
from sim.axes import Array
from sim.payoffs import PLACES

LEFT, TOP, HIGH, GAP = 1.35, 0.62, 0.92, 0.12
#: Inches of the strip of rivalry.
STRIP = 0.42
#: Inches left of the panels for the numbers of their scales.
TICKS = 0.33
ROWS = {
    "since": "Output,\n% above the\nstart",
    "output": "Output,\n% off the\nmedian of the\nreference",
    "tilt": "Tilt,\n+ towards\n{first},\n− towards\n{second}",
    "trust": "Trust of\nthe powers,\n0 to 1",
    "pressure": "Pressure\nreceived,\n0 to 1",
    "leverage": "Leverage,\n% of income\nin a power's\nhand",
    "rivalry": "Rivalry,\n0 to 1",
}
#: The variable that a row shows, where it has another name.
VARIABLES = {"since": "output"}


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """A column per selected strategy, a row per variable: median, 50 and 90 % of worlds."""
    names, years = selection.selection(comparison), years_of(comparison)
    marks = (
        Line2D([], [], color=style.POWER_COLOURS[0], label=short_powers()[0]),
        Line2D([], [], color=style.POWER_COLOURS[1], linestyle="--", label=short_powers()[1]),
        Line2D([], [], color=style.DOMAIN_COLOURS[0], label="tilt, economy"),
        Line2D([], [], color=style.DOMAIN_COLOURS[1], linestyle="--", label="tilt, security"),
        Line2D([], [], color=style.INK, label=f"median of {worlds_shown(comparison)}"), layout.patch(style.QUIET, "50 %", 0.45),
        layout.patch(style.QUIET, "90 % of them", 0.18),
    )
    tall = {variable: STRIP if variable == "rivalry" else HIGH for variable in ROWS}
    below = TOP + sum(tall.values()) + GAP * len(ROWS) + 0.22
    under = below + layout.key_height(marks)
    lines = events.key(comparison.events)
    layout.resize(figure, under + (layout.LINE * len(lines) + 0.08) * bool(lines))
    layout.draw_keys(figure, below, marks)
    events.draw_key(figure, under + 0.08, comparison.events)
    width = (layout.WIDTH - layout.MARGIN - LEFT - GAP * (len(names) - 1)) / len(names)
    axes: list[Axes] = []
    top = TOP
    for variable, title in ROWS.items():
        trajectories = {name: _shown(comparison, name, variable) for name in names}
        error = float(np.ptp(np.stack(list(trajectories.values())))) * ERROR
        row: list[Axes] = []
        for i, name in enumerate(names):
            ax = layout.axes_at(figure, LEFT + (width + GAP) * i, top, width, tall[variable], sharey=row[0] if row else None)
            _panel(ax, years, trajectories[name], variable, style.looks(comparison.families)[name].colour, error)
            calendar(ax, years, max(3, int(2 * width)), labelled=variable == list(ROWS)[-1])
            events.mark(ax, comparison.events, lettered=top == TOP)
            ax.tick_params(labelleft=i == 0, length=2)
            row.append(ax)
        if variable == "tilt":
            row[0].set_ylim(-1.08, 1.08)
        if variable == "rivalry":
            row[0].set_ylim(0, 1)
        layout.few_ticks(row[0], y=2 if variable == "rivalry" else 4, gap=GAP)
        layout.row_title(row[0], _fitted(title), LEFT - layout.MARGIN)
        axes += row
        top += tall[variable] + GAP
    for i, name in enumerate(names):
        _head(figure, comparison, name, LEFT + (width + GAP) * i + width / 2, width)
    return axes


def _fitted(title: str) -> str:
    """What a row shows, with the powers, beside the numbers of its scale."""
    lines = title.format(**dict(zip(PLACES, short_powers(), strict=True))).split("\n")
    return "\n".join(part for line in lines for part in layout.in_lines(line, LEFT - layout.MARGIN - TICKS))


def _shown(comparison: Comparison, name: str, variable: str) -> Array:
    """A trajectory as shown, shape (T, rows) or (T, 2, rows)."""
    trajectory = comparison.trajectories[name][VARIABLES.get(variable, variable)]
    if variable == "since":
        return 100 * (trajectory / comparison.trajectories[comparison.reference]["output"][0, Q50] - 1)
    if variable == "output":
        return 100 * (trajectory / comparison.trajectories[comparison.reference]["output"][:, Q50, None] - 1)
    return 100 * trajectory if variable == "leverage" else trajectory


def _panel(ax: Axes, years: Array, trajectory: Array, variable: str, colour: str, error: float) -> None:
    ax.grid(axis="y", color=style.PALE, linewidth=0.4)
    if variable in ("since", "output", "tilt"):
        ax.axhline(0, color=style.INK, linewidth=0.6, linestyle=":")
    if variable in ("since", "output", "rivalry"):
        fan(ax, years, trajectory, style.QUIET if variable == "rivalry" else colour, "-", error)
        return
    for i, own in enumerate(style.DOMAIN_COLOURS if variable == "tilt" else style.POWER_COLOURS):
        fan(ax, years, trajectory[:, i], own, "--" if i else "-", error)


def _head(figure: Figure, comparison: Comparison, name: str, centre: float, width: float) -> None:
    text = "\n".join(layout.in_lines(style.labels(comparison.strategies)[name], width, weight="bold"))
    layout.text_at(figure, centre, 0.24, text, ha="center", va="baseline", fontweight="bold", linespacing=1.1)
    role = "reference" if name == comparison.reference else style.family_label(comparison.families[name])
    layout.text_at(figure, centre, 0.41, layout.fitted(role, width), ha="center", va="baseline", color=style.looks(comparison.families)[name].colour)


def alt(comparison: Comparison) -> str:
    """Where the median of each variable ends, in words."""
    shown, parts = style.labels(comparison.strategies), []
    for name in selection.selection(comparison):
        end = {variable: [words.number(value) for value in np.atleast_1d(_shown(comparison, name, variable)[-1, ..., Q50])] for variable in ROWS}
        pairs = {variable: " and ".join(values) for variable, values in end.items()}
        parts.append(f"{shown[name]}: output {pairs['since']} % above the start and {pairs['output']} % off the reference, tilt in "
                     f"economy and security {pairs['tilt']}, trust of "
                     f"{words.listed(powers())} {pairs['trust']}, pressure by them {pairs['pressure']}, leverage {pairs['leverage']} % of income")
    rivalry = words.number(_shown(comparison, comparison.reference, "rivalry")[-1, Q50])
    happens = [f"events: {'; '.join(event.what for event in comparison.events)}"] if comparison.events else []
    return f"Medians of {worlds_shown(comparison)} in the last quarter. " + words.sentence([*parts, f"rivalry {rivalry}", *happens])


def title(comparison: Comparison) -> str:
    """Between which medians output ends."""
    shown, names = style.labels(comparison.strategies), selection.selection(comparison)
    ends = sorted((float(_shown(comparison, name, "since")[-1, Q50]), name) for name in names)
    (low, lowest), (high, highest) = ends[0], ends[-1]
    if words.number(low) == words.number(high):
        return f"Median output ends {words.number(low)} % above its start"
    return f"Median output ends {words.number(low)} % above its start under {shown[lowest]}, {words.number(high)} % under {shown[highest]}"


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="fans",
    title=title,
    question="How do output, tilt, trust, pressure, leverage and rivalry develop, and how much do worlds differ?",
    caption=("Median, middle 50 % and 90 % of the worlds in each quarter; output against its start and against the median of the reference in the same "
             "quarter. Dotted lines with letters are events and the first changes of series. The wider a band, the more worlds differ; with more than six "
             "strategies these are the reference, the best and the worst in economic return, and the best for most weights of other families."),
    draw=draw,
    alt=alt,
)
