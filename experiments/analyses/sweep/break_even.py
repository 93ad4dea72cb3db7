"""Where along an axis two strategies break even."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from experiments.analyses.sweep.sweep import Axis, Sweep, groups, worlds_along
from experiments.methods.intervals import percentiles
from sim.axes import WORLD, Array
from sim.draws import stream

#: Resamples of worlds for the interval.
N_RESAMPLES = 400


@dataclass(frozen=True)
class BreakEven:
    """A value of an axis at which two strategies have the same return.

    Attributes:
        value: Where the mean difference crosses 0, between two levels by straight line.
        low: Lower end of its 95 % bootstrap interval over worlds.
        high: Upper end.
        rises: Whether the difference rises through 0 there.
        share: Share of resamples in which the difference crosses 0 in that direction.
    """

    value: float
    low: float
    high: float
    rises: bool
    share: float


def break_even(sweep: Sweep, axis: Axis, one: str, other: str, measure: str) -> list[BreakEven]:
    """Every place along a numeric axis where the mean difference of two strategies changes its sign.

    Arguments as in `experiments.analyses.sweep.sweep.along`. A crossing is followed through resamples of the worlds; each resample counts with
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
    result = []
    for value, rises in here:
        near = [min(same, key=lambda x: abs(x - value)) for each in crossings if (same := [x for x, up in each if up == rises])]
        interval = percentiles(np.array([value, *near]), sweep.n_worlds if len(near) > 1 else 0)
        result.append(BreakEven(value, float(interval.low), float(interval.high), rises, len(near) / N_RESAMPLES))
    return result


def _crossings(levels: Array, means: Array) -> list[tuple[float, bool]]:
    """Where a broken line crosses 0, and whether upwards. A stretch at exactly 0 does not count."""
    result = []
    sign = np.sign(means)
    known = np.flatnonzero(sign)
    for i, j in pairwise(known):
        if sign[i] != sign[j]:
            share = abs(means[i]) / (abs(means[i]) + abs(means[j]))
            result.append((float(levels[i] + share * (levels[j] - levels[i])), bool(sign[j] > 0)))
    return result
