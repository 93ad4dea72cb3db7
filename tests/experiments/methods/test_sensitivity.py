"""Sensitivity: functions whose indices are known, and what must hold for any."""

import numpy as np
import pytest
from scipy import stats

from experiments.methods.sensitivity import NARROW, convergence, morris, morris_points, response, saltelli_points, sobol_indices
from sim.axes import Array

SLOPES = np.array([4.0, 0.0, 2.0, 0.0, 1.0])


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def ishigami(points: Array) -> Array:
    """Ishigami & Homma (1990) with a = 7, b = .1 on [-π, π]³."""
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def true_ishigami() -> tuple[Array, Array]:
    """V1 = (1 + bπ⁴/5)²/2, V2 = a²/8, V13 = b²π⁸ (1/18 − 1/50), as integrals give."""
    one, two, both = (1 + 0.1 * np.pi**4 / 5) ** 2 / 2, 7**2 / 8, 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    return np.array([one, two, 0]) / whole, np.array([one + both, two, both]) / whole


class TestMorris:
    def test_each_step_moves_one_input_by_the_same_and_each_input_moves_once(self) -> None:
        points = morris_points(50, 6, rng(), levels=4)
        assert points.shape == (50 * 7, 6)
        steps = np.diff(points.reshape(50, 7, 6), axis=1)
        assert ((steps != 0).sum(axis=2) == 1).all()
        assert ((steps != 0).sum(axis=1) == 1).all()
        # Half of four levels 0, 1/3, 2/3, 1.
        np.testing.assert_allclose(np.abs(steps[steps != 0]), 2 / 3)
        assert {float(value) for value in np.round(points, 9).ravel()} == {0.0, 0.333333333, 0.666666667, 1.0}
        assert 0.4 < (steps[steps != 0] > 0).mean() < 0.6

    def test_a_linear_function_has_its_slopes_and_no_spread(self) -> None:
        points = morris_points(10, 5, rng())
        result = morris(points, 3 - points @ SLOPES, rng())
        np.testing.assert_allclose(result.mu.value, -SLOPES, atol=1e-12)
        np.testing.assert_allclose(result.mu_star.value, SLOPES, atol=1e-12)
        np.testing.assert_allclose(result.sigma.value, 0, atol=1e-6)
        np.testing.assert_allclose(result.mu_star.low, result.mu_star.high, atol=1e-12)

    def test_effects_that_cancel_are_found_by_their_size(self) -> None:
        points = morris_points(200, 3, rng())
        y = np.where(points[:, 1] > 0.5, 1, -1) * points[:, 0]
        result = morris(points, y, rng())
        # Input 0 goes up or down by its full range, by the side of input 1; input 2 does nothing.
        assert abs(result.mu.value[0]) < 0.2 < 0.9 < result.mu_star.value[0]
        assert result.sigma.value[0] == pytest.approx(1, abs=0.05)
        assert result.mu_star.value[2] == result.mu_star.high[2] == 0
        assert (result.mu_star.low <= result.mu_star.value).all()
        assert (result.mu_star.value <= result.mu_star.high).all()

    def test_worlds_are_averaged_and_outcomes_kept_apart(self) -> None:
        points = morris_points(8, 5, rng())
        noise = rng(2).normal(size=16)
        one, two = points @ SLOPES, points @ SLOPES[::-1]
        both = np.stack([one, two])[..., None] + noise - noise.mean()
        result = morris(points, both, rng())
        assert result.mu.value.shape == result.sigma.low.shape == (2, 5)
        np.testing.assert_allclose(result.mu_star.value, [SLOPES, SLOPES[::-1]], atol=1e-12)

    @pytest.mark.parametrize("wrong", [np.zeros((8, 2)), np.zeros((9, 2)), np.array([[0, 0], [1, 1], [1, 0]])])
    def test_points_that_are_no_trajectories_are_refused(self, wrong: Array) -> None:
        with pytest.raises(ValueError, match="expected trajectories"):
            morris(wrong.astype(float), np.zeros(len(wrong)), rng())

    def test_odd_levels_are_refused(self) -> None:
        with pytest.raises(ValueError, match="even number of levels"):
            morris_points(3, 2, rng(), levels=5)


