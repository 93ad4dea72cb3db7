"""Regret: how far a strategy falls short of the best one at the same point."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from experiments.analyses.sweep.sweep import Axis, Sweep, groups
from experiments.methods.intervals import percentiles, resampled
from experiments.report.differences import Difference
from sim.axes import WORLD, Array
from sim.draws import stream

#: Resamples of worlds for the interval of a largest regret.
N_RESAMPLES = 400
#: Resamples held in memory at once.
RESAMPLES_AT_ONCE = 50


@dataclass(frozen=True)
class LeastRegret:
    """The strategy whose largest regret over all points is smallest, and the next one.

    Attributes:
        best: That strategy.
        second: The strategy with the next larger one.
        largest: The largest regret of the best, with its bootstrap interval over worlds.
        further: The largest regret of the second less that of the best.
    """

    best: str
    second: str
    largest: Difference
    further: Difference


def regret(sweep: Sweep, measure: str) -> Array:
    """How far the mean of each strategy falls short of the best one at the same point, shape (strategies, points), never negative."""
    means = sweep.measures[measure].mean(axis=WORLD)
    return means.max(axis=0) - means


def at_levels(sweep: Sweep, axis: Axis, regrets: Array) -> Array:
    """The mean over the points of each level of an axis, shape (levels, strategies), of regrets at each point, shape (strategies, points)."""
    return np.stack([regrets[:, points].mean(axis=1) for points in groups(sweep, axis)[1]])


def largest_regret(sweep: Sweep, measure: str) -> Array:
    """The largest regret of each strategy over all points: the estimate, then in each resample of the worlds, shape (1 + N_RESAMPLES, strategies)."""
    values, weights = sweep.measures[measure], _weights(sweep.n_worlds, sweep.seed)
    result = []
    for some in np.array_split(weights, -(-len(weights) // RESAMPLES_AT_ONCE)):
        means = values @ some.T
        result.append((means.max(axis=0) - means).max(axis=1))
    return np.concatenate(result, axis=1).T


@lru_cache(maxsize=1)
def _weights(n: int, seed: int) -> Array:
    """Weights of n worlds in each resample, drawn once for all measures."""
    return resampled(n, stream(seed, "regret", 0), N_RESAMPLES)


def least_regret(sweep: Sweep, measure: str) -> LeastRegret:
    """The strategy with the smallest largest regret; a sweep of one strategy has none to compare it with."""
    resampled = largest_regret(sweep, measure)
    order = np.argsort(resampled[0], kind="stable")
    best, second = (sweep.strategies[i] for i in order[:2])
    largest, next_largest = resampled[:, order[0]], resampled[:, order[1]]
    return LeastRegret(best, second, _estimate(largest, sweep.n_worlds), _estimate(next_largest - largest, sweep.n_worlds))


def _estimate(values: Array, n_worlds: int) -> Difference:
    result = percentiles(values, n_worlds)
    return Difference(float(result.value), float(result.low), float(result.high), float("nan"))
