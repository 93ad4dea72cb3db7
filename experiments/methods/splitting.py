"""A classification tree: all futures are split into boxes where the share of failures differs most.

Source: Breiman, Friedman, Olshen & Stone (1984); the stop at chance: Hothorn, Hornik & Zeileis (2006).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.methods.cuts import CHANCE, SIDES, Cut, Mask, inside_of
from sim.axes import Array

#: About so many thresholds of one input are independent; the best of all is tested as the best of these (Miller & Siegmund 1982).
THRESHOLDS = 20


def leaves_of(x: Array, fails: Mask, inside: Mask, cuts: list[Cut], depth: int, fewest: int) -> Iterator[list[Cut]]:
    """The cuts of each leaf within a node.

    Args:
        x: Inputs of each future, shape (futures, inputs).
        fails: Whether it fails, shape (futures,).
        inside: Which futures lie in the node.
        cuts: The cuts of the node.
        depth: Most further splits one after the other.
        fewest: Least number of futures in a leaf.
    """
    split = _split(x, fails, np.flatnonzero(inside), fewest) if depth else None
    if split is None:
        yield cuts
        return
    column, value = split
    for side in SIDES:
        # Of two limits on the same side of an input the narrower one counts.
        kept = [cut for cut in cuts if cut[:2] != (column, side)]
        yield from leaves_of(x, fails, inside & inside_of(x, [(column, side, value)]), sorted([*kept, (column, side, value)]), depth - 1, fewest)


def _split(x: Array, fails: Mask, rows: NDArray[np.intp], fewest: int) -> tuple[int, float] | None:
    """The input and value whose split lowers the Gini impurity most, or None where chance alone would do as well."""
    n, failures = len(rows), int(fails[rows].sum())
    if failures in (0, n) or n < 2 * fewest:
        return None
    best, impurity, chance = None, np.inf, 1.0
    for column in range(x.shape[1]):
        order = rows[np.argsort(x[rows, column], kind="stable")]
        values, hits = x[order, column], np.cumsum(fails[order])[:-1]
        below = np.arange(1, n)
        # Gini impurity of a side with n futures and h failures, times n / 2: h (n − h) / n.
        result = hits * (below - hits) / below + (failures - hits) * (n - below - (failures - hits)) / (n - below)
        result = np.where((values[1:] > values[:-1]) & (below >= fewest) & (n - below >= fewest), result, np.inf)
        at = int(result.argmin())
        if result[at] < impurity:
            best, impurity = (column, float((values[at] + values[at + 1]) / 2)), result[at]
            one, other = (stats.hypergeom.cdf(hits[at], n, failures, at + 1), stats.hypergeom.sf(hits[at] - 1, n, failures, at + 1))
            chance = 2 * min(float(one), float(other))
    return best if chance * THRESHOLDS * x.shape[1] < CHANCE else None
