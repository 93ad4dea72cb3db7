"""Imitation on games whose answer is known."""

from typing import Any

import numpy as np
import pytest

from experiments.methods.evolution import (
    REPLICAS,
    Rule,
    Trajectory,
    Variant,
    drift,
    evolve,
    fermi,
    generations_of,
    leaders,
    mean_of,
    replicated,
    summed,
    window,
)
from sim.axes import Array
from sim.draws import stream


def random(purpose: str, generation: int) -> np.random.Generator:
    return stream(1, f"{purpose}", generation)


def variant(rule: Rule, n_strategies: int, *, selection: float = 1.0, mutation: float = 0.0, populations: int = 64, members: int = 10,
            start: Any = None) -> Variant:
    chances = np.full(n_strategies, 1 / n_strategies) if start is None else np.array(start, dtype=float)
    return Variant(rule, selection, mutation, populations, np.tile(chances, (members, 1)))


def game(matrix: Any) -> Any:
    """Everybody meets every other member: the gain is the mean over the others."""
    table = np.array(matrix, dtype=float)

    def earn(generation: int, plays: Any) -> dict[str, Array]:
        gains = {}
        for name, now in plays.items():
            counts = np.stack([(now == k).sum(axis=0) for k in range(len(table))])
            met = np.tensordot(table, counts, axes=1)  # with oneself
            gains[name] = (np.take_along_axis(met, now, axis=0) - np.diag(table)[now]) / (len(now) - 1)
        return gains

    return earn


def run(one: Variant, matrix: Any, generations: int = 100, scale: float | None = 1.0) -> Trajectory:
    return evolve({"main": one}, generations, game(matrix), random, scale)[0]["main"]


def test_generations_one_by_one_are_those_of_a_whole_run() -> None:
    one = variant("fermi", 2, mutation=0.1, populations=8)
    whole = run(one, HAWK_DOVE, 5, None)
    for generation, each in zip(range(5), generations_of({"main": one}, game(HAWK_DOVE), random), strict=False):
        assert (each.plays["main"] == whole.plays[generation]).all()
        assert (each.gains["main"] == whole.gains[generation]).all()
    assert (whole.plays[0] != whole.plays[4]).any()


#: Value 2, cost 4: the share of hawks at which both earn the same is 2 / 4.
HAWK_DOVE = [[(2 - 4) / 2, 2], [0, 2 / 2]]
#: Value 1, cost 4.
MILDER = [[(1 - 4) / 2, 1], [0, 1 / 2]]


class TestHawkDove:
    @pytest.mark.parametrize(("matrix", "hawks"), [(HAWK_DOVE, 0.5), (MILDER, 0.25)])
    @pytest.mark.parametrize("start", [0.05, 0.9])
    def test_the_replicator_rule_ends_at_value_over_cost_within_its_interval(self, matrix: Any, hawks: float, start: float) -> None:
        trajectory = run(variant("replicator", 2, selection=0.5, start=[start, 1 - start], populations=512), matrix, 120)
        mix = mean_of(window(trajectory.shares), 4)  # four cases of this test at once
        assert mix.low[0] < hawks < mix.high[0]
        assert mix.half_width[0] < 0.02

    def test_the_fermi_rule_ends_near_it_where_selection_is_weak_and_members_are_many(self) -> None:
        trajectory = run(variant("fermi", 2, selection=0.3, mutation=0.001, members=600, populations=32, start=[0.8, 0.2]), MILDER, 200)
        mix = mean_of(window(trajectory.shares))
        assert mix.value[0] == pytest.approx(0.25, abs=0.03)

    def test_both_rules_move_alike_where_selection_is_weak(self) -> None:
        # tanh(s d / 2) is s d / 2: the replicator equation with step s / 2.
        early = [run(variant(rule, 2, selection=0.05, members=1000, populations=32, start=[0.8, 0.2]), MILDER, 41).shares[40, 0].mean()
                 for rule in ("fermi", "replicator")]
        assert early[0] == pytest.approx(early[1], abs=0.01)
        assert early[0] < 0.75


ROCK_PAPER_SCISSORS = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]


