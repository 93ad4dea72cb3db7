"""The game of a small state and two great powers who all choose: what each gets for every strategy and pair of policies, and what that leads to.

The small state gets a return or the composite. A power gets influence and pays for it, in two currencies that nothing makes one: so the game
is solved for a ladder of prices, from 0, where influence is all, to one at which the least effort is always best, and once more for the ratio of
the two. Everything is on the same worlds and resampled with them.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from experiments.analysis import games
from experiments.analysis.games import Actions, Mask, Mixed
from experiments.analysis.intervals import Estimate, percentiles, resampled, share_interval
from experiments.cells import Outcome
from experiments.comparison import mean_interval
from experiments.hypothesis import COMPOSITE
from experiments.outcome import best_of_team, on_scale, weights_of
from experiments.runner import Work, gathered
from sim.axes import DT, POWERS, WORLD, Array
from sim.draws import stream
from sim.payoffs import RETURNS, WEIGHED, Payoff
from sim.settings import Settings

#: Resamples of worlds.
N_RESAMPLES = 200
#: What is read of each cell besides returns.
POWER_SIDE = tuple(f"{what}_{power}" for what in ("influence", "outlay") for power in POWERS)
#: Influence is told in hundredths, outlay in hundredths of a percent of the power's own GDP; a price is the first for one of the second.
HUNDREDTHS, PART_OF_GDP = 100.0, 1e4
#: Most rungs of a ladder of prices that nobody gave, besides 0: 1, 2, 5 and so on, two decades.
RUNGS = 7
#: Payoffs that differ by less than this share of a player's range are equal: rounding.
ROUNDING = 1e-9
#: Strength of selection, a player's payoffs counted from its least to its most. A tenth of that range is then e^25 times likelier to take over than
#: to be driven out, a hundredth of it twelve times: strong, and yet what hardly differs hardly counts. Weaker and stronger are told beside it; at the
#: strongest nearly any loss is as rare as the chain allows, so that the size of a loss no longer counts.
STRENGTH, OTHERS = 5.0, (1.0, 50.0)
#: Who is played for this share of the long run survives.
SURVIVES = 0.05
#: Families with fewer members are left out where families are compared.
LARGE = 3
#: How long replicator dynamics run, in lives of a payoff as large as the range; the mean of the second half is told.
LIVES, LOOKS = 400.0, 201
#: Supports looked through in each resample.
MOST_SUPPORTS = 1000


@dataclass(frozen=True)
class Game:
    """What everybody gets in every world; axes: strategies, China's policies, policies of the US, worlds.

    Attributes:
        strategies: Of the small state.
        families: Family of each.
        reference: Strategy that payoffs of the small state are counted from.
        policies: Of either power.
        measure: What the small state gets.
        state: That, less what the reference has in the same world on average over all pairs of policies, shape (S, C, U, R).
        influence: Of each power, hundredths, shape (2, S, C, U, R).
        outlay: Of each power, hundredths of a percent of its own GDP, shape (2, S, C, U, R).
    """

    strategies: tuple[str, ...]
    families: Mapping[str, str]
    reference: str
    policies: tuple[str, ...]
    measure: str
    state: Array
    influence: Array
    outlay: Array

    @property
    def n_worlds(self) -> int:
        """Worlds that all profiles share."""
        return int(self.state.shape[WORLD])


def game_of(works: Sequence[Work], strategies: Sequence[str], policies: Sequence[str], reference: str, measure: str, payoff: Payoff,
            read: Callable[[str], Outcome]) -> Game:
    """The game that some cells hold.

    Args:
        works: One for each pair of policies, those of the US fastest.
        strategies: Of the small state, that all of them have.
        policies: Of either power.
        reference: One of the strategies.
        measure: A return or the composite.
        payoff: Anchors and weights of the composite.
        read: Gives the outcome of a key.

    Raises:
        experiments.cells.MissingCell, experiments.cells.DamagedCell: A cell that should be there is not.
    """
    wanted = (*dict.fromkeys((*WEIGHED, *([measure] if measure in RETURNS else []))), *POWER_SIDE)
    n = len(policies)
    shape = (len(strategies), n, n, works[0].settings.n_worlds)
    values = {name: np.empty(shape) for name in wanted}
    for number, work in enumerate(works):
        for row, name in enumerate(strategies):
            for part, found in gathered(work, name, read, wanted)[0].items():
                values[part][row, number // n, number % n] = found[0]
    if measure == COMPOSITE:
        scaled = on_scale(values, payoff, None)
        state = np.add.reduce([weight * scaled[name] for name, weight in weights_of(payoff).items()])
    else:
        state = values[measure]
    base = strategies.index(reference)
    gdp = mean_gdp(works[0].settings)
    return Game(
        tuple(strategies), {name: works[0].settings.strategies[name].family for name in strategies}, reference, tuple(policies), measure,
        state - state[base].mean(axis=(0, 1)), HUNDREDTHS * np.stack([values[f"influence_{power}"] for power in POWERS]),
        PART_OF_GDP * np.stack([values[f"outlay_{power}"] / own for power, own in zip(POWERS, gdp, strict=True)]))


def mean_gdp(settings: Settings) -> tuple[Array, ...]:
    """Mean GDP of each power over the horizon, USD bn a year, a number or one per world. MODEL.md, step 11."""
    quarters = np.arange(settings.horizon)
    data = (getattr(settings.world.powers, power) for power in POWERS)
    return tuple(np.asarray(of.output * np.power.outer(1 + DT * np.asarray(of.output_growth), quarters).mean(axis=-1)) for of in data)


# ---- What a power wants


@dataclass(frozen=True)
class Means:
    """Means over worlds, first as found, then in each resample: the same worlds for all profiles. Fields as in `Game`, shape (1 + resamples, S, C, U)."""

    state: Array
    influence: tuple[Array, Array]
    outlay: tuple[Array, Array]
    n_worlds: int

    def interval(self, found: Array) -> Estimate:
        """The estimate and its interval from what was found as such and in each resample, shape (1 + resamples, ...)."""
        return percentiles(found, self.n_worlds)

    def payoffs(self, price: float | None, resample: int = 0) -> Array:
        """The payoffs of all three, shape (3, S, C, U).

        Args:
            price: Hundredths of influence that a hundredth of a percent of GDP is worth; None: the ratio of the two, see `worth`.
            resample: 0: as found.
        """
        own = [worth(self.influence[power][resample], self.outlay[power][resample], price) for power in range(len(POWERS))]
        return np.stack([self.state[resample], *own])


def worth(influence: Array, outlay: Array, price: float | None) -> Array:
    """What influence at that outlay is worth to a power.

    Args:
        influence: Hundredths, from -100 to 100.
        outlay: Hundredths of a percent of GDP.
        price: Influence less the price times the outlay. None: the share of the way from a region that is wholly the rival's (-100) to one that
            is wholly its own (100), per hundredth of a percent of GDP. A ratio of influence itself would reward spending where influence is negative.
    """
    return (HUNDREDTHS + influence) / (2 * HUNDREDTHS) / outlay if price is None else influence - price * outlay


def means_of(game: Game, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Means:
    """Means over the worlds and over resamples of them."""
    weights = resampled(game.n_worlds, rng, n_resamples)

    def mean(values: Array) -> Array:
        return np.moveaxis(values @ weights.T, -1, 0)

    return Means(mean(game.state), (mean(game.influence[0]), mean(game.influence[1])), (mean(game.outlay[0]), mean(game.outlay[1])), game.n_worlds)


def least_effort(means: Means) -> tuple[int, ...]:
    """For each power the policy that costs least, on average over all else."""
    return tuple(int(means.outlay[power][0].mean(axis=(0, 2 - power)).argmin()) for power in range(len(POWERS)))


def top_price(means: Means) -> float:
    """The least price at which each power's policy of least effort is best whatever the others do; 0 where it is at any price."""
    highest = 0.0
    for power, least in enumerate(least_effort(means)):
        influence, outlay = (np.moveaxis(values[power][0], 1 + power, 0) for values in (means.influence, means.outlay))
        saved, lost = outlay - outlay[least], influence - influence[least]
        costly = saved > 0
        highest = max(highest, float((lost[costly] / saved[costly]).max(initial=0.0)))
    return highest


