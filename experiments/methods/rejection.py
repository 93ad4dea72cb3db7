"""Approximate Bayesian computation by rejection: of many draws from a prior, those whose simulated series lie nearest to the observed ones are kept.

Every split of the years, and every targets file, is answered from the same draws: a sequential sampler would simulate again for each. Libraries
drive one simulation at a time, where this one runs a thousand worlds side by side.

Source: Sisson, Fan and Beaumont (2018), Handbook of approximate Bayesian computation, chapter 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim.axes import Array

#: Share of the draws that is kept, and the fewest of them.
KEPT, FEWEST = 0.01, 50


def distance(errors: Sequence[Array]) -> Array:
    """Mean over series of the error of each draw, each over its median over all draws: no series weighs more because all draws miss it by far.

    Args:
        errors: Of each series, root mean square errors of one shape.

    Source: Prangle (2017), Adapting the ABC distance function, Bayesian Analysis 12: 289-309.
    """
    return np.asarray(np.mean([each / (np.median(each) or 1.0) for each in errors], axis=0))


def nearest(distances: Array) -> NDArray[np.intp]:
    """The draws that are kept: the nearest ones, nearest first. Equal distances go by the number of the draw."""
    n = min(len(distances), max(FEWEST, round(KEPT * len(distances))))
    return np.argsort(distances, kind="stable")[:n]


@dataclass(frozen=True)
class Identified:
    """What data say about each number of a prior.

    Attributes:
        names: The numbers.
        low, median, high: 5 %, 50 % and 95 % of the kept draws, as shares of the prior range, shape (numbers,).
        contraction: 1 − standard deviation among the kept draws over that of all, shape (numbers,).
        p: Of a Kolmogorov-Smirnov test that the kept draws come from the prior, times the number of tests (Bonferroni), shape (numbers,).
    """

    names: tuple[str, ...]
    low: Array
    median: Array
    high: Array
    contraction: Array
    p: Array

    @property
    def sure(self) -> Array:
        """Whether the kept draws of each number differ from the prior."""
        return np.asarray(self.p < 0.05)


def identified(names: Sequence[str], drawn: Array, kept: NDArray[np.intp]) -> Identified:
    """Compare the kept draws with the prior, number by number.

    Args:
        names: Numbers.
        drawn: All draws as shares of the prior range, in which they are uniform, shape (draws, numbers).
        kept: Those that are kept.
    """
    inside = drawn[kept]
    quantiles = np.quantile(inside, [0.05, 0.5, 0.95], axis=0) if len(names) else np.empty((3, 0))
    p = np.array([stats.kstest(inside[:, i], "uniform").pvalue for i in range(len(names))])
    return Identified(tuple(names), quantiles[0], quantiles[1], quantiles[2], 1 - inside.std(axis=0) * np.sqrt(12), np.minimum(p * max(1, len(names)), 1.0))
