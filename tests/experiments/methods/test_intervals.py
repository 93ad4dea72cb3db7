"""Intervals hold the truth about as often as they say: 1,000 repeated small experiments with a known truth for each kind that is reported."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.analyses.hypotheses.variance import group_points, group_shares
from experiments.analyses.sweep import break_even as of_break_even
from experiments.analyses.sweep.break_even import break_even
from experiments.analyses.sweep.sweep import Axis, Sweep, winners
from experiments.methods import decisions, intervals
from experiments.methods.discovery import prim
from experiments.methods.intervals import (
    FEWEST_WITH_TAIL,
    Estimate,
    counts,
    cvar,
    in_tail,
    mean_and_error,
    mean_interval,
    negligible,
    percentile_interval,
    percentiles,
    picked,
    ratio_contributions,
    resampled,
    share_difference,
    share_interval,
    tail_contributions,
    tail_interval,
    tails_in_resamples,
    times_drawn,
)
from experiments.methods.sensitivity import morris, morris_points, saltelli_points, sobol_indices
from experiments.report.phrases import cautions
from sim.axes import Array
from sim.payoffs import RETURNS
from tests.experiments.analyses.sweep.test_sweep import FAMILIES
from tests.experiments.methods.test_sensitivity import ishigami, true_ishigami

REPEATS = COSTLY = 1000


@pytest.fixture(autouse=True, params=[250, pytest.param(REPEATS, marks=pytest.mark.slow)])
def costly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How often an experiment is repeated that takes long."""
    monkeypatch.setitem(globals(), "COSTLY", request.param)


def slack() -> float:
    """By how much the share of fewer than `REPEATS` experiments may lie further out: twice its standard error."""
    return 0.0 if COSTLY == REPEATS else 2 * float(np.sqrt(0.95 * 0.05 / COSTLY))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_difference_counts_where_it_is_certain_and_reaches_the_smallest_that_matters() -> None:
    low, high = np.array([0.1, 0.1, -0.9, -3.0, -1.0, -0.2, 0.0, -np.inf]), np.array([0.9, 1.0, -0.1, -0.1, 1.0, 0.9, 0.0, np.inf])
    assert counts(low, high, 1.0).tolist() == [0, 1, 0, -1, 0, 0, 0, 0]
    assert negligible(low, high, 1.0).tolist() == [True, False, True, False, False, True, True, False]
    assert counts(low, high).tolist() == [1, 1, -1, -1, 0, 0, 0, 0]  # without a smallest difference every certain one counts
    assert np.flatnonzero(negligible(low, high, 0.0)).tolist() == [6]  # but 0 in all worlds is none


def held(result: Sequence[Estimate], truth: Array | float) -> Array:
    """In which share of the experiments an interval held the truth, shape (...)."""
    return np.mean([(each.low <= truth) & (truth <= each.high) for each in result], axis=0)


def repeated(experiment: Callable[[np.random.Generator], Estimate], truth: Array | float, seed: int, repeats: int | None = None) -> Array:
    """The same for so many experiments with one stream of random numbers."""
    draw = rng(seed)
    return held([experiment(draw) for _ in range(repeats or COSTLY)], truth)


def honest(share: Array) -> bool:
    """Whether it lies where that of a 95 % interval must."""
    return bool(((share >= 0.93 - slack()) & (share <= 0.97 + slack())).all())


def along(axis: Axis, values: Array, seed: int = 1) -> Sweep:
    """A sweep over one axis in which all returns are alike, shape (strategies, points, worlds)."""
    return Sweep((axis,), pd.DataFrame({"x": axis.levels}), tuple(FAMILIES), FAMILIES, "still", dict.fromkeys(RETURNS, values), seed)


