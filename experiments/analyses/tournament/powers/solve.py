"""The game of a small state and two great powers who all choose: what each gets for every strategy and pair of policies, and what that leads to.

The small state gets a return or the composite. A power gets influence and pays for it, in two currencies that nothing makes one: so the game
is solved for a ladder of prices, from 0, where influence is all, to one at which the least effort is always best, and once more for the ratio of
the two. Everything is on the same worlds and resampled with them.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from experiments.analyses.tournament.options import Options
from experiments.analyses.tournament.powers.answers import Against, Answer, Extremes, against, answer_of, extremes_of
from experiments.analyses.tournament.powers.game import N_RESAMPLES, Game, Means, game_of, means_of
from experiments.analyses.tournament.powers.prices import Cost, costs_of, ladder, top_price
from experiments.analyses.tournament.powers.result import Equilibrium, MixedEquilibria, OtherWays, Rung
from experiments.cells.job_cells import JobCells, whole
from experiments.cells.session import Session
from experiments.methods import games
from experiments.methods.alpha_rank import alpha_rank
from experiments.methods.games import Actions, Mask, Mixed
from experiments.methods.intervals import Estimate, mean_interval, share_interval
from experiments.methods.replicator import replicators
from sim.axes import Array
from sim.draws import stream
from sim.payoffs import PLACES

#: Payoffs that differ by less than this share of a player's range are equal: rounding.
ROUNDING = 1e-9
#: Strength of selection, a player's payoffs counted from its least to its most. A tenth of that range is then e^25 times likelier to take over than
#: to be driven out, a hundredth of it twelve times: strong, and yet what hardly differs hardly counts. Weaker and stronger selection are reported too; at the
#: strongest nearly any loss is as rare as the chain allows, so that the size of a loss no longer counts.
STRENGTH, OTHERS = 5.0, (1.0, 50.0)
#: Who is played for this share of the long run survives.
SURVIVES = 0.05
#: How long replicator dynamics run, in lives of a payoff as large as the range; the mean of the second half counts.
LIVES, LOOKS = 400.0, 201
#: Supports looked through in each resample.
MOST_SUPPORTS = 1000


def rung_of(means: Means, price: float | None) -> Rung:
    """Solve the game at a price, for the mean payoffs and in every resample."""
    n = len(means.state) - 1
    once, led, ways, long_runs = [], [], [], []
    mixed: Mixed | None = None
    for resample in range(n + 1):
        payoffs = normed(means.payoffs(price, resample))
        once.append(games.pure_equilibria(payoffs, ROUNDING))
        answers = payoffs[0].argmax(axis=0)
        of_powers = answered(payoffs, answers)
        led.append(games.pure_equilibria(of_powers, ROUNDING))
        result = games.mixed_equilibria(of_powers, *([MOST_SUPPORTS] if resample else []))
        mixed = mixed or result
        ways.append({supports(pair) for pair in result.pairs})
        long_runs.append(alpha_rank(payoffs, STRENGTH))
    assert mixed is not None
    payoffs = normed(means.payoffs(price))
    answers = payoffs[0].argmax(axis=0)
    of_powers = answered(payoffs, answers)
    runs = np.stack(long_runs)
    return Rung(
        price, _equilibria(once), share_interval(sum(not each.any() for each in once[1:]), n), answers, games.best_responses(of_powers, ROUNDING),
        tuple(Equilibrium((int(answers[each.profile[1:]]), *each.profile[1:]), each.in_mean_payoffs, each.share)
              for each in _equilibria([each[None] for each in led])),
        share_interval(sum(not each.any() for each in led[1:]), n),
        MixedEquilibria(tuple(mixed.pairs), mixed.complete, tuple(share_interval(sum(supports(pair) in each for each in ways[1:]), n) for pair in mixed.pairs)),
        games.sinks(games.best_response_graph(of_powers, ROUNDING)), means.interval(runs.sum(axis=1)), means.interval(runs.sum(axis=(2, 3))),
        (means.interval(runs.sum(axis=(1, 3))), means.interval(runs.sum(axis=(1, 2)))),
        OtherWays({strength: _of_powers(alpha_rank(payoffs, strength)) for strength in OTHERS}, _replicated(payoffs)), runs.sum(axis=1))


def normed(payoffs: Array) -> Array:
    """Payoffs of each player from 0, its least, to 1, its most, shape (players, *actions)."""
    flat = payoffs.reshape(len(payoffs), -1)
    least, width = flat.min(axis=1), np.ptp(flat, axis=1)
    return ((flat - least[:, None]) / np.where(width > 0, width, 1.0)[:, None]).reshape(payoffs.shape)


def answered(payoffs: Array, answers: Actions) -> Array:
    """What both powers get when the small state answers, (3, S, C, U) to (2, C, U)."""
    return np.stack([np.take_along_axis(own, answers[None], axis=0)[0] for own in payoffs[1:]])


def supports(pair: tuple[Array, Array]) -> tuple[tuple[int, ...], ...]:
    """The actions that each player of a mixed equilibrium plays at all."""
    return tuple(tuple(int(i) for i in np.flatnonzero(mix > games.NEVER)) for mix in pair)


def _equilibria(masks: Sequence[Mask]) -> tuple[Equilibrium, ...]:
    """Profiles that are an equilibrium of the mean payoffs (first mask) or in some resample, those of most resamples first."""
    counts = np.sum(masks[1:], axis=0) if len(masks) > 1 else np.zeros_like(masks[0], dtype=int)
    where = np.argwhere((counts > 0) | masks[0])
    result = [Equilibrium((int(s), int(c), int(u)), bool(masks[0][s, c, u]), share_interval(int(counts[s, c, u]), len(masks) - 1)) for s, c, u in where]
    return tuple(sorted(result, key=lambda each: (-float(each.share.value), not each.in_mean_payoffs, each.profile)))


def _of_powers(long_run: Array) -> tuple[Array, Array]:
    return long_run.sum(axis=(0, 2)), long_run.sum(axis=(0, 1))


def _replicated(payoffs: Array) -> tuple[Array, ...]:
    starts = [np.full(n, 1 / n) for n in payoffs.shape[1:]]
    shares = replicators(payoffs, starts, np.linspace(0, LIVES, LOOKS))
    return tuple(each[LOOKS // 2 :].mean(axis=0) for each in shares)


@dataclass(frozen=True)
class Solution:
    """Solution of a game.

    Attributes:
        game: What everybody gets.
        means: Its means.
        top: The price at which least effort is best whatever the others do.
        rungs: The game at each price, then for the ratio where there is one.
        answer: The small state's answers.
        against: How it fares against what survives, for each rung.
        extremes: How it fares against the best and the worst pair.
        costs: Costs of the policies of the two powers.
        payoffs: Mean payoffs over worlds of every profile, by column of their table, shape (S, C, U).
        survival: Share of the prices at which those who lead the long run at the first price lead it, with no other clearly ahead: the powers, the small
            state.
    """

    game: Game
    means: Means
    top: float
    rungs: tuple[Rung, ...]
    answer: Answer
    against: tuple[Against, ...]
    extremes: Extremes
    costs: tuple[Cost, Cost]
    payoffs: Mapping[str, Estimate]
    survival: tuple[Estimate, ...]

    @property
    def shown(self) -> tuple[Rung, ...]:
        """The rungs shown in detail: the first price, the middle one and the last."""
        priced = [rung for rung in self.rungs if rung.price is not None]
        return tuple(priced[i] for i in sorted({0, len(priced) // 2, len(priced) - 1}))


def solved(game: Game, seed: int, executor: Executor, n_resamples: int = N_RESAMPLES, prices: Sequence[float] | None = None) -> Solution:
    """Solve a game at every price.

    Args:
        game: What everybody gets.
        seed: Entropy of the resamples.
        executor: Where the prices are solved, side by side.
        n_resamples: How many.
        prices: Prices; None: a ladder up to where least effort is best.
    """
    means = means_of(game, stream(seed, "tournament", 0), n_resamples)
    top = top_price(means)
    ratio = [None] if min(float(outlay.min()) for outlay in means.outlay) > 0 else []
    futures = [executor.submit(rung_of, means, price) for price in (*(ladder(top) if prices is None else prices), *ratio)]
    rungs = tuple(future.result() for future in futures)
    return Solution(game, means, top, rungs, answer_of(game), tuple(against(game, means, rung) for rung in rungs), extremes_of(game),
                    costs_of(means), _payoffs(game), _survival([rung for rung in rungs if rung.price is not None]))


def _survival(priced: Sequence[Rung]) -> tuple[Estimate, ...]:
    """At how many prices no other share is clearly larger than that of who leads at the first one."""
    counts = [sum(first[0] in rung.leading[who] for rung in priced) for who, first in enumerate(priced[0].leading)]
    holds = share_interval(np.array(counts), len(priced))
    return tuple(holds[i] for i in range(len(counts)))


def _payoffs(game: Game) -> dict[str, Estimate]:
    parts = {game.measure: game.state, **{f"{what}_{power}": values[g] for what, values in (("influence", game.influence), ("outlay", game.outlay))
                                          for g, power in enumerate(PLACES)}}
    return {name: Estimate(*mean_interval(values)) for name, values in parts.items()}


def solution_of(options: Options, pairs: Sequence[JobCells], session: Session, n_resamples: int = N_RESAMPLES) -> Solution | None:
    """The game of the powers, solved, among the strategies with all their cells; None where the reference has not.

    Args:
        options: Those of the command.
        pairs: Cells of each pair of policies, those of the second power fastest.
        session: Where the cells are, and where prices are solved.
        n_resamples: Resamples of worlds.
    """
    run, names = options.job.run, whole(pairs, session.failed)
    if run.reference not in names:
        return None
    game = game_of(pairs, names, tuple(options.policies), run.reference, options.measure, run.payoff, session.store.read)
    return solved(game, options.job.settings.seed, session.executor, n_resamples, options.prices)
