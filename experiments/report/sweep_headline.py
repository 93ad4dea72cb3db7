"""Headline sentences of a sweep, made from the numbers: no claim without an interval, no winner where the interval contains 0."""

from collections import Counter
from typing import Any

import numpy as np

from experiments.analysis.intervals import percentiles
from experiments.comparison import mean_interval
from experiments.figures.sweeps.along import ALWAYS, shown_axes, told_break_even
from experiments.figures.sweeps.cells import level_label
from experiments.figures.telling import scale_of
from experiments.report.headline import Difference, Finding, amount, of_worlds
from experiments.sweep import Axis, Sweep, break_even, groups, largest_regret, rivals, winners, worlds_along
from sim.axes import WORLD, Array


def headline(sweep: Sweep) -> list[Finding]:
    """The findings in plain words, in the order a reader asks."""
    if len(sweep.strategies) < 2:
        return [Finding("Nothing to compare", f"Only one strategy was run, {sweep.strategies[0]}.")]
    return [
        *(Finding(label(measure), _won(sweep, measure)) for measure in sweep.returns),
        *(Finding(f"Along {axis.label}", _rivals(sweep), _along(sweep, axis)) for axis in shown_axes(sweep)),
        Finding("Never far from the best", "The strategy whose largest shortfall is smallest, with that shortfall.",
                tuple(_regret(sweep, measure) for measure in sweep.returns if not alike(sweep, measure))),
        Finding("How sure", _how_sure(sweep)),
    ]


def label(measure: str) -> str:
    """What a return is called."""
    return scale_of(measure).label


def alike(sweep: Sweep, measure: str) -> bool:
    """Whether no strategy differs from another in any world."""
    return not np.ptp(sweep.measures[measure], axis=0).any()


def at_point(sweep: Sweep, point: int) -> str:
    """Where a point lies, such as "Scenario calm, Mean rivalry 0.5"."""
    return ", ".join(f"{axis.label} {level_label(axis, sweep.points[axis.name].iloc[point])}" for axis in sweep.varied)


def _won(sweep: Sweep, measure: str) -> str:
    """At how many points each family wins, and its largest margin."""
    if alike(sweep, measure):
        return "No strategy differs from any other in any world at any point."
    rows = winners(sweep, measure)
    told = rows[rows.low > 0]
    n, undecided = len(rows), len(rows) - len(told)
    what = "family" if len(set(sweep.families.values())) > 1 else "strategy"
    if told.empty:
        return f"No {what} can be told apart from the next best at any of {_points(n)}."
    fewer = Counter(told[told.at_equal_size].family)
    counts = ", ".join(f"{name} at {count:,}{_at_equal_size(fewer[name]) if fewer[name] < count else ''}" for name, count in Counter(told.family).most_common())
    best: Any = told.iloc[int(told.margin.to_numpy().argmax())]
    rest = f" At {undecided:,} the interval of the margin contains 0: nobody wins there." if undecided else ""
    return (f"Of {_points(n)} the best member of one family is ahead of all other families: {counts}." if what == "family"
            else f"Of {_points(n)} one strategy is ahead of all others: {counts}.") + rest + (
        f" Largest margin: {best.strategy} brings {amount(measure, Difference(best.margin, best.low, best.high, 1))} over {best.against}"
        f" at {at_point(sweep, int(best.name))}.")


def _at_equal_size(count: int) -> str:
    return f" ({f'at {count:,}' if count else 'at none'} of them at equal size too)"


def _rivals(sweep: Sweep) -> str:
    """Whom the sentences along an axis compare."""
    families = list(dict.fromkeys(sweep.families.values()))
    if {"hedging", "alignment"} <= set(families):
        hedging, aligned = (sum(each == family for each in sweep.families.values()) for family in ("hedging", "alignment"))
        return f"The hedging strategy best over all points, of {hedging}, less the aligned one best over all points, of {aligned}:"
    return "The best strategies of the two best families, over all points:" if len(families) > 1 else "The two strategies best over all points:"


