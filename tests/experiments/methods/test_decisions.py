"""Decisions: tiny tables with the sum in a comment, and laws."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.methods.decisions import (
    cvar,
    distances,
    dominance,
    equal_teams,
    near_duplicates,
    pareto,
    regret,
    satisficing,
    shares_of_firsts,
    thinned,
    weight_dominance,
)
from sim.axes import Array


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def array(values: Any) -> Array:
    return np.asarray(values, dtype=float)


#: Three strategies in four futures.
VALUES = array([[4, 0, 2, 1], [1, 3, 2, 0], [0, 0, 1, 5]])


class TestRegret:
    def test_is_the_distance_to_the_best_of_the_same_future(self) -> None:
        result = regret(VALUES, rng())
        # Best: 4, 3, 2, 5.
        assert result.matrix.tolist() == [[0, 3, 0, 4], [3, 0, 0, 5], [4, 3, 1, 0]]
        assert result.mean.value.tolist() == [7 / 4, 2, 2]
        assert result.largest.value.tolist() == [4, 5, 4]
        # Sorted 0, 0, 3, 4: nine tenths of three steps is 2.7, so 3 + .7 × 1; 0, 0, 3, 5: 3 + .7 × 2; 0, 1, 3, 4: 3.7.
        np.testing.assert_allclose(result.q90.value, [3.7, 4.4, 3.7])

    def test_worlds_are_averaged_first(self) -> None:
        worlds = VALUES[..., None] + [-1.0, 0.0, 1.0]
        result = regret(worlds, rng())
        np.testing.assert_allclose(result.matrix, regret(VALUES, rng()).matrix, atol=1e-12)
        # The noise is shared, so no resample of worlds changes a regret.
        np.testing.assert_allclose(result.largest.low, result.largest.high)

    def test_the_largest_has_no_interval_without_worlds(self) -> None:
        result = regret(VALUES, rng())
        assert np.isinf(result.largest.high).all()
        assert np.isfinite(result.mean.high).all()

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=20, deadline=None)
    def test_is_never_negative_and_0_for_the_best(self, seed: int) -> None:
        result = regret(rng(seed).normal(size=(4, 6, 3)), rng(), 20)
        assert (result.matrix >= 0).all()
        assert (result.matrix.min(axis=0) == 0).all()
        assert (result.mean.value <= result.largest.value).all()
        assert (result.mean.low >= 0).all()


class TestSatisficing:
    def test_counts_the_futures_that_reach_all_thresholds(self) -> None:
        other = array([[1, 1, 0, 0], [0, 1, 1, 1], [1, 1, 1, 1]])
        result = satisficing({"economic": VALUES, "autonomy": other}, {"economic": 1, "autonomy": 1})
        # economic ≥ 1: 1011, 1110, 0011; autonomy: 1100, 0111, 1111; both: 1000, 0110, 0011.
        assert result.met.astype(int).tolist() == [[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
        assert result.each["economic"].value.tolist() == [0.75, 0.75, 0.5]
        assert result.each["autonomy"].value.tolist() == [0.5, 0.75, 1.0]
        assert result.jointly.value.tolist() == [0.25, 0.5, 0.5]
        assert (result.jointly.low < result.jointly.value).all()

    def test_measures_without_a_threshold_are_not_asked_for(self) -> None:
        assert satisficing({"a": VALUES, "b": -VALUES}, {"a": 0}).jointly.value.tolist() == [1, 1, 1]
        with pytest.raises(KeyError):
            satisficing({"a": VALUES}, {"b": 0})
        with pytest.raises(ValueError, match="at least one threshold"):
            satisficing({"a": VALUES}, {})


def test_cvar_is_the_mean_of_the_worst_tenth_of_futures() -> None:
    values = np.stack([np.arange(20), np.full(20, 3.0)])
    result = cvar(values, rng())
    # A tenth of 20 are 2: (0 + 1) / 2.
    assert result.value.tolist() == [0.5, 3]
    assert result.low[0] <= 0.5 <= result.high[0]
    assert (result.low[1], result.high[1]) == (3, 3)


class TestDominance:
    #: Sorted: 1 2 3; 1 2 2; 0 2 4.
    TABLE = array([[3, 1, 2], [1, 2, 2], [0, 4, 2]])

    def test_in_every_future(self) -> None:
        result = dominance(array([[3, 1, 2], [3, 1, 1], [0, 4, 2]]), 0, rng())
        assert result.dominates.tolist() == [[False, True, False], [False] * 3, [False] * 3]

    def test_first_order_compares_quantiles(self) -> None:
        # 1 2 3 is at every quantile at least 1 2 2; 0 2 4 crosses both.
        assert dominance(self.TABLE, 1, rng()).dominates.tolist() == [[False, True, False], [False] * 3, [False] * 3]

    def test_second_order_compares_the_means_of_the_worst(self) -> None:
        # Sums from the worst: 1 3 6; 1 3 5; 0 2 6. The first beats both; the second is beaten by the third at the end.
        assert dominance(self.TABLE, 2, rng()).dominates.tolist() == [[False, True, True], [False] * 3, [False] * 3]

    def test_a_strategy_never_dominates_itself_or_its_copy_in_another_order(self) -> None:
        copy = rng().normal(size=40)
        for order in (0, 1, 2):
            assert not dominance(np.stack([copy, copy]), order, rng(), 20).dominates.any()
        for order in (1, 2):
            assert not dominance(np.stack([copy, copy[::-1]]), order, rng(), 20).dominates.any()

    def test_the_share_of_resamples_tells_how_sure_it_is(self) -> None:
        noise = rng().normal(size=50)
        plain = dominance(np.stack([noise + 1, noise]), 1, rng(), 100)
        assert plain.share.tolist() == [[0, 1], [0, 0]]
        crossing = dominance(np.stack([noise + 0.05, noise[::-1] * 1.05]), 1, rng(), 100)
        assert crossing.share[0, 1] < 0.9
        worlds = dominance((np.stack([noise + 1, noise])[..., None] + rng().normal(size=(2, 50, 8)) / 100), 1, rng(), 100)
        assert worlds.share[0, 1] == 1

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=20, deadline=None)
    def test_each_order_follows_from_the_one_before(self, seed: int) -> None:
        values = rng(seed).integers(0, 4, size=(5, 4)).astype(float)
        always, first, second = (dominance(values, order, rng(), 2).dominates for order in (0, 1, 2))
        assert (first | ~always).all()
        assert (second | ~first).all()


class TestPareto:
    def test_what_no_other_dominates_stays_and_ties_stay_together(self) -> None:
        # The third is below the first in both; the fourth ties with the second.
        assert pareto(array([[2, 1], [1, 2], [1, 1], [1, 2]])).tolist() == [True, True, False, True]
        # As good in one and worse in the other is dominated.
        assert pareto(array([[1, 2], [1, 3]])).tolist() == [False, True]

    def test_epsilon_keeps_what_is_hardly_worse(self) -> None:
        table = array([[2, 1], [1.9, 1], [1.5, 1]])
        assert pareto(table).tolist() == [True, False, False]
        assert pareto(table, 0.2).tolist() == [True, True, False]
        assert pareto(table, array([1.0, 0.0])).tolist() == [True, True, True]

    @given(st.integers(0, 2**32 - 1), st.floats(0, 1))
    @settings(max_examples=30, deadline=None)
    def test_somebody_stays_and_epsilon_only_adds(self, seed: int, epsilon: float) -> None:
        table = rng(seed).integers(0, 4, size=(6, 3)) / 3
        assert pareto(table).any()
        assert (pareto(table, epsilon) | ~pareto(table)).all()


class TestWeightDominance:
    def test_who_is_best_in_everything_is_best_for_all_weights(self) -> None:
        values = np.stack([array([[3], [2], [1]]), array([[3], [1], [2]])])
        result = weight_dominance(values, ["a", "b", "b"], rng())
        assert result.strategies.value.tolist() == [1, 0, 0]
        assert result.families == ("a", "b")
        assert result.by_family.value.tolist() == [1, 0]
        assert np.isinf(result.by_family.high).all()

    def test_two_opposites_share_the_weights_evenly(self) -> None:
        values = np.stack([array([[1] * 9, [0] * 9]), array([[0] * 9, [1] * 9])])
        result = weight_dominance(values, ["a", "b"], rng())
        assert result.strategies.value[0] == pytest.approx(0.5, abs=0.02)
        # Every future is the same, so resampling futures changes nothing.
        np.testing.assert_allclose(result.strategies.low, result.strategies.high)

    def test_two_that_tie_for_some_weights_share_these(self) -> None:
        values = np.stack([array([[1], [1], [0]]), array([[0], [0], [1]])])
        result = weight_dominance(values, ["a", "a", "b"], rng())
        first, copy, other = result.strategies.value
        assert first == copy == pytest.approx(0.25, abs=0.02)
        assert first + copy + other == pytest.approx(1)

    def test_where_nobody_can_be_first_there_is_no_share(self) -> None:
        teams = equal_teams(["a", "b"], rng(), 2)
        with np.errstate(invalid="ignore"):
            assert np.isnan(shares_of_firsts(np.array([[1, np.inf], [2, 1.0]]), np.array([[0.5, 0.5], [0, 1.0]]), teams)).all()

    def test_a_family_wins_nothing_by_its_size(self) -> None:
        # Nine copies of one strategy against an equal one: at equal size they tie.
        values = np.ones((2, 10, 3))
        result = weight_dominance(values, ["big"] * 9 + ["small"], rng())
        np.testing.assert_allclose(result.by_family.value, 0.5)
        np.testing.assert_allclose(result.strategies.value, 0.1)


class TestNearDuplicates:
    #: Two that are nearly the same, one that moves with them at another level, one of its own.
    TABLE = np.stack([(wave := rng().normal(size=50)), wave + 0.001, wave + 2, -wave])

    def test_the_same_payoffs_are_one_group_and_the_same_movements_are_not(self) -> None:
        assert near_duplicates([self.TABLE]) == ((0, 1), (2,), (3,))
        assert np.corrcoef(self.TABLE)[0, 2] == pytest.approx(1)
        assert near_duplicates([np.ones((3, 4))]) == ((0, 1, 2),)
        assert near_duplicates([np.ones((1, 4))]) == ((0,),)

    def test_must_be_near_in_every_measure(self) -> None:
        other = self.TABLE.copy()
        other[1] += 1
        assert near_duplicates([self.TABLE, other]) == ((0,), (1,), (2,), (3,))

    def test_distance_is_a_share_of_the_usual_one(self) -> None:
        # In the only future 0, 1, 2: variance 2/3, usual distance √(4/3).
        result = distances([array([[0], [1], [2]])])
        np.testing.assert_allclose(result, array([[0, 1, 2], [1, 0, 1], [2, 1, 0]]) / np.sqrt(4 / 3))

    def test_small_steps_make_no_chain(self) -> None:
        steps = array([[0.0], [1.0], [2.0], [30.0]])
        near = 1.2 * distances([steps])[0, 1]
        assert (0, 1, 2) not in near_duplicates([steps], near)

    def test_one_of_each_group_stays_and_the_reference_in_any_case(self) -> None:
        steps = array([[0.0], [0.1], [0.2], [30.0]])
        assert thinned([steps], 0.05) == (1, 3)
        assert thinned([steps], 0.05, keep=[2]) == (2, 3)
        assert thinned([self.TABLE]) == (0, 2, 3)

    def test_dominance_of_copies_is_told_without_them(self) -> None:
        # A and its copy share what A wins alone.
        returns = np.stack([array([[1], [1], [0]]), array([[0], [0], [1]])])
        kept = thinned(list(returns))
        assert kept == (0, 2)
        alone = weight_dominance(returns[:, kept], ["a", "b"], rng()).strategies.value
        together = weight_dominance(returns, ["a", "a", "b"], rng()).strategies.value
        np.testing.assert_allclose([together[:2].sum(), together[2]], alone, atol=0.03)
