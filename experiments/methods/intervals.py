"""Estimates with 95 % intervals, by resampling or by a formula."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.axes import WORLD, Array

N_RESAMPLES = 400
#: Numbers that are worked on at a time, so that they stay in the cache.
AT_A_TIME = 2**15
LEVEL = 0.95
#: Share of worlds in the tail whose mean is the conditional value at risk.
TAIL = 0.10
#: With fewer than this a t interval of a skewed outcome covers clearly less than it says. Studentised and BCa intervals cover no more: of means of
#: 16, 64 and 128 that are small noise, but for a large loss in one of twenty, t covers .91, .92, .91, studentised .89, .90, .91 and BCa .83, .89, .90.
ENOUGH = 256
#: With fewer than this a percentile interval of a tail covers clearly less than it says, and the studentised one takes its place.
ENOUGH_IN_TAIL = 500
#: With fewer than this there is too little in the tail for a studentised interval, and the percentile interval covers much less than it says.
FEWEST_FOR_TAIL = 41
#: Fewer have one in their tail, which has no interval.
FEWEST_WITH_TAIL = 11


@dataclass(frozen=True)
class Estimate:
    """Numbers with their 95 % intervals, three arrays of one shape; ends are infinite where no interval can be given.

    Attributes:
        value: The estimate.
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

    def counts(self, smallest: float = 0.0) -> NDArray[np.intp]:
        """+1 or -1 where a difference counts, else 0, see `counts`; same shape."""
        return counts(self.low, self.high, smallest)

    def __getitem__(self, key: Any) -> "Estimate":
        return Estimate(self.value[key], self.low[key], self.high[key])


def negligible(low: Array | float, high: Array | float, smallest: float) -> NDArray[np.bool_]:
    """Whether a difference makes no practical difference: its interval lies within the smallest difference that matters, or it is 0; same shape."""
    inside = (np.negative(smallest) < low) & (high < np.asarray(smallest))
    result: NDArray[np.bool_] = np.asarray(inside | (np.equal(low, 0) & np.equal(high, 0)))  # 0 matters nowhere, not even where every difference does
    return result


def counts(low: Array | float, high: Array | float, smallest: float = 0.0) -> NDArray[np.intp]:
    """+1 or -1 where a difference is certain, for its interval excludes 0, and makes a practical difference, else 0: who is ahead; same shape."""
    return np.where(negligible(low, high, smallest), 0, np.greater(low, 0).astype(np.intp) - np.less(high, 0))


def leaders(shares: Estimate) -> list[int]:
    """The row of the largest share, then those that cannot be distinguished from it, because their intervals reach its own, largest first."""
    order = np.argsort(-shares.value, kind="stable").tolist()
    return [order[0], *(i for i in order[1:] if shares.high[i] >= shares.low[order[0]])]