class TestSobol:
    def test_ishigami(self) -> None:
        n = 16384
        result = sobol_indices(ishigami(saltelli_points(n, 3, rng())), n, 3, rng(), 100)
        first, total = true_ishigami()
        np.testing.assert_allclose(result.first.value, first, atol=0.02)
        np.testing.assert_allclose(result.total.value, total, atol=0.02)

    def test_a_linear_function_has_the_shares_of_its_squared_slopes(self) -> None:
        n = 8192
        y = saltelli_points(n, 5, rng()) @ SLOPES
        result = sobol_indices(y, n, 5, rng(), 100)
        truth = SLOPES**2 / (SLOPES**2).sum()
        np.testing.assert_allclose(result.first.value, truth, atol=0.02)
        np.testing.assert_allclose(result.total.value, truth, atol=0.02)
        # The inert inputs are inert to the last bit.
        assert (result.total.high[[1, 3]] < 1e-20).all()

    def test_agrees_with_scipy(self) -> None:
        n, k = 256, 3
        y = ishigami(saltelli_points(n, k, rng()))
        a, b, *mixed = y.reshape(k + 2, 1, n)
        expected = stats.sobol_indices(func={"f_A": a, "f_B": b, "f_AB": np.stack(mixed)}, n=n)
        result = sobol_indices(y, n, k, rng())
        np.testing.assert_allclose(result.first.value, expected.first_order.ravel(), rtol=1e-10)
        np.testing.assert_allclose(result.total.value, expected.total_order.ravel(), rtol=1e-10)

    def test_the_design_exchanges_one_column_at_a_time(self) -> None:
        a, b, *mixed = saltelli_points(16, 3, rng()).reshape(5, 16, 3)
        # One value in each sixteenth of the range.
        assert (np.sort(np.floor(16 * np.concatenate([a, b], axis=1)), axis=0) == np.arange(16)[:, None]).all()
        for i, block in enumerate(mixed):
            assert (block[:, i] == b[:, i]).all()
            assert (np.delete(block, i, axis=1) == np.delete(a, i, axis=1)).all()

    @pytest.mark.parametrize("n", [0, -4, 15, 500])
    def test_rows_that_are_not_a_power_of_two_are_refused(self, n: int) -> None:
        with pytest.raises(ValueError, match=f"expected a power of two rows, got {n}"):
            saltelli_points(n, 2, rng())

    def test_worlds_are_averaged_and_a_level_changes_nothing(self) -> None:
        n, k = 256, 3
        y = ishigami(saltelli_points(n, k, rng()))
        noise = rng(2).normal(size=(len(y), 8))
        worlds = np.stack([y, 1e3 + y])[..., None] + noise - noise.mean(axis=1, keepdims=True)
        result, alone = sobol_indices(worlds, n, k, rng(3)), sobol_indices(y, n, k, rng(3))
        assert result.first.value.shape == (2, 3)
        for part in ("value", "low", "high"):
            np.testing.assert_allclose(getattr(result.total, part), [getattr(alone.total, part)] * 2, atol=1e-9)
            np.testing.assert_allclose(getattr(result.first, part), [getattr(alone.first, part)] * 2, atol=1e-9)

    def test_a_constant_outcome_gives_zeros_and_a_note(self) -> None:
        n, k = 16, 2
        points = saltelli_points(n, k, rng())
        y = np.stack([points[:, 0], np.full(len(points), 0.1), np.zeros(len(points))])[..., None]
        result = sobol_indices(y, n, k, rng())
        assert result.constant.tolist() == [False, True, True]
        assert (result.total.high[1:] == 0).all()
        assert "1, 2 is the same at every point" in result.notes[0]
        assert sobol_indices(points[:, 0], n, k, rng()).notes == ()

    def test_an_outcome_that_is_nearly_always_the_same_warns_of_nothing(self) -> None:
        n, k = 16, 2
        y = np.zeros((k + 2) * n)
        y[3] = 1
        assert np.isfinite(sobol_indices(y, n, k, rng()).total.high).all()

    def test_a_wrong_number_of_points_is_refused(self) -> None:
        with pytest.raises(ValueError, match="expected an outcome at 64 points, got 63"):
            sobol_indices(np.zeros(63), 16, 2, rng())

    def test_no_index_of_many_is_always_missed(self) -> None:
        # A smooth function of 12 inputs, the product of 1 + √12 s (x − ½): the variance of a factor is s², its mean 1. With the first 12
        # coordinates of a Sobol sequence as A and the others as B, one total index is missed in four of ten trials.
        size = 1 / (1 + np.array([0, 0.5, 1, 2, 3, 4.5, 6, 9, 9, 20, 50, 99])) ** 2 / 3
        whole = np.prod(1 + size) - 1
        total = size / (1 + size) * np.prod(1 + size) / whole
        held = []
        for seed in range(60):
            points = saltelli_points(512, 12, rng(seed))
            result = sobol_indices(np.prod(1 + np.sqrt(12 * size) * (points - 0.5), axis=1), 512, 12, rng(seed), 200)
            held.append([(result.first.low <= size / whole) & (size / whole <= result.first.high), (result.total.low <= total) & (total <= result.total.high)])
        assert np.mean(held) > 0.92
        assert np.mean(held, axis=0).min() > 0.8


