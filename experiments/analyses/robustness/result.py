"""Options and result of robustness."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from experiments.analyses.sweep.sweep import Sweep
from experiments.configuration.design import Points
from experiments.configuration.job import Job
from experiments.configuration.varied import Side, label
from experiments.methods.decisions import Dominance, Mask, Regret, Satisficing, WeightDominance
from experiments.methods.discovery import Box
from experiments.methods.intervals import Estimate, leaders
from experiments.methods.survival import Survival
from sim.axes import Array
from sim.quantity import Quantity

#: Names of rivalry and of the economy lens, the axes of the grid of break-even values.
RIVALRY, LENS = "parameters.rivalry_mean", "parameters.lens_high_economy"
#: An advantage below this is a failure: 1 % of consumption, in log points; for other returns in points (hundredths).
FAILS_BELOW = -0.01
#: Good enough, by return, as a difference to the reference in the same future: no more than a little worse in anything.
THRESHOLDS = {"economic": -0.01, "autonomy": -0.01, "legitimacy": -0.02, "stability": -0.01, "trust": -0.02, "security": -0.001}
#: Smallest difference that counts in the Pareto set, in units of each return.
WORTH = {"economic": 0.001, "autonomy": 0.001, "legitimacy": 0.002, "stability": 0.001, "trust": 0.002, "security": 0.0001}
#: Draws of weights in each future; there are many futures.
N_WEIGHTS = 400
#: Families with fewer members than this are not compared where families count with more than one member.
LARGE = 3
#: A dominance or a crossing counts as certain where at least this share of the resamples shows it.
SURE = 0.95


@dataclass(frozen=True)
class Options:
    """Options of the command.

    Attributes:
        job: Settings and run.
        one: Side that may fail.
        other: Side it is compared with.
        measure: Return in which it may fail.
        fails_below: An advantage below this is a failure, in units of the return.
        thresholds: Good enough, by return.
        absolute: Whether thresholds are levels, not differences to the reference.
        command: The command that makes this result again.
        box: The box to report, by its number of peels; None: those that PRIM chooses.
    """

    job: Job
    one: Side
    other: Side
    measure: str
    fails_below: float
    thresholds: Mapping[str, float]
    absolute: bool
    command: str
    box: int | None = None


@dataclass(frozen=True)
class Weights:
    """Weight dominance of strategies and families; families are size-adjusted.

    Attributes:
        strategies: Those compared.
        every: Of all strategies and families, each family with as many members as the smallest has.
        smallest: That number of members.
        large: Of the families with at least `LARGE` members, each with as many as the smallest of these has; None where there are not two, or all are large.
        size: That number of members; 0 where there are none.
    """

    strategies: tuple[str, ...]
    every: WeightDominance
    smallest: int
    large: WeightDominance | None
    size: int

    @property
    def leading(self) -> list[int]:
        """The strategy that is best most often, then those that cannot be distinguished from it."""
        return leaders(self.every.strategies)


@dataclass(frozen=True)
class Failures:
    """The futures in which one side fails against the other.

    Attributes:
        margin: Advantage of the one side, size-adjusted, shape (futures, worlds).
        means: Its mean over worlds, shape (futures,).
        fails: Which futures are failures.
        share: Share of failures among futures.
        boxes: Where they gather, by PRIM, or the box that was chosen along the trajectory.
        trajectory: Every box on the way of the peels, the first without limits; empty where no future fails or all do.
        leaves: The same by a tree.
        average: Mean advantage over futures.
        unadjusted: The same with all members of both sides.
        between_futures: 5 and 95 % quantile of the means over futures, shape (2,).
        within_future: 5 and 95 % quantile over worlds about the mean, in the typical future, shape (2,).
        survival: How far it survives that the one side does not fail.
    """

    margin: Array
    means: Array
    fails: Mask
    share: Estimate
    boxes: tuple[Box, ...]
    trajectory: tuple[Box, ...]
    leaves: tuple[Box, ...]
    average: Estimate
    unadjusted: Estimate
    between_futures: Array
    within_future: Array
    survival: Survival


@dataclass(frozen=True)
class Measured:
    """Decision statistics in one return.

    Attributes:
        means: Mean of each strategy in each future, shape (strategies, futures).
        regret: How far each falls short of the best one in the same future.
        behind: Mean regret of each less that of the strategy with the least.
        tail: Mean of the worst tenth of futures.
        tail_difference: The same less that of the reference.
        first: Stochastic dominance of first order.
        second: Of second order.
        margin: Advantage of the one side, size-adjusted, mean over worlds, shape (futures,).
        advantage: Its mean over futures.
        survival: How far its sign survives.
        champion: The member of the other side with the highest mean over the grid of rivalry and lens; empty without the grid.
        smallest: Smallest difference that matters.
    """

    means: Array
    regret: Regret
    behind: Estimate
    tail: Estimate
    tail_difference: Estimate
    first: Dominance
    second: Dominance
    margin: Array
    advantage: Estimate
    survival: Survival
    champion: str = ""
    smallest: float = 0.0

    def tied(self, i: int) -> bool:
        """Whether the regret of a strategy is not larger than the least, for certain and in practice."""
        return int(self.behind[i].counts(self.smallest)) <= 0


@dataclass(frozen=True)
class GoodEnough:
    """Which strategies are good enough, and how often.

    Attributes:
        statistics: Shares of futures.
        order: Strategies, by number, most often first; without the reference where thresholds are differences to it.
        tied: Those that cannot be distinguished from the first.
        hardest: The threshold that these miss most often; empty where no threshold is missed in any future.
        survival: How far it survives that the first is good enough; None where there is no strategy.
    """

    statistics: Satisficing
    order: tuple[int, ...]
    tied: tuple[int, ...]
    hardest: str
    survival: Survival | None


@dataclass(frozen=True)
class ParetoSet:
    """Strategies that no other one dominates in mean returns.

    Attributes:
        inside: Whether each strategy is in the set.
        share: Share of resamples of futures in which it is.
    """

    inside: Mask
    share: Estimate


@dataclass(frozen=True)
class Duplicates:
    """Strategies that hardly differ in any return, and what changes without them.

    Attributes:
        groups: Near-duplicates, by number.
        kept: One strategy of each group.
        inside: Whether each of these is in the Pareto set among them.
        weights: Weight dominance among them.
    """

    groups: tuple[tuple[int, ...], ...]
    kept: tuple[int, ...]
    inside: Mask
    weights: Weights


@dataclass(frozen=True)
class Result:
    """Result of robustness.

    Attributes:
        strategies: Those compared.
        families: Family of each.
        reference: Strategy that differences are to.
        points: The futures.
        known: Each number varied with its range and unit, by dotted name.
        failures: Where the one side fails.
        measured: Decision statistics by return.
        good_enough: Which strategies are good enough.
        pareto: The Pareto set.
        duplicates: Near-duplicates.
        weights: Weight dominance.
        grid: Rivalry and lens on a grid; None where an override sets one of them.
        small_regret: How far it survives that the strategy with the least mean regret misses no more than a failure is behind.
        break_even: Every break-even rivalry with its interval, or which side stays ahead; see `experiments.analyses.robustness.break_even`.
        failed: Keys of cells that failed.
    """

    strategies: tuple[str, ...]
    families: Mapping[str, str]
    reference: str
    points: Points
    known: Mapping[str, Quantity]
    failures: Failures
    measured: Mapping[str, Measured]
    good_enough: GoodEnough
    pareto: ParetoSet
    duplicates: Duplicates
    weights: Weights
    grid: Sweep | None
    small_regret: Survival
    break_even: pd.DataFrame
    failed: frozenset[str]

    @property
    def labels(self) -> dict[str, str]:
        """Label of each number varied."""
        return {name: label(name, known) for name, known in self.known.items()}

    @property
    def measures(self) -> tuple[str, ...]:
        """Returns with decision statistics."""
        return tuple(self.measured)
