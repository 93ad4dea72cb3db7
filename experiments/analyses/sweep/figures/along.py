"""Paired differences along one axis at a time, with bands, and where they change their sign."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.sweep.break_even import BreakEven, break_even
from experiments.analyses.sweep.estimates import extremes_along, moved_along
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.sweep import Axis, Sweep, along, champions, groups, overall_means, reference_label, rivals, worlds_along
from experiments.figures import curves, layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.report.differences import noun, of_worlds
from experiments.report.phrases import exact_ties

#: Most strategies and most axes shown.
STRATEGIES, AXES = 6, 4
#: Opacity of the 95 % interval and of the spread of worlds.
SURE, SPREAD = 0.45, 0.13
#: The spread where more than two strategies share a panel.
FAINT = 0.07
#: Error allowed in leaving out points of a band, as a share of its range.
THIN = 1 / 300
#: Share of resamples that must cross zero for an interval of the crossing to be drawn.
ALWAYS = 0.95


def shown_axes(sweep: Sweep, most: int = AXES) -> tuple[Axis, ...]:
    """The axes that vary; of many those along which the economic differences to the reference change most."""
    if len(sweep.varied) <= most:
        return sweep.varied
    return tuple(axis for axis in sweep.varied if axis in sorted(sweep.varied, key=lambda axis: -moved_along(sweep, axis))[:most])


def selection(sweep: Sweep) -> list[str]:
    """A few strategies other than the reference: all, if there are few; else best and worst in consumption over all points, then the
    champions of hedging and alignment in consumption, then the best in other returns, of families not yet shown first."""
    means = {measure: overall_means(sweep, measure) for measure in sweep.returns}
    others = [name for name in sweep.strategies if name != sweep.reference]
    if len(others) <= STRATEGIES:
        return others

    def ranked(measure: str) -> list[str]:
        return sorted(others, key=lambda name: -float(means[measure][sweep.strategies.index(name)]))

    by_return = ranked("economic")
    chosen = [by_return[0], by_return[-1], *(name for name in champions(sweep, "economic") or () if name != sweep.reference)]
    heads = [name for name in by_return if name == next(other for other in by_return if sweep.families[other] == sweep.families[name])]
    new = [name for name in heads if sweep.families[name] not in {sweep.families[other] for other in chosen}]
    return list(dict.fromkeys([*chosen, *new, *(ranked(measure)[0] for measure in sweep.returns), *by_return]))[:STRATEGIES]


def draw(figure: Figure, sweep: Sweep) -> list[Axes]:
    """A panel per return and axis, a line per strategy: its difference to the reference."""
    names, look, shown = selection(sweep), style.looks(sweep.families), style.short_labels(sweep.strategies)
    strategies = [Line2D([], [], color=look[name].colour, linestyle=look[name].line, **look[name].marker(), label=shown[name]) for name in names]
    pairs = {measure: [(name, sweep.reference, look[name]) for name in names] for measure in sweep.returns}
    return _draw(figure, sweep, pairs, [strategies], lambda measure: "")


def draw_rivals(figure: Figure, sweep: Sweep) -> list[Axes]:
    """A panel per return and axis: the champion of hedging less that of alignment."""
    shown, look = style.labels(sweep.strategies), style.Look(style.INK, "o", True, "-")
    pairs = {measure: [(*pair, look)] for measure in sweep.returns if (pair := rivals(sweep, measure))}
    return _draw(figure, sweep, pairs, [], lambda measure: " less ".join(shown[name] for name in pairs[measure][0][:2]))


Pairs = dict[str, list[tuple[str, str, style.Look]]]


def _draw(figure: Figure, sweep: Sweep, pairs: Pairs, keys: Sequence[layout.Handles], under: Callable[[str], str]) -> list[Axes]:
    """Panels of returns by axes; returns side by side where there is one axis, else one below the other."""
    across = shown_axes(sweep)
    places = {axis.name: cells.place_of(sweep, axis) for axis in across}
    marks = [layout.patch(style.QUIET, "95 % interval of the mean", SURE), layout.patch(style.QUIET, "5–95 % of worlds", SPREAD + 0.1)]
    if any(axis.numeric for axis in across):
        marks.append(mark_handle("no difference, with 95 % interval; open where not certain"))
    keys = [*keys, marks]
    single = len(across) == 1
    columns = min(3, len(pairs)) if single else len(across)

    def below(width: float) -> float:
        return max(place.below(width) for place in places.values())

    head = cells.HEADLINE if any(under(measure) for measure in pairs) else 0.3
    grid = (cells.Grid(len(pairs), columns, layout.MARGIN + 0.36, below, 1.35, gap=0.42, head=head) if single else
            cells.Grid(len(pairs) * len(across), columns, layout.MARGIN + 0.74, below, 1.05, head=head))
    axes, lowest = cells.panels(figure, grid, keys)
    for i, measure in enumerate(pairs):
        row = axes[i * len(across) : (i + 1) * len(across)]
        for j, (ax, axis) in enumerate(zip(row, across, strict=True)):
            _panel(ax, sweep, places[axis.name], measure, pairs[measure])
            text = under(measure)
            scale = scales.scale_of(measure)
            if single:
                cells.headline(ax, f"{scale.label}, {scale.unit}", text)
            elif j == 0:
                cells.headline(ax, scale.label, text)
            number = i * len(across) + j
            if lowest[number]:
                ax.set_xlabel(cells.axis_label(axis, ax.get_position().width * layout.WIDTH))
        low, high = min(ax.get_ylim()[0] for ax in row), max(ax.get_ylim()[1] for ax in row)
        for j, (ax, axis) in enumerate(zip(row, across, strict=True)):
            ax.set_ylim(low, high)
            if (low, high) == (-1, 1):
                ax.set_yticks([0])
            else:
                layout.few_ticks(ax, y=4)
            if j:
                ax.tick_params(labelleft=False)
            places[axis.name].ticks(ax, across=True, shown=lowest[i * len(across) + j])
        if not single:
            row[0].set_ylabel(scales.scale_of(measure).unit.replace(" of ", " of\n"))
            row[0].yaxis.set_label_coords(-0.58 / (row[0].get_position().width * layout.WIDTH), 0.5)
    return axes


def _panel(ax: Axes, sweep: Sweep, place: cells.Place, measure: str, pairs: Sequence[tuple[str, str, style.Look]]) -> None:
    """Lines with bands over numbers, points with bars over names."""
    scale, x = scales.scale_of(measure), place.positions
    ax.axhline(0, color=style.INK, linewidth=0.8, zorder=1)
    nothing = True
    for i, (one, other, look) in enumerate(pairs):
        result = along(sweep, place.axis, one, other, measure)
        mean, low, high, q05, q95 = (np.asarray(scale.difference(result[column].to_numpy(float))) for column in ("difference", "low", "high", "q05", "q95"))
        nothing &= not worlds_along(sweep, place.axis, one, other, measure).any()
        known = np.isfinite(low) & np.isfinite(high)
        if place.axis.numeric:
            error = THIN * float(np.ptp(np.concatenate([q05, q95])))
            for ends, alpha in (((q05, q95), SPREAD if len(pairs) <= 2 else FAINT), ((low, high), SURE if known.all() else 0.0)):
                if alpha:
                    when, band = curves.thinned(x, np.stack(ends, axis=1), error)
                    ax.fill_between(when, *band.T, color=look.colour, alpha=alpha, linewidth=0)
            every = max(1, len(x) // 6)
            # A single line needs no mark to be known by.
            marks = {"markevery": (i % every, every), **look.marker(4)} if len(pairs) > 1 else {}
            ax.plot(x, mean, color=look.colour, linestyle=look.line, **marks)
            values = break_even(sweep, place.axis, one, other, measure)
            # A line that wanders about 0 crosses it without meaning; where lines are many only what is plain is marked.
            plain = len(pairs) == 1 or (len(values) <= 2 and all(value.share >= ALWAYS for value in values))
            for value in values if plain else []:
                mark(ax, place, value, 0.0, look.colour)
        else:
            at = x + 0.6 * ((i + 0.5) / len(pairs) - 0.5)
            ax.vlines(at, q05, q95, colors=look.colour, linewidth=1, alpha=style.SPREAD + 0.2)
            ax.vlines(at[known], low[known], high[known], colors=look.colour, linewidth=style.INTERVAL)
            ax.plot(at, mean, linestyle="none", **look.marker(4.5))
    ax.set_xlim(place.ends if not place.even else (x[0], x[-1]))
    if nothing:
        for line in ax.get_lines()[1:]:
            line.remove()
        ax.set_ylim(-1, 1)
        cells.say_nothing(ax)
    else:
        ax.margins(y=0.08)


def mark(ax: Axes, place: cells.Place, value: BreakEven, height: float, colour: str) -> None:
    """A diamond where a difference changes its sign, with its interval, at some height in data; open where it may not change it at all."""
    sure = value.share >= ALWAYS and np.isfinite(value.low)
    if sure:
        ends = [place.at(end) for end in (value.low, value.high)]
        ax.plot(ends, (height, height), color=colour, linewidth=style.INTERVAL + 1.2, solid_capstyle="butt", zorder=4, clip_on=False)
    ax.plot(place.at(value.value), height, linestyle="none", marker="D", markersize=4.5, markerfacecolor=colour if sure else "white",
            markeredgecolor="white" if sure and colour == style.INK else style.INK, markeredgewidth=0.7, zorder=5, clip_on=False)


def mark_handle(text: str) -> Line2D:
    """Stands for such a diamond."""
    return Line2D([], [], color=style.INK, linewidth=style.INTERVAL + 1.2, marker="D", markersize=4.5, markeredgecolor="white", markeredgewidth=0.7,
                  solid_capstyle="butt", label=text)


def break_even_text(axis: Axis, value: BreakEven) -> str:
    """A break-even value with its interval in words."""
    unit = "" if axis.unit in ("-", "") else f" {axis.unit}"
    if not np.isfinite(value.low):
        return f"{value.value:.3g}{unit} [no interval]".replace("-", "−")
    half = (value.high - value.low) / 2
    decimals = int(np.clip(np.ceil(-np.log10(half)), 0, 4)) if half > 1e-9 else 3
    return f"{value.value:.{decimals}f}{unit} [{value.low:.{decimals}f}, {value.high:.{decimals}f}]".replace("-", "−")


def alt(sweep: Sweep) -> str:
    """First and last level of each strategy in consumption along each axis."""
    shown = style.labels(sweep.strategies)
    parts = []
    for axis in shown_axes(sweep):
        differences = [f"{shown[name]} {_ends(sweep, axis, name, sweep.reference, 'economic')}" for name in selection(sweep)]
        parts.append(f"along {axis.label}, economic, % of consumption: {', '.join(differences)}")
    return f"Mean differences to {reference_label(sweep)} with 95 % intervals, {len(sweep.returns)} returns: " + words.sentence(parts)


def alt_rivals(sweep: Sweep) -> str:
    """First and last level of the difference of the champions in each return, and where it is 0."""
    shown = style.labels(sweep.strategies)
    parts = []
    for axis in shown_axes(sweep):
        for measure in sweep.returns:
            if pair := rivals(sweep, measure):
                difference = f"{shown[pair[0]]} less {shown[pair[1]]} {_ends(sweep, axis, *pair, measure)}"
                values = break_even(sweep, axis, *pair, measure) if axis.numeric else []
                zero = f", the same at {', '.join(break_even_text(axis, value) for value in values)}" if values else ""
                parts.append(f"{scales.scale_of(measure).label} along {axis.label}: {difference}{zero}")
    return "Differences with 95 % intervals. " + words.sentence(parts)


def _ends(sweep: Sweep, axis: Axis, one: str, other: str, measure: str) -> str:
    """The difference at the first and the last level."""
    rows = along(sweep, axis, one, other, measure).iloc[[0, -1]]
    values = np.asarray(scales.scale_of(measure).difference(rows[["low", "difference", "high"]].to_numpy(float)))
    first, last = (words.interval(*row) for row in values)
    levels = groups(sweep, axis)[0]
    return f"{first} at {cells.level_label(axis, levels[0])}, {last} at {cells.level_label(axis, levels[-1])}"


def title(sweep: Sweep) -> str:
    """Which strategy's consumption against the reference changes most, for certain and in practice, along which axis, and from where to where."""
    moved: dict[tuple[str, str], tuple[float, float]] = {}
    for axis in shown_axes(sweep):
        for name in selection(sweep):
            lowest, highest, between = extremes_along(sweep, axis, name, sweep.reference, "economic")
            if between.counts:
                moved[axis.label, name] = lowest, highest
    if not moved:
        return f"Against {reference_label(sweep)}, what varies changes the consumption of no strategy for certain and in practice"
    keys, ends = list(moved), np.array(list(moved.values()))
    widths = ends[:, 1] - ends[:, 0]
    ties = exact_ties(widths, int(widths.argmax()))
    axis_label = keys[ties[0]][0]
    alike = [keys[i][1] for i in ties if keys[i][0] == axis_label]
    low, high = (float(end) for end in np.asarray(scales.scale_of("economic").difference(ends[ties[0]])))
    return (f"Against {reference_label(sweep)}, {words.some([style.labels(sweep.strategies)[name] for name in alike])} "
            f"{'changes' if len(alike) == 1 else 'change'} most along {layout.in_title(words.within(axis_label))}: "
            f"{words.between(low, high, '% of consumption')}")


