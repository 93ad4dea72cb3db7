"""Fan charts: the trajectory of a few strategies over the years, with the spread across worlds."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.selection import worlds_shown, years_of
from experiments.figures import layout, style
from experiments.figures.curves import ERROR, Q50, calendar, fan
from experiments.figures.figure import FigureSpec
from experiments.names import powers, short_powers
from sim.axes import Array
from sim.payoffs import PLACES

LEFT, TOP, HIGH, GAP = 1.35, 0.52, 1.02, 0.12
#: Inches left of the panels for the numbers of their scales.
TICKS = 0.33
ROWS = {
    "output": "Output,\n% off the\nmedian of the\nreference",
    "tilt": "Tilt,\n+ towards\n{first},\n− towards\n{second}",
    "trust": "Trust of\nthe powers,\n0 to 1",
    "pressure": "Pressure\nreceived,\n0 to 1",
    "leverage": "Leverage,\n% of income\nin a power's\nhand",
}


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
    below = TOP + (HIGH + GAP) * len(ROWS) + 0.22
    layout.resize(figure, below + layout.key_height(marks))
    layout.draw_keys(figure, below, marks)
    width = (layout.WIDTH - layout.MARGIN - LEFT - GAP * (len(names) - 1)) / len(names)
    axes: list[Axes] = []
    for r, (variable, title) in enumerate(ROWS.items()):
        trajectories = {name: _shown(comparison, name, variable) for name in names}
        error = float(np.ptp(np.stack(list(trajectories.values())))) * ERROR
        row: list[Axes] = []
        for i, name in enumerate(names):
            ax = layout.axes_at(figure, LEFT + (width + GAP) * i, TOP + (HIGH + GAP) * r, width, HIGH, sharey=row[0] if row else None)
            _panel(ax, years, trajectories[name], variable, style.looks(comparison.families)[name].colour, error)
            calendar(ax, years, max(3, int(2 * width)), labelled=r == len(ROWS) - 1)
            ax.tick_params(labelleft=i == 0, length=2)
            row.append(ax)
        if variable == "tilt":
            row[0].set_ylim(-1.08, 1.08)
        layout.few_ticks(row[0], y=4, gap=GAP)
        layout.row_title(row[0], _fitted(title), LEFT - layout.MARGIN)
        axes += row
    for i, name in enumerate(names):
        _head(figure, comparison, name, LEFT + (width + GAP) * i + width / 2, width)
    return axes


def _fitted(title: str) -> str:
    """What a row shows, with the powers, beside the numbers of its scale."""
    lines = title.format(**dict(zip(PLACES, short_powers(), strict=True))).split("\n")
    return "\n".join(part for line in lines for part in layout.in_lines(line, LEFT - layout.MARGIN - TICKS))


def _shown(comparison: Comparison, name: str, variable: str) -> Array:
    """A trajectory as shown, shape (T, rows) or (T, 2, rows)."""
    trajectory = comparison.trajectories[name][variable]
    if variable == "output":
        return 100 * (trajectory / comparison.trajectories[comparison.reference]["output"][:, Q50, None] - 1)
    return 100 * trajectory if variable == "leverage" else trajectory


def _panel(ax: Axes, years: Array, trajectory: Array, variable: str, colour: str, error: float) -> None:
    ax.grid(axis="y", color=style.PALE, linewidth=0.4)
    if variable in ("output", "tilt"):
        ax.axhline(0, color=style.INK, linewidth=0.6, linestyle=":")
    if variable == "output":
        fan(ax, years, trajectory, colour, "-", error)
        return
    for i, own in enumerate(style.DOMAIN_COLOURS if variable == "tilt" else style.POWER_COLOURS):
        fan(ax, years, trajectory[:, i], own, "--" if i else "-", error)


def _head(figure: Figure, comparison: Comparison, name: str, centre: float, width: float) -> None:
    label = style.labels(comparison.strategies)[name]
    lines = layout.wrapped(label.split(" "), width, weight="bold")
    text = "\n".join(layout.fitted(line, width, weight="bold") for line in (lines if len(lines) <= 2 else [label]))
    layout.text_at(figure, centre, 0.26, text, ha="center", va="baseline", fontweight="bold", linespacing=1.1)
    role = "reference" if name == comparison.reference else style.family_label(comparison.families[name])
    layout.text_at(figure, centre, 0.43, layout.fitted(role, width), ha="center", va="baseline", color=style.looks(comparison.families)[name].colour)


def alt(comparison: Comparison) -> str:
    """Where the median of each variable ends, in words."""
    shown, parts = style.labels(comparison.strategies), []
    for name in selection.selection(comparison):
        end = {variable: [words.number(value) for value in np.atleast_1d(_shown(comparison, name, variable)[-1, ..., Q50])] for variable in ROWS}
        pairs = {variable: " and ".join(values) for variable, values in end.items()}
        parts.append(f"{shown[name]}: output {pairs['output']} % off the reference, tilt in economy and security {pairs['tilt']}, trust of "
                     f"{words.listed(powers())} {pairs['trust']}, pressure by them {pairs['pressure']}, leverage {pairs['leverage']} % of income")
    return f"Medians of {worlds_shown(comparison)} in the last quarter. " + words.sentence(parts)


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="fans",
    title="Trajectories over the years",
    question="How do output, tilt, trust, pressure and leverage develop, and how much do worlds differ?",
    caption=("Median, middle 50 % and 90 % of the worlds in each quarter; output against the median of the reference. The wider a band, the more worlds "
             "differ; with more than six strategies these are the reference, the best and the worst in economic return, and the best for most weights of "
             "other families."),
    draw=draw,
    alt=alt,
)