class TestConvergence:
    def test_many_rows_converge_and_few_do_not(self) -> None:
        many, few = (convergence(ishigami(saltelli_points(n, 3, rng())), n, 3, rng()) for n in (4096, 32))
        assert many.rows == (1024, 2048, 4096)
        assert many.converged
        assert not few.converged
        assert (few.indices.first.half_width > NARROW).any()

    def test_an_index_that_half_of_the_rows_put_elsewhere_is_not_converged(self) -> None:
        n = 4096
        points = saltelli_points(n, 2, rng())
        late = np.tile(np.arange(n) >= n // 2, 4)
        # In the first half of the rows the first input does everything, in the second the second: from half the index is 1, from all one half.
        result = convergence(np.where(late, points[:, 1], points[:, 0]), n, 2, rng())
        assert result.steps[1].total.value[0] == pytest.approx(1, abs=0.05)
        assert result.indices.total.value[0] == pytest.approx(0.5, abs=0.05)
        assert (result.indices.total.half_width < NARROW).all()
        assert not result.total.any()

    def test_indices_that_are_exact_are_converged(self) -> None:
        assert convergence(saltelli_points(64, 2, rng())[:, 0], 64, 2, rng()).total[1]
        assert convergence(np.zeros(4 * 64), 64, 2, rng()).converged

    def test_is_told_for_each_outcome_and_input(self) -> None:
        y = ishigami(saltelli_points(64, 3, rng()))
        result = convergence(np.stack([y, y])[..., None], 64, 3, rng())
        assert result.first.shape == result.total.shape == (2, 3)
        with pytest.raises(ValueError, match="at least 8 rows"):
            convergence(np.zeros(20), 4, 3, rng())


class TestResponse:
    def test_bins_have_equal_counts_and_their_own_mean(self) -> None:
        x = rng().permutation(120) / 120
        result = response(x, 2 * x)
        # 0 to 9 over 120 have the mean 4.5 / 120; their outcome twice that.
        np.testing.assert_allclose(result.at[:2], [4.5 / 120, 14.5 / 120])
        np.testing.assert_allclose(result.mean.value, 2 * result.at)
        assert ((result.q05 < result.mean.low) & (result.mean.high < result.q95)).all()
        assert len(response(x[:25], x[:25]).at) == 2

    def test_worlds_are_averaged(self) -> None:
        x = np.linspace(0, 1, 40)
        np.testing.assert_allclose(response(x, x[:, None] + [-1, 1]).mean.value, response(x, x).mean.value)
