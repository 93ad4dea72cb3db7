"""Phase diagrams: who wins where, by how much, and where the interval says nobody."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.figures import layout, style, telling
from experiments.figures.sweeps import cells
from experiments.figures.sweeps.along import mark, mark_handle
from experiments.sweep import Axis, Sweep, at_level, averaged, break_even, covers, rivals, winners
from sim.axes import Array

#: Inches of a strip over one axis, and between two.
STRIP, GAP = 0.5, 0.14
#: A third axis with at most so many levels gets a panel for each.
FEW = 6


def spanning(sweep: Sweep) -> tuple[Axis, ...]:
    """The one or two axes that span the diagrams, with every combination of their levels present; empty where there are none.

    Of more than two those with most levels, numbers before names; numbers and short lists of names lie across.
    """
    candidates = sweep.varied if sweep.is_grid else tuple(axis for axis in sweep.varied if not axis.numeric)
    largest = sorted(candidates, key=lambda axis: (not axis.numeric, -len(axis.levels)))[:2]
    if not largest or not covers(sweep, largest):
        return ()
    kept = [axis for axis in sweep.axes if axis in largest]
    return tuple(sorted(kept, key=lambda axis: not axis.numeric))


def third(sweep: Sweep) -> Axis | None:
    """The axis with most levels among those with few that do not span the diagrams."""
    spanned = spanning(sweep)
    rest = [axis for axis in sweep.varied if axis not in spanned and len(axis.levels) <= FEW and covers(sweep, [*spanned, axis])]
    return max(rest, key=lambda axis: len(axis.levels)) if rest and len(spanned) == 2 else None


def draw(figure: Figure, sweep: Sweep, context: style.Context) -> list[Axes]:
    """A panel per return over two axes, or a strip per return over one."""
    shown = averaged(sweep, spanning(sweep))
    found = {measure: cells.won(shown, measure) for measure in sweep.returns}
    note = averaged_over(sweep, shown.axes)
    if len(shown.axes) == 1:
        return _strips(figure, shown, found, note)
    titles = [telling.scale_of(measure).label for measure in found]
    return _diagrams(figure, [(title, shown, measure, each) for title, (measure, each) in zip(titles, found.items(), strict=True)], note)


def draw_by_third(figure: Figure, sweep: Sweep, context: style.Context) -> list[Axes]:
    """The economic return over two axes, a panel for each level of a third."""
    axis, spanned = third(sweep), spanning(sweep)
    assert axis is not None
    parts = []
    for level in axis.levels:
        shown = averaged(at_level(sweep, axis, level), spanned)
        parts.append((cells.level_label(axis, level), shown, "economic", cells.won(shown, "economic")))
    return _diagrams(figure, parts, f"Economic return; a panel for each level of {axis.label}. {averaged_over(sweep, (*spanned, axis))}".strip())


def averaged_over(sweep: Sweep, axes: Sequence[Axis]) -> str:
    """Says over which axes worlds are averaged, where some are left."""
    kept = {axis.name for axis in axes}
    rest = [axis.label for axis in sweep.varied if axis.name not in kept]
    return f"Each world is averaged over {', '.join(rest)}." if rest else ""


def _diagrams(figure: Figure, parts: Sequence[tuple[str, Sweep, str, cells.Won]], note: str) -> list[Axes]:
    """A panel over two axes for each title, sweep, return and winners."""
    one = parts[0][1]
    x, y = (cells.place_of(one, axis) for axis in one.axes)
    colours = cells.colours_of(one, {str(i): each for i, (*_, each) in enumerate(parts)})
    pairs = [rivals(part, measure) for _, part, measure, _ in parts]
    lines = cells.line_handles(f"{_sides(one)} bring the same") if x.axis.numeric and y.axis.numeric and any(pairs) else []
    marks = [ramp_handle(), cells.hatch_handle("the 95 % interval contains 0: nobody wins"), *cells.by_number_handles(each for *_, each in parts)]
    keys = [cells.winner_handles(one, colours), marks, lines]
    columns = cells.columns_for(len(parts))
    axes, lowest = cells.panels(figure, len(parts), columns, layout.MARGIN + y.beside, x.below, _height(y), [key for key in keys if key], note)
    for i, (ax, (title, part, measure, found), pair) in enumerate(zip(axes, parts, pairs, strict=True)):
        shape = len(x.levels), len(y.levels)
        cells.draw_cells(ax, x, y, cells.winner_colours(found, colours).reshape(*shape, 3))
        cells.label_axes(ax, x, y, lowest=lowest[i], first=i % columns == 0)
        if found.nothing:
            cells.say_nothing(ax)
            cells.headline(ax, title)
            continue
        head(ax, title, measure, found)
        cells.hatch(ax, x, y, ~found.told.reshape(shape))
        cells.hatch(ax, x, y, found.by_number.reshape(shape), cells.DOTS)
        if lines and pair:
            cells.equal_worth(ax, x, y, cells.difference_worlds(part, pair, measure, *shape))
    return axes


def _height(y: cells.Place) -> float:
    return max(cells.HIGH, 0.15 * len(y.levels)) if not y.axis.numeric else cells.HIGH


def head(ax: Axes, title: str, measure: str, found: cells.Won) -> None:
    """The title of a panel with the range of the margin under it."""
    top, unit = telling.number(cells.largest_margin(found)), telling.scale_of(measure).unit
    if found.told.any():
        cells.headline(ax, title, (f"{top} {unit}", f"{top} %" if unit.startswith("%") else top), ramp=grey)
    else:
        cells.headline(ax, title, "nobody wins at any point")


def grey(share: float) -> Array:
    """The shades of a margin without a family."""
    return np.asarray(cells.shade(style.INK, share))


def ramp_handle() -> Line2D:
    """Explains the shades."""
    return layout.patch(style.QUIET, "the darker, the larger the margin; its range stands above each panel")


def _sides(sweep: Sweep) -> str:
    """Whom the lines of equal worth compare."""
    families = set(sweep.families.values())
    if {"hedging", "alignment"} <= families:
        return "best hedging and best aligned strategy"
    return "the best strategies of the two best families" if len(families) > 1 else "the two best strategies"


def _strips(figure: Figure, shown: Sweep, found: dict[str, cells.Won], note: str) -> list[Axes]:
    """A row of cells per return, with winner and margin in them where there is room, and break-even values."""
    place = cells.place_of(shown, shown.axes[0])
    colours = cells.colours_of(shown, found)
    left, right = 1.0, 1.75
    width = layout.WIDTH - layout.MARGIN - left - right
    pairs = {measure: rivals(shown, measure) for measure in found}
    lines = []
    if place.axis.numeric and any(pairs.values()):
        lines = [mark_handle(f"{_sides(shown)} bring the same, with 95 % interval")]
    marks = [layout.patch(style.QUIET, "the darker, the larger the margin"), cells.hatch_handle("the 95 % interval contains 0: nobody wins"),
             *cells.by_number_handles(found.values())]
    keys = [key for key in (cells.winner_handles(shown, colours), marks, lines) if key]
    tall = 0.1 + (STRIP + GAP) * len(found)
    under = tall + place.below(width)
    layout.resize(figure, under + layout.key_height(*keys) + (layout.LINE + 0.08) * bool(note))
    layout.draw_keys(figure, under, *keys)
    if note:
        layout.text_at(figure, layout.MARGIN, under + layout.key_height(*keys) + 0.08, layout.fitted(note, layout.WIDTH - 2 * layout.MARGIN), color=style.QUIET)
    axes = []
    for i, (measure, each) in enumerate(found.items()):
        ax = layout.axes_at(figure, left, 0.1 + (STRIP + GAP) * i, width, STRIP)
        strip = cells.Place(place.axis, ("",), even=False)
        cells.draw_cells(ax, place, strip, cells.winner_colours(each, colours).reshape(len(place.levels), 1, 3))
        ax.set_yticks([])
        place.ticks(ax, across=True, shown=i == len(found) - 1)
        layout.row_title(ax, telling.scale_of(measure).label, left - layout.MARGIN)
        axes.append(ax)
        if each.nothing:
            cells.say_nothing(ax, "no difference in any world")
            continue
        cells.hatch(ax, place, strip, ~each.told.reshape(-1, 1))
        cells.hatch(ax, place, strip, each.by_number.reshape(-1, 1), cells.DOTS)
        top = cells.largest_margin(each)
        words = f"margin up to {telling.number(top)}\n{telling.scale_of(measure).unit}" if top else "nobody wins"
        ax.text(1 + 0.1 / width, 0.5, words, transform=ax.transAxes, va="center", fontsize=style.SMALL, color=style.QUIET)
        _write(ax, shown, measure, each, width / len(place.levels))
        if place.axis.numeric and (pair := pairs[measure]):
            for value in break_even(shown, place.axis, *pair, measure):
                mark(ax, place, value, 0.5, style.INK)
    axes[-1].set_xlabel(cells.axis_label(place.axis, width))
    return axes


def _write(ax: Axes, shown: Sweep, measure: str, found: cells.Won, inches: float) -> None:
    """The margin in each cell and, where all fit, who wins."""
    names = style.labels(shown.strategies)
    digits = [telling.number(float(margin)) for margin in found.margin]
    best = [names[name] for name in winners(shown, measure).strategy]
    room = inches - 0.08
    if max(layout.width_of(text) for text in digits) > room:
        return
    broken = ["\n".join(layout.wrapped(name.split(), room)) for name in best]
    with_names = all(layout.width_of(line) <= room for text in broken for line in text.split("\n")) and max(text.count("\n") for text in broken) < 2
    colours, at = cells.winner_colours(found, cells.colours_of(shown, {measure: found})), cells.place_of(shown, shown.axes[0]).positions
    for i, text in enumerate(digits):
        if found.told[i]:
            ax.text(at[i], 0, f"{broken[i]}\n{text}" if with_names else text, ha="center", va="center", fontsize=style.SMALL - 1, linespacing=1.05,
                    color=cells.ink_on(colours[i]), bbox={"facecolor": colours[i], "edgecolor": "none", "pad": 1})  # no dots behind words


def alt(sweep: Sweep) -> str:
    """How many points each wins in each return."""
    shown = averaged(sweep, spanning(sweep))
    across = " and ".join(f"{axis.label} ({len(axis.levels)} levels)" for axis in shown.axes)
    return f"Who wins over {across}, {shown.n_points:,} points. " + telling.sentence(counted(shown, measure) for measure in shown.returns)


def alt_by_third(sweep: Sweep) -> str:
    """How many points each wins in the economic return at each level of the third axis."""
    axis, spanned = third(sweep), spanning(sweep)
    assert axis is not None
    parts = [f"{cells.level_label(axis, level)}: {counted(averaged(at_level(sweep, axis, level), spanned), 'economic')}" for level in axis.levels]
    return f"Who wins over {' and '.join(each.label for each in spanned)} at {len(axis.levels)} levels of {axis.label}. " + telling.sentence(parts)


def counted(sweep: Sweep, measure: str) -> str:
    """At how many points each wins in one return, in words."""
    found, label = cells.won(sweep, measure), telling.scale_of(measure).label
    if found.nothing:
        return f"{label}: no difference in any world, 0 points won"
    families = len(set(sweep.families.values())) > 1
    shown = style.labels(sweep.strategies)
    counts = Counter(str(name) for name, sure in zip(found.name, found.told, strict=True) if sure)
    fewer = Counter(str(name) for name, sure in zip(found.name, found.at_equal_size, strict=True) if sure)
    told = [f"{style.family_label(name) if families else shown[name]} wins {count:,}{f' (at equal size {fewer[name]:,})' * (fewer[name] < count)}"
            for name, count in counts.most_common()]
    margin = f"{telling.number(cells.largest_margin(found))} {telling.scale_of(measure).unit}"
    return f"{label}: {', '.join([*told, f'undecided {int((~found.told).sum()):,}'])}{f', largest margin {margin}' if told else ''}"
