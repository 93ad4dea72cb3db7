"""The charts of the page as SVG, written directly: Matplotlib takes a quarter of a second for each, and a slider does not wait so long.

Every text in them is escaped here.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape

import numpy as np
from matplotlib.colors import to_hex

from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.sweep.figures.panels import level_label
from experiments.analyses.sweep.figures.winners import BY_NUMBER, colours_of, winner_colours
from experiments.analyses.sweep.figures.winners import called as winner
from experiments.analyses.sweep.sweep import Axis
from experiments.figures.style import INK, PALE, POWER_COLOURS, QUIET, labels, looks, short_labels
from experiments.lab import svg
from experiments.lab.shown import Row
from experiments.lab.sweep import Diagram, usual
from experiments.names import filled, powers
from experiments.report.differences import Difference, amount, in_points, interval, noun, size, unit
from experiments.words import capital, number
from sim.axes import Array
from sim.history import VARIABLES

#: Pixels of a chart, of a row of bars, of the names beside them, and of the margin below a scale.
WIDTH, ROW, NAMES, FOOT = 640, 30, 170, 34
HEIGHT = 300
#: A cell of the diagram, wide and high, and where the first one begins.
CELL, LEFT, TOP = (56, 34), 90, 28
#: Trajectories that can be drawn: variable, and which powers have one.
TRAJECTORIES = {"trust": True, "pressure": True, "investment": True, "aid": True, "leverage": True, "output": False, "tilt": False}
#: Rows of a trajectory: quantiles 5, 25, 50, 75, 95 % and the mean.
Q05, Q25, Q50, Q75, Q95 = range(5)


def bars(rows: Sequence[Row], comparison: Comparison, measure: str, earlier: str) -> str:
    """A bar for each strategy, with the 95 % interval of its mean; above it a pale one for what it is compared with."""
    called, look = short_labels(comparison.strategies), looks(comparison.families)
    ends = [in_points(measure, value) for row in rows for d in (row.now, row.before) if d is not None for value in (d.low, d.high, 0.0) if np.isfinite(value)]
    across = _scale(ends, NAMES, WIDTH - 10)
    bottom = ROW * len(rows) + 6
    parts = [_vertical_scale(across, ends, bottom, f"{capital(noun(measure))}, {unit(measure)}")]
    for i, row in enumerate(rows):
        top, colour = ROW * i + 4, look[row.strategy].colour
        parts.append(svg.text(NAMES - 8, top + 16, called[row.strategy], "end", INK))
        if row.before is not None:
            parts.append(_bar(across, row.before, measure, top + 1, 7, PALE, f"{called[row.strategy]}, {earlier}: {_said(measure, row.before)}"))
        parts.append(_bar(across, row.now, measure, top + 9, 12, colour, f"{called[row.strategy]}: {_said(measure, row.now)}"))
    summary = f"{capital(noun(measure))} of each strategy. " + " ".join(f"{called[row.strategy]}: {_said(measure, row.now)}." for row in rows)
    return svg.picture(WIDTH, bottom + FOOT, parts, summary)


def tradeoff(across: Sequence[Row], up: Sequence[Row], comparison: Comparison, measures: tuple[str, str]) -> str:
    """Two returns of each strategy against each other; a pale line leads from where it was."""
    called, look = short_labels(comparison.strategies), looks(comparison.families)
    def x_of(value: float) -> float:
        return in_points(measures[0], value)

    def y_of(value: float) -> float:
        return in_points(measures[1], value)

    both = list(zip(across, up, strict=True))
    xs, ys = ([of(value) for row in rows for d in (row.now, row.before) if d is not None for value in (d.mean, d.low, d.high) if np.isfinite(value)]
              for of, rows in ((x_of, across), (y_of, up)))
    sideways, upwards = _scale([*xs, 0.0], 60, WIDTH - 120), _scale([*ys, 0.0], HEIGHT - 8, 8)
    parts = [_vertical_scale(sideways, [*xs, 0.0], HEIGHT, f"{capital(noun(measures[0]))}, {unit(measures[0])}"),
             *_levels(upwards, [*ys, 0.0]),
             svg.text(4, 4, f"{capital(noun(measures[1]))}, {unit(measures[1])}", "start", QUIET, "hanging")]
    dots = [(sideways(x_of(one.now.mean)), upwards(y_of(other.now.mean))) for one, other in both]
    placed: list[tuple[float, float]] = []
    for one, other in sorted(both, key=lambda pair: -pair[1].now.mean):
        colour = look[one.strategy].colour
        x, y = sideways(x_of(one.now.mean)), upwards(y_of(other.now.mean))
        if one.before is not None and other.before is not None:
            x0, y0 = sideways(x_of(one.before.mean)), upwards(y_of(other.before.mean))
            parts.append(svg.line(x0, y0, x, y, PALE) + f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="4" fill="{PALE}"/>')
        for d, of, scale, level in ((one.now, x_of, sideways, False), (other.now, y_of, upwards, True)):
            if np.isfinite(d.low):
                low, high = scale(of(d.low)), scale(of(d.high))
                parts.append(svg.line(x, low, x, high, colour, 2) if level else svg.line(low, y, high, y, colour, 2))
        label_y = y + 4
        ends = x + 10 + 7 * len(called[one.strategy])
        while (any(abs(label_y - taken) < 12 and abs(x - beside) < NAMES for beside, taken in placed)
               or any(x < dot_x < ends and abs(label_y - 4 - dot_y) < 11 for dot_x, dot_y in dots)):
            label_y += 3
        placed.append((x, label_y))
        tip = f"{called[one.strategy]}: {_said(measures[0], one.now)}; {_said(measures[1], other.now)}"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{colour}"><title>{escape(tip)}</title></circle>'
                     + svg.text(x + 10, label_y, called[one.strategy], "start", INK))
    return svg.picture(WIDTH, HEIGHT + FOOT, parts, f"{capital(noun(measures[0]))} and {noun(measures[1])} of each strategy.")


def trajectory(comparison: Comparison, strategy: str, variable: str) -> str:
    """A variable over the years with one strategy: median, and the bands that hold 50 and 90 % of the worlds; dashed lines where something happens."""
    values = comparison.trajectories[strategy][variable]
    series = [values] if values.ndim == 2 else [values[:, i] for i in range(values.shape[1])]
    called = list(powers()) if TRAJECTORIES[variable] else ["economy", "security"] if len(series) > 1 else [""]
    start = int(comparison.start[:4]) + (int(comparison.start[5]) - 1) / 4
    years = start + np.arange(len(values)) / 4
    sideways = _scale([float(years[0]), float(years[-1])], 60, WIDTH - 10)
    upwards = _scale([float(values[..., Q05:Q95 + 1].min()), float(values[..., Q05:Q95 + 1].max())], HEIGHT - 8, 30)
    known = VARIABLES[variable]
    levels = [float(values[..., Q05:Q95 + 1].min()), float(values[..., Q05:Q95 + 1].max())]
    title = filled(known.label) + ("" if known.unit == "-" else f", {known.unit}")
    parts = [*_levels(upwards, levels),
             *(svg.text(sideways(year), HEIGHT + 16, f"{year:.0f}", "middle", QUIET) for year in _ticks([float(years[0]), float(years[-1])])),
             svg.text(4, 4, title, "start", QUIET, "hanging")]
    for i, (each, name) in enumerate(zip(series, called, strict=True)):
        colour = POWER_COLOURS[i] if len(series) > 1 else INK
        for low, high, opacity in ((Q05, Q95, 0.15), (Q25, Q75, 0.3)):
            parts.append(f'<path d="{_path(years, each[:, high], each[:, low], sideways, upwards)}" fill="{colour}" opacity="{opacity}"/>')
        dashed = ' stroke-dasharray="6 3"' if i else ""
        parts.append(f'<path d="{_path(years, each[:, Q50], None, sideways, upwards)}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
        if name:
            parts.append(svg.line(WIDTH - 210 + 100 * i, 12, WIDTH - 190 + 100 * i, 12, colour, 2) + svg.text(WIDTH - 186 + 100 * i, 16, name, "start", INK))
    for event in comparison.events:
        x = sideways(event.year)
        tip = f"<title>{escape(event.what)}</title>"
        parts.append(f'<line x1="{x:.1f}" y1="26" x2="{x:.1f}" y2="{HEIGHT}" stroke="{QUIET}" stroke-dasharray="2 3">{tip}</line>')
    happens = "".join(f" {event.year:.0f}: {event.what}." for event in comparison.events)
    return svg.picture(WIDTH, HEIGHT + FOOT, parts, f"{filled(known.label)} over the years with {labels([strategy])[strategy]}.{happens}")


def phase(diagram: Diagram, measure: str) -> str:
    """Who leads at each pair of values of two numbers, as in the phase diagram of a report; cells come as they are computed.

    Hatched: nobody is ahead for certain and in practice. Dotted: ahead with all members of a family alone. Ring: the question itself.
    """
    rows, table, result = diagram.leads(measure)
    (x, y), sweep, side, (wide, high) = diagram.axes, diagram.parts[0].sweep, diagram.side, CELL
    colours = colours_of(sweep, {measure: result})
    bottom, name = TOP + side * high, short_labels(sweep.strategies)
    parts = [svg.text(4, 14, f"up: {_titled(y)}", "start", QUIET), svg.text(LEFT + side * wide, bottom + 34, f"across: {_titled(x)}", "end", QUIET)]
    for k in range(0, side, 2):
        parts += [svg.text(LEFT + (k + 0.5) * wide, bottom + 16, level_label(x, x.levels[k]), "middle", QUIET),
                  svg.text(LEFT - 8, bottom - (k + 0.5) * high + 4, level_label(y, y.levels[k]), "end", QUIET)]
    for row, colour, lead, adjusted in zip(rows, winner_colours(result, colours), table.to_dict("records"), result.size_adjusted, strict=True):
        left, top = LEFT + wide * (row // side), bottom - high * (row % side + 1)
        d = Difference(float(lead["margin"]), float(lead["low"]), float(lead["high"]), float("nan"))
        first, second = name[lead["strategy"]], name[lead["against"]]
        who = (f"{first} is ahead of {second} by {size(measure, d)}" if lead["ahead"] else
               f"nobody is ahead for certain and in practice; {first} less {second}: {amount(measure, d)}")
        tip = f"{x.label} {level_label(x, x.levels[row // side])}, {y.label} {level_label(y, y.levels[row % side])}: {who}"
        parts.append(f'<g><title>{escape(tip)}</title><rect x="{left}" y="{top}" width="{wide}" height="{high}" fill="{to_hex(colour)}" stroke="#FFFFFF"/>'
                     f'{_marked(left, top, bool(lead["ahead"]), bool(adjusted))}</g>')
    here = [_along(axis, usual(diagram.job, axis.name)) for axis in diagram.axes]
    if None not in here:
        across, up = (float(part) for part in here if part is not None)
        parts.append(f'<circle cx="{LEFT + wide * across:.1f}" cy="{bottom - high * up:.1f}" r="7" fill="none" stroke="{INK}" stroke-width="2.5">'
                     "<title>the question as it stands</title></circle>")
    keys = [(colour, True, True, capital(winner(sweep, each))) for each, colour in colours.items()]
    keys += [("#FFFFFF", False, True, "nobody is ahead for certain and in practice")] * (not table.ahead.all())
    keys += [("#FFFFFF", True, False, BY_NUMBER)] * bool(result.by_number.any())
    for i, (colour, ahead, adjusted, text) in enumerate(keys):
        top = bottom + 48 + 22 * i
        parts.append(f'<rect x="{LEFT}" y="{top}" width="28" height="16" fill="{colour}" stroke="{QUIET}"/>{_marked(LEFT, top, ahead, adjusted, (28, 16))}'
                     + svg.text(LEFT + 38, top + 13, text, "start", INK))
    summary = f"Who leads in {noun(measure)}, at {len(rows)} of {side**2} pairs of values. {diagram.sentence(measure)}"
    return svg.picture(WIDTH, bottom + 54 + 22 * len(keys), parts, summary)


def _titled(axis: Axis) -> str:
    return axis.label + ("" if axis.unit == "-" else f", {axis.unit}")


def _along(axis: Axis, value: float | None) -> float | None:
    """Where a value lies along the cells of an axis; None outside of them."""
    if value is None or not axis.levels[0] <= value <= axis.levels[-1]:
        return None
    return float(np.interp(value, axis.levels, np.arange(len(axis.levels)) + 0.5))


def _marked(left: float, top: float, ahead: bool, adjusted: bool, size: tuple[int, int] = CELL) -> str:
    """Strokes over a cell where nobody is ahead, dots where it is by number alone."""
    wide, high = size
    if not ahead:
        return "".join(svg.line(left + at, top + high, left + at + min(high, wide - at), top + high - min(high, wide - at), QUIET) for at in range(0, wide, 9))
    dots = [] if adjusted else [(left + dx, top + dy) for dx in range(6, wide, 12) for dy in range(5, high, 10)]
    return "".join(f'<circle cx="{dx}" cy="{dy}" r="1.3" fill="{INK}"/>' for dx, dy in dots)


def _said(measure: str, d: Difference) -> str:
    return f"{interval(measure, d.mean, d.low, d.high)} {unit(measure)}"


def _scale(values: Iterable[float], first: float, last: float) -> Callable[[float], float]:
    """From values to pixels, with some room at both ends."""
    every = list(values)
    low, high = min(every), max(every)
    room = 0.04 * (high - low) or 1.0
    low, high = low - room, high + room
    return lambda value: first + (last - first) * (value - low) / (high - low)


def _ticks(values: Sequence[float]) -> list[float]:
    """Round numbers between the smallest and the largest value, about five."""
    low, high = min(values), max(values)
    if not high > low:
        return [low]
    rough = (high - low) / 5
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    return [float(round(step * k, 12)) for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def _levels(upwards: Callable[[float], float], values: Sequence[float]) -> list[str]:
    return [svg.line(60, upwards(tick), WIDTH - 10, upwards(tick), "#EEEEEE") + svg.text(54, upwards(tick) + 4, number(tick), "end", QUIET)
            for tick in _ticks(values)]


def _vertical_scale(across: Callable[[float], float], values: Sequence[float], bottom: float, title: str) -> str:
    ticks = "".join(svg.line(across(tick), 0, across(tick), bottom, QUIET if tick == 0 else "#EEEEEE")
                    + svg.text(across(tick), bottom + 14, number(tick), "middle", QUIET) for tick in _ticks(values))
    return ticks + svg.text(WIDTH - 10, bottom + 29, title, "end", QUIET)


# Many parameters: what a bar shows, and where.
def _bar(across: Callable[[float], float], d: Difference, measure: str, top: float, height: float, colour: str, tip: str) -> str:
    zero, end = across(0.0), across(in_points(measure, d.mean))
    whiskers = ""
    if np.isfinite(d.low):
        low, high, middle = across(in_points(measure, d.low)), across(in_points(measure, d.high)), top + height / 2
        whiskers = svg.line(low, middle, high, middle, INK, 1.6 if colour != PALE else 0.8)
    return (f'<g><title>{escape(tip)}</title><rect x="{min(zero, end):.1f}" y="{top}" width="{max(abs(end - zero), 0.5):.1f}" height="{height}" '
            f'fill="{colour}"/>{whiskers}</g>')


def _path(years: Array, upper: Array, lower: Array | None, sideways: Callable[[float], float], upwards: Callable[[float], float]) -> str:
    points = [*zip(years, upper, strict=True), *([] if lower is None else zip(years[::-1], lower[::-1], strict=True))]
    return "M" + "L".join(f"{sideways(x):.1f} {upwards(y):.1f}" for x, y in points) + ("" if lower is None else "Z")
