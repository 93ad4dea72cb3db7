"""A sweep: the same strategies at many points, on the same worlds at every point.

A point is one choice for each axis: a scenario, a policy, a number of a design. Because world 17 is the same
world at every point, strategies are compared within a point and along an axis on the same worlds. Seeds are not
points but replicates: their worlds are other worlds, which count together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.configuration.swept import SEED
from experiments.figures.style import labels
from experiments.methods.intervals import counts, mean_interval
from experiments.methods.sides import advantage
from sim.axes import WORLD, Array
from sim.payoffs import COMPOSITE, RETURNS

#: A number that takes more values than this is put into so many bins of equal count to be drawn along.
BINS = 12
#: Stands for the reference where points differ in it.
OF_THE_POINT = "the reference of the point"


@dataclass(frozen=True)
class Axis:
    """What a sweep varies.

    Attributes:
        name: Dotted name as on the command line, such as "scenario" or "parameters.rivalry_mean".
        label: Name for a person.
        unit: Unit; "-" for a pure number or a name.
        levels: Its values, sorted where they are numbers, else in the order given.
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
        reference: Strategy all others are compared with; `OF_THE_POINT`: points differ in it.
        measures: Each return, and some measures of behaviour, in each world: shape (strategies, points, worlds).
        seed: Entropy of the bootstrap.
        baseline: The same measures of the reference of each point where points differ in it, shape (points, worlds).
        seeds: Seeds whose worlds follow one another in equal numbers; empty: there is one seed.
        smallest: Smallest difference that matters, by return; 0 for one that is not named.
        same_worlds: Whether world 17 is the same world at every point: horizons and numbers of states change the draws.
    """

    axes: tuple[Axis, ...]
    points: pd.DataFrame
    strategies: tuple[str, ...]
    families: Mapping[str, str]
    reference: str
    measures: Mapping[str, Array]
    seed: int
    baseline: Mapping[str, Array] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()
    smallest: Mapping[str, float] = field(default_factory=dict)
    same_worlds: bool = True

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
        return (*RETURNS, *([COMPOSITE] if COMPOSITE in self.measures else []))

    def values(self, strategy: str, measure: str) -> Array:
        """A measure of one strategy, or of `OF_THE_POINT`, shape (points, worlds)."""
        return self.baseline[measure] if strategy == OF_THE_POINT else self.measures[measure][self.strategies.index(strategy)]

    def at(self, axes: Sequence[Axis], points: pd.DataFrame, change: Callable[[Array], Array]) -> "Sweep":
        """The same strategies over other axes and points: `change` maps each measure, shape (…, points, worlds)."""
        measures, baseline = ({name: change(values) for name, values in each.items()} for each in (self.measures, self.baseline))
        return replace(self, axes=tuple(axes), points=points.reset_index(drop=True), measures=measures, baseline=baseline)

    @property
    def varied(self) -> tuple[Axis, ...]:
        """The axes with more than one level."""
        return tuple(axis for axis in self.axes if len(axis.levels) > 1)

    def axis(self, name: str) -> Axis:
        """The axis of that name."""
        return next(axis for axis in self.axes if axis.name == name)


def reference_label(sweep: Sweep) -> str:
    """What the reference is called."""
    return labels(sweep.strategies).get(sweep.reference, sweep.reference)


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
    points = sweep.points[[axis.name for axis in axes]].iloc[order[starts]]
    return sweep.at(axes, points, lambda values: np.add.reduceat(values[..., order, :], starts, axis=-2) / counts[:, None])


def at_level(sweep: Sweep, axis: Axis, level: Any) -> Sweep:
    """The points at one level of an axis, without that axis."""
    rows = np.flatnonzero(sweep.points[axis.name].to_numpy() == level)
    return sweep.at([other for other in sweep.axes if other is not axis], sweep.points.iloc[rows].drop(columns=axis.name), lambda values: values[..., rows, :])


def over_seeds(sweep: Sweep) -> Sweep:
    """The same sweep without its axis of seeds: each point has the worlds of all seeds, one seed after the other."""
    axis = next((axis for axis in sweep.axes if axis.name == SEED), None)
    if axis is None:
        return sweep
    others = [other for other in sweep.axes if other is not axis]
    number, n_seeds = cells(sweep, others), len(axis.levels)
    order = np.argsort(number, kind="stable").reshape(-1, n_seeds)  # a row for each point, its seeds in order
    order = order[np.argsort(order[:, 0], kind="stable")]

    def together(values: Array) -> Array:
        return values[..., order, :].reshape(*values.shape[:-2], len(order), -1)

    points = sweep.points.iloc[order[:, 0]].drop(columns=SEED)
    return replace(sweep.at(others, points, together), seeds=tuple(sweep.points[SEED].iloc[order[0]].tolist()))


def paired(sweep: Sweep, one: str, other: str, measure: str) -> pd.DataFrame:
    """One strategy less another at each point, on the same worlds: difference, low, high, better; one row per point."""
    worlds = sweep.values(one, measure) - sweep.values(other, measure)
    mean, low, high = mean_interval(worlds)
    return pd.DataFrame({"difference": mean, "low": low, "high": high, "better": (worlds > 0).mean(axis=WORLD)})


def winners(sweep: Sweep, measure: str) -> pd.DataFrame:
    """Which family is ahead at each point, by how much, and whether by its number of members alone.

    Returns:
        One row per point: `family` whose best member has the highest mean; `strategy`, that member;
        `against`, the best member of any other family; `margin`, the former less the latter on the same
        worlds, with `low` and `high` of its interval. `ahead`: the margin is certain and makes a practical difference.
        `size_adjusted`: whether the family is ahead and is so too, for certain and in practice, of each smaller family
        with only as many members as that one has, on average over all ways to draw them: the best of many is
        better than the best of few by number alone. With a single family, strategies stand for families.
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
    smallest = sweep.smallest.get(measure, 0.0)
    ahead = counts(low, high, smallest) > 0
    size_adjusted = ahead.copy()
    members = {family: np.flatnonzero(of_family == family).tolist() for family in dict.fromkeys(of_family.tolist())}
    for family, own in members.items():
        led = np.flatnonzero(size_adjusted & (of_family[first] == family))
        for other in members.values():
            if len(other) < len(own) and len(led):
                size_adjusted[led] &= counts(*mean_interval(advantage(values[:, led], own, other))[1:], smallest) > 0
    names = np.array(sweep.strategies)
    return pd.DataFrame({
        "family": of_family[first], "strategy": names[first], "against": names[second], "margin": margin, "low": low, "high": high,
        "ahead": ahead, "size_adjusted": size_adjusted})


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
    return sweep.at([replace(axis, levels=levels)], pd.DataFrame({axis.name: levels}),
                    lambda values: np.stack([values[..., rows, :].mean(axis=-2) for rows in parts], axis=-2))


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


