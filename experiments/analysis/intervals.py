"""How sure a number is: estimates with 95 % intervals, resampled or exact enough without."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.comparison import LEVEL, percentile_interval
from sim.axes import Array

N_RESAMPLES = 400


@dataclass(frozen=True)
class Estimate:
    """Numbers with their 95 % intervals, three arrays of one shape; ends are infinite where no interval can be given.

    Attributes:
        value: As found.
        low: Lower end.
        high: Upper end.
    """

    value: Array
    low: Array
    high: Array

    @property
    def half_width(self) -> Array:
        """Half the width of each interval."""
        return (self.high - self.low) / 2

    def __getitem__(self, key: Any) -> "Estimate":
        return Estimate(self.value[key], self.low[key], self.high[key])


def resampled(n: int, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Array:
    """Weights of n things, shape (1 + n_resamples, n): first all alike, then as often as each was drawn in a resample, over n.

    How often each is drawn does the same as drawing them, in one product of matrices.
    """
    return np.concatenate([np.ones((1, n)), rng.multinomial(n, np.full(n, 1 / n), size=n_resamples)]) / n


def picked(n: int, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> NDArray[np.intp]:
    """The same as numbers of the things drawn, shape (1 + n_resamples, n), for what is no weighted mean."""
    return np.concatenate([np.arange(n)[None], rng.integers(n, size=(n_resamples, n))])


def percentiles(found: Array, n: int) -> Estimate:
    """The estimate and its percentile interval.

    Args:
        found: As found, then in each resample, shape (1 + resamples, ...).
        n: How many things were resampled, as `comparison.percentile_interval` wants it.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    return Estimate(found[0], *percentile_interval(found[1:], n))


def share_interval(count: Array | int, n: Array | int) -> Estimate:
    """A share of n independent cases with its interval, which is never empty: after 20 of 20 it reaches down to .84.

    Args:
        count: Cases in which something holds, shape (...).
        n: Cases, shape (...); where 0 the share is 0 and nothing is known of it.

    Source: Wilson (1927); recommended by Brown, Cai & DasGupta (2001).
    """
    count, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(n, dtype=float))
    z2, some = stats.norm.ppf((1 + LEVEL) / 2) ** 2, np.maximum(n, 1)
    share = count / some
    middle = (share + z2 / (2 * some)) / (1 + z2 / some)
    half = np.sqrt(z2) / (1 + z2 / some) * np.sqrt(share * (1 - share) / some + z2 / (4 * some**2))
    # At the ends the formula gives 0 and 1 but for rounding, which must not put the share outside its interval.
    low, high = np.minimum(np.clip(middle - half, 0, 1), share), np.maximum(np.clip(middle + half, 0, 1), share)
    return Estimate(share, np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0))


def share_difference(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Estimate:
    """In how many more of the same cases one thing holds than another, as a share, with a paired interval.

    Args:
        one: Whether the first holds in each case, shape (..., n).
        other: The same of the second.

    Source: Agresti & Min (2005): half a case is added to each of the four combinations, so that the interval is never empty.
    """
    n = one.shape[-1]
    only_one, only_other = (one & ~other).sum(axis=-1), (other & ~one).sum(axis=-1)
    b, c = only_one + 0.5, only_other + 0.5
    middle = (b - c) / (n + 2)
    half = stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt((b + c) - (b - c) ** 2 / (n + 2)) / (n + 2)
    return Estimate((only_one - only_other) / n, np.maximum(middle - half, -1.0), np.minimum(middle + half, 1.0))


def independent_difference(one: Estimate, other: Estimate) -> Estimate:
    """One estimate less another, found from other cases, with the interval that follows from theirs.

    Source: Zou & Donner (2008), the method of variance estimates recovery: it keeps intervals that are not symmetric.
    """
    value = one.value - other.value
    low = value - np.hypot(one.value - one.low, other.high - other.value)
    high = value + np.hypot(one.high - one.value, other.value - other.low)
    return Estimate(value, low, high)
