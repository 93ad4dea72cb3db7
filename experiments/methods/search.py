"""Search of the unit cube for the point of highest value, and for the front between two values.

CMA-ES (Hansen & Ostermeier 2001) by the library cmaes, restarted with twice the candidates whenever it has converged (IPOP, Auger & Hansen 2005);
random points are the baseline. A search needs the values of many candidates at once and draws all randomness from its seed. With the same values
it takes the same way again, so that an interrupted search is resumed by running it again.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.axes import Array

#: Candidates lie on a grid of this many steps. So the digits reported are those evaluated, and rounding on another machine does not change the
#: search, as far as its samples differ by rounding alone, see `_proposing`.
STEPS = 1000
#: Spread of the first generation, as a share of the range.
SPREAD = 0.3
#: Spread where a search starts from a candidate known to be good.
NEAR = 0.15
#: Part of the sum in a Chebyshev score, so that of two candidates with the same weakest value the better one counts more.
AUGMENTED = 0.05

#: From candidates, shape (n, numbers), to their values, shape (n,) or (n, values); more is better.
Objective = Callable[[Array], Array]


@dataclass(frozen=True)
class Trace:
    """What a search tried, in order.

    Attributes:
        points: Candidates in the unit cube, shape (n, numbers).
        values: Their values, shape (n,) or (n, values).
    """

    points: Array
    values: Array

    @property
    def best(self) -> int:
        """The row of the highest value, the first of equals."""
        return int(self.values.argmax())

    @property
    def so_far(self) -> Array:
        """The highest value among the first candidates, shape (n,)."""
        return np.maximum.accumulate(self.values)


def on_grid(points: Array) -> Array:
    """The nearest candidates on the grid of `STEPS`, inside the unit cube."""
    return np.round(np.clip(points, 0, 1) * STEPS) / STEPS


def folded(points: Array) -> Array:
    """Points of the whole space as points of the cube, mirrored at its faces: for the search an optimum on a face lies inside, where it is easy to find."""
    mirrored: Array = 1 - np.abs(np.mod(points, 2) - 1)
    return mirrored


def at_random(objective: Objective, n_numbers: int, n_candidates: int, rng: np.random.Generator) -> Trace:
    """Candidates drawn evenly from the unit cube, all at once."""
    points = on_grid(rng.random((n_candidates, n_numbers)))
    return Trace(points, objective(points))


def cma_es(objective: Objective, n_numbers: int, n_candidates: int, rng: np.random.Generator, start: Array | None = None) -> Trace:
    """CMA-ES with restarts until so many candidates were evaluated.

    Args:
        objective: Values of candidates, shape (n,).
        n_numbers: Dimensions of the cube.
        n_candidates: Candidates evaluated in all.
        rng: Draws seeds and the centres of restarts.
        start: A candidate to begin near; None: the middle of the cube.
    """
    centre, spread = (np.full(n_numbers, 0.5), SPREAD) if start is None else (start, NEAR)
    size = 4 + int(3 * np.log(n_numbers))  # the usual size of a generation, Hansen (2016)
    tried: list[Array] = []
    values: list[Array] = []
    remaining = n_candidates
    while remaining:
        result = _one_run(objective, centre, spread, size, remaining, int(rng.integers(2**31)))
        tried.append(result.points)
        values.append(result.values)
        remaining -= len(result.points)
        centre, spread, size = rng.random(n_numbers), SPREAD, 2 * size
    return Trace(np.concatenate(tried), np.concatenate(values))


def _proposing(centre: Array, spread: float, size: int, seed: int) -> Any:
    """The library's search, with samples that do not depend on the processor.

    Its own samples follow single eigenvectors. Eigenvalues of early generations are equal, and which vectors they have is then left to the linear algebra of
    the processor. The symmetric root of the matrix is the same for all of them.
    """
    from cmaes import CMA

    class Search(CMA):
        def _sample_solution(self) -> Array:
            vectors, roots = self._eigen_decomposition()
            step: Array = (vectors * roots) @ vectors.T @ self._rng.randn(len(roots))
            result: Array = self._mean + self._sigma * step
            return result

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about optional packages that it does not need
        return Search(mean=centre, sigma=spread, seed=seed, population_size=size)


def _one_run(objective: Objective, centre: Array, spread: float, size: int, most: int, seed: int) -> Trace:
    """CMA-ES until it has converged, or until so many candidates were evaluated."""
    search = _proposing(centre, spread, size, seed)
    tried: list[Array] = []
    values: list[Array] = []
    remaining = most
    while remaining:
        proposed = np.stack([search.ask() for _ in range(size)])
        points = on_grid(folded(proposed))
        some = points[:remaining]
        result = objective(some)
        tried.append(some)
        values.append(result)
        remaining -= len(some)
        if len(some) < size:
            break
        search.tell([(point, -value) for point, value in zip(proposed, result, strict=True)])  # it minimises
        # On a grid, a generation that differs by less than a step has converged.
        if search.should_stop() or len(np.unique(points, axis=0)) == 1:
            break
    return Trace(np.concatenate(tried), np.concatenate(values))


def chebyshev(values: Array, weight: float, ideal: Array, span: Array) -> Array:
    """How near candidates come to the ideal in two values at once, shape (n,); at most 0.

    Args:
        values: Shape (n, 2).
        weight: Of the second value, in [0, 1]; the first has the rest.
        ideal: The best of each value, shape (2,).
        span: What counts as 1 in each, shape (2,).

    Source: Steuer & Choo (1983), the augmented weighted Chebyshev score: unlike a weighted sum it reaches every part of a front, also concave ones.
    """
    short = np.array([1 - weight, weight]) * (values - ideal) / span
    score: Array = short.min(axis=1) + AUGMENTED * short.sum(axis=1)
    return score


def along_front(objective: Objective, known: Trace, n_weights: int, n_candidates: int, rng: np.random.Generator) -> Trace:
    """Candidates on and near the front between two values: one CMA-ES for each weight, from the best candidate known for it.

    Args:
        objective: Both values of candidates, shape (n, 2).
        known: Candidates tried before, with both values.
        n_weights: Weights, evenly from all on the first value to all on the second.
        n_candidates: Candidates evaluated in all.
        rng: Draws seeds.

    Returns:
        The new candidates.
    """
    points, values = known.points, known.values
    budgets = np.diff(np.linspace(0, n_candidates, n_weights + 1).astype(int))
    for weight, budget in zip(np.linspace(0, 1, n_weights), budgets, strict=True):
        if not budget:
            continue
        ideal = values.max(axis=0)
        span = np.maximum(ideal - values[values.argmax(axis=0)].min(axis=0), 1e-12)  # how much of one value is given up where the other is best
        scored: list[Array] = []

        def score(some: Array, weight: float = float(weight), ideal: Array = ideal, span: Array = span, scored: list[Array] = scored) -> Array:
            scored.append(objective(some))
            return chebyshev(scored[-1], weight, ideal, span)

        begin = points[int(chebyshev(values, float(weight), ideal, span).argmax())]
        trace = cma_es(score, points.shape[1], int(budget), rng, begin)
        points, values = np.concatenate([points, trace.points]), np.concatenate([values, *scored])
    return Trace(points[len(known.points):], values[len(known.values):])


def front(values: Array) -> NDArray[np.intp]:
    """Rows of the candidates that no other one dominates, from the highest first value to the lowest.

    Args:
        values: Shape (n, 2).
    """
    order = np.lexsort((-values[:, 1], -values[:, 0]))
    ahead = np.concatenate([[-np.inf], np.maximum.accumulate(values[order, 1])[:-1]])
    return order[values[order, 1] > ahead]


def spread_out(values: Array, rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many rows of a front, its ends and others evenly along it.

    Args:
        values: Shape (n, 2).
        rows: As `front` gives them.
        most: How many, at least 2.
    """
    if len(rows) <= most:
        return rows
    steps = np.abs(np.diff(values[rows], axis=0)) / np.maximum(np.ptp(values[rows], axis=0), 1e-12)
    along = np.concatenate([[0.0], np.cumsum(steps.sum(axis=1))])
    picked = np.unique([int(np.abs(along - at).argmin()) for at in np.linspace(0, along[-1], most)])
    return rows[picked]
