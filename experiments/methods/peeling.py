"""PRIM: one box is peeled out of all futures, then its limits are moved and thinned out.

Source: Friedman & Fisher (1999), Statistics and Session 9: 123-143.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from experiments.methods.cuts import CHANCE, SIDES, Cut, Mask, Side, inside_of, quasi_p
from sim.axes import Array

#: Share of the futures in a box that one peel takes away.
PEEL = 0.05
#: Most passes over the limits of a box while they are moved.
PASSES = 20


def peeled_box(x: Array, fails: Mask, fewest: int, inputs: int) -> list[Cut]:
    """The cuts of one box, none where they would add nothing beyond chance.

    Args:
        x: Inputs of each future, shape (futures, inputs).
        fails: Whether it fails, shape (futures,).
        fewest: Least number of futures in the box.
        inputs: Most inputs restricted.
    """
    if not fails.any() or fails.all():
        return []

    def excess(cuts: Mapping[tuple[int, Side], float]) -> float:
        inside = inside_of(x, _listed(cuts))
        return float(_excess(int(inside.sum()), int((inside & fails).sum()), fails))

    best = max(_peels(x, fails, fewest), key=excess)
    cuts = _moved(x, fails, best, fewest)
    while cuts:
        chance = {key: quasi_p(x, fails, _listed(cuts), (*key, cuts[key])) for key in cuts}
        weakest = max(chance, key=lambda key: chance[key])
        # The p-value counts for as many tries as there are ends of inputs.
        if chance[weakest] * 2 * x.shape[1] < CHANCE and len({column for column, _ in cuts}) <= inputs:
            break
        cuts = _moved(x, fails, {key: value for key, value in cuts.items() if key != weakest}, fewest)
    return _listed(cuts)


def peeling_trajectory(x: Array, fails: Mask, fewest: int) -> list[list[Cut]]:
    """The cuts of each box on the way from all futures to the smallest box, the first without any; arguments as in `peeled_box`."""
    return [_listed(cuts) for cuts in _peels(x, fails, fewest)]


def _peels(x: Array, fails: Mask, fewest: int) -> list[dict[tuple[int, Side], float]]:
    peels = [dict[tuple[int, Side], float]()]
    while smaller := _peeled(x, fails, peels[-1], fewest):
        peels.append(smaller)
    return peels


def _listed(cuts: Mapping[tuple[int, Side], float]) -> list[Cut]:
    return [(*key, cuts[key]) for key in sorted(cuts)]


def _peeled(x: Array, fails: Mask, cuts: Mapping[tuple[int, Side], float], fewest: int) -> dict[tuple[int, Side], float] | None:
    """The box after the best peel, or None where it would hold too few futures."""
    rows = np.flatnonzero(inside_of(x, _listed(cuts)))
    n, share = len(rows), fails[rows].mean()
    best, gain = None, -np.inf
    for column in range(x.shape[1]):
        values = x[rows, column]
        for side in SIDES:
            value = _end(values, side, max(1, round(PEEL * n)))
            if value is None:
                continue
            stays = values > value if side == "above" else values < value
            if stays.sum() < fewest:
                continue
            # Per future taken away, so that inputs of few values, which take many away at once, are not preferred; ties go to inputs already restricted.
            result = (fails[rows[stays]].mean() - share) / (n - stays.sum()) + 1e-12 * ((column, side) in cuts)
            if result > gain:
                best, gain = {**cuts, (column, side): value}, result
    return best


def _end(values: Array, side: Side, n: int) -> float | None:
    """Where to cut off about n of the values at one end, halfway between two of them; None where all values are equal."""
    some = np.sort(values) if side == "above" else -np.sort(-values)
    last = some[n - 1]
    stays = some[some > last] if side == "above" else some[some < last]
    return float((last + stays[0]) / 2) if len(stays) else None


def _moved(x: Array, fails: Mask, cuts: Mapping[tuple[int, Side], float], fewest: int) -> dict[tuple[int, Side], float]:
    """Move each limit in turn to where the excess of failures is largest, until none moves; a limit that is best beyond all futures is dropped."""
    now = dict(cuts)
    for _ in range(PASSES):
        before = dict(now)
        for key in list(now):
            column, side = key
            rest = {other: value for other, value in now.items() if other != key}
            rows = np.flatnonzero(inside_of(x, _listed(rest)))
            values = x[rows, column] if side == "above" else -x[rows, column]
            order = np.argsort(-values, kind="stable")  # from the far end of the box outwards
            values, hits = values[order], np.cumsum(fails[rows[order]], dtype=np.intp)
            inside = np.arange(1, len(rows) + 1)
            # A limit lies between two different values, or beyond all of them.
            possible = np.append(values[1:] < values[:-1], True) & ((inside >= fewest) | (inside == len(rows)))
            score = np.where(possible, _excess(inside, hits, fails), -np.inf)
            at = int(len(score) - 1 - score[::-1].argmax())  # the widest of equals
            now = rest
            if at < len(rows) - 1:
                middle = float((values[at] + values[at + 1]) / 2)
                now[key] = middle if side == "above" else -middle
        if now == before:
            break
    return now


def _excess(inside: NDArray[np.intp] | int, hits: NDArray[np.intp] | int, fails: Mask) -> Array:
    """Failures inside beyond those among as many futures from everywhere.

    Args:
        inside: Number of futures inside.
        hits: Number of failures inside.
        fails: Whether each future fails.

    Source: as a share of all futures the weighted relative accuracy of Lavrač, Flach & Zupan (1999).
    """
    return np.asarray(hits - inside * fails.mean())