class TestMeans:
    def test_of_a_mean_over_skewed_worlds(self) -> None:
        result = Estimate(*mean_interval(rng(0).exponential(size=(REPEATS, 256))))
        assert honest(((result.low <= 1) & (result.high >= 1)).mean())

    def test_of_a_paired_difference(self) -> None:
        # Skewed worlds that both share, an effect that depends on the world, noise of each.
        draw = rng()
        shared = draw.gamma(2, size=(REPEATS, 64))
        one, other = 0.1 + 1.1 * shared + 0.3 * draw.normal(size=shared.shape), shared + 0.3 * draw.normal(size=shared.shape)
        _, low, high = mean_interval(one - other)
        truth = 0.1 + 0.1 * 2  # the mean of the gamma is 2
        assert honest(((low <= truth) & (truth <= high)).mean())

    def test_a_strategy_hardly_ever_wins_against_a_copy_of_itself(self) -> None:
        draw = rng(2)
        shared = draw.normal(size=(20 * REPEATS, 32))
        _, low, high = mean_interval(shared + 1e-6 * draw.normal(size=shared.shape) - shared)
        # Either wins in one case of forty, and no rule could do with less; of 20,000 repeats 5 % lie below 5.4 % in 99 cases of 100.
        assert (low > 0).mean() <= 0.05
        assert ((low > 0) | (high < 0)).mean() <= 0.054

    def test_of_many_copies_of_a_strategy_hardly_ever_one_wins_at_a_point_of_a_sweep(self) -> None:
        axis, draw = Axis("x", "X", "-", tuple(map(float, range(4 * REPEATS))), True), rng(12)
        values = draw.normal(size=(1, len(axis.levels), 16)) + 1e-3 * draw.normal(size=(4, len(axis.levels), 16))
        assert (winners(along(axis, values), "economic").low > 0).mean() <= 0.05

    def test_the_share_that_one_group_of_numbers_explains_more(self) -> None:
        # y = 2 a + b + 1.5 c + d + e: a and b of the one, c and d of the other group; variances (4 + 1) and (2.25 + 1) of 9.25 twelfths, no interactions.
        def experiment(draw: np.random.Generator) -> Estimate:
            shares = group_shares(group_points({"one": [0, 1], "other": [2, 3]}, 5, 256, draw) @ [2, 1, 1.5, 1, 1], 2)
            return Estimate(*mean_interval(shares[0, 0] - shares[1, 0]))

        # Evenly spread rows make it a little wide.
        assert 0.93 - slack() <= repeated(experiment, (5 - 3.25) / 9.25, 13) <= 0.985 + slack()


class TestRatios:
    def test_a_ratio_of_means(self) -> None:
        # Flow is 2 + 3 times what is given, and noise; the ratio of means is (2 + 3 * 1) / 1.
        def experiment(draw: np.random.Generator) -> Estimate:
            given = draw.normal(1, 0.3, 64)
            return Estimate(*mean_interval(ratio_contributions(2 + 3 * given + draw.normal(0, 0.5, 64), given)))

        assert honest(repeated(experiment, 5.0, 14))

    def test_the_mean_of_the_contributions_is_the_ratio_and_without_anything_below_there_is_none(self) -> None:
        over, under = rng().normal(3, 1, (2, 5, 40)), rng().normal(1, 0.2, (2, 5, 40))
        np.testing.assert_allclose(ratio_contributions(over, under).mean(axis=-1), over.mean(axis=-1) / under.mean(axis=-1), rtol=1e-12)
        under[0] = -1.0
        under[1, 0] = 0.0
        missing = np.isnan(ratio_contributions(over, under)).all(axis=-1)
        np.testing.assert_array_equal(missing, [[True] * 5, [True] + [False] * 4])


def tails_of(values: Array, draw: np.random.Generator, n_resamples: int = 400) -> Estimate:
    """CVaR of values, shape (n,)."""
    contributions = tail_contributions(values[picked(len(values), draw, n_resamples)])
    return tail_interval(np.moveaxis(mean_and_error(contributions), 0, 1), len(values))