def ladder(top: float) -> tuple[float, ...]:
    """0, and 1, 2, 5, 10 … from a hundredth of the first such number above the top; 0 alone where the top is 0."""
    if top <= 0:
        return (0.0,)
    steps = [float(f"{lead}e{power}") for power in range(-12, 13) for lead in (1, 2, 5)]
    last = next((i for i, step in enumerate(steps) if step > top), len(steps) - 1)
    return (0.0, *steps[max(0, last - RUNGS + 1) : last + 1])


# ---- What the game leads to at a price


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium in pure actions.

    Attributes:
        profile: Numbers of the strategy, of China's policy and of that of the US.
        found: Whether it is one on the worlds as they are.
        share: In which share of the resamples it is one.
    """

    profile: tuple[int, int, int]
    found: bool
    share: Estimate


@dataclass(frozen=True)
class Rung:
    """The game at a price.

    Attributes:
        price: The price; None: the ratio.
        at_once: Equilibria where all three choose at once, those of most resamples first.
        none_at_once: Share of the resamples without any.
        answers: The small state's best strategy at each pair of policies, shape (C, U).
        best: Where each power's policy is best when the small state answers, shape (2, C, U).
        led: Equilibria where the powers choose and the small state answers.
        none_led: Share of the resamples without any in pure policies.
        mixed: All equilibria of the powers, mixed ones among them.
        mixed_share: In which share of the resamples there is one with the same policies, for each of them.
        cycles: Sets of pairs, by number, that best answers of the powers end in and do not leave.
        long_run: Stationary mix over profiles, shape (S, C, U).
        pairs: Its share of each pair of policies, shape (C, U).
        strategies: Of each strategy.
        policies: Of each policy of China and of the US.
        other_strengths: Shares of policies, by strength of selection.
        replicated: Where replicator dynamics end that start from even shares: strategies, China's policies, those of the US.
        mixes: The share of each pair in each resample, shape (1 + resamples, C, U).
    """

    price: float | None
    at_once: tuple[Equilibrium, ...]
    none_at_once: Estimate
    answers: Actions
    best: Mask
    led: tuple[Equilibrium, ...]
    none_led: Estimate
    mixed: Mixed
    mixed_share: tuple[Estimate, ...]
    cycles: tuple[Actions, ...]
    long_run: Array
    pairs: Estimate
    strategies: Estimate
    policies: tuple[Estimate, Estimate]
    other_strengths: Mapping[float, tuple[Array, Array]]
    replicated: tuple[Array, ...]
    mixes: Array

    @property
    def name(self) -> str:
        """What the rung is called."""
        return "ratio" if self.price is None else f"{self.price:g}"


def rung_of(means: Means, price: float | None) -> Rung:
    """Solve the game at a price, as found and in every resample."""
    n = len(means.state) - 1
    once, led, ways, long_runs = [], [], [], []
    mixed: Mixed | None = None
    for resample in range(n + 1):
        payoffs = normed(means.payoffs(price, resample))
        once.append(games.pure_equilibria(payoffs, ROUNDING))
        answers = payoffs[0].argmax(axis=0)
        of_powers = answered(payoffs, answers)
        led.append(games.pure_equilibria(of_powers, ROUNDING))
        found = games.mixed_equilibria(of_powers, *([MOST_SUPPORTS] if resample else []))
        mixed = mixed or found
        ways.append({supports(pair) for pair in found.pairs})
        long_runs.append(games.alpha_rank(payoffs, STRENGTH))
    assert mixed is not None
    payoffs = normed(means.payoffs(price))
    answers = payoffs[0].argmax(axis=0)
    of_powers = answered(payoffs, answers)
    runs = np.stack(long_runs)
    return Rung(
        price, _equilibria(once), share_interval(sum(not each.any() for each in once[1:]), n), answers, games.best_responses(of_powers, ROUNDING),
        tuple(Equilibrium((int(answers[each.profile[1:]]), *each.profile[1:]), each.found, each.share) for each in _equilibria([each[None] for each in led])),
        share_interval(sum(not each.any() for each in led[1:]), n), mixed,
        tuple(share_interval(sum(supports(pair) in each for each in ways[1:]), n) for pair in mixed.pairs),
        games.sinks(games.best_response_graph(of_powers, ROUNDING)), runs[0], means.interval(runs.sum(axis=1)), means.interval(runs.sum(axis=(2, 3))),
        (means.interval(runs.sum(axis=(1, 3))), means.interval(runs.sum(axis=(1, 2)))),
        {strength: _of_powers(games.alpha_rank(payoffs, strength)) for strength in OTHERS}, _replicated(payoffs), runs.sum(axis=1))


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
    return tuple(tuple(int(i) for i in np.flatnonzero(mix > games.SAME_MIX)) for mix in pair)


def _equilibria(masks: Sequence[Mask]) -> tuple[Equilibrium, ...]:
    """Profiles that are an equilibrium as found (first) or in some resample, those of most resamples first."""
    counts = np.sum(masks[1:], axis=0) if len(masks) > 1 else np.zeros_like(masks[0], dtype=int)
    where = np.argwhere((counts > 0) | masks[0])
    found = [Equilibrium((int(s), int(c), int(u)), bool(masks[0][s, c, u]), share_interval(int(counts[s, c, u]), len(masks) - 1)) for s, c, u in where]
    return tuple(sorted(found, key=lambda each: (-float(each.share.value), not each.found, each.profile)))


def _of_powers(long_run: Array) -> tuple[Array, Array]:
    return long_run.sum(axis=(0, 2)), long_run.sum(axis=(0, 1))


def _replicated(payoffs: Array) -> tuple[Array, ...]:
    starts = [np.full(n, 1 / n) for n in payoffs.shape[1:]]
    shares = games.replicators(payoffs, starts, np.linspace(0, LIVES, LOOKS))
    return tuple(each[LOOKS // 2 :].mean(axis=0) for each in shares)


# ---- What the small state does


@dataclass(frozen=True)
class Answer:
    """The small state's best answer to each pair of policies, shape (C, U).

    Attributes:
        best: The strategy with the highest mean.
        second: The next one.
        ahead: How much more the best brings than the next, world by world.
        tied: Strategies whose paired interval to the best contains 0, shape (S, C, U); the best among them.
    """

    best: Actions
    second: Actions
    ahead: Estimate
    tied: Mask


def answer_of(game: Game) -> Answer:
    """Best answers with ties."""
    order = np.argsort(-game.state.mean(axis=WORLD), axis=0, kind="stable")
    lead = np.take_along_axis(game.state, order[:1, ..., None], axis=0)
    value, low, high = mean_interval(lead - game.state)
    tied = low <= 0
    np.put_along_axis(tied, order[:1], True, axis=0)
    second = order[min(1, len(order) - 1)]
    gap = [np.take_along_axis(each, second[None], axis=0)[0] for each in (value, low, high)]
    return Answer(order[0], second, Estimate(*gap), tied)


@dataclass(frozen=True)
class Against:
    """What strategies bring against a mix of policy pairs, those of the long run at a price.

    Attributes:
        values: Of each strategy, with its interval over worlds and over what they make survive, shape (S,).
        behind: The same less the best one's; who is not below 0 is tied with it.
        families: Families with enough members.
        size: So many members of each are drawn.
        by_family: What the best of so many brings, less that of the best family, shape (families,).
    """

    values: Estimate
    behind: Estimate
    families: tuple[str, ...]
    size: int
    by_family: Estimate


def against(game: Game, means: Means, rung: Rung) -> Against:
    """How every strategy, and every large family at equal size, fares against what survives."""
    found = np.einsum("bscu,bcu->bs", means.state, rung.mixes)
    best = int(found[0].argmax())
    members = {family: [i for i, name in enumerate(game.strategies) if game.families[name] == family] for family in dict.fromkeys(game.families.values())}
    large = {family: rows for family, rows in members.items() if len(rows) >= LARGE}
    if len(large) < 2:
        return Against(means.interval(found), means.interval(found - found[:, [best]]), (), 0, Estimate(*[np.empty(0)] * 3))
    size = min(map(len, large.values()))
    # Each resample is a future of its own: who leads a team in it is whoever does best in it.
    teams = np.stack([best_of_team(found.T[rows][..., None], size)[:, 0] for rows in large.values()], axis=1)
    behind = teams - teams[:, [int(teams[0].argmax())]]
    return Against(means.interval(found), means.interval(found - found[:, [best]]), tuple(large), size, means.interval(behind))


@dataclass(frozen=True)
class Extremes:
    """What a strategy brings at the pairs of policies that are best and worst for it.

    Attributes:
        mean: On average over all pairs, shape (S,).
        best: At its best pair.
        best_pair: Number of that pair, China's policies slowest.
        worst: At its worst pair.
        worst_pair: Number of that pair.
    """

    mean: Estimate
    best: Estimate
    best_pair: Actions
    worst: Estimate
    worst_pair: Actions


def extremes_of(game: Game) -> Extremes:
    """The best and the worst that the powers can do to each strategy."""
    pairs = game.state.reshape(len(game.strategies), -1, game.n_worlds)
    means = pairs.mean(axis=WORLD)
    rows, best, worst = np.arange(len(pairs)), means.argmax(axis=1), means.argmin(axis=1)
    return Extremes(Estimate(*mean_interval(pairs.mean(axis=1))), Estimate(*mean_interval(pairs[rows, best])), best,
                    Estimate(*mean_interval(pairs[rows, worst])), worst)


# ---- What influence costs


@dataclass(frozen=True)
class Cost:
    """A power's policies, the small state answering best, on average over the rival's policies; shape (policies,).

    Attributes:
        influence: Hundredths.
        outlay: Hundredths of a percent of GDP.
        least: Number of the policy of least effort.
        breaks_even: Price at which the policy is worth as much as that of least effort: below it the policy pays, above it does not.
    """

    influence: Estimate
    outlay: Estimate
    least: int
    breaks_even: Estimate


def costs_of(means: Means) -> tuple[Cost, Cost]:
    """Influence and outlay of the policies of China and of the US."""
    answers = means.state.argmax(axis=1)[:, None]
    found = []
    for power, least in enumerate(least_effort(means)):
        influence, outlay = (np.take_along_axis(values[power], answers, axis=1)[:, 0].mean(axis=2 - power) for values in (means.influence, means.outlay))
        more = outlay - outlay[:, [least]]
        price = np.where(more > 0, (influence - influence[:, [least]]) / np.where(more > 0, more, 1.0), np.nan)
        found.append(Cost(means.interval(influence), means.interval(outlay), least, means.interval(price)))
    return found[0], found[1]


# ---- All of it


@dataclass(frozen=True)
class Solution:
    """All that is said about a game.

    Attributes:
        game: What everybody gets.
        means: Its means.
        top: The price at which least effort is best whatever the others do.
        rungs: The game at each price, then for the ratio where there is one.
        answer: The small state's answers.
        against: How it fares against what survives, for each rung.
        extremes: And against the best and the worst pair.
        costs: Of the policies of China and of the US.
    """

    game: Game
    means: Means
    top: float
    rungs: tuple[Rung, ...]
    answer: Answer
    against: tuple[Against, ...]
    extremes: Extremes
    costs: tuple[Cost, Cost]

    @property
    def shown(self) -> tuple[Rung, ...]:
        """The rungs told at length: the first price, the middle one and the last."""
        priced = [rung for rung in self.rungs if rung.price is not None]
        return tuple(priced[i] for i in sorted({0, len(priced) // 2, len(priced) - 1}))


def solved(game: Game, seed: int, executor: Executor, n_resamples: int = N_RESAMPLES, prices: Sequence[float] | None = None) -> Solution:
    """Solve a game at every price.

    Args:
        game: What everybody gets.
        seed: Entropy of the resamples.
        executor: Where the prices are solved, side by side.
        n_resamples: How many.
        prices: Those wanted; None: a ladder up to where least effort wins.
    """
    means = means_of(game, stream(seed, "tournament", 0), n_resamples)
    top = top_price(means)
    ratio = [None] if min(float(outlay.min()) for outlay in means.outlay) > 0 else []
    futures = [executor.submit(rung_of, means, price) for price in (*(ladder(top) if prices is None else prices), *ratio)]
    rungs = tuple(future.result() for future in futures)
    return Solution(game, means, top, rungs, answer_of(game), tuple(against(game, means, rung) for rung in rungs), extremes_of(game), costs_of(means))
