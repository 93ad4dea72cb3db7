"""The payoff arrays of the game, from cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells, gathered
from experiments.methods.intervals import Estimate, percentiles, resampled
from sim.axes import DT, N_POWERS, WORLD, Array
from sim.payoffs import COMPOSITE, PLACES, RETURNS, WEIGHED, Payoff, composite
from sim.settings import Settings

#: Resamples of worlds.
N_RESAMPLES = 200
#: Read from each cell, with the returns.
POWER_SIDE = tuple(f"{what}_{power}" for what in ("influence", "outlay") for power in PLACES)
#: Influence is in points (hundredths), outlay in units of 0.01 % of the power's own GDP; a price is points of influence for one such unit.
POINTS, PART_OF_GDP = 100.0, 1e4


@dataclass(frozen=True)
class Game:
    """What everybody gets in every world; axes: strategies, policies of the first power, of the second, worlds.

    Attributes:
        strategies: Of the small state.
        families: Family of each.
        reference: Strategy that payoffs of the small state are counted from.
        policies: Of either power.
        measure: What the small state gets.
        state: That, less what the reference has in the same world on average over all pairs of policies, shape (S, C, U, R).
        influence: Of each power, points, shape (2, S, C, U, R).
        outlay: Of each power, in 0.01 % of its own GDP, shape (2, S, C, U, R).
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


def game_of(jobs_cells: Sequence[JobCells], strategies: Sequence[str], policies: Sequence[str], reference: str, measure: str, payoff: Payoff,
            read: Callable[[str], Outcome]) -> Game:
    """The game that some cells hold.

    Args:
        jobs_cells: One for each pair of policies, those of the second power fastest.
        strategies: Of the small state, that all of them have.
        policies: Of either power.
        reference: One of the strategies.
        measure: A return or the composite.
        payoff: Anchors and weights of the composite.
        read: Gives the outcome of a key.

    Raises:
        experiments.cells.store.MissingCell, experiments.cells.store.DamagedCell: A cell that should be there is not.
    """
    wanted = (*dict.fromkeys((*WEIGHED, *([measure] if measure in RETURNS else []))), *POWER_SIDE)
    n = len(policies)
    shape = (len(strategies), n, n, jobs_cells[0].settings.n_worlds)
    values = {name: np.empty(shape) for name in wanted}
    for number, job_cells in enumerate(jobs_cells):
        for row, name in enumerate(strategies):
            for part, result in gathered(job_cells, name, read, wanted)[0].items():
                values[part][row, number // n, number % n] = result[0]
    state = composite(values, payoff) if measure == COMPOSITE else values[measure]
    base = strategies.index(reference)
    gdp = mean_gdp(jobs_cells[0].settings)
    return Game(
        tuple(strategies), {name: jobs_cells[0].settings.strategies[name].family for name in strategies}, reference, tuple(policies), measure,
        state - state[base].mean(axis=(0, 1)), POINTS * np.stack([values[f"influence_{power}"] for power in PLACES]),
        PART_OF_GDP * np.stack([values[f"outlay_{power}"] / own for power, own in zip(PLACES, gdp, strict=True)]))


def mean_gdp(settings: Settings) -> tuple[Array, ...]:
    """Mean GDP of each power over the horizon, USD bn a year, a number or one per world. MODEL.md, step 11."""
    quarters = np.arange(settings.horizon)
    data = settings.world.powers.values()
    return tuple(np.asarray(of.output * np.power.outer(1 + DT * np.asarray(of.growth), quarters).mean(axis=-1)) for of in data)


@dataclass(frozen=True)
class Means:
    """Means over worlds, then over each resample of them: the same worlds for all profiles. Fields as in `Game`, shape (1 + resamples, S, C, U)."""

    state: Array
    influence: tuple[Array, Array]
    outlay: tuple[Array, Array]
    n_worlds: int

    def interval(self, result: Array) -> Estimate:
        """The estimate and its interval from the value over the worlds and over each resample, shape (1 + resamples, ...)."""
        return percentiles(result, self.n_worlds)

    def payoffs(self, price: float | None, resample: int = 0) -> Array:
        """The payoffs of all three, shape (3, S, C, U).

        Args:
            price: Points of influence that 0.01 % of GDP is worth; None: the ratio of the two, see `worth`.
            resample: 0: the means over the worlds.
        """
        own = [worth(self.influence[power][resample], self.outlay[power][resample], price) for power in range(N_POWERS)]
        return np.stack([self.state[resample], *own])


def worth(influence: Array, outlay: Array, price: float | None) -> Array:
    """What influence at that outlay is worth to a power.

    Args:
        influence: Points, from -100 to 100.
        outlay: In 0.01 % of GDP.
        price: Influence less the price times the outlay. None: the share of the way from a region that is wholly the rival's (-100) to one that
            is wholly its own (100), per 0.01 % of GDP. A ratio of influence itself would reward spending where influence is negative.
    """
    return (POINTS + influence) / (2 * POINTS) / outlay if price is None else influence - price * outlay


def means_of(game: Game, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Means:
    """Means over the worlds and over resamples of them."""
    weights = resampled(game.n_worlds, rng, n_resamples)

    def mean(values: Array) -> Array:
        return np.moveaxis(values @ weights.T, -1, 0)

    return Means(mean(game.state), (mean(game.influence[0]), mean(game.influence[1])), (mean(game.outlay[0]), mean(game.outlay[1])), game.n_worlds)
