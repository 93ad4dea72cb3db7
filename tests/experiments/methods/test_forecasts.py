"""Baselines and scores against numbers made by hand."""

import numpy as np
import pytest

from experiments.methods.forecasts import BASELINES, autoregression, constant, coverage, last_value, rank_correlation, root_mean_square, skill, trend
from experiments.methods.rejection import KEPT, distance, identified, nearest

YEARS = np.array([2000, 2001, 2002, 2003])
VALUES = np.array([1.0, 3.0, 2.0, 6.0])
AHEAD = np.array([2004, 2006])
ORIGIN = (2003, 6.0)


def test_the_constant_is_the_mean_of_training():
    assert constant(YEARS, VALUES, ORIGIN, AHEAD).tolist() == [3.0, 3.0]


def test_the_last_value_is_that_of_the_origin():
    assert last_value(YEARS, VALUES, ORIGIN, AHEAD).tolist() == [6.0, 6.0]


def test_the_trend_is_the_line_of_least_squares():
    # Mean year 1.5 and value 3; sum of products of deviations 7, of squares 5: the slope is 1.4 and the line .9 in 2000.
    assert trend(YEARS, VALUES, ORIGIN, AHEAD) == pytest.approx([0.9 + 1.4 * 4, 0.9 + 1.4 * 6])


def test_an_autoregression_goes_on_from_the_origin_by_hand():
    # Pairs (1, 3), (3, 2), (2, 6): means 2 and 11/3, slope (−1·−2/3 + 1·−5/3 + 0)/2 = −.5, level 11/3 + 1 = 14/3.
    first = 14 / 3 - 0.5 * 6
    second = 14 / 3 - 0.5 * first
    third = 14 / 3 - 0.5 * second
    assert autoregression(YEARS, VALUES, ORIGIN, AHEAD) == pytest.approx([first, third])


def test_an_autoregression_beyond_a_unit_root_is_a_random_walk_with_drift():
    values = np.array([1.0, 2.0, 4.0, 8.0])
    # The slope would be 2; at 1 the level is the mean of the changes 1, 2, 4.
    assert autoregression(YEARS, values, (2003, 8.0), np.array([2004, 2005])) == pytest.approx([8 + 7 / 3, 8 + 14 / 3])


def test_too_few_neighbours_leave_the_mean():
    years, values = np.array([2000, 2002, 2004]), np.array([1.0, 5.0, 3.0])
    assert autoregression(years, values, (2004, 3.0), np.array([2005, 2007])) == pytest.approx([3.0, 3.0])


@pytest.mark.parametrize("baseline", BASELINES.values(), ids=list(BASELINES))
def test_a_flat_series_is_forecast_flat(baseline):
    assert baseline(YEARS, np.full(4, 2.5), (2003, 2.5), AHEAD) == pytest.approx([2.5, 2.5])


def test_a_root_mean_square_by_hand():
    assert root_mean_square(np.array([3.0, -4.0])) == pytest.approx(np.sqrt(12.5))
    assert np.isnan(root_mean_square(np.array([])))


def test_skill_by_hand_and_its_interval_around_it():
    errors, base = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]), np.array([2.0, 2.0, -2.0, 2.0, -2.0, 2.0])
    estimate = skill(errors, base, np.random.default_rng(0))
    assert (float(estimate.value), float(estimate.low), float(estimate.high)) == (0.75, 0.75, 0.75)
    worse = skill(base, errors, np.random.default_rng(0))
    assert float(worse.value) == -3.0


def test_the_interval_of_a_skill_covers_what_it_should():
    rng, truth, inside, n = np.random.default_rng(3), 1 - 1 / 4, 0, 200
    for _ in range(n):
        estimate = skill(rng.normal(0, 1, 40), rng.normal(0, 2, 40), rng)
        inside += bool(estimate.low <= truth <= estimate.high)
    assert inside / n > 0.85


def test_of_few_years_or_a_perfect_baseline_there_is_no_skill():
    assert np.isnan(skill(np.ones(3), np.ones(3), np.random.default_rng(0)).value)
    assert np.isnan(skill(np.ones(8), np.zeros(8), np.random.default_rng(0)).value)


def test_coverage_and_rank_correlation_by_hand():
    assert coverage(np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 1.5), np.full(4, 3.0)) == 0.5
    assert rank_correlation(np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 20.0, 40.0, 30.0])) == pytest.approx(0.8)
    assert np.isnan(rank_correlation(np.ones(5), np.arange(5.0)))
    assert np.isnan(rank_correlation(np.arange(3.0), np.arange(3.0)))


def test_a_distance_counts_each_series_in_errors_of_a_middling_draw():
    near, far = np.array([1.0, 2.0, 3.0]), np.array([1000.0, 1001.0, 1002.0])
    assert distance([near, far]) == pytest.approx([(0.5 + 1000 / 1001) / 2, 1.0, (1.5 + 1002 / 1001) / 2])


def test_the_nearest_draws_are_kept_and_equals_go_by_their_number():
    distances = np.repeat(np.arange(100.0)[::-1], 100)
    kept = nearest(distances)
    assert len(kept) == round(KEPT * 10_000)
    assert kept.tolist() == list(range(9_900, 10_000))


def test_draws_that_are_like_the_prior_contract_by_nothing():
    drawn = np.linspace(0, 1, 2001)[:, None]
    assert identified(("free",), drawn, np.arange(2001)).contraction == pytest.approx([0], abs=1e-3)


def test_what_the_kept_draws_say_of_a_number_is_found_and_of_another_is_not():
    rng = np.random.default_rng(1)
    drawn = rng.random((5_000, 2))
    kept = np.flatnonzero(drawn[:, 0] < 0.1)
    found = identified(("told", "free"), drawn, kept)
    assert found.sure.tolist() == [True, False]
    assert found.contraction[0] == pytest.approx(0.9, abs=0.02)
    assert abs(found.contraction[1]) < 0.1
    assert found.high[0] < 0.1