def title_of_rivals(sweep: Sweep) -> str:
    """In which returns the best hedging strategy is ahead of the best aligned one at every level, in which behind, and in which they change places."""
    return _places(sweep, "hedging", "alignment")


def title_of_best_two(sweep: Sweep) -> str:
    """In which returns the best strategy is ahead of the next one compared at every level, and in which they change places."""
    return _places(sweep, "the best strategy", "the next")


def _places(sweep: Sweep, one: str, other: str) -> str:
    """Where one of the two rivals is ahead, for certain and in practice."""
    by_place: dict[str, list[str]] = {place: [] for place in PLACES}
    for measure in sweep.returns:
        if pair := rivals(sweep, measure):
            smallest = sweep.smallest.get(measure, 0.0)
            signs = {of_worlds(worlds, smallest).counts for axis in shown_axes(sweep) for worlds in worlds_along(sweep, axis, *pair, measure)}
            place = "ahead" if signs == {1} else "behind" if signs == {-1} else "both" if {1, -1} <= signs else ""
            if place:
                by_place[place].append(noun(measure))
    parts = [f"{verb} in {words.listed(by_place[place])}" for place, verb in PLACES.items() if by_place[place]]
    return f"Against {other}, {one} {words.listed(parts)}" if parts else f"In no return is {one} ahead of {other}, or behind it, throughout"


