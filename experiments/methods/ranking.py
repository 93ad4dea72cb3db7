"""Ranks with ties."""

import numpy as np
from numpy.typing import NDArray

from experiments.methods.intervals import mean_interval
from sim.axes import WORLD, Array


def average_ranks(values: Array) -> Array:
    """The rank of each along the last axis, from 1 for the smallest; equal ones share their mean rank; nan beside a nan. The same shape.

    Those of `scipy.stats.rankdata`, without the half second that its import takes.
    """
    rows = values.reshape(-1, values.shape[-1])
    ordered = np.sort(rows)
    smaller, no_larger = (np.array([np.searchsorted(*pair, side) for pair in zip(ordered, rows, strict=True)]).reshape(values.shape)
                          for side in ("left", "right"))
    result = np.asarray((smaller + no_larger + 1) / 2)
    result[np.isnan(values).any(axis=-1)] = np.nan
    return result


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
