"""Scenario discovery: the futures over the two most restricted inputs, and the ranges of the box."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from experiments import words
from experiments.analyses.robustness.phrases import margin_in_words
from experiments.analyses.robustness.result import Options, Result
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.figures.scatter import MANY, SHARP
from experiments.analyses.sweep.sweep import Axis
from experiments.figures import layout, rows, style
from experiments.figures.figure import FigureSpec
from experiments.methods.discovery import Box, Mask
from experiments.names import plain
from sim.axes import Array

#: Inches of the label and ticks at the left, of the diagram, of a row of the ranges, between the two, of what the box is worth with the ticks below it, of
#: ticks and label.
LEFT, WIDE, HIGH, ROW, BETWEEN, WORTH, BELOW = 0.7, 3.3, 2.5, 0.62, 0.35, 1.0, 0.65
P = "p: chance of as many failures in the box if the limits of the input did not matter. p and intervals are out of sample: of the other half of the futures."
FAILED, OTHER, BOX = style.WORSE, "#A8A8A8", style.INK


@dataclass(frozen=True)
class Futures:
    """Futures, some of which fail, and the boxes they fail in.

    Attributes:
        x: Inputs, shape (futures, inputs).
        fails: Whether each future fails, shape (futures,).
        names: Names of the inputs.
        boxes: Boxes discovered among these futures.
        labels: What inputs are called, by name.
        units: Their units, by name.
        fail: What futures in the box do, a verb.
        failures: What these are called.
        side: Which side fails.
        reason: When it fails, such as "hedging loses by more than 1 % of consumption".
    """

    x: Array
    fails: Mask
    names: Sequence[str]
    boxes: Sequence[Box]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    fail: str = "fail"
    failures: str = "failures"
    side: str = "hedging"
    reason: str = "hedging loses"

    def column(self, name: str) -> Array:
        """An input in every future, shape (futures,)."""
        return self.x[:, list(self.names).index(name)]


def futures_of(options: Options, result: Result) -> Futures:
    """Those of a robustness analysis."""
    return Futures(result.points.values, result.failures.fails, result.points.names, result.failures.boxes, result.labels,
                   {name: known.unit for name, known in result.known.items()}, side=plain(options.one.name), reason=margin_in_words(options))


def draw(figure: Figure, futures: Futures) -> list[Axes]:
    """For each box the futures, its ranges and what it is worth, with the box in words above; without a box the futures alone."""
    boxes, many = futures.boxes, len(futures.x) > MANY
    short = {name: layout.fitted(label, 3.0) for name, label in futures.labels.items()}
    texts = [box.in_words(short, futures.fail, futures.failures) + "." for box in boxes] or ["No box: nothing sets these futures apart beyond chance."]
    heads = [layout.wrapped(text.split(), layout.WIDTH - 2 * layout.MARGIN, style.NORMAL) for text in texts]
    panel = max([HIGH, *(ROW * len(box.names) + WORTH for box in boxes)])
    heights = [0.2 * len(lines) + 0.32 + panel + BELOW for lines in heads]
    keys = _keys(futures)
    explained = layout.key_height(*keys)
    layout.resize(figure, sum(heights) + explained + (layout.LINE + 0.06) * bool(boxes))
    layout.draw_keys(figure, sum(heights), *keys)
    if boxes:
        layout.text_at(figure, layout.MARGIN, sum(heights) + explained + 0.06, P, color=style.QUIET)
    if many:
        figure.set_dpi(SHARP)
    axes = []
    for number, (lines, height) in enumerate(zip(heads, heights, strict=True)):
        top = sum(heights[:number])
        layout.text_at(figure, layout.MARGIN, top, "\n".join(lines), fontsize=style.NORMAL, linespacing=1.35)
        top += height - panel - BELOW
        ax = layout.axes_at(figure, layout.MARGIN + LEFT, top, WIDE, panel)
        _dots(ax, futures, number, panel)
        axes.append(ax)
        if boxes:
            start = layout.MARGIN + LEFT + WIDE + BETWEEN
            axes.append(_ranges(figure, futures, boxes[number], start, top - 0.12))
            axes.append(_worth(figure, boxes[number], start, top + ROW * len(boxes[number].names) + 0.2))
    return axes


def _keys(futures: Futures) -> list[list[Line2D]]:
    """Explain dots, box and its ranges."""
    keys = [[Line2D([], [], color=colour, linestyle="none", marker="o", markersize=4, markeredgewidth=0, label=label)
             for colour, label in ((FAILED, layout.fitted(f"futures that {futures.fail}", 2.5)), (OTHER, "others"))]]
    if futures.boxes:
        base = f"density of all futures{' outside earlier boxes' * (len(futures.boxes) > 1)}"
        keys[0].append(Line2D([], [], color=BOX, linewidth=1.4, label="box"))
        keys.append([layout.patch(FAILED, "range of the box", 0.75), layout.patch(style.PALE, "range of all futures"),
                     Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label="95 % interval"),
                     Line2D([], [], linestyle="none", marker="|", markersize=9, markeredgewidth=1.4, color=style.QUIET, label=base)])
    return keys


def _dots(ax: Axes, futures: Futures, number: int, high: float) -> None:
    """Futures outside earlier boxes and within the other limits of this box, over two inputs, in a panel so many inches high."""
    x, fails, names = futures.x, futures.fails, futures.names
    box = futures.boxes[number] if futures.boxes else None
    across, up = _spanning(futures, box)
    inside = np.ones(len(x), dtype=bool)
    for earlier in futures.boxes[:number]:
        inside &= ~earlier.holds(x, names)
    free = [limit for limit in box.limits if limit.name not in (names[across], names[up])] if box else []
    for limit in free:
        values = futures.column(limit.name)
        inside &= values > limit.value if limit.side == "above" else values < limit.value
    if conditions := ["outside earlier boxes"] * (number > 0) + ["within the other limits"] * bool(free):
        ax.set_title(layout.fitted(f"{inside.sum():,} futures {', '.join(conditions)}", WIDE), loc="left", fontsize=style.SMALL, color=style.QUIET)
    size = float(np.clip(90 / np.sqrt(len(x)), 1.8, 5))
    # Failures are larger as well, for those who cannot distinguish the colours.
    for mask, colour, diameter in ((inside & ~fails, OTHER, 0.7 * size), (inside & fails, FAILED, 1.15 * size)):
        ax.scatter(x[mask, across], x[mask, up], s=diameter**2, color=colour, linewidths=0, rasterized=len(x) > MANY, zorder=2)
    for axis, name, inches in ((ax.xaxis, names[across], WIDE), (ax.yaxis, names[up], high)):
        axis.set_label_text(cells.axis_label(Axis(name, futures.labels[name], futures.units[name], (), True), inches))
    ax.yaxis.set_label_coords(-0.46 / WIDE, 0.5)
    ends = [_view(x[:, column]) for column in (across, up)]
    ax.set(xlim=ends[0], ylim=ends[1])
    layout.few_ticks(ax, x=5, y=5)
    if box:
        _outline(ax, box, names[across], names[up], ends)


def _view(values: Array) -> tuple[float, float]:
    edge = 0.04 * float(np.ptp(values)) or 1.0
    return float(values.min()) - edge, float(values.max()) + edge


def _spanning(futures: Futures, box: Box | None) -> tuple[int, int]:
    """The two inputs with the least p-values; where fewer are restricted, those in which failures differ most from others."""
    x, fails, names = futures.x, futures.fails, futures.names
    p = {name: min(limit.found_p for limit in box.limits if limit.name == name) for name in box.names} if box else {}
    apart = np.zeros(len(names))
    if fails.any() and not fails.all():
        # Layout: which inputs are on the axes.
        apart = np.abs(x[fails].mean(axis=0) - x[~fails].mean(axis=0)) / np.where((spread := x.std(axis=0)) > 0, spread, 1)
    ranked = sorted(range(len(names)), key=lambda i: (p.get(names[i], 2.0), -apart[i]))
    return ranked[0], ranked[min(1, len(ranked) - 1)]


def _outline(ax: Axes, box: Box, across: str, up: str, view: Sequence[tuple[float, float]]) -> None:
    """The box; an open side lies just beyond the futures."""
    (left, right), (low, high) = (np.clip(box.ends(name), *ends) for name, ends in ((across, view[0]), (up, view[1])))
    ax.add_patch(Rectangle((left, low), right - left, high - low, fill=False, edgecolor=BOX, linewidth=1.6, zorder=4, clip_on=False))


def _ranges(figure: Figure, futures: Futures, box: Box, start: float, top: float) -> Axes:
    """A bar for each restricted input over the range of all futures, its limits and p-values at its side."""
    wide = layout.WIDTH - layout.MARGIN - start
    ax = layout.axes_at(figure, start, top, wide, ROW * len(box.names) + 0.1)
    ax.set(xlim=(0, wide), ylim=(ROW * len(box.names) + 0.1, 0))
    ax.axis("off")
    for row, name in enumerate(box.names):
        y = ROW * row + 0.44
        p = max(limit.p for limit in box.limits if limit.name == name)
        chance = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
        label = layout.in_lines(rows.with_unit(futures.labels[name], futures.units[name]), wide - layout.width_of(chance) - 0.15, weight="bold")
        ax.text(0, y - 0.1, "\n".join(label), va="bottom", fontweight="bold", fontsize=style.SMALL, linespacing=1.1)
        ax.text(wide, y - 0.1, chance, va="bottom", ha="right", fontsize=style.SMALL, color=style.QUIET)
        _range(ax, box, name, futures.column(name), y)
    return ax


def _range(ax: Axes, box: Box, name: str, values: Array, y: float) -> None:
    """The range of the box within that of all futures, with limits and ends below it."""
    wide, low, high = ax.get_xlim()[1], float(values.min()), float(values.max())
    ends = np.clip(box.ends(name), low, high)
    left, right = (wide * (ends - low) / (high - low)) if high > low else (0.0, wide)
    ax.add_patch(Rectangle((0, y - 0.06), wide, 0.09, color=style.PALE, linewidth=0))
    ax.add_patch(Rectangle((left, y - 0.06), right - left, 0.09, color=FAILED, alpha=0.75, linewidth=0))
    texts = [f"{end:.{box.digits[name]}f}".replace("-", "−") for end in (low, *ends, high)]
    # The ends of the range unless a limit, which matters more, is written there.
    limits = [(float(at), text) for at, text, shut in ((left, texts[1], ends[0] > low), (right, texts[2], ends[1] < high)) if shut]
    placed = _placed(limits, wide)
    for at, text in ((0.0, texts[0]), (wide, texts[3])):
        half = layout.width_of(text, style.SMALL - 1)
        middle = half / 2 if at == 0 else wide - half / 2
        if all(abs(middle - other) > (half + layout.width_of(phrase)) / 2 + 0.08 for other, phrase in placed):
            ax.text(middle, y + 0.06, text, va="top", ha="center", fontsize=style.SMALL - 1, color=style.QUIET)
    for middle, text in placed:
        ax.text(middle, y + 0.06, text, va="top", ha="center", fontsize=style.SMALL)


def _worth(figure: Figure, box: Box, start: float, top: float) -> Axes:
    """Density and coverage with their intervals, so many inches below the headline; the density with that of all futures."""
    labels = ("Density: % of the box", "Coverage: % of all of them")
    left = start + max(layout.width_of(text) for text in labels) + 0.12
    ax = layout.axes_at(figure, left, top, layout.WIDTH - layout.MARGIN - 0.1 - left, WORTH - 0.42)
    for row, part in enumerate((box.density, box.coverage)):
        ax.plot(100 * np.array((float(part.low), float(part.high))), (row, row), color=style.INK, linewidth=style.INTERVAL)
        ax.plot(100 * float(part.value), row, color=style.INK, marker="o", markersize=5, clip_on=False)
    ax.plot(100 * box.base, 0, linestyle="none", marker="|", markersize=11, markeredgewidth=1.4, color=style.QUIET, clip_on=False)
    ax.set(xlim=(0, 100), ylim=(1.6, -0.6))
    ax.set_yticks((0, 1), labels)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xticks(range(0, 101, 20))
    return ax


def _placed(limits: Sequence[tuple[float, str]], wide: float) -> list[tuple[float, str]]:
    """Middles of the texts of one or two limits, within the panel and apart from each other."""
    placed = [(float(np.clip(at, half := layout.width_of(text) / 2, wide - half)), text) for at, text in limits]
    if len(placed) == 2:
        (one, first), (two, second) = placed
        short = (layout.width_of(first) + layout.width_of(second)) / 2 + 0.08 - (two - one)
        if short > 0:
            placed = [(one - short / 2, first), (two + short / 2, second)]
    return placed


def alt(futures: Futures) -> str:
    """The boxes in words."""
    boxes, n = futures.boxes, len(futures.x)
    if not boxes:
        return f"No box among {n:,} futures: nothing sets those that {futures.fail} apart beyond chance."
    return f"{len(boxes)} box{'es' * (len(boxes) > 1)} among {n:,} futures. " + words.sentence(
        box.in_words(futures.labels, futures.fail, futures.failures) for box in boxes)


def title(futures: Futures) -> str:
    """What a failure is."""
    return f"Where {futures.reason}"


def question(futures: Futures) -> str:
    """Who fails."""
    return f"In which futures does {futures.side} fail?"


def caption(futures: Futures) -> str:
    """How to read it."""
    return (f"Every dot is a future, with its mean over worlds; it fails when {futures.reason}, size-adjusted: with as many members on both sides. A box is "
            "where failures gather, discovered on half of the futures (PRIM) and tested on the other half: coverage is which share of all failures lies in "
            "it, density which share of the futures in it fails.")


FIGURE: FigureSpec[Futures] = FigureSpec(
    name="boxes",
    title=title,
    question=question,
    caption=caption,
    draw=draw,
    alt=alt,
)
