"""Statistics of a sweep: known answers worked out by hand, and what must hold for any numbers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.analyses.sweep.break_even import break_even
from experiments.analyses.sweep.estimates import at_points, between_seeds, extremes_along, moved_along, over_points, overall_between_seeds
from experiments.analyses.sweep.regret import at_levels, largest_regret, regret
from experiments.analyses.sweep.sweep import (
    BINS,
    Axis,
    Sweep,
    along,
    at_level,
    at_numbers,
    averaged,
    by_level,
    cells,
    champions,
    covers,
    groups,
    overall_means,
    paired,
    rivals,
    winners,
    worlds_along,
)
from experiments.analyses.sweep.tables import overall, table
from sim.payoffs import RETURNS

FAMILIES = {"still": "status_quo", "hedger": "hedging", "other_hedger": "hedging", "follower": "alignment"}
X = Axis("parameters.x", "X", "-", (0.0, 1.0, 2.0), True)
WHERE = Axis("scenario", "Scenario", "-", ("calm", "cold_war"), False)
NOISE = np.array([-0.1, 0.0, 0.1, 0.0])


def a_sweep(means: Any, axes: tuple[Axis, ...] = (X,), points: pd.DataFrame | None = None, noise: Any = 0.0, families: dict[str, str] = FAMILIES) -> Sweep:
    """A sweep whose returns all have given means, shape (strategies, points), and noise that broadcasts to (strategies, points, 4 worlds)."""
    if points is None:
        points = pd.MultiIndex.from_product([axis.levels for axis in axes], names=[axis.name for axis in axes]).to_frame(index=False)
    values = np.asarray(means, dtype=float)[..., None] + np.broadcast_to(noise, (*np.shape(means), 4))
    return Sweep(axes, points, tuple(families), families, next(iter(families)), {name: values for name in RETURNS}, seed=1)


#: still, hedger, other_hedger, follower at x = 0, 1, 2.
MEANS = [[0, 0, 0], [3, 1, -1], [1, 2, 1], [-1, 1.5, 3]]


class TestWinners:
    def test_the_best_member_of_a_family_wins_by_its_distance_to_the_best_of_any_other(self) -> None:
        rows = winners(a_sweep(MEANS), "economic")
        assert rows.family.tolist() == ["hedging", "hedging", "alignment"]
        assert rows.strategy.tolist() == ["hedger", "other_hedger", "follower"]
        # Not to the second best hedging strategy: 3 − 0, 2 − 1.5, 3 − 1.
        assert rows.against.tolist() == ["still", "follower", "other_hedger"]
        assert rows.margin.tolist() == [3, 0.5, 2]

    def test_the_margin_is_paired(self) -> None:
        rows = winners(a_sweep(MEANS, noise=NOISE), "economic")
        # The noise is the same for all, so the margin is the same in every world and its interval has no width.
        np.testing.assert_allclose(rows.low, rows.margin)
        np.testing.assert_allclose(rows.high, rows.margin)

    def test_nobody_has_won_where_the_interval_holds_0(self) -> None:
        noise = np.zeros((4, 1, 4))
        noise[1] = 100 * NOISE
        rows = winners(a_sweep(MEANS, noise=noise), "economic")
        # Standard deviation of ±10, 0, 0 is 8.16, half-width 3.18 × 8.16 / 2 = 13: more than the margin of 3.
        assert rows.low[0] == pytest.approx(3 - 3.1824463 * 100 * NOISE.std(ddof=1) / 2)
        assert rows.low[0] < 0 < rows.high[0]

    def test_a_family_that_wins_by_its_number_is_distinguished_from_one_that_does_not(self) -> None:
        families = {"a": "three", "b": "three", "c": "three", "d": "two", "e": "two"}
        # The best of three, 6, is ahead everywhere. Teams of two of 6, 3, 0 have at best 6, 6, 3, on average 5: ahead of 4.5, not of 5, not of 5.5.
        rows = winners(a_sweep([[6, 6, 6], [3, 3, 3], [0, 0, 0], [4.5, 5, 5.5], [1, 1, 1]], noise=NOISE, families=families), "economic")
        assert rows.family.tolist() == ["three"] * 3
        assert rows.margin.tolist() == [1.5, 1, 0.5]
        assert rows.size_adjusted.tolist() == [True, False, False]

    def test_a_family_must_beat_each_smaller_one_at_its_size(self) -> None:
        # Hedging, 6 and 0, is ahead of both others with all its members; one of them at random has 3: ahead of 1 and 2, not of 4.
        rows = winners(a_sweep([[1, 4, 1], [6, 6, 6], [0, 0, 0], [2, 2, 4]], noise=NOISE), "economic")
        assert rows.strategy.tolist() == ["hedger"] * 3
        assert rows.size_adjusted.tolist() == [True, False, False]

    def test_a_family_with_no_more_members_than_others_wins_by_no_number(self) -> None:
        # One against two: the follower's 4 needs no second follower, however good the better hedger.
        assert winners(a_sweep([[0, 0, 0], [3.9, 3.9, 3.9], [-9, -9, -9], [4, 4, 4]], noise=NOISE), "economic").size_adjusted.all()

    def test_a_lead_that_is_too_small_to_matter_once_it_is_size_adjusted_is_none(self) -> None:
        # The better hedger leads by 1, one of both at random by half of that.
        sweep = a_sweep([[0, 0, 0], [5, 5, 5], [4, 4, 4], [4, 4, 4]], noise=NOISE)
        for smallest, adjusted in ((0.4, True), (0.6, False)):
            rows = winners(replace(sweep, smallest={"economic": smallest}), "economic")
            assert rows.ahead.all()
            assert rows.size_adjusted.tolist() == [adjusted] * 3

    def test_size_adjusted_nobody_has_won_where_the_interval_holds_0(self) -> None:
        noise = np.zeros((4, 3, 4))
        noise[2] = 100 * NOISE
        # One hedger at random has (9 + 1) / 2 = 5 give or take half of 13 (see above): ahead of 0 is not sure, though 9 is.
        rows = winners(a_sweep([[0, 0, 0], [9, 9, 9], [1, 1, 1], [-9, -9, -9]], noise=noise), "economic")
        assert (rows.low == 9).all()
        assert not rows.size_adjusted.any()

    def test_of_families_alike_the_larger_wins_more_points_but_not_size_adjusted(self) -> None:
        # Twenty strategies of one kind, two of which are called a family of their own.
        n = 3000
        axis = Axis("x", "X", "-", tuple(range(n)), True)
        means = np.random.default_rng(3).normal(size=(20, n))
        rows = winners(a_sweep(means, (axis,), families={f"s{i}": "few" if i < 2 else "many" for i in range(20)}), "economic")
        # The best of all is one of the many in 18 of 20 cases; size-adjusted the few are as often ahead as the many.
        assert (rows.family == "many").mean() == pytest.approx(0.9, abs=0.02)
        assert (rows.size_adjusted & (rows.family == "many")).mean() == pytest.approx(0.5, abs=0.05)

    def test_strategies_stand_for_families_where_there_is_one(self) -> None:
        rows = winners(a_sweep(MEANS, families=dict.fromkeys(FAMILIES, "hedging")), "economic")
        assert rows.family.tolist() == rows.strategy.tolist() == ["hedger", "other_hedger", "follower"]
        assert rows.margin.tolist() == [2, 0.5, 2]
        assert rows.size_adjusted.all()

    def test_a_strategy_alone_wins_nothing(self) -> None:
        rows = winners(a_sweep([[1, 2, 3]], families={"still": "status_quo"}), "economic")
        assert (rows.margin == 0).all()
        assert not (rows.low > 0).any()


class TestRegret:
    def test_is_the_distance_to_the_best_at_the_point(self) -> None:
        assert regret(a_sweep(MEANS), "economic").tolist() == [[3, 2, 3], [0, 1, 4], [2, 0, 2], [4, 0.5, 0]]

    def test_largest_regret_is_found_and_resampled(self) -> None:
        result = largest_regret(a_sweep(MEANS, noise=NOISE), "economic")
        assert result[0].tolist() == pytest.approx([3, 4, 2, 4])
        # Noise that all share changes no regret in any resample.
        np.testing.assert_allclose(result, np.broadcast_to(result[0], result.shape))

    @given(st.integers(0, 2**32 - 1), st.integers(1, 5))
    @settings(max_examples=25, deadline=None)
    def test_is_never_negative_and_0_for_the_best(self, seed: int, n_points: int) -> None:
        axis = Axis("x", "X", "-", tuple(range(n_points)), True)
        sweep = a_sweep(np.random.default_rng(seed).normal(size=(4, n_points)), (axis,), noise=np.random.default_rng(seed).normal(size=(4, n_points, 4)))
        result = regret(sweep, "economic")
        assert (result >= 0).all()
        assert (result.min(axis=0) == 0).all()
        assert (largest_regret(sweep, "economic") >= 0).all()


class TestPaired:
    def test_difference_at_each_point(self) -> None:
        rows = paired(a_sweep(MEANS), "hedger", "follower", "economic")
        assert rows.difference.tolist() == [4, -0.5, -4]
        assert rows.better.tolist() == [1, 0, 0]

    def test_of_a_strategy_to_itself_is_0(self) -> None:
        rows = paired(a_sweep(MEANS, noise=NOISE), "still", "still", "economic")
        assert (rows[["difference", "low", "high", "better"]] == 0).all(axis=None)


class TestOverall:
    def test_of_each_strategy_and_of_one_less_another(self) -> None:
        sweep = a_sweep(MEANS, noise=NOISE)
        np.testing.assert_allclose(overall_means(sweep, "economic"), [0, 1, 4 / 3, 3.5 / 3])
        np.testing.assert_allclose(at_points(sweep, "hedger", "economic")[0], [3, 1, -1])
        # The same noise at every point and in both: no interval is left of the difference.
        np.testing.assert_allclose(over_points(sweep, "hedger", "follower", "economic"), [-0.5 / 3] * 3)

    def test_the_interval_is_over_worlds_that_are_averaged_over_points_first(self) -> None:
        noise = np.zeros((4, 3, 4))
        noise[1] = NOISE
        mean, low, high = over_points(a_sweep(MEANS, noise=noise), "hedger", "still", "economic")
        at = paired(a_sweep([[0], [1], [0], [0]], (Axis("parameters.x", "X", "-", (0.0,), True),), noise=noise[:, :1]), "hedger", "still", "economic")
        assert low < mean < high
        np.testing.assert_allclose([mean, low, high], at[["difference", "low", "high"]].iloc[0])

    def test_points_count_where_the_interval_excludes_0(self) -> None:
        noise = np.zeros((4, 3, 4))
        noise[1] = 3 * NOISE  # half the width of the interval is about .4
        rows = overall(a_sweep([[0, 0, 0], [3, 0.1, -1], [0, 0, 0], [0, 0, 0]], noise=noise)).set_index(["strategy", "measure"]).loc[("hedger", "economic")]
        assert (rows.better, rows.worse) == (1, 1)
        assert rows.difference == pytest.approx(0.7)
        assert rows.regret == pytest.approx(1)

    def test_of_seeds(self) -> None:
        # Two seeds of two worlds: the hedger has 0, 2 and 4, 6 at the one point, the reference 0, 0 and 1, 1.
        sweep = replace(a_sweep([[0.0], [0.0], [0.0], [0.0]], (Axis("parameters.x", "X", "-", (0.0,), True),)), seeds=(1, 2))
        worlds = np.array([[[0.0, 0, 1, 1]], [[0, 2, 4, 6]], [[0, 0, 0, 0]], [[0, 0, 0, 0]]])
        sweep = replace(sweep, measures=dict.fromkeys(RETURNS, worlds))
        spread = {name: values.tolist() for name, values in between_seeds(sweep, sweep.values("hedger", "economic")).items()}
        assert spread == {"mean": [3], "sd": [pytest.approx(8**0.5)], "lowest": [1], "highest": [5]}
        between = overall_between_seeds(sweep, "hedger", "still", "economic")
        assert (between.mean, between.low, between.high) == (2.5, 1, 4)


class TestAlong:
    def test_how_much_differences_to_the_reference_change(self) -> None:
        # The reference rises by 2, as the first does; the second stays where it is, and the third falls by 2.
        assert moved_along(a_sweep([[0, 1, 2], [0, 1, 2], [0, 0, 0], [2, 1, 0]]), X) == pytest.approx(0 + 2 + 4)

    def test_the_lowest_and_the_highest_level(self) -> None:
        lowest, highest, between = extremes_along(a_sweep(MEANS, noise=NOISE), X, "hedger", "follower", "economic")
        assert (lowest, highest) == pytest.approx((-4, 4))
        assert between.mean == pytest.approx(8)
        assert between.counts == 1

    def test_regret_at_the_levels_is_the_mean_over_their_points(self) -> None:
        sweep = a_sweep(np.zeros((4, 6)), (WHERE, X))
        regrets = np.array([[0.0, 1, 2, 3, 4, 5], [6, 0, 0, 0, 0, 0], [0] * 6, [0] * 6])
        assert at_levels(sweep, X, regrets)[:, :2].tolist() == [[1.5, 3], [2.5, 0], [3.5, 0]]
        assert at_levels(sweep, WHERE, regrets)[:, :2].tolist() == [[1, 2], [4, 0]]

    def test_worlds_are_averaged_over_the_other_axes_first(self) -> None:
        # Four points: calm 0, 1, 2 and cold war 0, 1, 2; the hedger brings 1, 2, 3 more in calm and 3, 4, 5 in the cold war.
        means = np.zeros((4, 6))
        means[1] = [1, 2, 3, 3, 4, 5]
        sweep = a_sweep(means, (WHERE, X))
        assert along(sweep, X, "hedger", "still", "economic").difference.tolist() == [2, 3, 4]
        assert along(sweep, WHERE, "hedger", "still", "economic").difference.tolist() == [2, 4]
        assert along(sweep, WHERE, "hedger", "still", "economic").level.tolist() == ["calm", "cold_war"]

    def test_noise_that_cancels_between_points_leaves_no_interval(self) -> None:
        noise = np.zeros((4, 6, 4))
        noise[1, :3], noise[1, 3:] = NOISE, -NOISE
        rows = along(a_sweep(np.ones((4, 6)), (WHERE, X), noise=noise), X, "hedger", "still", "economic")
        np.testing.assert_allclose(rows[["low", "high", "q05", "q95"]], 0, atol=1e-12)
        assert (along(a_sweep(np.ones((4, 6)), (WHERE, X), noise=noise), WHERE, "hedger", "still", "economic").high > 0.1).all()

    def test_differences_between_levels_are_on_the_same_worlds(self) -> None:
        sweep = a_sweep(MEANS, noise=np.arange(12).reshape(4, 3, 1) * NOISE)
        worlds = worlds_along(sweep, X, "hedger", "still", "economic")
        assert worlds.shape == (3, 4)
        # Strategy 1 less strategy 0: noise (3 − 0), (4 − 1), (5 − 2) times the same, so 3 at every level.
        np.testing.assert_allclose(worlds[2] - worlds[0], -4)


class TestGroups:
    def test_a_grid_keeps_its_levels(self) -> None:
        levels, rows = groups(a_sweep(np.zeros((4, 6)), (WHERE, X)), X)
        assert levels == (0.0, 1.0, 2.0)
        assert [part.tolist() for part in rows] == [[0, 3], [1, 4], [2, 5]]

    def test_many_values_off_a_grid_come_in_bins_of_equal_count(self) -> None:
        n = 5 * BINS
        rng = np.random.default_rng(0)
        points = pd.DataFrame({"a": rng.permutation(n).astype(float), "b": rng.permutation(n).astype(float)})
        axes = tuple(Axis(name, name, "-", tuple(map(float, range(n))), True) for name in "ab")
        levels, rows = groups(a_sweep(np.zeros((4, n)), axes, points), axes[0])
        # 0 to 4 have the mean 2, 5 to 9 the mean 7, and so on.
        assert levels == tuple(2.0 + 5 * i for i in range(BINS))
        assert sorted(np.concatenate(rows).tolist()) == list(range(n))

    def test_is_grid_only_where_every_combination_is_there_once(self) -> None:
        assert a_sweep(np.zeros((4, 6)), (WHERE, X)).is_grid
        twice = pd.DataFrame({"scenario": ["calm"] * 6, "parameters.x": [0.0, 1.0, 2.0] * 2})
        assert not a_sweep(np.zeros((4, 6)), (WHERE, X), twice).is_grid


class TestAverages:
    def test_cells_count_the_last_axis_fastest(self) -> None:
        sweep = a_sweep(np.zeros((4, 6)), (WHERE, X))
        assert cells(sweep, (WHERE, X)).tolist() == [0, 1, 2, 3, 4, 5]
        assert cells(sweep, (X, WHERE)).tolist() == [0, 2, 4, 1, 3, 5]
        assert covers(sweep, (X, WHERE))

    def test_averaging_keeps_worlds_paired(self) -> None:
        means = np.zeros((4, 6))
        means[1] = [1, 2, 3, 3, 4, 5]
        sweep = a_sweep(means, (WHERE, X), noise=NOISE)
        over = averaged(sweep, (X,))
        np.testing.assert_allclose(over.values("hedger", "economic"), np.array([2, 3, 4])[:, None] + NOISE)
        assert over.points["parameters.x"].tolist() == [0, 1, 2]
        np.testing.assert_allclose(by_level(sweep, X).values("hedger", "economic"), over.values("hedger", "economic"))
        turned = averaged(sweep, (X, WHERE))
        assert turned.values("hedger", "economic").mean(axis=1) == pytest.approx([1, 3, 2, 4, 3, 5])

    def test_one_level_leaves_the_other_axes(self) -> None:
        means = np.arange(24).reshape(4, 6)
        one = at_level(a_sweep(means, (WHERE, X)), WHERE, "cold_war")
        assert one.axes == (X,)
        assert one.values("hedger", "economic")[:, 0].tolist() == [9, 10, 11]

    def test_points_that_differ_in_names_alone_become_one(self) -> None:
        points = pd.DataFrame({"scenario": ["calm", "calm", "cold_war", "cold_war"], "parameters.x": [0.5, 0.1, 0.5, 0.1]})
        axes = (WHERE, Axis("parameters.x", "X", "-", (0.1, 0.5), True))
        merged = at_numbers(a_sweep([[0, 0, 0, 0], [1, 2, 3, 4], [0] * 4, [0] * 4], axes, points))
        assert merged.points["parameters.x"].tolist() == [0.5, 0.1]
        assert merged.values("hedger", "economic")[:, 0].tolist() == [2, 3]


class TestBreakEven:
    def test_lies_on_the_straight_line_between_two_levels(self) -> None:
        # hedger less follower: 4, −0.5, −4. From x = 0 to 1 the line crosses 0 at 4 / 4.5.
        (result,) = break_even(a_sweep(MEANS, noise=NOISE), X, "hedger", "follower", "economic")
        assert result.value == pytest.approx(4 / 4.5)
        assert not result.rises
        assert result.share == 1
        # The noise is shared, so nothing is uncertain.
        assert (result.low, result.high) == pytest.approx((result.value, result.value))

    def test_its_interval_holds_it_and_is_as_wide_as_the_noise_over_the_slope(self) -> None:
        noise = np.zeros((4, 1, 4))
        noise[1] = NOISE
        (result,) = break_even(a_sweep([[0, 0, 0], [-1, 0.5, 2], [0] * 3, [0] * 3], noise=noise), X, "hedger", "still", "economic")
        assert result.low < result.value < result.high
        # Slope 1.5; the mean of four draws from ±.1, 0, 0 is at most .1 away.
        assert result.high - result.low <= 0.2 / 1.5 + 1e-9

    def test_there_may_be_several_or_none(self) -> None:
        result = break_even(a_sweep([[0, 0, 0], [-1, 1, -1], [1, 1, 1], [0, 0, 0]], noise=NOISE), X, "hedger", "still", "economic")
        assert [(each.value, each.rises) for each in result] == [(0.5, True), (1.5, False)]
        assert break_even(a_sweep([[0, 0, 0], [0, 0, 0], [1, 1, 1], [0, 0, 0]]), X, "other_hedger", "still", "economic") == []

    def test_a_stretch_of_exact_zeros_is_no_crossing(self) -> None:
        sweep = a_sweep([[0, 0, 0], [1, 0, 1], [0, 0, 0], [0, 0, 0]])
        assert break_even(sweep, X, "hedger", "still", "economic") == break_even(sweep, X, "still", "still", "economic") == []


class TestWhomASweepIsAbout:
    def test_champions_are_best_over_all_points(self) -> None:
        # Means over the points: hedger 1, other_hedger 4/3, follower 3.5/3.
        assert champions(a_sweep(MEANS), "economic") == rivals(a_sweep(MEANS), "economic") == ("other_hedger", "follower")

    def test_without_both_families_the_two_best_families_stand_in(self) -> None:
        families = {"still": "status_quo", "hedger": "hedging", "other_hedger": "hedging", "follower": "neutrality"}
        sweep = a_sweep(MEANS, families=families)
        assert champions(sweep, "economic") is None
        assert rivals(sweep, "economic") == ("other_hedger", "follower")

    def test_within_one_family_the_two_best_strategies_stand_in(self) -> None:
        assert rivals(a_sweep(MEANS, families=dict.fromkeys(FAMILIES, "hedging")), "economic") == ("other_hedger", "follower")
        assert rivals(a_sweep([[1, 2, 3]], families={"still": "status_quo"}), "economic") is None


def test_the_table_has_a_row_for_each_point_strategy_and_return() -> None:
    rows = table(a_sweep(MEANS, noise=NOISE), ["still"] * 3)
    assert len(rows) == 3 * 4 * len(RETURNS)
    row = rows[(rows.point == 2) & (rows.strategy == "hedger") & (rows.measure == "autonomy")].iloc[0]
    assert (row["parameters.x"], row.family) == (2.0, "hedging")
    # Mean −1, 1 less than the reference, 4 less than the best.
    assert (row["mean"], row.difference, row.regret) == pytest.approx((-1, -1, 4))
    assert row.low < row["mean"] < row.high
    assert (row.difference_low, row.difference_high) == pytest.approx((-1, -1))
    reference = rows[rows.strategy == "still"]
    assert (reference[["difference", "difference_low", "difference_high"]] == 0).all(axis=None)


def test_a_composite_is_a_return_where_there_is_one() -> None:
    sweep = a_sweep(MEANS)
    assert sweep.returns == RETURNS
    with_composite = Sweep(sweep.axes, sweep.points, sweep.strategies, FAMILIES, "still", {**sweep.measures, "composite": sweep.measures["economic"]}, 1)
    assert with_composite.returns == (*RETURNS, "composite")
