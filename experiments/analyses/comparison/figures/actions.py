"""What each power did to the focal state: investment, aid, pressure, visits."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.dependence import mean_actions
from experiments.analyses.comparison.selection import worlds_shown, years_of
from experiments.figures import events, layout, style
from experiments.figures.curves import ERROR, MEAN, Q25, Q75, calendar, fan, thinned
from experiments.figures.figure import FigureSpec
from experiments.figures.svg import explain
from experiments.names import powers
from sim.axes import DT, N_POWERS, Array

LEFT, TOP, HIGH, GAP, BETWEEN = 1.35, 0.3, 1.3, 0.2, 0.6
#: Inches of the strip of rivalry.
STRIP = 0.45
#: Inches above a panel for the note on its scale.
NOTE = 1.3
ROWS = {
    "investment": "Investment,\nUSD bn/yr",
    "aid": "Aid,\nUSD bn/yr",
    "pressure": "Pressure,\n0 to 1",
    "visits": "Visits a year,\nmean of four\nquarters",
}
#: Powers whose largest values differ by more than this factor get a scale each.
APART = 3.0
YEAR = round(1 / DT)


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """A row per action, a column per power, a line (mean over worlds) and a pale band (50 % of worlds) per selected strategy."""
    names, years = selection.selection(comparison), years_of(comparison)
    look, shown, short = style.looks(comparison.families), style.labels(comparison.strategies), style.short_labels(comparison.strategies)
    strategies = [Line2D([], [], color=look[name].colour, linestyle=look[name].line, label=short[name], **look[name].marker()) for name in names]
    marks = (Line2D([], [], color=style.INK, label=f"mean of {worlds_shown(comparison)}"),
             layout.patch(style.QUIET, "middle 50 % of them (not for visits)", 0.2))
    strip = TOP + (HIGH + GAP) * len(ROWS)
    below = strip + STRIP + 0.3
    under, lines = below + layout.key_height(strategies, marks), events.key(comparison.events)
    layout.resize(figure, under + (layout.LINE * len(lines) + 0.08) * bool(lines))
    layout.draw_keys(figure, below, strategies, marks)
    events.draw_key(figure, under + 0.08, comparison.events)
    width = (layout.WIDTH - 2 * layout.MARGIN - LEFT - BETWEEN) / N_POWERS
    axes: list[Axes] = []
    for r, (variable, title) in enumerate(ROWS.items()):
        row = [layout.axes_at(figure, LEFT + (width + BETWEEN) * g, TOP + (HIGH + GAP) * r, width, HIGH) for g in range(N_POWERS)]
        for g, ax in enumerate(row):
            trajectories = [_shown(comparison, name, variable, g) for name in names]
            error = max(trajectory.max() for trajectory in trajectories) * ERROR
            for i, name in enumerate(names):
                line = _trajectory(ax, look[name], years, *thinned(years, trajectories[i], error), turn=i / len(names), band=variable != "visits")
                explain(line, shown[name])
            ax.grid(axis="y", color=style.PALE, linewidth=0.4)
            calendar(ax, years, 8, labelled=False)
            events.mark(ax, comparison.events, lettered=False)
        _scales(row)
        layout.row_title(row[0], title, LEFT - layout.MARGIN)
        axes += row
    for g in range(N_POWERS):
        ax = layout.axes_at(figure, LEFT + (width + BETWEEN) * g, strip, width, STRIP)
        fan(ax, years, comparison.trajectories[comparison.reference]["rivalry"], style.QUIET, "-", ERROR)
        calendar(ax, years, 8, labelled=True)
        events.mark(ax, comparison.events, lettered=True)
        ax.set_ylim(0, 1)
        layout.few_ticks(ax, y=2)
        layout.row_title(ax, "Rivalry,\n0 to 1" if g == 0 else "", LEFT - layout.MARGIN)
        axes.append(ax)
    for ax, power in zip(axes, powers(), strict=False):
        ax.set_title(layout.fitted(f"By {power}", width - NOTE, style.NORMAL, "bold"), fontsize=style.NORMAL, fontweight="bold", loc="left")
    return axes


def _shown(comparison: Comparison, name: str, variable: str, power: int) -> Array:
    """Lower and upper quartile and mean of what a power did, shape (T, 3); of visits three times the yearly rate."""
    trajectory = comparison.trajectories[name][variable][:, power]
    if variable != "visits":
        return trajectory[:, (Q25, Q75, MEAN)]
    total = np.cumsum(trajectory[:, MEAN])
    total[YEAR:] = total[YEAR:] - total[:-YEAR]
    rate = total / np.minimum(np.arange(1, len(total) + 1), YEAR) / DT
    return np.stack([rate] * 3, axis=1)


def _trajectory(ax: Axes, look: style.Look, years: Array, when: Array, trajectory: Array, *, turn: float, band: bool) -> Line2D:
    if band:
        ax.fill_between(when, trajectory[:, 0], trajectory[:, 1], color=look.colour, alpha=0.13, linewidth=0)
    (line,) = ax.plot(when, trajectory[:, 2], color=look.colour, linestyle=look.line, linewidth=1.4)
    # Markers of different strategies sit at different times, so that lines on one another stay readable.
    at = years[0] + (np.arange(5) + turn) / 5 * (years[-1] - years[0])
    ax.plot(at, np.interp(at, when, trajectory[:, 2]), linestyle="none", **look.marker(4))
    return line


def _scales(row: list[Axes]) -> None:
    """One scale for both powers where their values are of the same size; else one each, and the panels say so."""
    tops = [max(ax.get_ylim()[1], 1e-3) for ax in row]
    alike = max(tops) / min(tops) <= APART
    for ax, top in zip(row, tops, strict=True):
        ax.set_ylim(0, max(tops) if alike else top)
        layout.few_ticks(ax, y=4)
        if not alike:
            note = f"own scale, to {words.number(top)}"
            ax.text(1, 1, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=style.SMALL, color=style.QUIET, style="italic")


def alt(comparison: Comparison) -> str:
    """Means over worlds and quarters of what each power did, in words."""
    shown, parts = style.labels(comparison.strategies), []
    for name in selection.selection(comparison):
        means = mean_actions(comparison, name, list(ROWS))
        means_in_words = (f"{variable} {words.number(first)} and {words.number(second)}" for variable, (first, second) in means.items())
        parts.append(f"{shown[name]}: " + ", ".join(means_in_words))
    return (f"Means of {worlds_shown(comparison)} over all quarters of what {words.listed(powers())} did, in this order; investment and aid in USD bn a "
            "year, visits a year. " + words.sentence(parts))


def title(comparison: Comparison) -> str:
    """What either power invests where the reference is played."""
    investment = mean_actions(comparison, comparison.reference, ["investment"])["investment"]
    (first, second), (one, other) = powers(), (words.number(float(value)) for value in investment)
    shown = style.labels(comparison.strategies)[comparison.reference]
    return f"{words.capital(first)} invests {one} USD bn a year, {second} {other}, under {shown}"


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="actions",
    title=title,
    question="What did each power offer and threaten, given the strategy it met?",
    caption=("Mean over worlds of what each power did, with the middle half of the worlds as a pale band; visits are a yearly rate, mean of four quarters. "
             "Compare lines within a panel: where the powers differ by more than three times, each has its own scale, and the panel says so."),
    draw=draw,
    alt=alt,
)
