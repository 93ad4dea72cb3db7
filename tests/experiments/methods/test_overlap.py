"""Which returns are one, and what they weigh then: by hand."""

import numpy as np
import pytest

from experiments.methods.overlap import FEWEST, ONE, correlation, even_weights, groups

#: Two courses over five strategies, each about its mean, at a right angle and of length 1: −4 + 1 + 0 − 1 + 4 = 0.
LINE = np.array([-2.0, -1, 0, 1, 2]) / np.sqrt(10)
BEND = np.array([2.0, -1, -2, -1, 2]) / np.sqrt(14)


def at(degrees: float) -> np.ndarray:
    """A return whose correlation with another one is the cosine of the angle between them."""
    angle = np.deg2rad(degrees)
    return np.cos(angle) * LINE + np.sin(angle) * BEND


class TestCorrelation:
    def test_by_hand(self) -> None:
        # About their means: (−1, 0, 1) with (−2, 0, 2) and with (1, −1, 0): 4 / (√2 √8) = 1 and −1 / (√2 √2) = −.5.
        result = correlation(np.array([[1.0, 2, 3], [2, 4, 6], [3, 1, 2]]))
        np.testing.assert_allclose(result, [[1, 1, -0.5], [1, 1, -0.5], [-0.5, -0.5, 1]], atol=1e-12)

    def test_neither_level_nor_scale_matters(self) -> None:
        means = np.random.default_rng(0).normal(size=(4, 7))
        np.testing.assert_allclose(correlation(means), np.corrcoef(means), atol=1e-12)
        moved = means * np.array([[1.0], [1e-6], [1e6], [3]]) + np.array([[0.0], [1e-3], [-1e6], [7]])
        np.testing.assert_allclose(correlation(moved), correlation(means), atol=1e-9)

    @pytest.mark.parametrize("level", [0.0, 0.3, 1e6])
    def test_a_return_that_nobody_changes_goes_with_none(self, level: float) -> None:
        # What rounding leaves of a constant is no course of its own: seven times .3 has a mean that is not .3.
        result = correlation(np.stack([np.full(7, level), np.arange(7.0)]))
        assert result.tolist() == [[1, 0], [0, 1]]


class TestGroups:
    def test_two_are_one_above_the_bound_and_apart_below_it(self) -> None:
        closest = np.rad2deg(np.arccos(ONE))
        assert groups(np.stack([at(0), at(closest - 0.1)])) == [[0, 1]]
        assert groups(np.stack([at(0), at(closest + 0.1)])) == [[0], [1]]

    def test_what_goes_against_another_is_a_return_of_its_own(self) -> None:
        assert groups(np.stack([LINE, -LINE, BEND])) == [[0], [1], [2]]

    @pytest.mark.parametrize("order", [(0, 25, 50), (0, 50, 25), (50, 25, 0)])
    def test_what_is_one_with_either_of_two_joins_them(self, order: tuple[float, ...]) -> None:
        # cos 25° = .906 is above the bound, cos 50° = .643 below; the last of three may be the one between.
        assert groups(np.stack([*map(at, order), at(140)])) == [[0, 1, 2], [3]]

    def test_few_strategies_say_nothing_about_returns(self) -> None:
        means = np.stack([np.arange(FEWEST), 2.0 * np.arange(FEWEST)])
        assert groups(means[:, :-1]) == [[0], [1]]
        assert groups(means) == [[0, 1]]


class TestWeights:
    def test_returns_that_are_one_share_one_weight(self) -> None:
        weights = even_weights([[0, 3], [1], [2, 4, 5]], np.random.default_rng(0), 4000)
        assert weights.shape == (4000, 6)
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        np.testing.assert_array_equal(weights[:, 0], weights[:, 3])
        np.testing.assert_array_equal(weights[:, 2], weights[:, 4])
        # Of three weights each is a third on average with a standard deviation of √(2/36) = .236: .0037 over 4,000 draws.
        mean = weights.mean(axis=0)
        assert mean == pytest.approx([1 / 6, 1 / 3, 1 / 9, 1 / 6, 1 / 9, 1 / 9], abs=0.015)

    def test_each_weight_of_two_is_as_likely_as_any_other(self) -> None:
        first = even_weights([[0], [1]], np.random.default_rng(0), 4000)[:, 0]
        assert [np.mean(first < share) for share in (0.1, 0.5, 0.9)] == pytest.approx([0.1, 0.5, 0.9], abs=0.03)

    def test_where_all_are_one_nothing_is_left_to_value(self) -> None:
        assert (even_weights([[0, 1, 2, 3]], np.random.default_rng(0), 5) == 0.25).all()
