"""The best of a side, and sides of other sizes."""

import numpy as np

from experiments.methods.sides import advantage, best_of_team


def test_the_best_of_a_team_is_the_mean_over_all_teams_of_that_size() -> None:
    from itertools import combinations

    values = np.random.default_rng(1).normal(size=(5, 7, 3))
    means = values.mean(axis=-1)
    teams = [np.stack([values[max(team, key=lambda i, p=p: means[i, p]), p] for p in range(7)]) for team in combinations(range(5), 2)]
    np.testing.assert_allclose(best_of_team(values, 2), np.mean(teams, axis=0), atol=1e-12)
    np.testing.assert_array_equal(best_of_team(values, 5).mean(axis=-1), means.max(axis=0))


def test_sides_drawn_from_the_same_strategies_have_no_advantage_by_their_number() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(12, 4000, 1))
    equal = advantage(values, range(9), range(9, 12))
    assert abs(equal.mean()) < 4 * equal.std() / np.sqrt(len(equal))
    assert best_of_team(values[:9], 9).mean() - best_of_team(values[9:], 3).mean() > 0.5
