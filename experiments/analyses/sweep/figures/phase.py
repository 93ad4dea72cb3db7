"""Phase diagrams: which strategies are best where, by how much, and where the interval says none."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.sweep.break_even import break_even
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.figures import winners
from experiments.analyses.sweep.figures.along import mark, mark_handle
from experiments.analyses.sweep.sweep import Axis, Sweep, at_level, averaged, covers, paired, rivals
from experiments.analyses.sweep.sweep import winners as winners_of
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.report.differences import noun
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


def draw(figure: Figure, sweep: Sweep) -> list[Axes]:
    """A panel per return over two axes, or a strip per return over one."""
    shown = averaged(sweep, spanning(sweep))
    result = {measure: winners.won(shown, measure) for measure in sweep.returns}
    note = averaged_over(sweep, shown.axes)
    if len(shown.axes) == 1:
        return _strips(figure, shown, result, note)
    titles = [scales.scale_of(measure).label for measure in result]
    return _diagrams(figure, [(title, shown, measure, each) for title, (measure, each) in zip(titles, result.items(), strict=True)], note)


def draw_by_third(figure: Figure, sweep: Sweep) -> list[Axes]:
    """The economic return over two axes, a panel for each level of a third."""
    axis, spanned = third(sweep), spanning(sweep)
    assert axis is not None
    parts = []
    for level in axis.levels:
        shown = averaged(at_level(sweep, axis, level), spanned)
        parts.append((cells.level_label(axis, level), shown, "economic", winners.won(shown, "economic")))
    return _diagrams(figure, parts, f"Economic return; a panel for each level of {axis.label}. {averaged_over(sweep, (*spanned, axis))}".strip())


def title(sweep: Sweep) -> str:
    """In which returns the same is best everywhere, size-adjusted; if none, or if not in consumption, at how many points who is best in that."""
    shown = averaged(sweep, spanning(sweep))
    result = {measure: winners.won(shown, measure) for measure in shown.returns}
    everywhere: dict[str, list[str]] = {}
    for measure, each in result.items():
        if (first := winners.leader(each)) and each.size_adjusted.all():
            everywhere.setdefault(winners.called(sweep, first), []).append(noun(measure))
    economic, best, of_all = result["economic"], list[str](), f" of {words.plural(shown.n_points, 'point')}"
    adjusted = Counter(map(str, economic.name[economic.size_adjusted]))
    for name, count in Counter(map(str, economic.name[economic.certain])).most_common(2):
        best.append(f"{winners.called(sweep, name)} {winners.at_how_many(count, adjusted[name], '' if best else of_all)}")
    in_consumption = words.listed(best) if best else "nobody surely at any point"
    if not everywhere:
        return f"Best in consumption: {in_consumption}" if best else TOPIC
    (first, first_in), *rest = everywhere.items()
    others = [f"{name} in {words.listed(of)}" for name, of in rest]
    if not any(noun("economic") in of for of in everywhere.values()):
        others.append(f"in consumption {in_consumption}")
    return words.capital("; ".join([f"{first} is best everywhere in {words.listed(first_in)}", *others]))


TOPIC = "Which strategies are best, and where"


def averaged_over(sweep: Sweep, axes: Sequence[Axis]) -> str:
    """Says over which axes worlds are averaged, where some are left."""
    kept = {axis.name for axis in axes}
    rest = [axis.label for axis in sweep.varied if axis.name not in kept]
    return f"Each world is averaged over {', '.join(rest)}." if rest else ""


def _diagrams(figure: Figure, parts: Sequence[tuple[str, Sweep, str, winners.Won]], note: str) -> list[Axes]:
    """A panel over two axes for each title, sweep, return and winners."""
    one = parts[0][1]
    x, y = (cells.place_of(one, axis) for axis in one.axes)
    colours = winners.colours_of(one, {str(i): each for i, (*_, each) in enumerate(parts)})
    pairs = [rivals(part, measure) for _, part, measure, _ in parts]
    lines = cells.line_handles(f"{_sides(one)} are worth the same") if x.axis.numeric and y.axis.numeric and any(pairs) else []
    marks = [ramp_handle(), cells.hatch_handle("not certain, or too small to matter: none is best"), *winners.by_number_handles(each for *_, each in parts)]
    keys = [winners.winner_handles(one, colours), marks, lines]
    columns = cells.columns_for(len(parts))
    axes, lowest = cells.panels(figure, cells.Grid(len(parts), columns, layout.MARGIN + y.beside, x.below, _height(y)), [key for key in keys if key], note)
    for i, (ax, (title, part, measure, result), pair) in enumerate(zip(axes, parts, pairs, strict=True)):
        shape = len(x.levels), len(y.levels)
        cells.draw_cells(ax, x, y, winners.winner_colours(result, colours).reshape(*shape, 3))
        cells.label_axes(ax, x, y, lowest=lowest[i], first=i % columns == 0)
        if result.nothing:
            cells.say_nothing(ax)
            cells.headline(ax, title)
            continue
        crosses = False
        cells.hatch(ax, x, y, ~result.certain.reshape(shape))
        cells.hatch(ax, x, y, result.by_number.reshape(shape), cells.DOTS)
        if lines and pair:
            compared = paired(part, *pair, measure)
            cells.equal_worth(ax, x, y, compared)
            crosses = len(set(np.sign(compared.difference))) > 1
        head(ax, part, title, measure, result, "" if crosses else ", no break-even")
    return axes


def _height(y: cells.Place) -> float:
    return max(cells.HIGH, 0.15 * len(y.levels)) if not y.axis.numeric else cells.HIGH


def head(ax: Axes, sweep: Sweep, title: str, measure: str, result: winners.Won, more: str = "") -> None:
    """The title of a panel with the range of the margin under it; where the same is best everywhere, who that is, and what else is to be said."""
    top, unit = words.number(winners.largest_margin(result)), scales.scale_of(measure).unit
    if first := winners.leader(result):
        least, short = words.number(winners.least_margin(result)), f"{top} %" if unit.startswith("%") else top
        whole, wide = f"{title}: {winners.called(sweep, first)} everywhere", ax.get_position().width * layout.WIDTH
        title = whole if layout.width_of(whole, style.NORMAL, "bold") <= wide else whole.removesuffix(" everywhere")
        cells.headline(ax, title, (f"{top} {unit}{more}", f"{short}{more}", short), ramp=grey, start=least)
    elif result.certain.any():
        cells.headline(ax, title, (f"{top} {unit}", f"{top} %" if unit.startswith("%") else top), ramp=grey)
    else:
        cells.headline(ax, title, "none is best at any point")


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


def _strips(figure: Figure, shown: Sweep, result: dict[str, winners.Won], note: str) -> list[Axes]:
    """A row of cells per return, with the best and its margin in them where there is room, and break-even values."""
    place = cells.place_of(shown, shown.axes[0])
    colours = winners.colours_of(shown, result)
    left, right = 1.0, 1.75
    width = layout.WIDTH - layout.MARGIN - left - right
    pairs = {measure: rivals(shown, measure) for measure in result}
    lines = []
    if place.axis.numeric and any(pairs.values()):
        lines = [mark_handle(f"{_sides(shown)} are worth the same, with 95 % interval")]
    marks = [layout.patch(style.QUIET, "the darker, the larger the margin"), cells.hatch_handle("not certain, or too small to matter: none is best"),
             *winners.by_number_handles(result.values())]
    keys = [key for key in (winners.winner_handles(shown, colours), marks, lines) if key]
    tall = 0.1 + (STRIP + GAP) * len(result)
    under = tall + place.below(width)
    layout.resize(figure, under + layout.key_height(*keys) + (layout.LINE + 0.08) * bool(note))
    layout.draw_keys(figure, under, *keys)
    if note:
        layout.text_at(figure, layout.MARGIN, under + layout.key_height(*keys) + 0.08, layout.fitted(note, layout.WIDTH - 2 * layout.MARGIN), color=style.QUIET)
    axes = []
    for i, (measure, each) in enumerate(result.items()):
        ax = layout.axes_at(figure, left, 0.1 + (STRIP + GAP) * i, width, STRIP)
        strip = cells.Place(place.axis, ("",), even=False)
        cells.draw_cells(ax, place, strip, winners.winner_colours(each, colours).reshape(len(place.levels), 1, 3))
        ax.set_yticks([])
        place.ticks(ax, across=True, shown=i == len(result) - 1)
        layout.row_title(ax, scales.scale_of(measure).label, left - layout.MARGIN)
        axes.append(ax)
        if each.nothing:
            cells.say_nothing(ax, "no difference in any world")
            continue
        cells.hatch(ax, place, strip, ~each.certain.reshape(-1, 1))
        cells.hatch(ax, place, strip, each.by_number.reshape(-1, 1), cells.DOTS)
        top = winners.largest_margin(each)
        unit, least = scales.scale_of(measure).unit, winners.least_margin(each)
        first = winners.leader(each)
        who = layout.fitted(f"{winners.called(shown, first)} throughout,", right - 0.1) if first else ""
        note = (f"{who}\n{words.number(least)} to {words.number(top)} {unit}" if first else
                f"margin up to {words.number(top)}\n{unit}" if top else "none is best")
        ax.text(1 + 0.1 / width, 0.5, note, transform=ax.transAxes, va="center", fontsize=style.SMALL, color=style.QUIET)
        _write(ax, shown, measure, each, width / len(place.levels))
        if place.axis.numeric and (pair := pairs[measure]):
            for value in break_even(shown, place.axis, *pair, measure):
                mark(ax, place, value, 0.5, style.INK)
    axes[-1].set_xlabel(cells.axis_label(place.axis, width))
    return axes


def _write(ax: Axes, shown: Sweep, measure: str, result: winners.Won, inches: float) -> None:
    """The margin in each cell and, where all fit, which is best."""
    names = style.labels(shown.strategies)
    digits = [words.number(float(margin)) for margin in result.margin]
    best = [names[name] for name in winners_of(shown, measure).strategy]
    room = inches - 0.08
    if max(layout.width_of(text) for text in digits) > room:
        return
    broken = ["\n".join(layout.wrapped(name.split(), room)) for name in best]
    with_names = all(layout.width_of(line) <= room for text in broken for line in text.split("\n")) and max(text.count("\n") for text in broken) < 2
    colours, at = winners.winner_colours(result, winners.colours_of(shown, {measure: result})), cells.place_of(shown, shown.axes[0]).positions
    for i, text in enumerate(digits):
        if result.certain[i]:
            ax.text(at[i], 0, f"{broken[i]}\n{text}" if with_names else text, ha="center", va="center", fontsize=style.SMALL - 1, linespacing=1.05,
                    color=cells.ink_on(colours[i]), bbox={"facecolor": colours[i], "edgecolor": "none", "pad": 1})  # no dots behind words


def alt(sweep: Sweep) -> str:
    """At how many points each is best in each return."""
    shown = averaged(sweep, spanning(sweep))
    across = " and ".join(f"{axis.label} ({len(axis.levels)} levels)" for axis in shown.axes)
    return f"Best over {across}, {words.plural(shown.n_points, 'point')}. " + words.sentence(counted(shown, measure) for measure in shown.returns)


def alt_by_third(sweep: Sweep) -> str:
    """At how many points each is best in the economic return at each level of the third axis."""
    axis, spanned = third(sweep), spanning(sweep)
    assert axis is not None
    parts = [f"{cells.level_label(axis, level)}: {counted(averaged(at_level(sweep, axis, level), spanned), 'economic')}" for level in axis.levels]
    return f"Best over {' and '.join(each.label for each in spanned)} at {len(axis.levels)} levels of {axis.label}. " + words.sentence(parts)


def counted(sweep: Sweep, measure: str) -> str:
    """At how many points each is best in one return, in words."""
    result, label = winners.won(sweep, measure), scales.scale_of(measure).label
    if result.nothing:
        return f"{label}: no difference in any world, best at 0 points"
    families = len(set(sweep.families.values())) > 1
    shown = style.labels(sweep.strategies)
    counts = Counter(str(name) for name, sure in zip(result.name, result.certain, strict=True) if sure)
    fewer = Counter(str(name) for name, sure in zip(result.name, result.size_adjusted, strict=True) if sure)
    best = [f"{style.family_label(name) if families else shown[name]} best at {count:,}{f' (size-adjusted {fewer[name]:,})' * (fewer[name] < count)}"
            for name, count in counts.most_common()]
    margin = f"{words.number(winners.largest_margin(result))} {scales.scale_of(measure).unit}"
    return f"{label}: {', '.join([*best, f'undecided {int((~result.certain).sum()):,}'])}{f', largest margin {margin}' if best else ''}"


def applies(sweep: Sweep) -> bool:
    """Whether one or two axes span diagrams."""
    return bool(spanning(sweep))


def title_by_third(sweep: Sweep) -> str:
    """Who is best in consumption at more than half of the points, size-adjusted, at each level of the third axis."""
    axis, spanned = third(sweep), spanning(sweep)
    assert axis is not None
    at: dict[str, list[str]] = {}
    for level in axis.levels:
        shown = averaged(at_level(sweep, axis, level), spanned)
        best = winners.most_often(shown, winners.won(shown, "economic"))
        name = best[0][0] if best is not None and 2 * best[1] > shown.n_points else "nobody surely"
        at.setdefault(name, []).append(layout.fitted(cells.level_label(axis, level), 1.2, style.NORMAL, "bold"))
    called = layout.in_title(words.within(axis.label))
    parts = [f"{name}, whatever the {called}" if len(at) == 1 else f"{name} at {words.some(levels, 2)}" for name, levels in at.items()]
    return f"Best in consumption at most points: {words.some(parts, between='; ')}"


def has_third(sweep: Sweep) -> bool:
    """Whether a third axis gets a panel for each of its levels."""
    return third(sweep) is not None


PHASE: FigureSpec[Sweep] = FigureSpec(
    name="phase",
    title=title,
    question="Which family of strategies is best where, by how much, and where can they not be distinguished?",
    caption=("At each point the family whose best member has the highest mean return, the stronger its colour, the larger its margin over the best strategy "
             "of any other family on the same worlds; where one family is best everywhere, the palest colour is its smallest margin. Each world is averaged "
             "over what else varies. Where it is hatched, the margin is not certain or too small to matter; where it is dotted, the family is not surely best "
             "once sizes are adjusted: with only as many members as each smaller family has. On the line the two compared are worth the same. The best was "
             "picked on the same worlds, which favours it a little."),
    draw=draw,
    alt=alt,
    applies=applies,
)


BY_LEVEL: FigureSpec[Sweep] = FigureSpec(
    name="phase_by_level",
    title=title_by_third,
    question="Does it depend on the third thing that varies which family is best in consumption?",
    caption=("As the diagrams of all returns, for the economic return alone and with a panel for each level of a third axis. Margins have their own range in "
             "each panel."),
    draw=draw_by_third,
    alt=alt_by_third,
    applies=has_third,
)