def _along(sweep: Sweep, axis: Axis) -> tuple[str, ...]:
    """How the difference of the rivals changes along an axis in each return, and where it is 0."""
    told = []
    for measure in sweep.returns:
        pair = rivals(sweep, measure)
        if pair is None or alike(sweep, measure):
            continue
        worlds = worlds_along(sweep, axis, *pair, measure)
        told.append(f"{label(measure)}, {pair[0]} less {pair[1]}: {(_over_numbers if axis.numeric else _over_names)(sweep, axis, pair, measure, worlds)}")
    return tuple(told)


def _over_numbers(sweep: Sweep, axis: Axis, pair: tuple[str, str], measure: str, worlds: Array) -> str:
    """From the first level to the last, the change on the same worlds, and the break-even values."""
    levels = groups(sweep, axis)[0]
    first, last, change = (of_worlds(each) for each in (worlds[0], worlds[-1], worlds[-1] - worlds[0]))
    verb = {1: "rises", -1: "falls", 0: "cannot be told to change"}[change.verdict]
    text = (f"{verb} from {amount(measure, first)} at {level_label(axis, levels[0])} to {amount(measure, last)} at {level_label(axis, levels[-1])}"
            f" (change {amount(measure, change)})")
    values = break_even(sweep, axis, *pair, measure)
    sure = [value for value in values if value.share >= ALWAYS and np.isfinite(value.low)]
    if sure:
        text += f"; both bring the same at {' and at '.join(told_break_even(axis, value) for value in sure)}"
    if len(values) > len(sure):
        text += "; where else the means cross 0 is not certain" if sure else "; where the means cross 0 is not certain"
    if not values:
        means = worlds.mean(axis=WORLD)
        low, high = (bound.min() if means.min() > 0 else bound.max() for bound in mean_interval(worlds)[1:])
        if low > 0 or high < 0:
            text += f"; {pair[0] if low > 0 else pair[1]} stays ahead at every level"
    return text + "."


def _over_names(sweep: Sweep, axis: Axis, pair: tuple[str, str], measure: str, worlds: Array) -> str:
    """The levels with the highest and the lowest difference, and how far they are apart on the same worlds."""
    means = worlds.mean(axis=WORLD)
    top, bottom = int(means.argmax()), int(means.argmin())
    apart = of_worlds(worlds[top] - worlds[bottom])
    if apart.verdict == 0:
        return f"no two levels can be told apart (at most {amount(measure, apart)})."
    ends = " to ".join(f"{amount(measure, of_worlds(worlds[i]))} at {level_label(axis, axis.levels[i])}" for i in (bottom, top))
    return f"from {ends}, {amount(measure, apart)} apart."


def _regret(sweep: Sweep, measure: str) -> str:
    """Which strategy has the smallest largest regret, and whether the next one's can be told apart from it."""
    resampled = largest_regret(sweep, measure)
    order = np.argsort(resampled[0], kind="stable")
    best, second = (sweep.strategies[i] for i in order[:2])
    own, apart = resampled[:, order[0]], resampled[:, order[1]] - resampled[:, order[0]]
    d, further = (_bootstrapped(each, sweep.n_worlds) for each in (own, apart))
    falls = f"{best} falls short of the best at any point by at most {amount(measure, d).replace('+', '')}"
    verdict = f"less than {second}, the next, by {amount(measure, further).replace('+', '')}" if further.low > 0 else f"not told apart from {second}, the next"
    return f"{label(measure)}: {falls}, {verdict}."


def _bootstrapped(values: Array, n_worlds: int) -> Difference:
    found = percentiles(values, n_worlds)
    return Difference(float(found.value), float(found.low), float(found.high), 1)


def _how_sure(sweep: Sweep) -> str:
    n = "one world: no interval can be given" if sweep.n_worlds == 1 else f"the same {sweep.n_worlds:,} worlds"
    families = ("At equal size a family is drawn only as many members as each smaller one has, and counts with the best of these on average over all ways to "
                "draw them: the best of many is flattered against the best of few. ") if len(set(sweep.families.values())) > 1 else ""
    return (f"Every strategy met {n} at each of {_points(sweep.n_points)}, so differences between points are paired as well. {families}A winner picked among "
            f"{len(sweep.strategies)} strategies on the worlds it is judged by is flattered a little, and of many points without a "
            "difference one in twenty would leave 0 out by chance: look for regions, not for single points. Break-even values lie on straight lines "
            "between levels.")


def _points(n: int) -> str:
    return "1 point" if n == 1 else f"{n:,} points"