class TestTails:
    #: Mean below the first decile: of the standard normal −φ(z) / .1, and of minus an exponential with mean 1: minus (ln 10 + 1), for it has no memory.
    WORLDS = {"normal": (lambda draw, size: draw.normal(size=size), -stats.norm.pdf(stats.norm.ppf(0.1)) / 0.1),
              "skewed": (lambda draw, size: -draw.exponential(size=size), -(np.log(10) + 1))}

    @pytest.mark.parametrize("kind", WORLDS)
    def test_of_the_worst_tenth(self, kind: str) -> None:
        worlds, truth = self.WORLDS[kind]

        def experiment(draw: np.random.Generator) -> Estimate:
            return tails_of(worlds(draw, 512), draw)

        assert honest(repeated(experiment, truth, 3))

    def test_of_the_worst_tenth_of_few(self) -> None:
        # The percentile interval covers .89 here.
        assert 0.92 <= repeated(lambda draw: tails_of(draw.normal(size=64), draw), self.WORLDS["normal"][1], 3, 400) <= 0.97

    def test_contributions_have_the_mean_and_the_standard_error_of_the_tail(self) -> None:
        # Of 15 numbers the tail holds 0 and half of 1: CVaR is (0 + .5 × 1) / 1.5 = 1/3.
        assert tail_contributions(np.arange(15.0)).mean() == pytest.approx(1 / 3)
        for n in (3, 10, 11, 64, 100):
            values = rng(n).normal(size=(4, n))
            np.testing.assert_allclose(tail_contributions(values).mean(axis=-1), cvar(values))
        for n in (1, 2, 11, 40, 64, 300):
            values = rng(n).normal(size=(5, n)).round(1)  # with ties
            values[4] = values[1] + 0.25
            rows = picked(n, rng(n + 1), 30)
            rows[-1] = n - 1  # a resample of one world alone, the last
            expected = []
            for row in rows:
                each = tail_contributions(values[:, row])
                expected.append(mean_and_error(np.stack([each, each - each[1]])))
            counts = np.stack([np.bincount(row, minlength=n) for row in rows])
            np.testing.assert_allclose(tails_in_resamples(values, 1, counts), expected, atol=1e-7)
            np.testing.assert_array_equal(times_drawn(n, rng(1), 3), [np.bincount(row, minlength=n) for row in picked(n, rng(1), 3)])
            with pytest.MonkeyPatch.context() as patch:
                whole = tails_in_resamples(values, 1, counts)
                for size in (1, 3 * n):
                    patch.setattr(intervals, "AT_A_TIME", size)
                    np.testing.assert_array_equal(tails_in_resamples(values, 1, counts), whole)
        value, error = mean_and_error(tail_contributions(rng(1).normal(size=(2000, 400))))
        assert error.mean() == pytest.approx(value.std(), rel=0.06)

    def test_a_tail_without_spread_and_a_difference_to_itself_have_an_interval_without_width(self) -> None:
        result = np.zeros((401, 2, 1))
        assert tail_interval(result, 64) == Estimate(np.zeros(1), np.zeros(1), np.zeros(1))

    def test_of_a_difference_of_tails(self) -> None:
        # The second strategy has half of what the first has and noise of its own: its tail is as bad as that of a normal with √(.25 + .01).
        def experiment(draw: np.random.Generator) -> Estimate:
            shared, rows = draw.normal(size=512), picked(512, draw, 400)
            other = (shared / 2 + 0.1 * draw.normal(size=512))[rows]
            return tail_interval(np.moveaxis(mean_and_error(tail_contributions(other) - tail_contributions(shared[rows])), 0, 1), 512)

        normal = self.WORLDS["normal"][1]
        assert honest(repeated(experiment, normal * np.hypot(0.5, 0.1) - normal, 5))

    def test_of_futures_as_of_worlds(self) -> None:
        values = rng(6).normal(size=(1, 300))
        result = decisions.cvar(values, rng(7), 100)
        wanted = tails_of(values[0], rng(7), 100)
        assert (result.value[0], result.low[0], result.high[0]) == pytest.approx((float(wanted.value), float(wanted.low), float(wanted.high)))

    def test_one_thing_in_the_tail_has_no_interval(self) -> None:
        result = decisions.cvar(np.arange(20.0).reshape(2, 10), rng())
        assert result.value.tolist() == [0, 10]
        assert np.isinf(result.high).all()


class TestCautions:
    def test_say_from_how_many_on_intervals_hold(self) -> None:
        assert [len(cautions(n)) for n in (16, 40, 41, 255, 256)] == [2, 2, 1, 1, 0]
        assert cautions(40, "futures")[1].startswith("With fewer than 41 futures")

    def test_below_it_the_interval_of_the_worst_tenth_covers_as_little_as_is_said(self) -> None:
        def experiment(draw: np.random.Generator) -> Estimate:
            return tails_of(draw.normal(size=40), draw)

        assert 0.7 <= repeated(experiment, TestTails.WORLDS["normal"][1], 3, 400) <= 0.86

    def test_below_it_the_interval_of_a_skewed_mean_covers_as_little_as_is_said(self) -> None:
        result = Estimate(*mean_interval(rng(0).exponential(size=(REPEATS, 16))))
        assert 0.89 <= ((result.low <= 1) & (result.high >= 1)).mean() <= 0.93


class TestBreakEven:
    def test_the_interval_holds_the_true_crossing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(of_break_even, "N_RESAMPLES", 200)
        axis, draw, result = Axis("x", "X", "-", (0.0, 1.0, 2.0), True), rng(3), []
        slope = np.array([-1.0, 0.0, 1.0]) - 0.2  # crosses 0 at 1.2
        for i in range(COSTLY):
            values = np.zeros((4, 3, 64))
            values[1] = slope[:, None] + draw.normal(size=64) + 0.2 * draw.normal(size=(3, 64))
            result += break_even(along(axis, values, i), axis, "hedger", "still", "economic")
        assert len(result) == COSTLY
        assert honest(np.mean([each.low <= 1.2 <= each.high for each in result]))


