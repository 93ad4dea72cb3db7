"""How patterns are measured in simulated series: one pure function each, from arrays of shape (states, years, worlds) to one number per world."""

import numpy as np

from experiments.methods.ranking import average_ranks
from sim.axes import Array


def level(values: Array) -> Array:
    """Mean over states and years."""
    return np.asarray(values.mean(axis=(0, 1)))


def growth(values: Array) -> Array:
    """The last year over the first one, median over states."""
    return np.asarray(np.median(values[:, -1] / values[:, 0], axis=0))


def variation(values: Array) -> Array:
    """Standard deviation over mean, over years, median over states; the standard deviation is that of a sample."""
    return np.asarray(np.median(values.std(axis=1, ddof=1) / values.mean(axis=1), axis=0))


def persistence(values: Array) -> Array:
    """Correlation of each year with the next, median over states."""
    off = values - values.mean(axis=1, keepdims=True)
    return np.asarray(np.median((off[:, 1:] * off[:, :-1]).sum(axis=1) / (off**2).sum(axis=1), axis=0))


def rank(values: Array, facts: Array) -> Array:
    """Spearman's correlation, over states, of the mean over years with the facts, shape (states,)."""
    ranks = average_ranks(values.mean(axis=1).T).T
    of_facts = average_ranks(facts)[:, None]
    off, of = ranks - ranks.mean(axis=0), of_facts - of_facts.mean()
    spread = np.sqrt((off**2).sum(axis=0) * (of**2).sum())
    return np.asarray((off * of).sum(axis=0) / np.where(spread > 0, spread, 1))


def effect(changed: Array, values: Array) -> Array:
    """The mean over years of one run over that of the other, less 1, mean over states."""
    return np.asarray((changed.mean(axis=1) / values.mean(axis=1) - 1).mean(axis=0))


def elasticity(changed: Array, values: Array, changed_per: Array, per: Array) -> Array:
    """The logarithm of one run over the other in the last year, over the same of what it is counted in, mean over states."""
    return np.asarray((np.log(changed[:, -1] / values[:, -1]) / np.log(changed_per[:, -1] / per[:, -1])).mean(axis=0))


def moved(changed: Array, values: Array, threshold: float) -> Array:
    """Share of states in which the mean over years is higher by at least the threshold."""
    return np.asarray((changed.mean(axis=1) - values.mean(axis=1) >= threshold).mean(axis=0))
