"""Returns that say the same of all strategies: which are one, and weights that count them once."""

from collections.abc import Sequence

import numpy as np

from sim.axes import Array

#: Returns are one where they correlate by more than this over strategies; as far below 0 they are a trade-off.
ONE = 0.9
#: Fewer strategies say nothing about returns: two always correlate by 1 or -1.
FEWEST = 5


def correlation(means: Array) -> Array:
    """Correlation of returns over strategies, from means of shape (returns, strategies); 0 where a return is the same for all."""
    centred = means - means.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))
    moves = size > 1e-12 * np.maximum(np.abs(means).max(axis=1), 1e-300)
    scaled = np.where(moves[:, None], centred / np.where(moves, size, 1)[:, None], 0.0)
    result: Array = scaled @ scaled.T
    np.fill_diagonal(result, 1.0)
    return result


def groups(means: Array) -> list[list[int]]:
    """Returns by number, those that are one together, from means of shape (returns, strategies)."""
    alone = [[i] for i in range(len(means))]
    if means.shape[1] < FEWEST:
        return alone
    r = correlation(means)
    result: list[list[int]] = []
    for i in range(len(means)):
        joined = [group for group in result if any(r[i, j] > ONE for j in group)]
        result = [group for group in result if group not in joined] + [sorted([i, *(j for group in joined for j in group)])]
    return sorted(result)


def even_weights(together: Sequence[Sequence[int]], rng: np.random.Generator, n: int) -> Array:
    """Draws of weights, evenly from all that add up to 1 (Dirichlet 1), shape (n, returns); returns that are one share one weight."""
    drawn = rng.dirichlet(np.ones(len(together)), n)
    weights = np.empty((n, sum(map(len, together))))
    for column, group in enumerate(together):
        weights[:, list(group)] = drawn[:, column : column + 1] / len(group)
    return weights