class TestBootstrap:
    @pytest.mark.parametrize("n", [8, 16, 80])
    def test_of_a_mean_of_few_and_of_many(self, n: int) -> None:
        assert honest(repeated(lambda draw: percentiles(resampled(n, draw, 400) @ draw.normal(size=n), n), 0.0, 4))

    def test_the_ends_by_hand(self) -> None:
        # Student's t with one degree of freedom is 12.7 at 97.5 %: all resamples. With 10,000 it is the normal 1.96: 2.5 and 97.5 % of 0 to 1,000.
        low, high = percentile_interval(np.arange(1001.0), 2)
        assert (low, high) == pytest.approx((0, 1000))
        low, high = percentile_interval(np.arange(1001.0), 10_001)
        assert (low, high) == pytest.approx((25, 975), abs=0.1)
        # With 15 it is 2.131, times √(16/15) 2.201: 1.39 % lie below.
        low, high = percentile_interval(np.arange(1001.0), 16)
        assert (low, high) == pytest.approx((13.9, 986.1), abs=0.1)

    @staticmethod
    def futures(draw: np.random.Generator, n_futures: int) -> Array:
        """Three strategies, each best in its own third of the futures by 9 (1 + gamma(2)), which no noise comes near; shape (3, n_futures, 8)."""
        level = 9 * np.eye(3)[draw.integers(3, size=n_futures)].T * (1 + draw.gamma(2, size=n_futures))
        return np.asarray(level[..., None] + 0.3 * draw.normal(size=(3, 1, 8)) + 0.1 * draw.normal(size=(3, n_futures, 8)))

    def test_of_mean_regret_over_futures_and_worlds(self) -> None:
        def experiment(draw: np.random.Generator) -> Estimate:
            return decisions.resampled_statistic(self.futures(draw, 60), lambda means: decisions.regret_in(means).mean(axis=1), draw, 200)

        # Missed in two thirds of the futures, 9 (1 + 2) on average.
        assert honest(repeated(experiment, 2 / 3 * 27, 5).mean())

    @pytest.mark.slow
    def test_of_the_ninth_decile_of_regret(self) -> None:
        # Nine tenths of all futures miss less than what 85 % of those two thirds have in which anything is missed.
        truth = 9 * (1 + stats.gamma.ppf(0.85, 2))
        assert honest(repeated(lambda draw: decisions.regret(self.futures(draw, 200), draw, 400).q90, truth, 6).mean())

    def test_of_the_largest_regret_over_worlds(self) -> None:
        level = rng(6).exponential(0.01, size=(3, 60))

        def experiment(draw: np.random.Generator) -> Estimate:
            values = level[..., None] + 0.002 * draw.normal(size=(3, 60, 16))
            return decisions.resampled_statistic(values, lambda means: decisions.regret_in(means).max(axis=1), draw, 200, futures=False)

        assert honest(repeated(experiment, decisions.regret_in(level).max(axis=1), 6).mean())

    def test_of_the_share_of_weightings_and_futures(self) -> None:
        # Four strategies of one kind, two of which are a family: a quarter each, and at equal size a third.
        def experiment(draw: np.random.Generator) -> Estimate:
            result = decisions.weight_dominance(draw.normal(size=(3, 4, 60)), ["a", "a", "b", "c"], draw, 30, 200)
            return Estimate(*(np.concatenate([getattr(part, end) for part in (result.strategies, result.by_family)]) for end in ("value", "low", "high")))

        assert honest(repeated(experiment, np.array([1 / 4] * 4 + [1 / 3] * 3), 7).mean())

    def test_of_a_share_of_variance(self) -> None:
        # As the variance over some inputs is compared with that over all: 1.25 of 2.25.
        def experiment(draw: np.random.Generator) -> Estimate:
            one, other = draw.normal(size=512) + 0.5 * draw.exponential(size=512), 1.5 * draw.normal(size=256)
            some, every = (np.var(values[picked(len(values), draw, 200)], axis=1) for values in (one, other))
            return percentiles(some / every, 256)

        assert honest(repeated(experiment, 1.25 / 2.25, 8))

    def test_one_thing_has_no_interval(self) -> None:
        result = decisions.cvar(np.array([[3.0], [4.0]]), rng())
        assert result.value.tolist() == [3, 4]
        assert np.isinf(result.high).all()

    def test_weights_add_up_and_begin_with_what_was_found(self) -> None:
        weights = resampled(7, rng(), 50)
        assert weights.shape == (51, 7)
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        np.testing.assert_allclose(weights[0], 1 / 7)
        result = percentiles(weights @ np.arange(7.0), 7)
        assert result.value == pytest.approx(3)
        assert result[()].half_width == pytest.approx((result.high - result.low) / 2)


