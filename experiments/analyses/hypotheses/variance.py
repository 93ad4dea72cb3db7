"""Which of two groups of numbers explains more of the variance of an outcome: total Sobol indices of groups."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.analyses.hypotheses.effect import Effect
from experiments.configuration.design import latin_hypercube
from experiments.configuration.hypothesis import Hypothesis
from experiments.methods.intervals import mean_interval
from sim.axes import Array


@dataclass(frozen=True)
class Variance:
    """Shares of variance that groups of numbers explain. There is no verdict: a share is not a claim that holds or fails.

    Attributes:
        name: Name of the hypothesis.
        hypothesis: The hypothesis.
        groups: What the groups are called.
        shares: Total Sobol index of each group with its 95 % interval over rows of the sample, all else at the defaults.
        draws: The indices in each draw of the assumptions, shape (groups, draws).
    """

    name: str
    hypothesis: Hypothesis
    groups: tuple[str, ...]
    shares: tuple[Effect, ...]
    draws: Array

    @property
    def spread(self) -> list[Effect]:
        """The median of each group's index over draws, and the ends of the middle nine tenths."""
        return [Effect(*(float(value) for value in np.quantile(draws, (0.5, 0.05, 0.95)))) for draws in self.draws]

    @property
    def larger(self) -> float:
        """Share of draws in which the first group explains more than the second."""
        return float((self.draws[0] > self.draws[1]).mean())


def group_points(groups: Mapping[str, list[int]], k: int, n: int, rng: np.random.Generator) -> Array:
    """Points in the unit cube for total Sobol indices of groups of inputs: n of a sample, then n for each group.

    Args:
        groups: Columns of each group.
        k: Inputs.
        n: Rows of the sample, over all draws of everything else.

    Returns:
        Shape (n * (1 + groups), k): the sample, then for each group the sample with that group's columns drawn again.
    """
    both = latin_hypercube(n, 2 * k, rng)
    first, second = both[:, :k], both[:, k:]
    blocks = [first]
    for columns in groups.values():
        changed = first.copy()
        changed[:, columns] = second[:, columns]
        blocks.append(changed)
    return np.concatenate(blocks)


def group_shares(y: Array, n_groups: int, n_draws: int = 1) -> Array:
    """Share of each row of the sample in the total Sobol index of each group, shape (groups, draws, rows): their mean over rows is the index.

    Args:
        y: The outcome at `group_points`, shape ((1 + groups) * draws * rows,).
        n_groups: Groups.
        n_draws: So many draws of everything else follow one another in the rows; the variance is that within a draw.

    Source: Jansen (1999), Computer Physics Communications 117: half the mean squared change over the variance.
    """
    first, *changed = y.reshape(1 + n_groups, n_draws, -1)
    spread = np.var(y.reshape(1 + n_groups, n_draws, -1), axis=(0, 2))[:, None]
    return np.stack([(other - first) ** 2 / 2 for other in changed]) / np.where(spread > 0, spread, 1.0)


def shares_of(rows: Array) -> tuple[Effect, ...]:
    """The index of each group with its interval, from `group_shares` without draws."""
    return tuple(Effect(*(float(end) for end in mean_interval(each[0]))) for each in rows)