def overall_means(sweep: Sweep, measure: str) -> Array:
    """The mean of each strategy over all points and worlds, shape (strategies,)."""
    result: Array = sweep.measures[measure].mean(axis=(1, WORLD))
    return result


def champions(sweep: Sweep, measure: str, families: Sequence[str] = ("hedging", "alignment")) -> tuple[str, str] | None:
    """The member of each of two families with the highest mean over all points, or None where a family has none."""
    means = dict(zip(sweep.strategies, overall_means(sweep, measure), strict=True))
    members = [[name for name in sweep.strategies if sweep.families[name] == family] for family in families]
    if not all(members):
        return None
    one, other = (max(group, key=lambda name: means[name]) for group in members)
    return one, other


def rivals(sweep: Sweep, measure: str) -> tuple[str, str] | None:
    """The two strategies that a sweep compares: the champions of hedging and alignment; without both, those of the two best families.

    Within one family the two best strategies; None where there is only one strategy.
    """
    if result := champions(sweep, measure):
        return result
    means = overall_means(sweep, measure)
    order = [sweep.strategies[i] for i in np.argsort(-means, kind="stable")]
    families = list(dict.fromkeys(sweep.families[name] for name in order))
    if len(families) > 1:
        return champions(sweep, measure, families[:2])
    return (order[0], order[1]) if len(order) > 1 else None