class TestSensitivity:
    def test_of_sobol_indices(self) -> None:
        def experiment(draw: np.random.Generator) -> Estimate:
            result = sobol_indices(ishigami(saltelli_points(256, 3, draw)), 256, 3, draw, 200)
            return Estimate(*(np.stack([getattr(part, end) for part in (result.first, result.total)]) for end in ("value", "low", "high")))

        share = repeated(experiment, np.stack(true_ishigami()), 9, 300)
        # Evenly spread rows make it a little wide; the fourth power in Ishigami's function has a heavy tail.
        assert (share.mean(axis=1) >= 0.93).all()
        assert (share >= 0.9).all()

    def test_of_elementary_effects(self) -> None:
        # y = 4 a + 5 b c with b and c in [0, 1]: those of a are 4; those of b are 5 c with c at 0, 1/3, 2/3 or 1, on average 2.5, all of one sign.
        def experiment(draw: np.random.Generator) -> Estimate:
            points = morris_points(16, 3, draw)
            result = morris(points, 4 * points[:, 0] + 5 * points[:, 1] * points[:, 2], draw, 400)
            return Estimate(*(np.stack([getattr(part, end)[1:] for part in (result.mu, result.mu_star)]) for end in ("value", "low", "high")))

        share = repeated(experiment, 2.5, 10)
        assert honest(share)


class TestBoxes:
    def test_density_and_coverage_of_a_box_on_fresh_futures(self) -> None:
        # Four fifths fail in a corner, one fifth elsewhere; whatever box is found, what it is worth in truth is known.
        names, grid = ("a", "b", "c"), rng(0).random((20_000, 3))

        def chance(x: Array) -> Array:
            return np.where((x[:, 0] > 0.6) & (x[:, 1] < 0.5), 0.8, 0.2)

        held_density, held_coverage = [], []
        for seed in range(COSTLY // 4):
            draw = rng(seed)
            x = draw.random((300, 3))
            for box in prim(x, draw.random(300) < chance(x), names, draw, boxes=1):
                inside = box.holds(grid, names)
                held_density.append(box.density.low <= chance(grid)[inside].mean() <= box.density.high)
                held_coverage.append(box.coverage.low <= chance(grid)[inside].sum() / chance(grid).sum() <= box.coverage.high)
        assert len(held_density) > 0.6 * (COSTLY // 4)
        # The halves hold as many failures each, which makes both a little wide.
        assert 0.93 - slack() <= np.mean(held_density) <= 0.99 + slack()
        assert 0.93 - slack() <= np.mean(held_coverage) <= 0.99 + slack()


class TestShares:
    @pytest.mark.parametrize("truth", [0.05, 0.3, 0.8])
    def test_of_a_share(self, truth: float) -> None:
        result = share_interval(rng(6).binomial(80, truth, size=4 * REPEATS), 80)
        assert honest(((result.low <= truth) & (truth <= result.high)).mean())

    def test_by_hand(self) -> None:
        result = share_interval(np.array([0, 10, 20, 0]), np.array([20, 20, 20, 0]))
        # z² = 3.84: after 0 of 20 up to 3.84 / 23.84 = .161; about one half ± √(3.84/80 + 3.84²/1600)/(1 + .192) = .201.
        np.testing.assert_allclose(result.low, [0, 0.5 - 0.2007, 1 - 0.1611, 0], atol=2e-4)
        np.testing.assert_allclose(result.high, [0.1611, 0.5 + 0.2007, 1, 1], atol=2e-4)

    def test_of_a_paired_difference(self) -> None:
        draw = rng(7)
        hard = draw.random((4 * REPEATS, 200))
        one, other = hard + 0.1 * draw.normal(size=hard.shape) < 0.6, hard + 0.1 * draw.normal(size=hard.shape) < 0.5
        result = share_difference(one, other)
        assert honest(((result.low <= 0.1) & (result.high >= 0.1)).mean())
        # 2 of 4 against 1 of 4.
        three = share_difference(np.array([True, True, False, False]), np.array([True, False, False, False]))
        assert three.value == 0.25
        assert three.low < 0 < three.high


def test_so_few_have_one_in_their_tail() -> None:
    assert (in_tail(FEWEST_WITH_TAIL - 1), in_tail(FEWEST_WITH_TAIL)) == (1, 2)
