"""Do 95 % intervals hold the truth in 95 % of repeated small experiments?"""

import numpy as np
import pandas as pd
import pytest

from experiments import sweep
from experiments.analysis import decisions
from experiments.analysis.intervals import percentiles, resampled, share_difference, share_interval
from experiments.comparison import mean_interval
from experiments.sweep import Axis, Sweep, break_even
from sim.payoffs import RETURNS
from tests.experiments.test_sweep_statistics import FAMILIES

REPEATS = 1000


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


class TestPairedDifferences:
    def test_the_interval_holds_the_large_sample_truth(self) -> None:
        # Skewed worlds that both share, an effect that depends on the world, noise of each.
        draw = rng()
        shared = draw.gamma(2, size=(REPEATS, 64))
        one, other = 0.1 + 1.1 * shared + 0.3 * draw.normal(size=shared.shape), shared + 0.3 * draw.normal(size=shared.shape)
        _, low, high = mean_interval(one - other)
        truth = 0.1 + 0.1 * 2  # the mean of the gamma is 2
        assert 0.93 <= ((low <= truth) & (truth <= high)).mean() <= 0.97

    def test_a_strategy_hardly_ever_wins_against_itself(self) -> None:
        draw = rng(2)
        shared = draw.normal(size=(20 * REPEATS, 32))
        _, low, high = mean_interval(shared + 1e-6 * draw.normal(size=shared.shape) - shared)
        # Either wins in one case of forty, and no rule could do with less; of 20,000 repeats 5 % lie below 5.4 % in 99 cases of 100.
        assert (low > 0).mean() <= 0.05
        assert ((low > 0) | (high < 0)).mean() <= 0.054


class TestBreakEven:
    def test_the_interval_holds_the_true_crossing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sweep, "N_RESAMPLES", 200)
        axis, draw, held = Axis("x", "X", "-", (0.0, 1.0, 2.0), True), rng(3), []
        points = pd.DataFrame({"x": axis.levels})
        slope = np.array([-1.0, 0.0, 1.0]) - 0.2  # crosses 0 at 1.2
        for i in range(REPEATS // 2):
            values = np.zeros((4, 3, 64))
            values[1] = slope[:, None] + draw.normal(size=64) + 0.2 * draw.normal(size=(3, 64))
            (found,) = break_even(Sweep((axis,), points, tuple(FAMILIES), FAMILIES, "still", dict.fromkeys(RETURNS, values), i),
                                  axis, "hedger", "still", "economic")
            held.append(found.low <= 1.2 <= found.high)
        assert 0.93 <= np.mean(held) <= 0.97


class TestBootstrap:
    def test_of_a_mean(self) -> None:
        draw = rng(4)
        found = [percentiles(resampled(80, draw, 200) @ draw.normal(size=80)) for _ in range(2 * REPEATS)]
        assert 0.93 <= np.mean([each.low <= 0 <= each.high for each in found]) <= 0.97

    def test_of_mean_regret_over_futures_and_worlds(self) -> None:
        # Three strategies, each best in its own futures by far.
        def experiment(draw: np.random.Generator, n_futures: int, n_worlds: int) -> np.ndarray:
            level = 3 * np.eye(3)[draw.integers(3, size=n_futures)].T * draw.gamma(2, size=n_futures)
            return level[..., None] + draw.normal(size=(3, 1, n_worlds)) + 0.3 * draw.normal(size=(3, n_futures, n_worlds))

        # A strategy misses 3 gamma(2), mean 6, in the two thirds of the futures that are not its own.
        draw, truth = rng(5), 2 / 3 * 6
        held = []
        for _ in range(REPEATS // 3):
            found = decisions.resampled_statistic(experiment(draw, 60, 12), lambda means: decisions.regret_in(means).mean(axis=1), draw, 200)
            held.append((found.low <= truth) & (truth <= found.high))
        assert 0.93 <= np.mean(held) <= 0.97

    def test_one_thing_has_no_interval(self) -> None:
        found = decisions.cvar(np.array([[3.0], [4.0]]), rng())
        assert found.value.tolist() == [3, 4]
        assert np.isinf(found.high).all()

    def test_weights_add_up_and_begin_with_what_was_found(self) -> None:
        weights = resampled(7, rng(), 50)
        assert weights.shape == (51, 7)
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        np.testing.assert_allclose(weights[0], 1 / 7)
        found = percentiles(weights @ np.arange(7.0))
        assert found.value == pytest.approx(3)
        assert found[()].half_width == pytest.approx((found.high - found.low) / 2)


class TestShares:
    @pytest.mark.parametrize("truth", [0.05, 0.3, 0.8])
    def test_of_a_share(self, truth: float) -> None:
        found = share_interval(rng(6).binomial(80, truth, size=4 * REPEATS), 80)
        assert 0.93 <= ((found.low <= truth) & (truth <= found.high)).mean() <= 0.97

    def test_by_hand(self) -> None:
        found = share_interval(np.array([0, 10, 20, 0]), np.array([20, 20, 20, 0]))
        # z² = 3.84: after 0 of 20 up to 3.84 / 23.84 = .161; about one half ± √(3.84/80 + 3.84²/1600)/(1 + .192) = .201.
        np.testing.assert_allclose(found.low, [0, 0.5 - 0.2007, 1 - 0.1611, 0], atol=2e-4)
        np.testing.assert_allclose(found.high, [0.1611, 0.5 + 0.2007, 1, 1], atol=2e-4)

    def test_of_a_paired_difference(self) -> None:
        draw = rng(7)
        hard = draw.random((4 * REPEATS, 80))
        one, other = hard + 0.1 * draw.normal(size=hard.shape) < 0.6, hard + 0.1 * draw.normal(size=hard.shape) < 0.5
        found = share_difference(one, other)
        assert 0.93 <= ((found.low <= 0.1) & (found.high >= 0.1)).mean() <= 0.975
        # 2 of 4 against 1 of 4.
        three = share_difference(np.array([True, True, False, False]), np.array([True, False, False, False]))
        assert three.value == 0.25
        assert three.low < 0 < three.high
