"""Games of textbooks and catalogues with all equilibria, and alpha-rank of known games."""

import numpy as np
import pytest

from experiments.methods.alpha_rank import alpha_rank, fixation
from experiments.methods.games import mixed_equilibria
from sim.axes import Array

#: Rows, columns, and every extreme equilibrium.
GAMES = {
    # Nisan, Roughgarden, Tardos & Vazirani (2007), Algorithmic Game Theory, example 3.3: three rows, two columns; three equilibria.
    "algorithmic game theory 3.3": ([[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]],
                                    {((1, 0, 0), (1, 0)), ((4 / 5, 1 / 5, 0), (2 / 3, 1 / 3)), ((0, 1 / 3, 2 / 3), (1 / 3, 2 / 3))}),
    # Luce & Raiffa (1957): one wants the fight, one the ballet, both want company.
    "battle of the sexes": ([[2, 0], [0, 1]], [[1, 0], [0, 2]], {((1, 0), (1, 0)), ((0, 1), (0, 1)), ((2 / 3, 1 / 3), (1 / 3, 2 / 3))}),
    # Rousseau; payoffs of Harsanyi & Selten (1988): 9 for the stag together, 8 for the hare against the stag, 7 for two hares.
    "stag hunt": ([[9, 0], [8, 7]], [[9, 8], [0, 7]], {((1, 0), (1, 0)), ((0, 1), (0, 1)), ((7 / 8, 1 / 8), (7 / 8, 1 / 8))}),
    "rock, paper, scissors": ([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]], {((1 / 3,) * 3, (1 / 3,) * 3)}),
    # Degenerate: with equal columns for the second player a whole edge of mixes, two ends of which are listed.
    "a player who does not care": ([[1, 0], [0, 1]], [[0, 0], [0, 0]], {
        ((1, 0), (1, 0)), ((0, 1), (0, 1)), ((1, 0), (1 / 2, 1 / 2)), ((0, 1), (1 / 2, 1 / 2))}),
    # Payoffs tie: by hand, see the test of mixed equilibria.
    "a tie of columns": ([[1, 0, 2], [2, 2, 0]], [[2, 0, 2], [0, 1, 0]], {
        ((1, 0), (0, 0, 1)), ((1, 0), (2 / 3, 0, 1 / 3)), ((0, 1), (0, 1, 0)), ((1 / 3, 2 / 3), (2 / 3, 0, 1 / 3)), ((1 / 3, 2 / 3), (0, 1 / 2, 1 / 2))}),
}


def rounded(pair: tuple[object, object]) -> tuple[float, ...]:
    return tuple(np.round(np.concatenate([np.asarray(mix, dtype=float) for mix in pair]), 9) + 0.0)


@pytest.mark.parametrize("name", GAMES)
def test_all_equilibria(name: str) -> None:
    rows, columns, equilibria = GAMES[name]
    result = mixed_equilibria(np.array([rows, columns], dtype=float))
    assert result.complete
    assert sorted(map(rounded, result.pairs)) == sorted(map(rounded, equilibria))


def test_a_game_of_coordination_with_all_subsets_as_equilibria() -> None:
    # The identity as payoffs of both: any subset of actions, played evenly by both, is an equilibrium: 2^n − 1 (Quint & Shubik 1997).
    assert len(mixed_equilibria(np.stack([np.eye(5)] * 2)).pairs) == 2**5 - 1


def game(rows: list[list[float]], columns: list[list[float]]) -> Array:
    return np.array([rows, columns], dtype=float)


class TestAlphaRank:
    """Omidshafiei et al. (2019), alpha-Rank: multi-agent evaluation by evolution, Scientific Reports 9: 9937."""

    def test_the_battle_of_the_sexes_is_shared_by_both_ways_to_meet(self) -> None:
        # Figure of the battle of the sexes (payoffs 3 and 2): the two meetings have one half each, the others nothing.
        result = alpha_rank(game([[3, 0], [0, 2]], [[2, 0], [0, 3]]), 10.0)
        np.testing.assert_allclose(result, [[0.5, 0], [0, 0.5]], atol=1e-9)

    def test_rock_paper_scissors_are_even(self) -> None:
        rock = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
        result = alpha_rank(game(rock, (-np.array(rock)).tolist()), 1.0)
        np.testing.assert_allclose(result.sum(axis=1), 1 / 3, atol=1e-9)
        np.testing.assert_allclose(result.sum(axis=0), 1 / 3, atol=1e-9)

    def test_matching_pennies_go_round_for_ever(self) -> None:
        np.testing.assert_allclose(alpha_rank(game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), 1.0), 1 / 4, atol=1e-9)

    def test_fixation_without_an_advantage_is_one_of_the_population(self) -> None:
        # Their neutral chance, 1 / m with m = 50.
        assert fixation(np.zeros(1), 50) == pytest.approx(1 / 50)
