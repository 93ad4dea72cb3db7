"""What the small state answers to the powers, and what their choice is worth to it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.analyses.tournament.powers.game import Game, Means
from experiments.analyses.tournament.powers.result import Rung
from experiments.methods.games import Actions, Mask
from experiments.methods.intervals import Estimate, mean_interval
from experiments.methods.sides import best_of_team
from sim.axes import WORLD, Array

#: Families with fewer members are not compared.
LARGE = 3


@dataclass(frozen=True)
class Answer:
    """The small state's best answer to each pair of policies, shape (C, U).

    Attributes:
        best: The strategy with the highest mean.
        second: The next one.
        ahead: The best less the next, world by world.
        tied: Strategies whose paired interval to the best contains 0, shape (S, C, U); the best among them.
        undecided: Where another strategy is tied with the best.
        counts: At how many pairs each strategy is the best, shape (S,).
        alone: At how many of these no other is tied with it, shape (S,).
        families: At how many pairs a strategy of each family is the best, most often first.
    """

    best: Actions
    second: Actions
    ahead: Estimate
    tied: Mask
    undecided: Mask
    counts: Actions
    alone: Actions
    families: Mapping[str, int]


def answer_of(game: Game) -> Answer:
    """Best answers with ties."""
    order = np.argsort(-game.state.mean(axis=WORLD), axis=0, kind="stable")
    lead = np.take_along_axis(game.state, order[:1, ..., None], axis=0)
    value, low, high = mean_interval(lead - game.state)
    tied = low <= 0
    np.put_along_axis(tied, order[:1], True, axis=0)
    undecided = tied.sum(axis=0) > 1
    second = order[min(1, len(order) - 1)]
    gap = [np.take_along_axis(each, second[None], axis=0)[0] for each in (value, low, high)]
    best, n = order[0], len(order)
    families = Counter(game.families[game.strategies[i]] for i in best.ravel())
    return Answer(best, second, Estimate(*gap), tied, undecided, np.bincount(best.ravel(), minlength=n),
                  np.bincount(best.ravel(), ~undecided.ravel(), minlength=n).astype(int), dict(families.most_common()))


@dataclass(frozen=True)
class Against:
    """How strategies fare against a mix of policy pairs, those of the long run at a price.

    Attributes:
        values: Payoff of each strategy, with its interval over worlds and over the policies that survive in them, shape (S,).
        behind: The same less that of the best one; where it is not below 0 the two cannot be distinguished.
        families: Families with enough members.
        size: Number of members drawn of each.
        by_family: Payoff of the best of these, less that of the best family, shape (families,).
    """

    values: Estimate
    behind: Estimate
    families: tuple[str, ...]
    size: int
    by_family: Estimate


def against(game: Game, means: Means, rung: Rung) -> Against:
    """How every strategy, and every large family, size-adjusted, fares against the policies that survive."""
    result = np.einsum("bscu,bcu->bs", means.state, rung.mixes)
    best = int(result[0].argmax())
    members = {family: [i for i, name in enumerate(game.strategies) if game.families[name] == family] for family in dict.fromkeys(game.families.values())}
    large = {family: rows for family, rows in members.items() if len(rows) >= LARGE}
    if len(large) < 2:
        return Against(means.interval(result), means.interval(result - result[:, [best]]), (), 0, Estimate(*[np.empty(0)] * 3))
    size = min(map(len, large.values()))
    # In each resample the member that does best in it leads its team.
    teams = np.stack([best_of_team(result.T[rows][..., None], size)[:, 0] for rows in large.values()], axis=1)
    behind = teams - teams[:, [int(teams[0].argmax())]]
    return Against(means.interval(result), means.interval(result - result[:, [best]]), tuple(large), size, means.interval(behind))


@dataclass(frozen=True)
class Extremes:
    """How a strategy fares at the pairs of policies that are best and worst for it.

    Attributes:
        mean: On average over all pairs, shape (S,).
        best: At its best pair.
        best_pair: Number of that pair, those of the first power slowest.
        worst: At its worst pair.
        worst_pair: Number of that pair.
        swing: Best less worst, shape (S,).
        typical_swing: Its median over strategies.
        typical_choice: Highest less lowest mean of the strategies at a pair, median over pairs.
    """

    mean: Estimate
    best: Estimate
    best_pair: Actions
    worst: Estimate
    worst_pair: Actions
    swing: Array
    typical_swing: float
    typical_choice: float


def extremes_of(game: Game) -> Extremes:
    """The best and the worst that the powers can do to each strategy."""
    pairs = game.state.reshape(len(game.strategies), -1, game.n_worlds)
    means = pairs.mean(axis=WORLD)
    rows, best, worst = np.arange(len(pairs)), means.argmax(axis=1), means.argmin(axis=1)
    at_best, at_worst = (Estimate(*mean_interval(pairs[rows, which])) for which in (best, worst))
    swing = at_best.value - at_worst.value
    return Extremes(Estimate(*mean_interval(pairs.mean(axis=1))), at_best, best, at_worst, worst, swing, float(np.median(swing)),
                    float(np.median(np.ptp(means, axis=0))))
