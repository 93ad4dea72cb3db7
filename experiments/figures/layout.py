"""Where things go: lengths in inches, keys, rows of strategies, the lines above and below."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedLocator, MaxNLocator

from experiments.figures import style
from sim.axes import Array

#: Inches: width of every figure, its side margin, room for the headline and for the line at the foot.
WIDTH, MARGIN, HEAD, FOOT = 9.0, 0.15, 0.45, 0.4
#: Height of one line of text in a key, and of one strategy in a table of strategies.
LINE, ROW = 0.19, 0.2
#: In a key, the length of a sample of a line, the gap after it and the gap between columns; the height of a patch in points.
SAMPLE, PAD, BETWEEN = 0.25, 0.07, 0.22
PATCH = 7.0
#: Signs drawn as pixels are wider than their outlines, a long line by up to so many times.
HINTED = 1.025
#: Inches that a label may take within a headline, and signs that a part of the line at the foot may have.
TITLED, PART = 5.0, 50
#: Gap between the columns of a table of strategies and room for their titles.
GAP, TITLE = 0.2, 0.28

Handles = Sequence[Line2D]


@cache
def width_of(text: str, size: float = style.SMALL, weight: str = "normal") -> float:
    """Width of a line of text in inches."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size, weight=weight), ismath=False)
    return float(width) / 72


def fitted(text: str, width: float, size: float = style.SMALL, weight: str = "normal") -> str:
    """Text cut in the middle until it is at most so many inches wide."""
    longest, widest = len(text), size / 72  # few signs are wider than they are high; where some are, a few come back at the end
    while longest > 5 and (over := width_of(style.shortened(text, longest), size, weight) - width) > 0:
        longest = max(5, longest - max(1, int(over / widest)))
    while longest < len(text) and width_of(style.shortened(text, longest + 1), size, weight) <= width:
        longest += 1
    return style.shortened(text, longest)


def wrapped(words: Sequence[str], width: float, size: float = style.SMALL, between: str = " ", weight: str = "normal") -> list[str]:
    """Words put into lines no wider than so many inches, where the words allow it; a percent sign stays with its number."""
    kept: list[str] = []
    for word in words:
        if kept and word.startswith("%"):
            kept[-1] += f" {word}"
        else:
            kept.append(word)
    lines, end = kept[:1], between.rstrip()
    for word in kept[1:]:
        longer = lines[-1] + between + word
        if HINTED * width_of(longer + end, size, weight) <= width:
            lines[-1] = longer
        else:
            lines[-1] += end
            lines.append(word)
    return lines


def in_lines(text: str, width: float, most: int = 2, size: float = style.SMALL, weight: str = "normal") -> list[str]:
    """Text in so many lines at most, each no wider than so many inches; what does not fit is cut in the middle of its line."""
    lines = wrapped(text.split(), width, size, weight=weight) or [""]
    return [fitted(line, width, size, weight) for line in (*lines[: most - 1], " ".join(lines[most - 1 :])) if line or lines == [""]]


def largest(texts: Iterable[str], width: float, least: float, lines: int = 2) -> float:
    """The largest size of text, from `least` to that of all small text, at which each text fits into so many lines without a cut."""
    shown = list(texts)
    sizes = np.arange(style.SMALL, least, -0.4)
    fits = (size for size in sizes.tolist() if all(" ".join(in_lines(text, width, lines, size)) == " ".join(text.split()) for text in shown))
    return next(fits, least)


def resize(figure: Figure, height: float) -> None:
    """Give a figure its height in inches, between headline and foot; the width is the same for all."""
    figure.set_size_inches(WIDTH, HEAD + height + FOOT)


def _at(figure: Figure, left: float, top: float) -> tuple[float, float]:
    """A point so many inches from the left edge and below the headline, in shares of the figure."""
    return left / WIDTH, 1 - (HEAD + top) / figure.get_figheight()


def axes_at(figure: Figure, left: float, top: float, width: float, height: float, **more: Any) -> Axes:
    """Axes whose upper left corner lies so many inches from the left edge and below the headline."""
    return figure.add_axes((*_at(figure, left, top + height), width / WIDTH, height / figure.get_figheight()), **more)


