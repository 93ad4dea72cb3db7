"""Games whose answers are known, with the sum in a comment, and laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.methods.alpha_rank import alpha_rank, fixation, solved
from experiments.methods.games import best_response_graph, best_responses, mixed_equilibria, moves_of, pure_equilibria, sinks, undominated
from experiments.methods.replicator import expected, replicator, replicators
from sim.axes import Array


def symmetric(row: list[list[float]]) -> Array:
    """Payoffs of both players of a symmetric game."""
    return np.stack([np.array(row, dtype=float), np.array(row, dtype=float).T])


#: Cooperate, defect.
PRISONERS = symmetric([[3, 0], [5, 1]])
#: Swerve, go straight.
CHICKEN = symmetric([[0, -1], [1, -10]])
PENNIES = np.array([[[1.0, -1], [-1, 1]], [[-1, 1], [1, -1]]])
#: Rock, paper, scissors.
ROCK = np.array([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]])


def minority() -> Array:
    """Three players choose a side; who is alone on one gets 1."""
    result = np.zeros((3, 2, 2, 2))
    for sides in np.ndindex(2, 2, 2):
        for player, side in enumerate(sides):
            result[(player, *sides)] = float(sides.count(side) == 1)
    return result


def profiles(mask: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(int(i) for i in where) for where in np.argwhere(mask)}


def random_game(seed: int, shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(seed).normal(size=(len(shape), *shape))


SHAPES = st.sampled_from([(2, 2), (3, 4), (2, 3, 2), (4, 1), (1, 1)])
SEEDS = st.integers(0, 10_000)


class TestPureEquilibria:
    def test_both_prisoners_defect(self) -> None:
        assert profiles(pure_equilibria(PRISONERS)) == {(1, 1)}

    def test_one_of_two_drivers_swerves(self) -> None:
        assert profiles(pure_equilibria(CHICKEN)) == {(0, 1), (1, 0)}

    def test_pennies_have_none(self) -> None:
        assert not pure_equilibria(PENNIES).any()

    def test_of_three_nobody_leaves_where_one_is_alone(self) -> None:
        # Where two share a side, either of them would only make the other one alone; where all three do, any of them gains.
        assert profiles(pure_equilibria(minority())) == set(np.ndindex(2, 2, 2)) - {(0, 0, 0), (1, 1, 1)}

    def test_what_differs_by_no_more_than_the_tolerance_is_equal(self) -> None:
        payoffs = np.array([[[1.0, 0], [1.05, 0]], [[1, 0], [1, 0]]])
        assert profiles(pure_equilibria(payoffs)) == {(1, 0)}
        assert profiles(pure_equilibria(payoffs, 0.1)) == {(0, 0), (1, 0)}
        assert profiles(best_responses(payoffs, 0.01)[0]) == {(0, 1), (1, 0), (1, 1)}

    @given(SEEDS, SHAPES)
    def test_permuting_actions_permutes_them_and_a_constant_changes_nothing(self, seed: int, shape: tuple[int, ...]) -> None:
        payoffs, rng = random_game(seed, shape), np.random.default_rng(seed)
        order = np.ix_(*(rng.permutation(n) for n in shape))
        shift = rng.normal(size=(len(shape), *[1] * len(shape)))
        moved = payoffs[(slice(None), *order)] + shift
        np.testing.assert_array_equal(pure_equilibria(moved, 1e-12), pure_equilibria(payoffs)[order])


class TestDomination:
    def test_prisoners_have_one_action_left(self) -> None:
        assert [left.tolist() for left in undominated(PRISONERS)] == [[1], [1]]

    def test_it_goes_on_with_what_is_left(self) -> None:
        # Right < middle for the columns; then up beats down (1 > 0, 4 > 2); then middle beats left (2 > 0) against up.
        rows, columns = np.array([[1.0, 4, 0], [0, 2, 3]]), np.array([[0.0, 2, 1], [3, 1, 0]])
        assert [left.tolist() for left in undominated(np.stack([rows, columns]))] == [[0], [1]]

    def test_a_tie_is_no_domination(self) -> None:
        payoffs = np.array([[[1.0, 1], [1, 0]], [[0, 0], [0, 0]]])
        assert [left.tolist() for left in undominated(payoffs)] == [[0, 1], [0, 1]]
        assert [left.tolist() for left in undominated(np.stack([payoffs[0] + [[0.5], [0]], payoffs[1]]), 0.6)] == [[0, 1], [0, 1]]

    @given(SEEDS, SHAPES)
    def test_no_equilibrium_is_lost(self, seed: int, shape: tuple[int, ...]) -> None:
        payoffs = random_game(seed, shape)
        left = undominated(payoffs)
        for where in np.argwhere(pure_equilibria(payoffs)):
            assert all(action in some for action, some in zip(where, left, strict=True))


class TestMixedEquilibria:
    def test_prisoners_have_the_pure_one(self) -> None:
        result = mixed_equilibria(PRISONERS)
        assert result.complete
        ((row, column),) = result.pairs
        assert (row.tolist(), column.tolist()) == ([0, 1], [0, 1])

    def test_chicken_has_three(self) -> None:
        # Straight with chance p: to swerve brings -p, straight 1 - p - 10 p; equal at p = .1.
        result = mixed_equilibria(CHICKEN)
        assert sorted(tuple(np.round([row[1], column[1]], 12)) for row, column in result.pairs) == [(0, 1), (0.1, 0.1), (1, 0)]

    def test_pennies_are_thrown(self) -> None:
        ((row, column),) = mixed_equilibria(PENNIES).pairs
        np.testing.assert_allclose([row, column], 0.5)
        # Heads against heads pays the row 3 instead of 1: the column evens 3 q - (1 - q) and 1 - 2 q out at q = 1/3, the row stays at 1/2.
        uneven = PENNIES.copy()
        uneven[0, 0, 0] = 3
        ((row, column),) = mixed_equilibria(uneven).pairs
        np.testing.assert_allclose(row, [1 / 2, 1 / 2])
        np.testing.assert_allclose(column, [1 / 3, 2 / 3])

    def test_of_rock_paper_and_scissors_a_third_each_and_nothing_of_what_they_dominate(self) -> None:
        row = np.full((4, 4), -2.0)
        row[:3, :3], row[:3, 3] = ROCK, 2
        ((one, other),) = mixed_equilibria(np.stack([row, row.T])).pairs
        np.testing.assert_allclose([one, other], [[1 / 3, 1 / 3, 1 / 3, 0]] * 2, atol=1e-12)

    def test_a_game_too_large_for_all_says_so_and_finds_some(self) -> None:
        agree = np.eye(12)
        result = mixed_equilibria(np.stack([agree, agree]))
        assert not result.complete  # 2.7 million pairs of supports
        assert len(result.pairs) >= 12
        assert mixed_equilibria(np.stack([agree[:4, :4]] * 2)).complete

    def test_where_all_payoffs_tie_each_pair_of_actions_is_one(self) -> None:
        result = mixed_equilibria(np.zeros((2, 2, 2)))
        assert sorted((int(row.argmax()), int(column.argmax())) for row, column in result.pairs) == sorted(np.ndindex(2, 2))

    def test_a_tie_makes_an_equilibrium_in_which_one_player_mixes_more_actions(self) -> None:
        # Against (1/3, 2/3) each column gains 2/3. So with it goes any mix that evens y0 + 2 y2 and 2 y0 + 2 y1 out.
        result = mixed_equilibria(np.array([[[1.0, 0, 2], [2, 2, 0]], [[2, 0, 2], [0, 1, 0]]]))
        mixes = {tuple(np.round([*row, *column], 6)) for row, column in result.pairs}
        third, two = round(1 / 3, 6), round(2 / 3, 6)
        assert mixes == {(1, 0, 0, 0, 1), (1, 0, two, 0, third), (0, 1, 0, 1, 0), (third, two, two, 0, third), (third, two, 0, 0.5, 0.5)}
        assert result.complete

    @given(SEEDS, st.sampled_from([(2, 2), (3, 4), (1, 3), (4, 2)]))
    def test_with_a_copy_of_a_column_each_equilibrium_that_plays_it_is_there_with_either(self, seed: int, shape: tuple[int, int]) -> None:
        payoffs = random_game(seed, shape)
        copied = mixed_equilibria(np.concatenate([payoffs, payoffs[:, :, :1]], axis=2)).pairs
        wanted = []
        for row, column in mixed_equilibria(payoffs).pairs:
            wanted.append((row, np.append(column, 0)))
            if column[0] > 0:
                wanted.append((row, np.append(np.append(0, column[1:]), column[0])))
        assert len(copied) == len(wanted)
        for row, column in wanted:
            assert min(np.abs(row - one).max() + np.abs(column - other).max() for one, other in copied) < 1e-6

    @given(SEEDS, st.sampled_from([(2, 2), (3, 4), (4, 4), (1, 3)]))
    def test_nobody_gains_by_leaving_and_permuting_and_constants_change_nothing(self, seed: int, shape: tuple[int, int]) -> None:
        payoffs, rng = random_game(seed, shape), np.random.default_rng(seed)
        result = mixed_equilibria(payoffs)
        assert len(result.pairs) % 2 == 1  # Wilson (1971), for games without ties
        for row, column in result.pairs:
            for player, mix in enumerate((row, column)):
                brings = expected(payoffs[player], [row, column], player)
                assert brings.max() <= brings @ mix + 1e-8
        rows, columns = (rng.permutation(n) for n in shape)
        moved = mixed_equilibria(payoffs[:, rows][:, :, columns] + rng.normal(size=(2, 1, 1)))
        assert len(moved.pairs) == len(result.pairs)
        for row, column in result.pairs:
            assert min(np.abs(row[rows] - one).max() + np.abs(column[columns] - other).max() for one, other in moved.pairs) < 1e-6
        assert profiles(pure_equilibria(payoffs)) == {
            (int(row.argmax()), int(column.argmax())) for row, column in result.pairs if max(row) > 1 - 1e-9 and max(column) > 1 - 1e-9}


class TestBestResponseGraph:
    def test_every_way_leads_the_prisoners_to_defect(self) -> None:
        assert [sink.tolist() for sink in sinks(best_response_graph(PRISONERS))] == [[3]]

    def test_chicken_ends_at_either_and_pennies_go_round(self) -> None:
        assert [sink.tolist() for sink in sinks(best_response_graph(CHICKEN))] == [[1], [2]]
        assert [sink.tolist() for sink in sinks(best_response_graph(PENNIES))] == [[0, 1, 2, 3]]
        # Heads, heads: the column goes to tails; then the row does; and so on.
        assert best_response_graph(PENNIES).toarray().tolist() == [[0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]]

    def test_nobody_leaves_for_what_is_as_good(self) -> None:
        assert best_response_graph(np.zeros((2, 3, 2))).nnz == 0


class TestReplicator:
    def test_hawks_and_doves_as_in_the_closed_form(self) -> None:
        # A prize of 2, a wound of 4: hawks gain 1 - 2 x on doves, so x' = x (1 - x) (1 - 2 x) and x (1 - x) / (1 - 2 x)² grows like e^t.
        payoff, times = np.array([[-1.0, 2], [0, 1]]), np.linspace(0, 8, 50)
        for start in (0.05, 0.4):
            ratio = start * (1 - start) / (1 - 2 * start) ** 2
            known = (1 - 1 / np.sqrt(1 + 4 * ratio * np.exp(times))) / 2
            np.testing.assert_allclose(replicator(payoff, np.array([start, 1 - start]), times)[:, 0], known, atol=1e-9)

    def test_rock_paper_scissors_go_round_and_keep_their_product(self) -> None:
        shares = replicator(ROCK, np.array([0.5, 0.3, 0.2]), np.linspace(0, 60, 400))
        np.testing.assert_allclose(shares.prod(axis=1), 0.5 * 0.3 * 0.2, rtol=1e-7)
        assert (np.ptp(shares, axis=0) > 0.2).all()
        # Paper beats the rock there is most of: it gains first.
        assert shares[1, 1] > shares[0, 1]

    def test_two_populations_that_throw_pennies_keep_theirs(self) -> None:
        one, other = replicators(PENNIES, [np.array([0.7, 0.3]), np.array([0.6, 0.4])], np.linspace(0, 30, 200))
        np.testing.assert_allclose(one.prod(axis=1) * other.prod(axis=1), 0.21 * 0.24, rtol=1e-7)
        # The row matches and sees mostly heads: heads grow. The column does not match: its heads fall.
        assert one[1, 0] > 0.7
        assert other[1, 0] < 0.6

    def test_of_three_populations_what_is_dominated_dies_out_and_what_is_absent_stays_away(self) -> None:
        payoffs = np.zeros((3, 2, 2, 2))
        payoffs[0, 1], payoffs[1, :, 1], payoffs[2, :, :, 1] = 1, 2, 3
        starts = [np.array([0.9, 0.1]), np.array([0.5, 0.5]), np.array([1.0, 0.0])]
        first, second, third = replicators(payoffs, starts, np.array([0.0, 1.0, 30.0]))
        # Odds of the better action grow like e^t and e^(2 t).
        np.testing.assert_allclose(first[1], np.array([0.9, 0.1 * np.e]) / (0.9 + 0.1 * np.e), atol=1e-9)
        np.testing.assert_allclose(second[1], np.array([1, np.e**2]) / (1 + np.e**2), atol=1e-9)
        assert first[-1, 1] > 1 - 1e-6
        assert third[-1].tolist() == [1, 0]

    def test_a_constant_changes_nothing(self) -> None:
        start, times = np.array([0.5, 0.3, 0.2]), np.linspace(0, 5, 20)
        np.testing.assert_allclose(replicator(ROCK + 7, start, times), replicator(ROCK, start, times), atol=1e-8)


class TestFixation:
    def test_by_hand(self) -> None:
        # Of two, (1 - e^-x) / (1 - e^-2x) = 1 / (1 + e^-x), Fermi's rule; without an advantage one of m.
        np.testing.assert_allclose(fixation(np.array([2.0, -2.0, 0.0]), 2), [1 / (1 + np.exp(-2)), 1 / (1 + np.exp(2)), 0.5], rtol=1e-12)
        np.testing.assert_allclose(fixation(np.array([0.0, 1e-9, 5.0]), 50), [0.02, 0.02, 1 - np.exp(-5)], rtol=1e-7)

    @given(st.floats(1e-6, 2.0), st.integers(2, 50))
    def test_a_gain_is_likelier_than_the_loss_by_e_to_the_others(self, advantage: float, population: int) -> None:
        gain, loss = fixation(np.array([advantage, -advantage]), population)
        assert gain / loss == pytest.approx(np.exp((population - 1) * advantage), rel=1e-6)

    def test_however_strong_it_is_neither_nothing_nor_more_than_sure(self) -> None:
        result = fixation(np.array([-1e300, -1e3, 1e3, 1e300]))
        assert (result > 0).all()
        assert (result <= 1).all()


class TestAlphaRank:
    def test_one_player_with_two_actions(self) -> None:
        # There and back as often: the shares are in the ratio of the chances, e^(49 × .01 × 2).
        result = alpha_rank(np.array([[0.0, 2.0]]), 0.01)
        assert result[1] / result[0] == pytest.approx(np.exp(0.98))

    @pytest.mark.parametrize("strength", [0.0, 0.01, 0.3, 2.0, 50.0])
    def test_rock_paper_scissors_are_alike_at_any_strength(self, strength: float) -> None:
        # From a tie either player wins or loses, 2 (r + s) in all; from a win the loser evens it out, r, or the winner does, s: of nine profiles the
        # three ties have a third of the time and so, by symmetry, each a ninth.
        np.testing.assert_allclose(alpha_rank(symmetric(ROCK.tolist()), strength), 1 / 9, atol=1e-9)

    def test_what_is_dominant_is_played_nearly_all_the_time(self) -> None:
        result = alpha_rank(PRISONERS, 0.5)
        # Left for a loss of 1 with e^(-49 / 2) as likely as it is reached by the gain.
        assert 1 - 3 * np.exp(-49 / 2) < result[1, 1] < 1
        three = np.zeros((3, 2, 2, 2))
        three[0, 1], three[1, :, 1], three[2, :, :, 0] = 1, 1, 1
        assert alpha_rank(three, 1.0)[1, 1, 0] > 1 - 1e-12

    def test_two_alike_equilibria_share_and_the_one_harder_to_leave_has_more(self) -> None:
        chicken = alpha_rank(CHICKEN, 1.0)
        assert chicken[0, 1] == pytest.approx(0.5, abs=1e-9)
        assert chicken[1, 0] == pytest.approx(0.5, abs=1e-9)
        # Stag hunt: to leave (stag, stag) costs 1, to leave (hare, hare) 3.
        stag = alpha_rank(symmetric([[4, 0], [3, 3]]), 0.2)
        assert stag[1, 1] > 0.9 > stag[0, 0]

    def test_without_selection_chance_decides(self) -> None:
        np.testing.assert_allclose(alpha_rank(random_game(1, (3, 2, 2)), 0.0), 1 / 12, atol=1e-12)

    @given(SEEDS, SHAPES, st.sampled_from([0.05, 0.5, 3.0]))
    def test_permuting_actions_permutes_it_and_a_constant_changes_nothing(self, seed: int, shape: tuple[int, ...], strength: float) -> None:
        payoffs, rng = random_game(seed, shape), np.random.default_rng(seed)
        order = np.ix_(*(rng.permutation(n) for n in shape))
        result = alpha_rank(payoffs, strength)
        assert result.sum() == pytest.approx(1)
        moved = alpha_rank(payoffs[(slice(None), *order)] + rng.normal(size=(len(shape), *[1] * len(shape))), strength)
        np.testing.assert_allclose(moved, result[order], atol=1e-7)

    @given(SEEDS, st.sampled_from([(3, 4), (2, 3, 2), (6, 5, 3)]), st.sampled_from([0.02, 0.2, 1.0, 20.0]))
    def test_it_is_the_long_run_of_the_chain_solved_as_a_whole(self, seed: int, shape: tuple[int, ...], strength: float) -> None:
        payoffs = random_game(seed, shape)
        moves, values = moves_of(shape), payoffs.reshape(len(shape), -1)
        rates = np.zeros((values.shape[1],) * 2)
        rates[moves.source, moves.target] = fixation(strength * (values[moves.player, moves.target] - values[moves.player, moves.source]))
        np.testing.assert_allclose(alpha_rank(payoffs, strength).ravel(), solved(rates), atol=1e-8)


class TestChains:
    def test_up_and_down_a_ladder_in_detailed_balance_whatever_the_rates(self) -> None:
        # Up at e^-60 and down at 1, then at e^-60 and e^-90: shares 1, e^-60, e^-60 e^30.
        rates = np.array([[0, np.exp(-60), 0], [1, 0, np.exp(-60)], [0, np.exp(-90), 0]])
        result = solved(rates)
        np.testing.assert_allclose(result[1:] / result[0], np.exp([-60, -30]), rtol=1e-12)

    def test_balance_holds_in_a_chain_at_random(self) -> None:
        rates = np.random.default_rng(3).random((7, 7))
        np.fill_diagonal(rates, 0)
        result = solved(rates)
        np.testing.assert_allclose(result @ rates, result * rates.sum(axis=1), rtol=1e-12)

    def test_every_change_of_one_action_once(self) -> None:
        moves = moves_of((2, 3))
        # Of six profiles each is left by one change of the first player and two of the second.
        assert len(moves.player) == 6 * 3
        assert np.bincount(moves.source).tolist() == [3] * 6
        assert set(zip(moves.source[moves.player == 0], moves.target[moves.player == 0], strict=True)) == {
            (0, 3), (1, 4), (2, 5), (3, 0), (4, 1), (5, 2)}