def test_rock_paper_scissors_cycles() -> None:
    one = variant("replicator", 3, selection=0.4, populations=512, start=[0.5, 0.25, 0.25])
    shares = run(one, ROCK_PAPER_SCISSORS, 300).shares.mean(axis=-1)
    ahead = shares.argmax(axis=1)
    turns = ahead[np.flatnonzero(np.diff(ahead, prepend=-1))]
    # Paper follows rock, scissors follow paper, rock follows scissors; a turn of 2 pi sqrt(3) / step = 54 generations, three leaders in each.
    assert ((np.diff(turns) % 3) == 1).all()
    assert 12 <= len(turns) <= 24


@pytest.mark.parametrize("rule", ["fermi", "replicator"])
def test_coordination_keeps_what_it_started_with(rule: Rule) -> None:
    for first, start in enumerate(([0.85, 0.15], [0.15, 0.85])):
        trajectory = run(variant(rule, 2, selection=2.0, start=start, members=20), [[1, 0], [0, 1]], 60)
        assert trajectory.shares[-1, first].mean() > 0.98


class TestWithoutSelection:
    START = (0.5, 0.3, 0.2)

    @pytest.mark.parametrize("rule", ["fermi", "replicator"])
    def test_the_mean_mix_stays(self, rule: Rule) -> None:
        trajectory = run(variant(rule, 3, selection=0.0, populations=2048, start=self.START), ROCK_PAPER_SCISSORS, 40)
        mix = mean_of(trajectory.shares[-1], 3)
        assert (mix.low < self.START).all()
        assert (mix.high > self.START).all()

    def test_populations_fixate_as_often_as_they_started_and_as_fast_as_drift_does(self) -> None:
        trajectory = run(variant("fermi", 3, selection=0.0, populations=2048, start=self.START), ROCK_PAPER_SCISSORS, 200)
        fixed = trajectory.shares[-1] == 1
        assert fixed.any(axis=0).mean() > 0.99
        share = mean_of(fixed.astype(float), 3)
        assert (share.low < self.START).all()
        assert (share.high > self.START).all()
        # Two members are drawn alike in the next generation if both copy one, or one copies the other: with N members, each keeping or copying with
        # chance 1/2, a pair becomes one with chance 1/4 × 2/(N-1) + 1/4 × (N-2)/(N-1)². N = 10: 1/18 + 2/81 = 0.0802 a generation.
        mixed = 1 - (trajectory.shares**2).sum(axis=1).mean(axis=-1)
        failed = 1 - (mixed[10] / mixed[0]) ** 0.1
        assert failed == pytest.approx(1 / 18 + 2 / 81, rel=0.05)

    def test_mutation_alone_brings_the_even_mix(self) -> None:
        trajectory = run(variant("fermi", 3, selection=0.0, mutation=0.3, populations=512, start=[1, 0, 0]), ROCK_PAPER_SCISSORS, 40)
        mix = mean_of(window(trajectory.shares), 3)
        assert (mix.low < 1 / 3).all()
        assert (mix.high > 1 / 3).all()


