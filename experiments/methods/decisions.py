"""Which strategy to choose when nobody knows which future comes: regret, satisficing, risk, dominance, near-duplicates.

Values are returns, more is better, shape (strategies, futures) or (strategies, futures, worlds); all strategies
meet the same futures and worlds. A future counts with its mean over worlds. Futures are taken to be independent
draws, so intervals resample them; where there are worlds, those are resampled too, each on its own, which makes
intervals a little too wide rather than too narrow (Owen 2007, the pigeonhole bootstrap).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from experiments.methods import intervals
from experiments.methods.intervals import N_RESAMPLES, Estimate, percentiles, picked, resampled, share_interval
from experiments.methods.overlap import even_weights, groups
from sim.axes import WORLD, Array

Mask = NDArray[np.bool_]

#: Draws of weights, Dirichlet(1), for weight dominance.
N_WEIGHTS = 4000
#: Strategies nearer than this share of the usual distance between strategies are near-duplicates.
NEAR = 0.05


def over_worlds(values: Array) -> Array:
    """Means over worlds, (strategies, futures) or (strategies, futures, worlds) to (strategies, futures)."""
    return values if values.ndim == 2 else values.mean(axis=WORLD)


def resampled_statistic(values: Array, statistic: Callable[[Array], Array], rng: np.random.Generator, n_resamples: int = N_RESAMPLES, *,
                        futures: bool = True) -> Estimate:
    """A statistic of the means, shape (strategies, futures) to any, with its percentile interval over futures and worlds.

    Args:
        values: Shape (strategies, futures) or (strategies, futures, worlds).
        statistic: The statistic.
        rng: Draws the resamples.
        n_resamples: How many.
        futures: False for a statement on these futures and no others: worlds alone are resampled, and without worlds there is no interval.
    """
    n_futures, n_worlds = values.shape[1], values.shape[2] if values.ndim == 3 else 1
    return percentiles(_in_resamples(values, statistic, rng, n_resamples, futures=futures), n_futures if futures and n_futures > 1 else n_worlds)


def _in_resamples(values: Array, statistic: Callable[[Array], Array], rng: np.random.Generator, n_resamples: int, *, futures: bool = True) -> Array:
    """The statistic, then that of each resample, shape (1 + resamples, ...)."""
    n_futures, n_worlds = values.shape[1], values.shape[2] if values.ndim == 3 else 1
    rows = picked(n_futures, rng, n_resamples) if futures else np.tile(np.arange(n_futures), (n_resamples + 1, 1))
    weights = resampled(n_worlds, rng, n_resamples)
    result = []
    for some, weight in zip(rows, weights, strict=True):
        means = values @ weight if n_worlds > 1 else over_worlds(values)
        result.append(statistic(means[:, some] if futures else means))
    return np.stack(result)


@dataclass(frozen=True)
class Regret:
    """How far each strategy falls short of the best one in the same future.

    Attributes:
        matrix: Regret in each future, shape (strategies, futures).
        mean: Mean over futures, shape (strategies,).
        q90: Regret that nine tenths of the futures do not exceed.
        largest: Largest regret in these futures. Its interval is over worlds alone, since other futures may hold a larger one.
    """

    matrix: Array
    mean: Estimate
    q90: Estimate
    largest: Estimate


def regret_in(means: Array) -> Array:
    """Regret of means, shape (strategies, futures), never negative."""
    return means.max(axis=0) - means


def regret(values: Array, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Regret:
    """Regret of each strategy.

    Source: Savage (1951); over many futures: Lempert, Popper & Bankes (2003).
    """
    both = resampled_statistic(values, lambda means: np.stack([regret_in(means).mean(axis=1), np.quantile(regret_in(means), 0.9, axis=1)]), rng, n_resamples)
    largest = resampled_statistic(values, lambda means: regret_in(means).max(axis=1), rng, n_resamples, futures=False)
    return Regret(regret_in(over_worlds(values)), both[0], both[1], largest)


@dataclass(frozen=True)
class Satisficing:
    """In which futures strategies are good enough.

    Attributes:
        met: Whether each strategy meets all thresholds at once, shape (strategies, futures).
        jointly: The share of such futures, shape (strategies,).
        each: The share that meets each threshold alone, by measure.
    """

    met: Mask
    jointly: Estimate
    each: Mapping[str, Estimate]


def satisficing(measures: Mapping[str, Array], thresholds: Mapping[str, float]) -> Satisficing:
    """Share of futures in which the mean of every measure reaches its threshold; intervals by Wilson over futures.

    Two strategies are compared, paired, by `intervals.share_difference` of their rows of `met`.

    Args:
        measures: Values by measure.
        thresholds: Value that is good enough, by measure; measures without one do not count.

    Raises:
        KeyError: There is a threshold for an unknown measure.
        ValueError: There is no threshold.

    Source: Simon (1956); the domain criterion of Starr (1962).
    """
    if not thresholds:
        raise ValueError("expected at least one threshold")
    met = {name: over_worlds(measures[name]) >= least for name, least in thresholds.items()}
    jointly = np.logical_and.reduce(list(met.values()))
    each = {name: share_interval(enough.sum(axis=1), enough.shape[1]) for name, enough in met.items()}
    return Satisficing(jointly, share_interval(jointly.sum(axis=1), jointly.shape[1]), each)


def cvar(values: Array, rng: np.random.Generator, n_resamples: int = N_RESAMPLES, base: int | None = None) -> Estimate:
    """Mean of the worst tenth of futures, shape (strategies,), less that of strategy `base` where one is given.

    Source: Rockafellar & Uryasev (2002).
    """
    def statistic(means: Array) -> Array:
        each = intervals.tail_contributions(means)
        return intervals.mean_and_error(each if base is None else each - each[base])

    result = _in_resamples(values, statistic, rng, n_resamples)
    n_futures, n_worlds = values.shape[1], values.shape[2] if values.ndim == 3 else 1
    return intervals.tail_interval(result, n_futures) if n_futures > 1 else percentiles(result[:, 0], n_worlds)


@dataclass(frozen=True)
class Dominance:
    """Which strategy dominates which; row over column, shapes (strategies, strategies).

    Attributes:
        dominates: Whether it does in these futures.
        share: Share of the resamples of futures (and worlds) in which it does.
    """

    dominates: Mask
    share: Array


def dominance(values: Array, order: Literal[0, 1, 2], rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Dominance:
    """Dominance between strategies over the futures.

    Args:
        values: Shape (strategies, futures) or (strategies, futures, worlds).
        order: 0: as good in every future and better in one. 1: as good at every quantile: whoever prefers more prefers it. 2: the mean of
            the worst futures is as good for every share of them: whoever prefers more and avoids risk prefers it. Each order implies the next.
        rng: Draws the resamples.
        n_resamples: How many.

    Source: Hadar & Russell (1969); Levy (2016), Stochastic Dominance, chapter 3.
    """

    def statistic(means: Array) -> Mask:
        curve = means if order == 0 else np.sort(means, axis=1)
        if order == 2:
            curve = np.cumsum(curve, axis=1)
        # Sums of the same numbers in another order differ by rounding.
        slack = 1e-12 * np.abs(curve).max() if order == 2 else 0.0
        least_lead = np.stack([(one - curve).min(axis=1) for one in curve])
        result: Mask = (least_lead >= -slack) & (-slack > least_lead.T)  # never behind, and the other sometimes is
        return result

    rows, worlds = picked(values.shape[1], rng, n_resamples), resampled(values.shape[2] if values.ndim == 3 else 1, rng, n_resamples)
    share = np.zeros((len(values), len(values)))
    for some, weight in zip(rows[1:], worlds[1:], strict=True):
        share += statistic((values @ weight if values.ndim == 3 else values)[:, some])
    return Dominance(statistic(over_worlds(values)), share / n_resamples)


def pareto(returns: Array, epsilon: Array | float = 0.0) -> Mask:
    """Which strategies no other one dominates, shape (strategies,).

    A strategy is dominated when another is at least as good in every return and better by more than epsilon in
    one. Strategies that tie in everything stay together. Dominance by a margin implies dominance, so no two
    strategies dominate each other, and some strategy always stays.

    Args:
        returns: Shape (strategies, returns), more is better.
        epsilon: Difference that is too small to matter, one number or one per return, not negative.
    """
    ahead = returns[:, None, :] - returns[None, :, :]
    dominates = (ahead >= 0).all(axis=2) & (ahead > epsilon).any(axis=2)
    kept: Mask = ~np.logical_or.reduce(dominates, axis=0)
    return kept


@dataclass(frozen=True)
class WeightDominance:
    """How often each is best, over all weights of the returns and all futures.

    Attributes:
        strategies: Shares of the strategies, shape (strategies,).
        families: Names of the families in order of appearance.
        by_family: Size-adjusted shares of the families, shape (families,).
    """

    strategies: Estimate
    families: tuple[str, ...]
    by_family: Estimate


def weight_dominance(values: Array, families: Sequence[str], rng: np.random.Generator, n_weights: int = N_WEIGHTS,
                     n_resamples: int = N_RESAMPLES) -> WeightDominance:
    """Weight dominance of `experiments.analyses.comparison.comparison` over many futures: each future meets the same weights and teams.

    A large family would be best more often by its size alone. So the shares are size-adjusted: each draw takes as many
    members of every family, at random, as the smallest has. Ties are shared. Intervals are over futures; with one
    future there is none.

    Args:
        values: Shape (returns, strategies, futures), on one scale so that weights mean something.
        families: Family of each strategy.
        rng: Draws weights, teams and resamples.
        n_weights: Draws of weights, evenly from all that add up to 1; returns that are one share one, see `experiments.methods.overlap`.
        n_resamples: Resamples of futures.
    """
    labels = tuple(dict.fromkeys(families))
    weights = even_weights(groups(values.mean(axis=-1)), rng, n_weights)
    teams = equal_teams(families, rng, n_weights)
    shares = [shares_of_firsts(future, weights, teams) for future in np.moveaxis(values, -1, 0)]
    result = percentiles(resampled(len(shares), rng, n_resamples) @ np.array(shares), len(shares))
    n = len(families)
    return WeightDominance(result[:n], labels, result[n:])


def equal_teams(families: Sequence[str], rng: np.random.Generator, n_weights: int = N_WEIGHTS) -> NDArray[np.intp]:
    """For each draw of weights as many members of every family, at random, as the smallest has, shape (families, size, n_weights), in order of appearance.

    A large family would be best for more weightings by its size alone.
    """
    members = [np.array([i for i, family in enumerate(families) if family == label]) for label in dict.fromkeys(families)]
    size = min(len(group) for group in members)
    return np.stack([group[rng.random((n_weights, len(group))).argsort(axis=1)[:, :size]].T for group in members])


def shares_of_firsts(values: Array, weights: Array, teams: NDArray[np.intp]) -> Array:
    """Share of the draws of weights for which each strategy is best, then for which the team of each family is; those that tie share it.

    Args:
        values: Shape (returns, strategies), on one scale.
        weights: Shape (draws, returns).
        teams: See `equal_teams`.
    """
    score = values.T @ weights.T
    of_teams = score.take(teams * len(weights) + np.arange(len(weights))).max(axis=1)  # as take_along_axis, in a third of the time
    return np.concatenate([_shares(each == each.max(axis=0)) for each in (score, of_teams)])


def _shares(firsts: NDArray[np.bool_]) -> Array:
    """Share of the draws (columns) in which each (row) is first."""
    tied = np.count_nonzero(firsts, axis=0)
    if (tied == 1).all():  # as nearly always; counted, which is faster
        return np.count_nonzero(firsts, axis=1) / firsts.shape[1]
    return (firsts / tied).mean(axis=1)


def distances(measures: Sequence[Array]) -> Array:
    """How far apart strategies lie over all futures, shape (strategies, strategies).

    For each measure: the root of the mean squared difference over futures, as a share of the usual one between two of
    these strategies. Over several measures: the largest of these. It is not a correlation, since strategies whose
    payoffs move together at different levels are not duplicates.

    Args:
        measures: Values of each measure, each (strategies, futures) or (strategies, futures, worlds).
    """
    result = np.zeros((len(measures[0]),) * 2)
    for values in measures:
        means = over_worlds(values)
        apart = np.stack([np.sqrt(((means - one) ** 2).mean(axis=1)) for one in means])
        usual = np.sqrt(2 * means.var(axis=0).mean())
        if usual > 1e-12 * np.abs(means).max():  # otherwise all strategies are equal in this measure
            result = np.maximum(result, apart / usual)
    return result


def near_duplicates(measures: Sequence[Array], near: float = NEAR) -> tuple[tuple[int, ...], ...]:
    """Groups of strategies of which any two are nearer than `near`, by number; most strategies stand alone.

    Args:
        measures: As in `distances`.
        near: Largest distance within a group.

    Source: complete linkage, so that no chain of small steps joins what is far apart (Everitt et al. 2011, chapter 4).
    """
    from scipy.cluster.hierarchy import fcluster, linkage  # which most who import this module never need, and takes a quarter of a second
    from scipy.spatial.distance import squareform

    apart = distances(measures)
    if len(apart) < 2:
        return ((0,),)
    number = fcluster(linkage(squareform(apart, checks=False), "complete"), near, "distance")
    return tuple(sorted(tuple(int(i) for i in np.flatnonzero(number == group)) for group in np.unique(number)))


def thinned(measures: Sequence[Array], near: float = NEAR, keep: Sequence[int] = ()) -> tuple[int, ...]:
    """One strategy of each group of near-duplicates, by number and in order: the one nearest to the others of its group.

    Args:
        measures: As in `distances`.
        near: As in `near_duplicates`.
        keep: Strategies that always stay, such as the reference, and represent their group.
    """
    apart = distances(measures)
    kept = set(keep)
    for group in near_duplicates(measures, near):
        if not kept & set(group):
            kept.add(group[int(apart[np.ix_(group, group)].sum(axis=1).argmin())])
    return tuple(sorted(kept))
