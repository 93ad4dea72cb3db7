"""Options and result of sensitivity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.configuration.design import Points
from experiments.configuration.job import Job
from experiments.configuration.varied import Side
from experiments.methods.intervals import Estimate
from experiments.methods.sensitivity import Convergence, Morris, Response
from experiments.report.differences import standing
from sim.axes import Array
from sim.quantity import Quantity


@dataclass(frozen=True)
class Inputs:
    """Numbers that are varied over their plausible ranges.

    Attributes:
        known: Each number with its range and unit, by dotted name.
    """

    known: Mapping[str, Quantity]

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names."""
        return tuple(self.known)

    @property
    def ranges(self) -> Array:
        """Low and high end of each, shape (2, inputs)."""
        return np.array([known.plausible for known in self.known.values()], dtype=float).T

    def points(self, unit: Array) -> Points:
        """Points from the unit cube, shape (points, inputs), scaled to the ranges."""
        low, high = self.ranges
        return Points(self.names, low + unit * (high - low))

    def only(self, rows: Sequence[int]) -> "Inputs":
        """Some of them."""
        return Inputs({self.names[i]: self.known[self.names[i]] for i in rows})


@dataclass(frozen=True)
class Options:
    """Options of the command.

    Attributes:
        job: Settings and run.
        one: Side whose advantage is the outcome.
        other: Side it is compared with.
        measures: Returns in which they are compared.
        trajectories: Morris trajectories.
        inputs: Most inputs for which Sobol indices are estimated.
        rows: Rows of their design.
        worlds: Worlds at each point of that design and of the screening.
        command: The command that makes this result again.
    """

    job: Job
    one: Side
    other: Side
    measures: tuple[str, ...]
    trajectories: int
    inputs: int
    rows: int
    worlds: int
    command: str


@dataclass(frozen=True)
class Screening:
    """Result of the screening.

    Attributes:
        inputs: All numbers screened.
        effects: Elementary effects, shapes (measures, inputs).
        chosen: Which of the inputs are selected for Sobol indices, largest effects first.
    """

    inputs: Inputs
    effects: Morris
    chosen: list[int]


@dataclass(frozen=True)
class Advantage:
    """Advantage of one side over the other in one return.

    Attributes:
        ends: At the defaults, then at the low and the high end of each selected input, mean over worlds, shape (1 + 2 chosen,).
        change: The same less that at the defaults, on the same worlds.
        quantiles: 5 and 95 % quantile over worlds, shape (2, 1 + 2 chosen).
        between_points: 5 and 95 % quantile of the means over random points of all inputs, shape (2,).
        ahead: Share of these points at which it is above 0.
        behind: Share of these points at which it is below 0.
        sum_of_first: Sum of the first-order Sobol indices.
        of_effects: Share of the sum of all elementary effects (mu*) that the selected inputs have.
        of_variance: Variance over the selected inputs as a share of that over all inputs, with its interval over points.
        responses: The selected inputs, by number, along which it changes most, with its response in the unit of the figures.
        smallest: Smallest difference that matters.
    """

    ends: Estimate
    change: Estimate
    quantiles: Array
    between_points: Array
    ahead: Estimate
    behind: Estimate
    sum_of_first: float
    of_effects: float
    of_variance: Estimate
    responses: tuple[tuple[int, Response], ...]
    smallest: float

    @property
    def at_defaults(self) -> Estimate:
        """At the defaults, a single number."""
        return self.ends[0]

    @property
    def low(self) -> Estimate:
        """At the low end of each selected input, shape (chosen,)."""
        return self.ends[1::2]

    @property
    def high(self) -> Estimate:
        """At the high end of each selected input, shape (chosen,)."""
        return self.ends[2::2]

    @property
    def about_defaults(self) -> Estimate:
        """At the low and the high end of each selected input, in turn, with the interval of the paired difference to the defaults; shape (2 chosen,)."""
        base, change = self.at_defaults.value, self.change[1:]
        return Estimate(base + change.value, base + change.low, base + change.high)

    @property
    def standing(self) -> str:
        """The verdict on it at the defaults, see `experiments.report.differences.verdict`."""
        return standing(self.at_defaults, self.smallest)

    @property
    def sign(self) -> int:
        """+1 or -1 where one side is ahead at the defaults, for certain and in practice, else 0."""
        return int(self.at_defaults.counts(self.smallest))

    @property
    def turning(self) -> list[tuple[int, str, Estimate]]:
        """Selected inputs, by number, with the end at which the other side is ahead, for certain and in practice, and the advantage there."""
        return [(int(i), side, part[i]) for side, part in (("low", self.low), ("high", self.high))
                for i in (np.flatnonzero(part.counts(self.smallest) == -self.sign) if self.sign else ())]


@dataclass(frozen=True)
class Result:
    """Result of sensitivity.

    Attributes:
        inputs: All inputs screened.
        screening: Elementary effects, shapes (measures, inputs).
        chosen: Which of the inputs are selected for Sobol indices, largest effects first.
        indices: Sobol indices of these, shapes (measures, chosen).
        by_half: Total indices from either half of the worlds, shape (2, measures, chosen).
        sample: Values of the selected inputs at random points, shape (points, chosen).
        outcome: The advantage at these points, mean over worlds, shape (measures, points).
        ends: The advantage in each world at the defaults, then at the low and the high end of each selected input, shape (measures, 1 + 2 chosen, worlds).
        advantages: The advantage in each return, in the order of `Options.measures`.
        n_everywhere: Number of random points of all inputs.
        as_weak: How many inputs that are not selected cannot be distinguished from the weakest selected one.
        small: How many inputs have small effects in every return.
        halves_apart: Largest difference between the two halves of the worlds in a total index.
        strategies: Those compared.
        failed: Keys of cells that failed.
    """

    inputs: Inputs
    screening: Morris
    chosen: list[int]
    indices: Convergence
    by_half: Array
    sample: Array
    outcome: Array
    ends: Array
    advantages: tuple[Advantage, ...]
    n_everywhere: int
    as_weak: int
    small: int
    halves_apart: float
    strategies: tuple[str, ...]
    failed: frozenset[str]