class TestRules:
    def test_copying_takes_what_the_other_has_more(self) -> None:
        one = variant("fermi", 3, selection=2.0, members=2, populations=4)
        plays, gains = np.array([[0] * 4, [1] * 4]), np.array([[0.0] * 4, [0.5] * 4])
        # The first copies with chance 1 / (1 + exp(-2 × .5)) = .731, the second with .269.
        drawn = np.zeros((2, 4, 4))
        drawn[:, 1] = [0.26, 0.28, 0.72, 0.74]
        drawn[:, 2] = 1.0
        assert fermi(plays, gains, drawn, one).tolist() == [[1, 1, 1, 0], [0, 1, 1, 1]]

    def test_nobody_looks_at_oneself_and_every_other_one_is_as_likely(self) -> None:
        one = variant("fermi", 5, selection=0.0, members=5, populations=4)
        plays = np.tile(np.arange(5)[:, None], (1, 4))
        drawn = np.zeros((5, 4, 4))
        drawn[:, 0] = [0.0, 0.3, 0.6, 0.99]
        drawn[:, 2] = 1.0
        assert fermi(plays, np.zeros((5, 4)), drawn, one)[0].tolist() == [1, 2, 3, 4]
        assert fermi(plays, np.zeros((5, 4)), drawn, one)[4].tolist() == [0, 1, 2, 3]

    def test_who_tries_takes_any_strategy_whatever_others_gain(self) -> None:
        one = variant("fermi", 4, mutation=0.1, members=2, populations=4)
        drawn = np.zeros((2, 4, 4))
        drawn[:, 2], drawn[:, 3] = 0.09, [0.0, 0.26, 0.51, 0.99]
        assert fermi(np.zeros((2, 4), int), np.zeros((2, 4)), drawn, one).tolist() == [[0, 1, 2, 3]] * 2

    def test_the_mix_moves_by_the_mean_gain_of_those_who_played(self) -> None:
        one = variant("replicator", 3, selection=2.0, mutation=0.1, members=2, populations=2)
        one = Variant("replicator", 2.0, 0.1, 2, one.start)
        mix = np.array([[0.5, 0.2], [0.25, 0.4], [0.25, 0.4]])
        plays, gains = np.array([[0, 1], [1, 1]]), np.array([[1.0, 3.0], [0.0, 5.0]])
        result = replicated(mix, plays, gains, one)
        # First case: gains 1 and 0, the third takes their mean 1/2; e^1 × .5, 1 × .25, e^.5 × .25; then a tenth of the even mix.
        grown = np.array([np.e * 0.5, 0.25, np.exp(0.5) * 0.25])
        np.testing.assert_allclose(result[:, 0], 0.9 * grown / grown.sum() + 0.1 / 3)
        # Second case: all played the second, whose mean 4 is the mean of all: nothing moves.
        np.testing.assert_allclose(result[:, 1], 0.9 * mix[:, 1] + 0.1 / 3)

    def test_a_constant_added_to_all_gains_changes_nothing(self) -> None:
        for rule in ("fermi", "replicator"):
            one, shifted = (run(variant(rule, 3), np.array(ROCK_PAPER_SCISSORS) + constant, 20).plays for constant in (0.0, 4.0))  # type: ignore[arg-type]
            assert (one == shifted).all()

    def test_no_label_is_favoured(self) -> None:
        # The same game with its strategies renamed, from the even start: the same mean course but for chance.
        order = [2, 0, 3, 1]
        table = np.array([[0, 1, 0.5, 0.2], [0.3, 0, 0.9, 0.1], [0.6, 0.2, 0.4, 0.4], [0.1, 0.8, 0.3, 0]])
        for rule in ("fermi", "replicator"):
            plain, renamed = (run(variant(rule, 4, mutation=0.02, populations=1024), t, 40).shares for t in (table, table[np.ix_(order, order)]))
            one, other = mean_of(window(plain)[order]), mean_of(window(renamed))
            assert (np.abs(one.value - other.value) < 2 * np.hypot(one.half_width, other.half_width)).all()


def test_fewer_populations_and_other_variants_beside_it_change_nothing() -> None:
    many, few = variant("fermi", 3, mutation=0.05, populations=40), variant("fermi", 3, mutation=0.05, populations=7)
    other = variant("replicator", 3, populations=9)
    both, _ = evolve({"few": few, "other": other, "many": many}, 20, game(ROCK_PAPER_SCISSORS), random, 1.0)
    assert (both["few"].plays == both["many"].plays[:, :, :7]).all()
    assert (run(few, ROCK_PAPER_SCISSORS, 20).plays == both["few"].plays).all()


def test_the_scale_is_the_spread_of_gains_of_the_first_variant_in_the_first_generation() -> None:
    earn = game(ROCK_PAPER_SCISSORS)
    one = variant("fermi", 3)
    trajectories, scale = evolve({"one": one, "two": variant("fermi", 3, start=[1, 0, 0])}, 3, earn, random)
    assert scale == trajectories["one"].gains[0].std()
    # So selection is a pure number: gains in another unit give the same course.
    tenfold, other = evolve({"one": one}, 3, game(np.array(ROCK_PAPER_SCISSORS) * 10), random)
    assert other == pytest.approx(10 * scale)
    assert (tenfold["one"].plays == trajectories["one"].plays).all()
    assert evolve({"one": one}, 2, game(np.zeros((3, 3))), random)[1] == 1.0  # all alike: nothing to scale


# ---- What became of the mix


def test_with_equal_gains_all_are_tied() -> None:
    for rule in ("fermi", "replicator"):
        shares = run(variant(rule, 4, mutation=0.02, populations=512), np.zeros((4, 4)), 60).shares  # type: ignore[arg-type]
        assert sorted(leaders(window(shares))) == [0, 1, 2, 3]


