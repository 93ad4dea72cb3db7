"""Means and intervals of a sweep that its tables, figures and sentences read; those of two strategies at each point or level are in `sweep.py`."""

import numpy as np
from numpy.typing import NDArray

from experiments.analyses.sweep.sweep import Axis, Sweep, groups, worlds_along
from experiments.methods.intervals import mean_interval
from experiments.report.differences import Difference, of_worlds
from sim.axes import WORLD, Array


def at_points(sweep: Sweep, strategy: str, measure: str) -> tuple[Array, Array, Array]:
    """Mean and ends of its interval of one strategy at each point, each of shape (points,)."""
    return mean_interval(sweep.values(strategy, measure))


def over_points(sweep: Sweep, one: str, other: str, measure: str) -> tuple[float, float, float]:
    """One strategy less another, each world averaged over the points first: mean and ends of its interval."""
    worlds = sweep.values(one, measure) - sweep.values(other, measure)
    mean, low, high = mean_interval(worlds.mean(axis=0))
    return float(mean), float(low), float(high)


def moved_along(sweep: Sweep, axis: Axis) -> float:
    """How much the mean economic differences to the reference change along an axis, summed over strategies."""
    means = sweep.measures["economic"].mean(axis=WORLD)
    apart = means - sweep.values(sweep.reference, "economic").mean(axis=WORLD)
    levels = np.stack([apart[:, rows].mean(axis=1) for rows in groups(sweep, axis)[1]])
    return float(np.ptp(levels, axis=0).sum())


def extremes_along(sweep: Sweep, axis: Axis, one: str, other: str, measure: str) -> tuple[float, float, Difference]:
    """The lowest and the highest mean of one strategy less another along an axis, and the latter less the former on the same worlds."""
    worlds = worlds_along(sweep, axis, one, other, measure)
    means = worlds.mean(axis=WORLD)
    low, high = int(means.argmin()), int(means.argmax())
    return float(means[low]), float(means[high]), of_worlds(worlds[high] - worlds[low], sweep.smallest.get(measure, 0.0))


def indistinguishable(worlds: Array) -> NDArray[np.bool_]:
    """Where a difference cannot be distinguished from its highest mean, on the same worlds, (..., worlds) to shape (...)."""
    best = worlds.reshape(-1, worlds.shape[WORLD])[int(worlds.mean(axis=WORLD).argmax())]
    _, low, _ = mean_interval(best - worlds)
    return np.asarray(low <= 0)


def _by_seed(sweep: Sweep, worlds: Array) -> Array:
    """The mean of each seed, shape (…, seeds), of values in each world, shape (…, worlds)."""
    result: Array = worlds.reshape(*worlds.shape[:-1], len(sweep.seeds), -1).mean(axis=WORLD)
    return result


def between_seeds(sweep: Sweep, worlds: Array) -> dict[str, Array]:
    """How far apart the means of the seeds are, of values in each world, shape (points, worlds)."""
    means = _by_seed(sweep, worlds)
    return {"mean": means.mean(axis=-1), "sd": means.std(axis=-1, ddof=1), "lowest": means.min(axis=-1), "highest": means.max(axis=-1)}


def overall_between_seeds(sweep: Sweep, one: str, other: str, measure: str) -> Difference:
    """One strategy less another, averaged over all points: the mean over seeds, the lowest and the highest seed."""
    means = _by_seed(sweep, sweep.values(one, measure) - sweep.values(other, measure)).mean(axis=0)
    return Difference(float(means.mean()), float(means.min()), float(means.max()), float("nan"))
