"""Whether a conclusion holds under other assumptions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from experiments.methods.intervals import Estimate, share_interval
from experiments.methods.ranking import average_ranks
from sim.axes import Array

#: A conclusion that holds in a smaller share of the draws of the assumptions depends on them.
ROBUST = 0.8
#: A conclusion that holds in no larger share of the draws fails.
FAILED = 0.5

#: Inputs, by number, with their rank correlations.
Movers = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Survival:
    """How far a conclusion survives other assumptions.

    Attributes:
        share: Share of the points in which it holds.
        movers: The inputs that move its outcome most, strongest first; see `movers`.
    """

    share: Estimate
    movers: Movers


def survival(holds: NDArray[np.bool_], outcome: Array, points: Array) -> Survival:
    """How far a conclusion survives.

    Args:
        holds: Whether it holds at each point, shape (points,).
        outcome: What it is about at each point, shape (points,).
        points: Shape (points, inputs), drawn independently.
    """
    return Survival(share_interval(int(holds.sum()), len(holds)), movers(outcome, points))


def correlations(outcome: Array, points: Array) -> Array:
    """Spearman rank correlation of an outcome with each input; 0 where one of them does not vary.

    Args:
        outcome: Shape (..., points).
        points: Shape (points, inputs).

    Returns:
        Shape (..., inputs).
    """
    if len(points) < 3:
        return np.zeros((*outcome.shape[:-1], points.shape[1]))
    ranks, own = average_ranks(points.T).T, average_ranks(outcome)
    ranks, own = ranks - ranks.mean(axis=0), own - own.mean(axis=-1, keepdims=True)
    together, size = own @ ranks, np.sqrt((ranks**2).sum(axis=0) * (own**2).sum(axis=-1, keepdims=True))
    result: Array = np.divide(together, size, out=np.zeros_like(together), where=size > 0)
    return result


def movers(outcome: Array, points: Array, most: int = 2) -> Movers:
    """The inputs that are most correlated with an outcome, by number, with their rank correlations, strongest first; none that chance could make as strong.

    Args:
        outcome: Shape (points,).
        points: Shape (points, inputs), drawn independently.
        most: How many at most.
    """
    strength = correlations(outcome, points)
    n, k = points.shape
    chance = special.ndtri(1 - 0.05 / 2 / k) / np.sqrt(max(1, n - 1))  # exceeded in one of 20 cases by the strongest of k inputs without effect
    order = np.argsort(-np.abs(strength), kind="stable")[:most]
    return tuple((int(i), float(strength[i])) for i in order if abs(strength[i]) > chance)