def test_the_leader_is_the_largest_and_tied_is_who_is_not_surely_behind() -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, (4, 100))
    assert leaders(np.array([[0.1], [0.4], [0.3], [0.4]]) + noise)[0] in (1, 3)
    assert set(leaders(np.array([[0.1], [0.4], [0.3], [0.4]]) + noise)) == {1, 3}
    assert leaders(np.full((3, 5), 1 / 3)) == (0, 1, 2)


def test_windows_are_the_last_quarters_and_drift_is_their_difference() -> None:
    shares = np.arange(8.0)[:, None, None] * np.array([[1.0, 1.0], [-1.0, -1.0]])
    assert window(shares).tolist() == [[6.5, 6.5], [-6.5, -6.5]]
    assert window(shares, 2).tolist() == [[4.5, 4.5], [-4.5, -4.5]]
    assert drift(shares).value.tolist() == [2.0, -2.0]
    assert window(shares[:1]).shape == window(shares[:1], 2).shape == (2, 2)


def test_an_interval_without_skewness_is_the_t_interval_and_one_of_equal_cases_is_empty() -> None:
    # 1, 2, 3: mean 2, standard deviation 1; t with 2 degrees of freedom 4.30265.
    result = mean_of(np.array([1.0, 2.0, 3.0]))
    assert (result.value, result.low, result.high) == pytest.approx((2, 2 - 4.30265 / 3**0.5, 2 + 4.30265 / 3**0.5), abs=1e-4)
    alike = mean_of(np.full((2, 5), 0.3))
    np.testing.assert_allclose([alike.low, alike.high], 0.3, atol=1e-12)


def test_an_interval_of_skewed_cases_by_hand() -> None:
    # 0, 0, 0, 4: mean 1, standard deviation 2, third moment 6, skewness 6 / 8, over root 4 .375; t with 3 degrees of freedom 3.18245.
    # Ends: 1 − 8 (∛(1 + .375 (±3.18245 − .375 / 6)) − 1)
    result = mean_of(np.array([0.0, 0.0, 0.0, 4.0]))
    assert (result.low, result.high) == pytest.approx((1 - 8 * (2.16998 ** (1 / 3) - 1), 1 + 8 * (0.21686 ** (1 / 3) + 1)), abs=1e-3)
    other = mean_of(np.array([4.0, 4.0, 4.0, 0.0]))
    assert (other.low, other.high) == pytest.approx((4 - result.high, 4 - result.low))


def test_a_rare_strategy_is_hardly_ever_called_rarer_than_it_is() -> None:
    # Nobody plays it in most populations and all play it in a few: shares of mean .04, in 2,000 samples of 128, at the level of 25 statements at once.
    cases = np.random.default_rng(2).beta(0.04, 0.96, size=(2000, 128))
    result = mean_of(cases, 25)
    far = 3.36  # t with 127 degrees of freedom at 1 − .05 / 50
    by_t = cases.mean(axis=1) + far * cases.std(axis=1, ddof=1) / 128**0.5
    assert (by_t < 0.04).mean() > 0.02
    assert (result.high < 0.04).mean() < 0.003
    assert (result.low > 0.04).mean() < 0.003


def test_intervals_at_once_are_wider_and_one_case_has_none() -> None:
    half = np.random.default_rng(1).normal(size=(3, 10))
    cases = np.concatenate([half, -half], axis=1)  # without skewness
    one, all_at_once = mean_of(cases), mean_of(cases, 3)
    # t quantiles with 19 degrees: 2.093 and, at 1 - .05/6, 2.625
    np.testing.assert_allclose(all_at_once.half_width / one.half_width, 2.625 / 2.093, rtol=1e-3)
    assert np.isinf(mean_of(cases[:, :1]).high).all()


def test_families_add_up() -> None:
    names, sums = summed(np.array([[0.1, 0.2], [0.3, 0.3], [0.6, 0.5]]), ("a", "b", "a"), 0)
    assert names == ("a", "b")
    np.testing.assert_allclose(sums, [[0.7, 0.7], [0.3, 0.3]])


def test_populations_of_a_common_mix_are_one_case() -> None:
    assert variant("replicator", 3, populations=20).replicas.tolist() == [i % REPLICAS for i in range(20)]
    assert variant("fermi", 3, populations=20).replicas.tolist() == list(range(20))
    assert run(variant("replicator", 3, populations=20), ROCK_PAPER_SCISSORS, 3).shares.shape == (3, 3, REPLICAS)