def text_at(figure: Figure, left: float, top: float, text: str, **more: Any) -> None:
    """Text whose upper left corner lies so many inches from the left edge and below the headline."""
    figure.text(*_at(figure, left, top), text, **{"ha": "left", "va": "top", "fontsize": style.SMALL, **more})


def marker_at(figure: Figure, left: float, top: float, look: style.Look) -> None:
    """The marker of a strategy so many inches from the left edge and below the headline."""
    x, y = _at(figure, left, top)
    figure.add_artist(Line2D([x], [y], linestyle="none", transform=figure.transFigure, **look.marker(6)))


def frame(figure: Figure, title: str, foot: str) -> None:
    """The headline above a figure and the line at its foot."""
    full, room = figure.get_figheight(), WIDTH - 2 * MARGIN
    size = next((size for size in (style.LARGE, style.LARGE - 1, style.LARGE - 2) if HINTED * width_of(title, size, "bold") <= room), style.NORMAL)
    shown = title if size > style.NORMAL else "\n".join(in_lines(title, room, 2, size, "bold"))
    figure.text(MARGIN / WIDTH, 1 - 0.1 / full, shown, fontsize=size, fontweight="bold", ha="left", va="top")
    lines = wrapped([style.shortened(part, PART) for part in foot.split(" · ")], WIDTH - 2 * MARGIN, between=" · ")
    figure.text(MARGIN / WIDTH, 0.08 / full, "\n".join(lines), fontsize=style.SMALL, color=style.QUIET, ha="left", va="bottom")


def in_title(label: str) -> str:
    """A label within a headline of two lines, no wider than leaves room for another one and some words."""
    return fitted(label, TITLED, style.NORMAL, "bold")


def _columns(handles: Handles) -> list[tuple[Handles, float]]:
    """The entries of a key by column with its width: as many columns as fit across the figure, read line after line."""
    for n in range(len(handles), 0, -1):
        columns = [handles[column::n] for column in range(n)]
        widths = [SAMPLE + PAD + max(width_of(str(handle.get_label())) for handle in column) + BETWEEN for column in columns]
        if sum(widths) <= WIDTH - 2 * MARGIN + BETWEEN:
            break
    return list(zip(columns, widths, strict=True))


def key_height(*keys: Handles) -> float:
    """Inches that keys take."""
    return sum(LINE * len(_columns(handles)[0][0]) for handles in keys) + LINE / 3 * (len(keys) - 1)


def draw_keys(figure: Figure, top: float, *keys: Handles) -> None:
    """Keys in lines across the figure, the first so many inches below the headline; the samples become part of it."""
    for handles in keys:
        left = MARGIN
        for column, width in _columns(handles):
            for row, handle in enumerate(column):
                y = top + LINE * (row + 0.4)
                ends = np.array([_at(figure, left + along * SAMPLE, y) for along in (0, 0.5, 1)])
                handle.set_data(*ends.T)
                handle.set(transform=figure.transFigure, markevery=[1])
                figure.add_artist(handle)
                text_at(figure, left + SAMPLE + PAD, y, str(handle.get_label()), va="center_baseline")
            left += width
        top += key_height(handles) + LINE / 3


def family_handles(families: Iterable[str]) -> list[Line2D]:
    """One patch of colour for each family."""
    return [patch(style.colour_of(family), style.shortened(style.family_label(family))) for family in dict.fromkeys(families)]


def patch(colour: str, label: str, alpha: float = 1.0) -> Line2D:
    """Stands for an area."""
    return Line2D([], [], color=colour, linewidth=PATCH, alpha=alpha, solid_capstyle="butt", label=label)


def draw_interval(ax: Axes, low: Array, high: Array, colours: Sequence[str]) -> None:
    """The 95 % interval of the mean of each row, where it is finite."""
    rows = [row for row in range(len(colours)) if np.isfinite(low[row]) and np.isfinite(high[row])]
    ax.hlines(rows, low[rows], high[rows], colors=[colours[row] for row in rows], linewidth=style.INTERVAL)


