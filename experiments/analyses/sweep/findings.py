"""Findings of a sweep in sentences: no claim without an interval, nobody ahead where the interval contains 0."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.analyses.comparison.change import Change, sentence
from experiments.analyses.sweep.break_even import BreakEven
from experiments.analyses.sweep.changes import alike, change_along
from experiments.analyses.sweep.estimates import overall_between_seeds
from experiments.analyses.sweep.figures.along import ALWAYS, shown_axes
from experiments.analyses.sweep.figures.panels import level_label
from experiments.analyses.sweep.figures.winners import at_how_many
from experiments.analyses.sweep.regret import least_regret
from experiments.analyses.sweep.sweep import Axis, Sweep, rivals, winners
from experiments.figures.scales import scale_of
from experiments.figures.style import family_label, labels
from experiments.report.differences import Difference, amount, size
from experiments.report.parts import Finding
from experiments.words import ROUNDING, capital, interval, listed, within

#: What the finding on changes is about.
BASELINE = "Against the baseline"
#: The changes of so many jobs are listed.
MOST = 8


def headline(sweep: Sweep) -> list[Finding]:
    """The findings in plain words, in the order in which a reader asks."""
    if len(sweep.strategies) < 2:
        return [Finding("Nothing to compare", f"Only one strategy was run, {labels(sweep.strategies)[sweep.strategies[0]]}.")]
    returns = [measure for measure in sweep.returns if not alike(sweep, measure)]
    return [
        *(Finding(label(measure), who_is_ahead(sweep, measure)) for measure in sweep.returns),
        *(Finding(f"Along {axis.label}", _compared(sweep), tuple(_along(sweep, axis, measure) for measure in returns)) for axis in shown_axes(sweep)),
        Finding("Never far from the best", "For each return, the strategy whose largest regret is smallest. Regret is how far a strategy falls short of the "
                "best one at the same point.", tuple(_regret(sweep, measure) for measure in returns)),
        *([Finding("Between seeds", "Seeds are replicates. In brackets: the lowest and the highest mean of a seed, not an interval.",
                   tuple(_between_seeds(sweep, measure) for measure in returns))] if sweep.seeds else []),
        Finding("How sure", _how_sure(sweep)),
    ]


def change_finding(changes: Mapping[int, Change], called: Mapping[int, str]) -> list[Finding]:
    """What each job changes against its baseline, in the return that it changes first: nothing where none has a baseline."""
    if not changes:
        return []
    parts = []
    for number, change in list(changes.items())[:MOST]:
        said = next((sentence(change, measure) for measure in change.moved), "nothing changes in practice.")
        parts.append(f"{capital(called[number])}: {within(said)}")
    rest = len(changes) - len(parts)
    more = f" changes.csv has {rest:,} more." if rest else ""
    return [Finding(BASELINE, f"What each choice does to every strategy, on the same worlds.{more}", tuple(parts))]


def label(measure: str) -> str:
    """What a return is called."""
    return scale_of(measure).label


def at_points(sweep: Sweep, points: Sequence[int]) -> str:
    """What some points have in common, such as "Scenario calm, Mean rivalry 0.5"; empty where it is nothing."""
    levels = {axis: sweep.points[axis.name].iloc[list(points)].unique() for axis in sweep.varied}
    return ", ".join(f"{axis.label} {level_label(axis, level[0])}" for axis, level in levels.items() if len(level) == 1)


def who_is_ahead(sweep: Sweep, measure: str) -> str:
    """At how many points each family is ahead, and by how much at most."""
    if alike(sweep, measure):
        return "No strategy differs from any other in any world at any point."
    rows, shown = winners(sweep, measure), labels(sweep.strategies)
    ahead = rows[rows.ahead]
    n, undecided = len(rows), len(rows) - len(ahead)
    by_family = len(set(sweep.families.values())) > 1
    if ahead.empty:
        where = "the only point" if n == 1 else f"any of {n:,} points"
        return f"No {'family' if by_family else 'strategy'} is ahead of the next best for certain and in practice at {where}."
    adjusted = Counter(ahead[ahead.size_adjusted].family)
    counts: list[str] = []
    for name, count in sorted(Counter(ahead.family).items(), key=lambda item: (-item[1], item[0])):
        called = family_label(str(name)) if by_family else shown[str(name)]
        counts.append(f"{called} {at_how_many(count, adjusted[name])}" if counts else
                      f"{capital(called)} is ahead {at_how_many(count, adjusted[name], f' of {_points(n)}')}")
    text = f"{', '.join(counts)}."
    if undecided:
        text += f" At {undecided:,} nobody is ahead: the difference is not certain, or too small to matter."
    best: Any = ahead.iloc[int(ahead.margin.to_numpy().argmax())]
    largest = Difference(best.margin, best.low, best.high, float("nan"))
    tied = [int(point) for point in ahead.index[ahead.margin >= best.margin - ROUNDING]]
    place = at_points(sweep, tied) or (f"{len(tied):,} of these points" if len(tied) > 1 else "")
    lead = "The lead is the same at each" if len(tied) == len(ahead) > 1 else f"The lead is largest{f' at {place}' if place else ''}"
    return f"{text} {lead}: {shown[best.strategy]} is ahead of {shown[best.against]} by {size(measure, largest)}."


def _compared(sweep: Sweep) -> str:
    """Whom the sentences along an axis compare."""
    families = list(sweep.families.values())
    if {"hedging", "alignment"} <= set(families):
        return (f"The best hedging strategy (of {families.count('hedging')}) compared with the best aligned one (of {families.count('alignment')}); "
                "each has the highest mean over all points.")
    return "The best strategies of the two best families over all points." if len(set(families)) > 1 else "The two best strategies over all points."


def _along(sweep: Sweep, axis: Axis, measure: str) -> str:
    """How the difference of the rivals changes along an axis in one return, and where it is zero."""
    pair = rivals(sweep, measure)
    if pair is None:
        raise ValueError("a sweep of one strategy has no rivals")
    shown, change = labels(sweep.strategies), change_along(sweep, axis, *pair, measure)
    one, other = (shown[name] for name in pair)
    low, high = (f"{amount(measure, end)} at {level_label(axis, level)}" for end, level in zip(change.ends, change.levels, strict=True))
    subject = f"{label(measure)}: the advantage of {one} over {other}"
    if change.change.counts == 0:
        how = "in practice" if change.change.small else "for certain"
        text = f"{subject} does not change {how}, from {low} to {high} (change {amount(measure, change.change)})."
    elif axis.numeric:
        text = f"{subject} {'rises' if change.change.counts > 0 else 'falls'} by {size(measure, change.change)}, from {low} to {high}."
    else:
        text = f"{subject} is lowest, {low}, and highest, {high}. These differ by {size(measure, change.change)}."
    sure = [value for value in change.break_evens if value.share >= ALWAYS and np.isfinite(value.low)]
    if sure:
        text += f" It is zero at {listed([break_even_text(axis, value) for value in sure])}."
    if len(change.break_evens) > len(sure):
        text += f" Where {'else ' if sure else ''}it is zero is not certain."
    if change.ahead:
        text += f" {capital(one if change.ahead > 0 else other)} is ahead at every level."
    return text


def break_even_text(axis: Axis, value: BreakEven) -> str:
    """A break-even value with its interval and unit."""
    return f"{interval(value.low, value.value, value.high)}{'' if axis.unit in ('-', '') else f' {axis.unit}'}"


def _regret(sweep: Sweep, measure: str) -> str:
    """Which strategy has the smallest largest regret, and whether the next one can be distinguished from it."""
    shown, result = labels(sweep.strategies), least_regret(sweep, measure)
    best, second = shown[result.best], shown[result.second]
    if result.largest.mean == 0:
        text = f"{label(measure)}: {best} is the best at every point"
        if result.largest.high > 0:
            text += f" (largest regret {size(measure, result.largest)})"
    else:
        text = f"{label(measure)}: {best} falls short of the best by at most {size(measure, result.largest)}"
    if result.further.low > 0:
        return f"{text}. The largest regret of {second}, the next, is larger by {size(measure, result.further)}."
    return f"{text}. It cannot be distinguished from {second}, the next."


def _between_seeds(sweep: Sweep, measure: str) -> str:
    """How far the advantage of one rival over the other, averaged over all points, differs from seed to seed."""
    pair = rivals(sweep, measure)
    if pair is None:
        raise ValueError("a sweep of one strategy has no rivals")
    one, other = (labels(sweep.strategies)[name] for name in pair)
    spread = overall_between_seeds(sweep, *pair, measure)
    return f"{label(measure)}: the advantage of {one} over {other} is {amount(measure, spread)} over {len(sweep.seeds)} seeds."


def _how_sure(sweep: Sweep) -> str:
    worlds = "one world, so that no interval can be given," if sweep.n_worlds == 1 else f"the same {sweep.n_worlds:,} worlds"
    seeds = f" ({sweep.n_worlds // len(sweep.seeds):,} of each seed)" if sweep.seeds else ""
    points = "so that points are compared on the same worlds too" if sweep.same_worlds else "but not from point to point, where the draws differ"
    families = ("A family is ahead where its best member is ahead of every strategy of the other families. Size-adjusted, a family counts with only as many "
                "members as each smaller family has, and with the best of these, on average over all ways to draw them: the best of many is better than the "
                "best of few by number alone. ") if len(set(sweep.families.values())) > 1 else ""
    return (f"All strategies are compared on {worlds}{seeds} at each of {_points(sweep.n_points)}, {points}. {families}"
            f"The strategy ahead is chosen among {len(sweep.strategies)} on the worlds on which its lead is measured, so that its lead is a little too large. "
            "Where nothing differs, about one point in twenty shows a difference by chance: look for regions, not for single points. "
            "Break-even values lie on straight lines between levels.")


def _points(n: int) -> str:
    return "1 point" if n == 1 else f"{n:,} points"
