"""Forecasts that need no model, and scores for any forecast of a yearly series.

Source of the scores: Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, 3rd edition, sections 5.2 and 5.8.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.methods.intervals import Estimate
from sim.axes import Array

#: Years in a block of the bootstrap: errors of neighbouring years are alike.
BLOCK_YEARS = 3
#: Resamples of the bootstrap.
RESAMPLES = 2000
#: A baseline with so small a share of the square error has none but what rounding leaves.
ROUNDING = 1e-20
#: Years that a skill needs at least.
FEWEST_YEARS = 4

#: A forecast: from the years and values of training, an origin (year and value) and the years asked for, to a value for each of these.
Baseline = Callable[[NDArray[np.integer], Array, tuple[int, float], NDArray[np.integer]], Array]


def constant(years: NDArray[np.integer], values: Array, origin: tuple[int, float], ahead: NDArray[np.integer]) -> Array:
    """The mean of the training years."""
    return np.full(len(ahead), values.mean())


def last_value(years: NDArray[np.integer], values: Array, origin: tuple[int, float], ahead: NDArray[np.integer]) -> Array:
    """The value at the origin."""
    return np.full(len(ahead), origin[1])


def trend(years: NDArray[np.integer], values: Array, origin: tuple[int, float], ahead: NDArray[np.integer]) -> Array:
    """The straight line through the training years, by least squares."""
    slope, level = np.polyfit(years - years[0], values, 1) if len(years) > 1 else (0.0, values[0])
    return level + slope * (ahead - years[0])


def autoregression(years: NDArray[np.integer], values: Array, origin: tuple[int, float], ahead: NDArray[np.integer]) -> Array:
    """An AR(1) by least squares on neighbouring years of training, from the origin on; beyond a unit root it is a random walk with drift."""
    follows = np.flatnonzero(np.diff(years) == 1)
    before, after = values[follows], values[follows + 1]
    spread = ((before - before.mean()) ** 2).sum() if len(before) else 0.0
    slope = float(np.clip(((before - before.mean()) * (after - after.mean())).sum() / spread, -1, 1)) if len(before) > 2 and spread > 0 else 0.0
    level = (after - slope * before).mean() if len(before) > 2 else values.mean()
    steps = np.arange(1, max(1, int(ahead.max()) - origin[0]) + 1)
    path = [origin[1]]
    for _ in steps:
        path.append(level + slope * path[-1])
    return np.array(path)[np.clip(ahead - origin[0], 0, len(path) - 1)]


#: Every baseline by name, in the order of tables.
BASELINES: dict[str, Baseline] = {"constant": constant, "last value": last_value, "trend": trend, "AR(1)": autoregression}


def root_mean_square(errors: Array) -> float:
    """Root of the mean square; nan of nothing."""
    return float(np.sqrt(np.mean(np.square(errors)))) if errors.size else np.nan


def skill(errors: Array, of_baseline: Array, rng: np.random.Generator) -> Estimate:
    """How much smaller the mean square error is than that of a baseline: 1 − MSE/MSE of the baseline; above 0 the baseline is beaten.

    Args:
        errors: Errors of the forecast by year, in order of time.
        of_baseline: Those of the baseline, in the same years.
        rng: Draws the blocks.

    Returns:
        The skill with its 95 % interval over blocks of neighbouring years; nan where there are fewer than `FEWEST_YEARS`.

    Source: Künsch (1989), The jackknife and the bootstrap for general stationary observations, Annals of Statistics 17: 1217-1241.
    """
    n = len(errors)
    base, own = (float(np.mean(np.square(each))) if n else 0.0 for each in (of_baseline, errors))
    if n < FEWEST_YEARS or not base > ROUNDING * own:
        nothing = np.array(np.nan)
        return Estimate(nothing, nothing, nothing)
    length = min(BLOCK_YEARS, n)
    firsts = rng.integers(0, n - length + 1, (RESAMPLES, -(-n // length)))
    picked = (firsts[..., None] + np.arange(length)).reshape(RESAMPLES, -1)[:, :n]
    bases = np.square(of_baseline)[picked].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = 1 - np.square(errors)[picked].mean(axis=1) / bases
    low, high = np.quantile(drawn[bases > 0], [0.025, 0.975])
    return Estimate(np.array(1 - own / base), np.array(low), np.array(high))


def coverage(observed: Array, low: Array, high: Array) -> float:
    """Share of observations inside a band; nan of none."""
    return float(np.mean((observed >= low) & (observed <= high))) if observed.size else np.nan


def rank_correlation(observed: Array, forecast: Array) -> float:
    """Spearman's correlation; nan where there are fewer than four or one side has no spread."""
    if len(observed) < 4 or np.ptp(observed) == 0 or np.ptp(forecast) == 0:
        return np.nan
    return float(stats.spearmanr(observed, forecast).statistic)
