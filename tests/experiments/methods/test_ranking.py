"""Ranks with ties."""

import numpy as np
import pytest
from scipy import stats

from experiments.methods.ranking import average_ranks, ranks

NOISE = np.random.default_rng(1).normal(size=200)


def test_those_that_differ_by_the_same_in_every_world_have_places_of_their_own_however_noisy_worlds_are() -> None:
    assert ranks(np.array([0.01, 0.03, 0.02])[:, None] + 100 * NOISE).tolist() == [3, 1, 2]


def test_equal_ones_share_a_place_and_the_next_counts_all_above_it() -> None:
    assert ranks(np.array([1.0, 1.0, 0.5, 0.5, 0.0])[:, None] + NOISE).tolist() == [1, 1, 3, 3, 5]


def test_whoever_cannot_be_distinguished_from_the_first_shares_its_place() -> None:
    independent = np.random.default_rng(2).normal(size=(3, 200))
    independent -= independent.mean(axis=1, keepdims=True)
    # The interval of a difference of two is about 2 × sqrt(2 / 200) = 0.2 wide to either side.
    assert ranks(independent + np.array([[0.0], [-0.1], [-1.0]])).tolist() == [1, 1, 3]


def test_the_order_of_the_entrants_changes_nothing() -> None:
    scores = np.array([0.3, 0.1, 0.2])[:, None] + NOISE
    assert ranks(scores[::-1]).tolist() == ranks(scores).tolist()[::-1]


def test_one_alone_is_first() -> None:
    assert ranks(NOISE[None]).tolist() == [1]


@pytest.mark.parametrize("shape", [(5,), (4, 7), (2, 3, 9), (3, 0, 4)])
def test_average_ranks_are_those_of_scipy(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(1).normal(size=shape).round()
    assert np.array_equal(average_ranks(values), stats.rankdata(values, axis=-1))
    values.flat[:1] = np.nan
    assert np.array_equal(average_ranks(values), stats.rankdata(values, axis=-1), equal_nan=True)
