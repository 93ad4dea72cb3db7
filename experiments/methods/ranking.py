"""Ranks with ties: scores in, places out."""

import numpy as np
from numpy.typing import NDArray

from experiments.methods.intervals import mean_interval
from sim.axes import WORLD, Array

#: Numbers nearer to each other than this share of their range or size differ by rounding alone.
ROUNDING = 1e-9


def exact_ties(values: Array, one: int) -> list[int]:
    """One of some things, by number, then every other with the same value but for rounding, shape (things,)."""
    near = np.abs(values - values[one]) <= ROUNDING * max(np.ptp(values), abs(values[one]))
    return [one, *(i for i in np.flatnonzero(near).tolist() if i != one)]


def ranks(scores: Array) -> NDArray[np.intp]:
    """The place of each, from 1; the first is the highest.

    From the top, each shares the place of the last one above it that opened a place, while the paired interval of the difference between the two holds 0. The
    place that opens next counts all those above it, as in sport: 1, 1, 3.

    Args:
        scores: On common worlds, shape (things, worlds).
    """
    order = np.argsort(-scores.mean(axis=WORLD), kind="stable")
    _, low, _ = mean_interval(scores[:, None] - scores[None])
    result = np.empty(len(scores), dtype=np.intp)
    opened, place = order[0], 1
    for above, one in enumerate(order):
        if low[opened, one] > 0:
            opened, place = one, above + 1
        result[one] = place
    return result
