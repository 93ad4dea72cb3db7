"""The search finds what was planted, beats random candidates, and takes the same way again."""

import numpy as np
import pytest

from experiments.methods.decisions import pareto
from experiments.methods.search import Trace, along_front, at_random, chebyshev, cma_es, folded, front, on_grid, spread_out
from sim.draws import stream

PLANTED = np.array([0.9, 0.1, 0.5, 0.3, 0.72])


def planted(points):
    """A ridge, badly scaled, whose top is 0 at PLANTED: what an economist would call collinear."""
    apart = points - PLANTED
    turned = np.concatenate([apart[:, :1] + apart[:, 1:2], 10 * (apart[:, :1] - apart[:, 1:2]), apart[:, 2:]], axis=1)
    return -(turned**2).sum(axis=1)


def rng(number=0):
    return stream(7, "search", number)


def test_cma_es_finds_a_planted_optimum():
    trace = cma_es(planted, 5, 1000, rng())
    assert trace.points[trace.best] == pytest.approx(PLANTED, abs=0.002)  # the grid has steps of 0.001


def test_cma_es_beats_as_many_random_candidates():
    better = [cma_es(planted, 5, 300, rng(i)).values.max() - at_random(planted, 5, 300, rng(100 + i)).values.max() for i in range(10)]
    assert min(better) > 0


def test_an_optimum_on_the_edge_is_found():
    trace = cma_es(lambda points: points @ np.array([1.0, -1.0, 2.0]), 3, 400, rng())
    assert trace.points[trace.best] == pytest.approx([1, 0, 1], abs=0.002)


def test_points_outside_are_mirrored_at_the_faces():
    assert folded(np.array([-0.2, 0.0, 0.3, 1.0, 1.2, 2.1, -1.3])) == pytest.approx([0.2, 0, 0.3, 1, 0.8, 0.1, 0.7])


def test_a_search_restarts_and_finds_the_higher_of_two_hills():
    def hills(points):
        near = [((points - centre) ** 2).sum(axis=1) for centre in (0.2, 0.8)]
        return np.maximum(1 - 20 * near[0], 1.2 - 60 * near[1])  # the lower one has most of the slope

    trace = cma_es(hills, 2, 3000, rng())
    assert trace.points[trace.best] == pytest.approx([0.8, 0.8], abs=0.01)


@pytest.mark.parametrize("n", [1, 11, 12, 100])
def test_a_search_evaluates_as_many_candidates_as_it_may_on_its_grid_in_the_cube(n):
    options = []

    def objective(points):
        options.append(points)
        return planted(points)

    trace = cma_es(objective, 5, n, rng())
    assert trace.points.shape == (n, 5)
    assert np.array_equal(np.concatenate(options), trace.points)
    assert np.array_equal(trace.points, on_grid(trace.points))
    assert trace.points.min() >= 0
    assert trace.points.max() <= 1
    assert np.array_equal(trace.values, planted(trace.points))


def test_the_same_seed_takes_the_same_way_and_another_one_another():
    one, again, other = (cma_es(planted, 5, 200, rng(i)) for i in (0, 0, 1))
    assert np.array_equal(one.points, again.points)
    assert not np.array_equal(one.points, other.points)


def test_equal_values_everywhere_end():
    assert len(cma_es(lambda points: np.zeros(len(points)), 3, 500, rng()).points) == 500


def test_best_and_best_so_far_by_hand():
    trace = Trace(np.zeros((4, 1)), np.array([1.0, 3.0, 2.0, 3.0]))
    assert trace.best == 1
    assert trace.so_far.tolist() == [1, 3, 3, 3]


def test_the_chebyshev_score_by_hand():
    # short of the ideal by .2 and .4 of the span, weights .75 and .25: the weakest is -.15, the sum -.25
    assert chebyshev(np.array([[0.8, 6.0]]), 0.25, np.array([1.0, 10.0]), np.array([1.0, 10.0])) == pytest.approx([-0.15 - 0.05 * 0.25])


def test_the_front_is_what_nothing_dominates():
    values = np.array([[1, 0], [0, 1], [0.5, 0.5], [0.4, 0.4], [1, 0], [0.5, 0.2], [0.2, 0.9]])
    assert front(values).tolist() == [0, 2, 6, 1]  # of the two that are equal one stays
    drawn = rng().random((200, 2))
    assert set(front(drawn)) == set(np.flatnonzero(pareto(drawn)))


def test_the_ends_of_a_front_stay_when_it_is_thinned():
    values = np.stack([np.linspace(1, 0, 50), np.linspace(0, 1, 50)], axis=1)
    kept = spread_out(values, front(values), 5)
    assert kept.tolist() == [0, 12, 24, 37, 49] or kept.tolist() == [0, 12, 25, 37, 49]
    assert spread_out(values, front(values), 60).tolist() == list(range(50))


def test_the_search_along_a_front_reaches_a_hollow_one():
    """The front of (x0, sqrt-shaped rest) is hollow: a weighted sum would find its ends only."""

    def two(points):
        x, waste = points[:, 0], points[:, 1:].sum(axis=1)
        return np.stack([x, (1 - np.sqrt(x))], axis=1) - waste[:, None]

    known = at_random(two, 4, 100, rng())
    trace = along_front(two, known, 5, 2000, rng(1))
    assert trace.values.shape == (2000, 2)
    values = trace.values[front(trace.values)]
    off = np.abs(values[:, 1] - (1 - np.sqrt(np.clip(values[:, 0], 0, 1))))
    middle = (values[:, 0] > 0.1) & (values[:, 0] < 0.6)
    assert middle.any()
    assert off[middle].min() < 0.02


def test_the_way_does_not_depend_on_which_eigenvectors_a_library_gives(monkeypatch):
    """Another processor gives others of the same matrix: any basis where eigenvalues are equal, and either sign elsewhere."""
    def way():
        return cma_es(lambda points: planted(points[:, :5]) + planted(points[:, 5:10]) + points[:, 10] - points[:, 11], 12, 400, rng()).points

    expected, usual, equal = way(), np.linalg.eigh, []

    def eigh(matrix):
        values, vectors = usual(matrix)
        vectors = np.where(np.arange(len(values)) % 2, -vectors, vectors)
        for group in np.split(np.arange(len(values)), 1 + np.flatnonzero(np.diff(values) > 1e-12)):
            turn = np.linalg.qr(np.random.default_rng(len(group)).normal(size=(len(group), len(group))))[0]
            vectors[:, group] = vectors[:, group] @ turn
            equal.append(len(group))
        return values, vectors

    monkeypatch.setattr(np.linalg, "eigh", eigh)
    assert np.array_equal(way(), expected)
    assert max(equal) == 12  # those of the first generation
    assert 2 <= sorted(equal)[-2] < 12