def few_ticks(ax: Axes, x: int | None = None, y: int | None = None, *, least: float = 0.0, gap: float = 1.0) -> None:
    """Round ticks along each axis, so few that their labels meet neither one another nor those of the next panel.

    Args:
        ax: Axes whose data are complete.
        x: Most ticks across.
        y: Most ticks upwards.
        least: Smallest range that the axis across may show: a smaller difference is not shown.
        gap: Inches to the next panel.
    """
    left, right = ax.get_xlim()
    short = max(0.0, least - (right - left)) / 2
    ax.set_xlim(left - short, right + short)
    place = ax.get_position()
    for axis, most, inches in ((ax.xaxis, x, place.width * WIDTH), (ax.yaxis, y, place.height * ax.figure.bbox.height / ax.figure.dpi)):
        if most is not None:
            axis.set_major_locator(FixedLocator(_ticks(axis, most, inches, gap, across=axis is ax.xaxis)))


def _ticks(axis: Axis, most: int, inches: float, gap: float, *, across: bool) -> list[float]:
    """The most ticks that fit; where a single one would, rather the ends of a finer scale."""
    low, high = sorted(axis.get_view_interval())
    result: list[float] = []
    for n in (*range(most, 0, -1), *range(most + 1, 2 * most + 2)):
        ticks = [tick for tick in MaxNLocator(n, steps=[1, 2, 5, 10], min_n_ticks=1).tick_values(low, high) if low <= tick <= high]
        sizes = [width_of(label) if across else style.SMALL / 72 for label in axis.get_major_formatter().format_ticks(ticks)]
        room = (max(sizes, default=0.0) - gap + 0.05) / 2 / inches * (high - low)
        ticks = [tick for tick in ticks if low + room <= tick <= high - room]
        if len(ticks) > 1 and (ticks[1] - ticks[0]) / (high - low) * inches > max(sizes) + 0.08:
            return ticks
        if len(ticks) > len(result) < 2:
            result = [ticks[0], *ticks[:0:-1][:1]]
    return result


def strategy_table(figure: Figure, names: Sequence[str], reference: str, shares: Sequence[float], below: float, keys: Sequence[Handles]) -> list[Axes]:
    """Panels side by side with one row per strategy from the top, named at the left, the reference in bold.

    Args:
        figure: Where to draw; gets its height.
        names: Strategies from the top.
        reference: The one in bold.
        shares: Relative width of each panel.
        below: Inches for the ticks and labels below the panels.
        keys: What is explained below.
    """
    shown = style.short_labels(names)
    left = MARGIN + max(width_of(label, style.SMALL, "bold") for label in shown.values()) + 0.1
    height = ROW * max(4, len(names))
    resize(figure, TITLE + height + below + key_height(*keys))
    draw_keys(figure, TITLE + height + below, *keys)
    widths = (WIDTH - MARGIN - left - GAP * (len(shares) - 1)) * np.asarray(shares) / np.sum(shares)
    axes = [axes_at(figure, left + widths[:i].sum() + GAP * i, TITLE, width, height) for i, width in enumerate(widths)]
    rows = range(len(names))
    for ax in axes:
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        # One line with gaps is one object where a grid would be as many as there are strategies.
        ax.plot([0, 1, np.nan] * len(names), np.repeat(rows, 3), transform=ax.get_yaxis_transform(), color=style.PALE, linewidth=0.4, zorder=0)
    axes[0].set_yticks(rows, [shown[name] for name in names], fontsize=style.SMALL)
    axes[0].tick_params(axis="y", length=0)
    axes[0].get_yticklabels()[list(names).index(reference)].set_fontweight("bold")
    return axes


def row_title(ax: Axes, title: str, left: float) -> None:
    """What a row of panels shows and its unit, so many inches left of the first panel."""
    width = ax.get_position().width * WIDTH
    ax.set_ylabel(title, rotation=0, ha="left", va="center", linespacing=1.25)
    ax.yaxis.set_label_coords(-left / width, 0.5)
