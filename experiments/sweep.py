"""A sweep: the same strategies at many points, on the same worlds at every point.

A point is one choice for each axis: a scenario, a policy, a number of a design. Because world 17 is the same
world at every point, strategies are compared within a point and along an axis on the same worlds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.analysis.intervals import percentiles
from experiments.comparison import mean_interval
from experiments.outcome import advantage
from sim.axes import WORLD, Array
from sim.draws import stream
from sim.payoffs import RETURNS

#: Resamples of worlds for the interval of a break-even value or a largest regret.
N_RESAMPLES = 400
#: Resamples held in memory at once.
RESAMPLES_AT_ONCE = 50
#: A number that takes more values than this is put into so many bins of equal count to be drawn along.
BINS = 12


@dataclass(frozen=True)
class Axis:
    """What a sweep varies.

    Attributes:
        name: Dotted name as on the command line, such as "scenario" or "parameters.rivalry_mean".
        label: Name for a person.
        unit: Unit; "-" for a pure number or a name.
        levels: Its values, sorted where they are numbers, else in the order asked for.
        numeric: Whether the levels are numbers.
    """

    name: str
    label: str
    unit: str
    levels: tuple[Any, ...]
    numeric: bool


@dataclass(frozen=True)
class Sweep:
    """Strategies at many points.

    Attributes:
        axes: What is varied, first the axes between jobs, then those of the design.
        points: One row per point, one column per axis by its name.
        strategies: Names.
        families: Family of each strategy, a label for grouping.
        reference: Strategy all others are compared with.
        measures: Each return, and some measures of behaviour, in each world: shape (strategies, points, worlds).
        seed: Entropy of the bootstrap.
    """

    axes: tuple[Axis, ...]
    points: pd.DataFrame
    strategies: tuple[str, ...]
    families: Mapping[str, str]
    reference: str
    measures: Mapping[str, Array]
    seed: int

    @property
    def n_points(self) -> int:
        """Points."""
        return len(self.points)

    @property
    def n_worlds(self) -> int:
        """Replicate worlds at each point."""
        return self.measures[RETURNS[0]].shape[WORLD]

    @property
    def is_grid(self) -> bool:
        """Whether every combination of the levels is a point, once."""
        return self.n_points == int(np.prod([len(axis.levels) for axis in self.axes])) and not self.points.duplicated().any()

    @property
    def returns(self) -> tuple[str, ...]:
        """The returns measured, with the composite where there is one."""
        return (*RETURNS, *(["composite"] if "composite" in self.measures else []))

    def values(self, strategy: str, measure: str) -> Array:
        """A measure of one strategy, shape (points, worlds)."""
        return self.measures[measure][self.strategies.index(strategy)]

    @property
    def varied(self) -> tuple[Axis, ...]:
        """The axes with more than one level."""
        return tuple(axis for axis in self.axes if len(axis.levels) > 1)

    def axis(self, name: str) -> Axis:
        """The axis of that name."""
        return next(axis for axis in self.axes if axis.name == name)


def cells(sweep: Sweep, axes: Sequence[Axis]) -> NDArray[np.intp]:
    """For each point the number of its combination of levels on some axes, the last axis fastest, shape (points,)."""
    number = np.zeros(sweep.n_points, dtype=np.intp)
    for axis in axes:
        place = {level: i for i, level in enumerate(axis.levels)}
        number = number * len(axis.levels) + np.array([place[level] for level in sweep.points[axis.name]], dtype=np.intp)
    return number


def covers(sweep: Sweep, axes: Sequence[Axis]) -> bool:
    """Whether every combination of the levels of some axes has a point."""
    n_cells = int(np.prod([len(axis.levels) for axis in axes]))
    return n_cells <= sweep.n_points and len(np.unique(cells(sweep, axes))) == n_cells


def averaged(sweep: Sweep, axes: Sequence[Axis]) -> Sweep:
    """The same sweep over some of its axes, which it must cover: one point per combination of levels, the last axis fastest.

    Each world is averaged over the points of a combination, so worlds stay paired.
    """
    number = cells(sweep, axes)
    return sweep if len(axes) == len(sweep.axes) and np.array_equal(number, np.arange(sweep.n_points)) else _merged(sweep, axes, number)


def at_numbers(sweep: Sweep) -> Sweep:
    """The same sweep over its numeric axes: points that have all numbers in common become one, each world averaged over them."""
    axes = [axis for axis in sweep.axes if axis.numeric]
    number = sweep.points.groupby([axis.name for axis in axes], sort=False).ngroup()
    return _merged(sweep, axes, np.asarray(number, dtype=np.intp))


def _merged(sweep: Sweep, axes: Sequence[Axis], number: NDArray[np.intp]) -> Sweep:
    """One point for each number of a point, shape (points,), in the order of the numbers."""
    order = np.argsort(number, kind="stable")
    _, starts, counts = np.unique(number[order], return_index=True, return_counts=True)
    measures = {name: np.add.reduceat(values[:, order], starts, axis=1) / counts[:, None] for name, values in sweep.measures.items()}
    points = sweep.points[[axis.name for axis in axes]].iloc[order[starts]].reset_index(drop=True)
    return replace(sweep, axes=tuple(axes), points=points, measures=measures)


def at_level(sweep: Sweep, axis: Axis, level: Any) -> Sweep:
    """The points at one level of an axis, without that axis."""
    rows = np.flatnonzero(sweep.points[axis.name].to_numpy() == level)
    return replace(
        sweep, axes=tuple(other for other in sweep.axes if other is not axis), points=sweep.points.iloc[rows].drop(columns=axis.name).reset_index(drop=True),
        measures={name: values[:, rows] for name, values in sweep.measures.items()})


def paired(sweep: Sweep, one: str, other: str, measure: str) -> pd.DataFrame:
    """One strategy less another at each point, on the same worlds: difference, low, high, better; one row per point."""
    worlds = sweep.values(one, measure) - sweep.values(other, measure)
    mean, low, high = mean_interval(worlds)
    return pd.DataFrame({"difference": mean, "low": low, "high": high, "better": (worlds > 0).mean(axis=WORLD)})


def winners(sweep: Sweep, measure: str) -> pd.DataFrame:
    """Which family leads at each point, by how much, and whether by its number alone.

    Returns:
        One row per point: `family` whose best member has the highest mean; `strategy`, that member;
        `against`, the best member of any other family; `margin`, the former less the latter on the same
        worlds, with `low` and `high` of its interval. Where the interval holds 0 nobody has won. `at_equal_size`:
        whether the family has won and is also ahead, interval included, of each smaller family with only as many
        members as that one has, on average over all ways to draw them: the best of many is flattered against the
        best of few. With a single family, strategies stand for families.
    """
    values = sweep.measures[measure]
    means = values.mean(axis=WORLD)
    label = dict(sweep.families) if len(set(sweep.families.values())) > 1 else {name: name for name in sweep.strategies}
    of_family = np.array([label[name] for name in sweep.strategies])
    first = means.argmax(axis=0)
    others = np.where(of_family[:, None] == of_family[first], -np.inf, means)
    second = others.argmax(axis=0)
    at = np.arange(sweep.n_points)
    margin, low, high = mean_interval(values[first, at] - values[second, at])
    at_equal_size = low > 0
    members = {family: np.flatnonzero(of_family == family).tolist() for family in dict.fromkeys(of_family.tolist())}
    for family, own in members.items():
        led = np.flatnonzero(at_equal_size & (of_family[first] == family))
        for other in members.values():
            if len(other) < len(own) and len(led):
                at_equal_size[led] &= mean_interval(advantage(values[:, led], own, other))[1] > 0
    names = np.array(sweep.strategies)
    return pd.DataFrame({
        "family": of_family[first], "strategy": names[first], "against": names[second], "margin": margin, "low": low, "high": high,
        "at_equal_size": at_equal_size})


def regret(sweep: Sweep, measure: str) -> Array:
    """What each strategy's mean falls short of the best one's at the point, shape (strategies, points), never negative."""
    means = sweep.measures[measure].mean(axis=WORLD)
    return means.max(axis=0) - means


def largest_regret(sweep: Sweep, measure: str) -> Array:
    """The largest regret of each strategy over all points: as found, then in each resample of the worlds, shape (1 + N_RESAMPLES, strategies)."""
    values, n = sweep.measures[measure], sweep.n_worlds
    drawn = stream(sweep.seed, "regret", 0).multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
    weights = np.concatenate([np.ones((1, n)), drawn]) / n
    found = []
    for some in np.array_split(weights, -(-len(weights) // RESAMPLES_AT_ONCE)):
        means = values @ some.T
        found.append((means.max(axis=0) - means).max(axis=1))
    return np.concatenate(found, axis=1).T


def groups(sweep: Sweep, axis: Axis) -> tuple[tuple[Any, ...], list[NDArray[np.intp]]]:
    """The points at each level of an axis.

    Returns:
        The levels, and the row numbers of their points. A number with more than `BINS` values that is not on a
        grid comes in bins of equal count, named by their mean.
    """
    column = sweep.points[axis.name].to_numpy()
    if axis.numeric and not sweep.is_grid and len(axis.levels) > BINS:
        bins = [part for part in np.array_split(np.argsort(column, kind="stable"), BINS) if len(part)]
        return tuple(float(column[part].mean()) for part in bins), bins
    return axis.levels, [np.flatnonzero(column == level) for level in axis.levels]


def by_level(sweep: Sweep, axis: Axis) -> Sweep:
    """The same sweep with one axis and one point per level (or bin): each world averaged over the points of the level."""
    levels, parts = groups(sweep, axis)
    measures = {name: np.stack([values[:, rows].mean(axis=1) for rows in parts], axis=1) for name, values in sweep.measures.items()}
    return replace(sweep, axes=(replace(axis, levels=levels),), points=pd.DataFrame({axis.name: levels}), measures=measures)


def along(sweep: Sweep, axis: Axis, one: str, other: str, measure: str) -> pd.DataFrame:
    """One strategy less another along an axis, averaged over the other axes.

    The points of a level share their worlds, so each world is averaged over them first and the interval is
    over worlds.

    Args:
        sweep: The sweep.
        axis: Along which.
        one: A strategy.
        other: The one it is compared with.
        measure: A return.

    Returns:
        One row per level: level, difference, low, high, and q05, q95 over worlds.
    """
    worlds = worlds_along(sweep, axis, one, other, measure)
    mean, low, high = mean_interval(worlds)
    spread = np.quantile(worlds, (0.05, 0.95), axis=WORLD)
    return pd.DataFrame({"level": groups(sweep, axis)[0], "difference": mean, "low": low, "high": high, "q05": spread[0], "q95": spread[1]})


def worlds_along(sweep: Sweep, axis: Axis, one: str, other: str, measure: str) -> Array:
    """One strategy less another at each level of an axis in each world, shape (levels, worlds)."""
    difference = sweep.values(one, measure) - sweep.values(other, measure)
    return np.stack([difference[rows].mean(axis=0) for rows in groups(sweep, axis)[1]])


@dataclass(frozen=True)
class BreakEven:
    """Where along an axis two strategies bring the same.

    Attributes:
        value: Where the mean difference crosses 0, between two levels by straight line.
        low: Lower end of its 95 % bootstrap interval over worlds.
        high: Upper end.
        rises: Whether the difference rises through 0 there.
        share: Share of resamples in which it crosses there at all, in that direction.
    """

    value: float
    low: float
    high: float
    rises: bool
    share: float


def break_even(sweep: Sweep, axis: Axis, one: str, other: str, measure: str) -> list[BreakEven]:
    """Every place along a numeric axis where the mean difference of two strategies changes its sign.

    Arguments as in `along`. A crossing is followed through resamples of the worlds; each resample counts with
    its nearest crossing in the same direction.
    """
    worlds = worlds_along(sweep, axis, one, other, measure)
    levels = np.asarray(groups(sweep, axis)[0], dtype=float)
    if not (here := _crossings(levels, worlds.mean(axis=WORLD))):
        return []
    n = sweep.n_worlds
    # How often each world is drawn does the same as drawing them, in one product of matrices.
    drawn = stream(sweep.seed, "break_even", 0).multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
    crossings = [_crossings(levels, mean) for mean in drawn @ worlds.T / n]
    found = []
    for value, rises in here:
        near = [min(same, key=lambda x: abs(x - value)) for each in crossings if (same := [x for x, up in each if up == rises])]
        interval = percentiles(np.array([value, *near]), sweep.n_worlds if len(near) > 1 else 0)
        found.append(BreakEven(value, float(interval.low), float(interval.high), rises, len(near) / N_RESAMPLES))
    return found


def _crossings(levels: Array, means: Array) -> list[tuple[float, bool]]:
    """Where a broken line crosses 0, and whether upwards. A stretch at exactly 0 is no crossing."""
    found = []
    sign = np.sign(means)
    known = np.flatnonzero(sign)
    for i, j in pairwise(known):
        if sign[i] != sign[j]:
            share = abs(means[i]) / (abs(means[i]) + abs(means[j]))
            found.append((float(levels[i] + share * (levels[j] - levels[i])), bool(sign[j] > 0)))
    return found


def champions(sweep: Sweep, measure: str, families: Sequence[str] = ("hedging", "alignment")) -> tuple[str, str] | None:
    """The member of each of two families with the highest mean over all points, or None where a family has none."""
    means = dict(zip(sweep.strategies, sweep.measures[measure].mean(axis=(1, 2)), strict=True))
    members = [[name for name in sweep.strategies if sweep.families[name] == family] for family in families]
    if not all(members):
        return None
    one, other = (max(group, key=lambda name: means[name]) for group in members)
    return one, other


def rivals(sweep: Sweep, measure: str) -> tuple[str, str] | None:
    """Whom a sweep is about: the champions of hedging and alignment; without them those of the two best families, else the two best strategies.

    None where there is only one strategy.
    """
    if found := champions(sweep, measure):
        return found
    means = sweep.measures[measure].mean(axis=(1, 2))
    order = [sweep.strategies[i] for i in np.argsort(-means, kind="stable")]
    families = list(dict.fromkeys(sweep.families[name] for name in order))
    if len(families) > 1:
        return champions(sweep, measure, families[:2])
    return (order[0], order[1]) if len(order) > 1 else None


def table(sweep: Sweep) -> pd.DataFrame:
    """Everything as rows for a spreadsheet: point, axes, strategy, measure, mean with interval, paired difference with interval, regret."""
    parts = []
    for measure in sweep.returns:
        shortfall = regret(sweep, measure)
        for i, name in enumerate(sweep.strategies):
            mean, low, high = mean_interval(sweep.measures[measure][i])
            difference = paired(sweep, name, sweep.reference, measure).rename(columns={"low": "difference_low", "high": "difference_high"})
            about = pd.DataFrame({"strategy": name, "family": sweep.families[name], "measure": measure, "mean": mean, "low": low, "high": high})
            rows = pd.concat([sweep.points.reset_index(drop=True), about, difference], axis=1)
            parts.append(rows.assign(regret=shortfall[i]).rename_axis("point").reset_index())
    return pd.concat(parts, ignore_index=True)