def resampled(n: int, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Array:
    """Weights of n things, shape (1 + n_resamples, n): first all equal, then by how often each was drawn in a resample.

    Weighting gives the same means as drawing, in one product of matrices.
    """
    return np.concatenate([np.ones((1, n)), rng.multinomial(n, np.full(n, 1 / n), size=n_resamples)]) / n


def picked(n: int, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> NDArray[np.intp]:
    """Numbers of the things drawn, shape (1 + n_resamples, n), for statistics that are not weighted means; the first row is all of them."""
    return np.concatenate([np.arange(n)[None], rng.integers(n, size=(n_resamples, n))])


def times_drawn(n: int, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> NDArray[np.int16]:
    """How often each of n things was drawn, shape (1 + n_resamples, n): once, then in the resamples of `picked`, in a quarter of their memory."""
    counts = np.ones((1 + n_resamples, n), dtype=np.int16)
    for row in counts[1:]:
        row[:] = np.bincount(rng.integers(n, size=n), minlength=n)
    return counts


def percentiles(result: Array, n: int) -> Estimate:
    """The estimate and its percentile interval.

    Args:
        result: The estimate, then its value in each resample, shape (1 + resamples, ...).
        n: How many things were resampled, see `percentile_interval`.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    return Estimate(result[0], *percentile_interval(result[1:], n))


def share_interval(count: Array | int, n: Array | int) -> Estimate:
    """A share of n independent cases with its interval, which is never empty: after 20 of 20 cases its lower end is 0.84.

    Args:
        count: Cases in which something holds, shape (...).
        n: Cases, shape (...); where 0, the share is 0 and its interval [0, 1].

    Source: Wilson (1927); recommended by Brown, Cai & DasGupta (2001).
    """
    count, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(n, dtype=float))
    z2, some = special.ndtri((1 + LEVEL) / 2) ** 2, np.maximum(n, 1)
    share = count / some
    middle = (share + z2 / (2 * some)) / (1 + z2 / some)
    half = np.sqrt(z2) / (1 + z2 / some) * np.sqrt(share * (1 - share) / some + z2 / (4 * some**2))
    # At 0 and 1 rounding must not put the share outside its interval.
    low, high = np.minimum(np.clip(middle - half, 0, 1), share), np.maximum(np.clip(middle + half, 0, 1), share)
    return Estimate(share, np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0))


def share_difference(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Estimate:
    """Difference of the shares of the same cases in which one thing and another hold, with a paired interval.

    Args:
        one: Whether the first holds in each case, shape (..., n).
        other: Whether the second holds, same shape.

    Source: Agresti & Min (2005): half a case is added to each of the four combinations, so that the interval is never empty.
    """
    n = one.shape[-1]
    only_one, only_other = (one & ~other).sum(axis=-1), (other & ~one).sum(axis=-1)
    b, c = only_one + 0.5, only_other + 0.5
    middle = (b - c) / (n + 2)
    half = special.ndtri((1 + LEVEL) / 2) * np.sqrt((b + c) - (b - c) ** 2 / (n + 2)) / (n + 2)
    return Estimate((only_one - only_other) / n, np.maximum(middle - half, -1.0), np.minimum(middle + half, 1.0))


def independent_difference(one: Estimate, other: Estimate) -> Estimate:
    """One estimate less another from independent cases, with the interval that follows from theirs.

    Source: Zou & Donner (2008), the method of variance estimates recovery: it keeps intervals that are not symmetric.
    """
    value = one.value - other.value
    low = value - np.hypot(one.value - one.low, other.high - other.value)
    high = value + np.hypot(one.high - one.value, other.value - other.low)
    return Estimate(value, low, high)


def mean_interval(values: Array) -> tuple[Array, Array, Array]:
    """Mean over worlds and its 95 % t interval, (..., n_worlds) to three arrays of shape (...)."""
    n = values.shape[WORLD]
    mean = values.mean(axis=WORLD)
    if n < 2:
        return mean, np.full_like(mean, -np.inf), np.full_like(mean, np.inf)
    half = special.stdtrit(n - 1, (1 + LEVEL) / 2) * values.std(axis=WORLD, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half


def cvar(values: Array) -> Array:
    """Mean of the worst tenth of worlds, (..., n_worlds) to (...); a world that belongs to the tenth only in part counts with that part.

    Source: Rockafellar & Uryasev (2002), proposition 8.
    """
    n_tail = in_tail(values.shape[WORLD])
    worst = np.partition(values, n_tail - 1, axis=WORLD)[..., :n_tail]
    share = np.ones(n_tail)
    share[-1] = max(1.0, TAIL * values.shape[WORLD]) - (n_tail - 1)  # the least bad of them comes last
    return (worst * share).sum(axis=WORLD) / share.sum()


def tail_contributions(values: Array) -> Array:
    """What each world contributes to CVaR, same shape: the mean over worlds is CVaR, and its standard error is that of CVaR.

    A contribution is the quantile where the tail begins, less the shortfall below it divided by the share of the tail.

    Source: Rockafellar & Uryasev (2002), theorem 10; the standard error: Chen (2008), Journal of Financial Econometrics 6: 87-107.
    """
    n = values.shape[WORLD]
    begins = np.partition(values, in_tail(n) - 1, axis=WORLD)[..., in_tail(n) - 1 : in_tail(n)]
    return begins + np.minimum(values - begins, 0) / max(TAIL, 1 / n)


def tails_in_resamples(values: Array, base: int, counts: NDArray[np.integer]) -> Array:
    """CVaR and its standard error in each resample: `mean_and_error` of the `tail_contributions` of each row, and of these less those of a base row.

    The rows are put in order once; how often each world was drawn then says where the tail begins.

    Args:
        values: Shape (rows, worlds).
        base: The row that all are compared with.
        counts: How often each world was drawn, shape (resamples, worlds); each resample has as many draws as there are worlds.

    Returns:
        Shape (resamples, 2, 2, rows): mean and standard error; of the row, of the row less the base.
    """
    n = values.shape[WORLD]
    tail, share = in_tail(n), max(TAIL, 1 / n)
    order = np.argsort(values, axis=WORLD, kind="stable")
    ranked, near, rows = np.take_along_axis(values, order, axis=WORLD), order[:, : 4 * tail], np.arange(len(values))
    parts = []
    for count in np.array_split(counts, min(len(counts), 1 + counts.size * len(values) // AT_A_TIME)):
        so_far = count.take(near, axis=1).cumsum(axis=WORLD)
        if so_far[..., -1].min() < tail:  # hardly ever: the first worlds were drawn much less often than others
            so_far = count.take(order, axis=1).cumsum(axis=WORLD)
        begins, weight = ranked[rows, (so_far >= tail).argmax(axis=WORLD)], count[:, :, None] / n
        below = np.minimum(values - begins[..., None], 0) / share
        means_and_errors = []
        for start, part in ((begins, below), (begins - begins[:, base, None], below - below[:, base, None])):
            mean, square = (part @ weight)[..., 0], (part**2 @ weight)[..., 0]
            means_and_errors.append([start + mean, np.sqrt(np.maximum(square - mean**2, 0) / max(1, n - 1))])
        parts.append(np.transpose(means_and_errors, (2, 1, 0, 3)))
    return np.concatenate(parts)


def ratio_contributions(over: Array, under: Array) -> Array:
    """What each world contributes to a ratio of means, same shape: the mean over worlds is the ratio, and its standard error that of the ratio.

    Where the mean of what is divided by is not above 0 there is no ratio, and the result is NaN.

    Args:
        over: What is divided, shape (..., n_worlds).
        under: What it is divided by, same shape.

    Source: the delta method; Cochran (1977), Sampling Techniques, section 6.3.
    """
    below = under.mean(axis=WORLD, keepdims=True)
    below = np.where(below > 0, below, np.nan)
    ratio = over.mean(axis=WORLD, keepdims=True) / below
    result: Array = ratio + (over - ratio * under) / below
    return result


def mean_and_error(values: Array) -> Array:
    """Mean over worlds and its standard error, (..., n_worlds) to (2, ...)."""
    return np.stack([values.mean(axis=WORLD), values.std(axis=WORLD) / np.sqrt(max(1, values.shape[WORLD] - 1))])


def tail_interval(result: Array, n: int) -> Estimate:
    """CVaR, or a sum of CVaRs, with its interval from resamples.

    From `FEWEST_FOR_TAIL` things to `ENOUGH_IN_TAIL` the interval is studentised (bootstrap-t), for the percentile interval has too little room on the
    side of worse tails. Otherwise it is the expanded percentile interval. Coverage in 300 samples, percentile then studentised, by
    `python -m tests.coverage_of_tails`: of a normal .81 and .94 with 41 things, .89 and .94 with 64, .92 and .94 with 200; of Student's t with 5 degrees of
    freedom .75 and .92, .83 and .95, .90 and .94. The percentile interval covers .46 and .48 with 16 things, .93 and .94 with 1,000.

    Args:
        result: Estimate and standard error, see `mean_and_error` of `tail_contributions`, then those of each resample, shape (1 + resamples, 2, ...).
        n: How many things were resampled.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 12.5.
    """
    if not FEWEST_FOR_TAIL <= n < ENOUGH_IN_TAIL:
        return percentiles(result[:, 0], in_tail(n))
    value, error = result[0]
    away, errors = result[1:, 0] - value, result[1:, 1]
    # A resample without spread is as far away as can be, unless it is not away at all, as a difference of a thing to itself.
    t = np.divide(away, errors, out=np.where(np.abs(away) > 0, np.copysign(np.inf, away), 0.0), where=errors > 0)
    low, high = np.quantile(t, ((1 + LEVEL) / 2, (1 - LEVEL) / 2), axis=0, method="inverted_cdf")
    with np.errstate(invalid="ignore"):
        return Estimate(value, *(np.where(error > 0, value - end * error, value) for end in (low, high)))


def in_tail(n_worlds: int) -> int:
    """How many worlds the worst tenth holds, with one that it holds in part; at least one."""
    return max(1, int(np.ceil(round(TAIL * n_worlds, 9))))


def percentile_interval(result: Array, n: int) -> tuple[Array, Array]:
    """The 95 % interval from resamples of n things, shape (resamples, ...) to two of shape (...).

    With many things its ends are the 2.5 and 97.5 % quantiles of the resamples. With few things they lie farther out, as Student's distribution is wider
    than the normal one; otherwise the interval would be too narrow. With fewer than two things the ends are infinite. Where only a tail counts,
    n is the number of things in it.

    Source: Hesterberg (2015), The American Statistician 69: 371-386, the expanded percentile interval.
    """
    if n < 2:
        return np.full(result.shape[1:], -np.inf), np.full(result.shape[1:], np.inf)
    outside = special.ndtr(-np.sqrt(n / (n - 1)) * special.stdtrit(n - 1, (1 + LEVEL) / 2))
    low, high = np.quantile(result, (outside, 1 - outside), axis=0)
    return low, high