#: At every level ahead or behind; at some levels the one, at others the other.
PLACES = {"ahead": "is ahead throughout", "behind": "is behind throughout", "both": "changes places"}


def comparable(sweep: Sweep) -> bool:
    """Whether something varies and there is anything to compare with the reference."""
    return bool(sweep.varied) and len(sweep.strategies) > 1


def has_champions(sweep: Sweep) -> bool:
    """Whether there are hedging and aligned strategies to compare."""
    return comparable(sweep) and champions(sweep, "economic") is not None


def has_best_two(sweep: Sweep) -> bool:
    """Whether there are two strategies to compare, but not of hedging and alignment."""
    return comparable(sweep) and champions(sweep, "economic") is None


BANDS = ("Dark band: 95 % interval of the mean; pale band: 5 to 95 % of the worlds; diamond: where both are worth the same, open where that is not certain.")


ALONG: FigureSpec[Sweep] = FigureSpec(
    name="along",
    title=title,
    question="How does what a strategy gains and loses depend on what varies?",
    caption=("Mean differences to the reference on the same worlds, each world averaged over the other axes. Above 0 is better than the reference. Dark "
             "band: 95 % interval of the mean; pale band: 5 to 95 % of the worlds; diamonds: where a strategy plainly goes from better to worse than the "
             "reference or back. Of many strategies and axes a few are shown; numbers without a grid come in bins of equal count."),
    draw=draw,
    alt=alt,
    applies=comparable,
)


RIVALS: FigureSpec[Sweep] = FigureSpec(
    name="rivals",
    title=title_of_rivals,
    question="Where is the best hedging strategy ahead of the best aligned one, and where behind?",
    caption=("The best hedging strategy over all points less the best aligned one on the same worlds, each world averaged over the other axes. "
             f"Above 0 hedging is ahead. {BANDS}"),
    draw=draw_rivals,
    alt=alt_rivals,
    applies=has_champions,
)


BEST_TWO: FigureSpec[Sweep] = FigureSpec(
    name="best_two",
    title=title_of_best_two,
    question="Where do the best strategies of the two best families change places?",
    caption=("The best strategy over all points less the best of any other family, or the second best where all are of one, on the same worlds. "
             f"Above 0 the first named is ahead. {BANDS}"),
    draw=draw_rivals,
    alt=alt_rivals,
    applies=has_best_two,
)
