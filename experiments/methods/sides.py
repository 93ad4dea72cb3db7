"""One side against another, size-adjusted: the larger side counts with random teams as large as the smaller side."""

from collections.abc import Sequence
from math import comb

import numpy as np

from sim.axes import WORLD, Array


def best_of_team(values: Array, size: int) -> Array:
    """Return of a team's best member, on average over all teams of a size, shape (points, worlds).

    Args:
        values: Of all members, shape (members, points, worlds).
        size: Members of a team; with all members the result is the best one.
    """
    order = np.argsort(-values.mean(axis=WORLD), axis=0, kind="stable")
    ranked = np.take_along_axis(values, order[:, :, None], axis=0)
    result: Array = np.tensordot(leads(len(values), size), ranked, axes=1)
    return result


def leads(n: int, size: int) -> Array:
    """Share of the teams of a size that each of n members leads, the best member first, shape (n,); they add up to 1."""
    # The member of rank k leads a team whose others all come from the n - 1 - k ranks behind it.
    return np.array([comb(n - 1 - k, size - 1) for k in range(n)]) / comb(n, size)


def advantage(values: Array, one: Sequence[int], other: Sequence[int]) -> Array:
    """Size-adjusted return of one side less that of the other, world by world, shape (points, worlds).

    Args:
        values: Of all strategies, shape (strategies, points, worlds).
        one: Rows of a side.
        other: Rows of the other side.
    """
    size = min(len(one), len(other))
    return best_of_team(values[list(one)], size) - best_of_team(values[list(other)], size)
