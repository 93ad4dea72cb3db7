"""How the difference of two strategies changes along an axis."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.analyses.sweep.break_even import BreakEven, break_even
from experiments.analyses.sweep.sweep import Axis, Sweep, groups, worlds_along
from experiments.methods.intervals import counts, mean_interval
from experiments.report.differences import Difference, of_worlds


@dataclass(frozen=True)
class Change:
    """One strategy less another at two levels of an axis, averaged over the other axes.

    Attributes:
        one: The one strategy.
        other: The other.
        levels: Two levels: the first and the last where they are numbers, else those with the lowest and the highest difference.
        ends: The difference at these levels.
        change: The second less the first, on the same worlds.
        break_evens: Where the difference is zero; none along an axis of names.
        ahead: +1 or -1 where one or other is ahead at every level for certain and in practice, else 0.
    """

    one: str
    other: str
    levels: tuple[Any, Any]
    ends: tuple[Difference, Difference]
    change: Difference
    break_evens: tuple[BreakEven, ...]
    ahead: int


def change_along(sweep: Sweep, axis: Axis, one: str, other: str, measure: str) -> Change:
    """How one strategy less another changes along an axis."""
    worlds, levels = worlds_along(sweep, axis, one, other, measure), groups(sweep, axis)[0]
    (means, low, high), smallest = mean_interval(worlds), sweep.smallest.get(measure, 0.0)
    first, last = (0, -1) if axis.numeric else (int(means.argmin()), int(means.argmax()))
    signs = set(counts(low, high, smallest).tolist())
    return Change(
        one, other, (levels[first], levels[last]), (of_worlds(worlds[first], smallest), of_worlds(worlds[last], smallest)),
        of_worlds(worlds[last] - worlds[first], smallest), tuple(break_even(sweep, axis, one, other, measure)) if axis.numeric else (),
        signs.pop() if len(signs) == 1 else 0)


def alike(sweep: Sweep, measure: str) -> bool:
    """Whether no strategy differs from another in any world at any point."""
    return not np.ptp(sweep.measures[measure], axis=0).any()
