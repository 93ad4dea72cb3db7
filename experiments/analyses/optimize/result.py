"""Options and result of a search."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from experiments.analyses.optimize.space import Space, space
from experiments.configuration.errors import ConfigError
from experiments.configuration.job import Job
from experiments.messages import unknown
from experiments.methods.intervals import Estimate, cvar
from experiments.methods.search import Trace
from experiments.methods.survival import Survival
from sim.axes import Array
from sim.strategies.strategy import Strategy

#: Futures of the out-of-sample comparison; worlds under each pair of policies.
OUT_OF_SAMPLE, RIVAL_WORLDS = 256, 64
#: Weights along the front between two returns, and what these are by default.
N_WEIGHTS, FRONT = 7, "economic,trust"
#: Name of the candidates within the settings; no strategy of the library may have it.
CANDIDATE = "candidate"
FAMILY = "optimised"

#: What is made of the means of strategies in each future, shape (..., futures), and of the best that the library has there, shape (futures,): shape (...).
OBJECTIVES: dict[str, Callable[[Array, Array], Array]] = {
    "mean": lambda means, best: means.mean(axis=-1),
    "cvar": lambda means, best: cvar(means),
    "regret": lambda means, best: -(best - means).max(axis=-1),
}
OBJECTIVE_LABELS = {"mean": "mean over futures", "cvar": "mean of the worst tenth of futures", "regret": "largest shortfall from the best of the library"}


@dataclass(frozen=True)
class Options:
    """Options of the command.

    Attributes:
        job: Settings and run; its strategies are the library.
        measure: The return to maximise, or the composite.
        objective: One of `OBJECTIVES`.
        space: Numbers searched.
        front: Two returns between which the front is searched, or None.
        candidates: Candidates of each search.
        futures: Futures of the search (in-sample).
        worlds: Worlds in each future.
        out_of_sample: Futures of the out-of-sample comparison.
        name: Name of the best strategy found.
        command: The command that makes this result again.
    """

    job: Job
    measure: str
    objective: str
    space: Space
    front: tuple[str, str] | None
    candidates: int
    futures: int
    worlds: int
    out_of_sample: int
    name: str
    command: str

    @property
    def library(self) -> dict[str, Strategy]:
        """Strategies that the best strategy found is compared with."""
        return self.job.settings.strategies

    @property
    def smallest(self) -> float:
        """Smallest difference in the measure that matters."""
        return self.job.run.payoff.smallest(self.measure)

    @property
    def measures(self) -> tuple[str, ...]:
        """Returns evaluated: the measure, then those of the front."""
        return (self.measure, *(self.front or ()))


@dataclass(frozen=True)
class Candidates:
    """What the search hands over: all candidates it tried, and the strategies it chose among them.

    Attributes:
        search: Candidates of CMA-ES and the objective at each.
        random: As many candidates at random.
        along: Candidates tried along the front, or None.
        objectives: Of all candidates, random ones first, then those of the search and of the front, and of the reference last: the objective in each of
            `Options.measures` in-sample, shape (candidates + 1, measures).
        strategies: The best strategy found, the best random candidate, then those on the front, as they stand in their files.
        units: Their points in the unit cube, shape (strategies, numbers).
    """

    search: Trace
    random: Trace
    along: Trace | None
    objectives: Array
    strategies: tuple[Strategy, ...]
    units: Array


@dataclass(frozen=True)
class Comparison:
    """The library and the strategies found, in-sample and out-of-sample; rows as in `Result.names`.

    Attributes:
        in_sample: Objective of each on the futures of the search, shape (names,).
        out_of_sample: Objective of each on the other futures.
        optimism: In-sample less out-of-sample.
        ahead: The best strategy found less each, in the objective out-of-sample.
        by_future: The best strategy found less each in the mean of every future, out-of-sample, shape (names, futures).
        excess_optimism: Optimism of the best strategy found less that of the best of the library, a single number.
        behaviour: Mean lean and hedging index of each, out-of-sample, by measure, shape (names,).
        survival: For each, in how many futures the best strategy found is on the same side of it as on average, and what moves the difference.
    """

    in_sample: Estimate
    out_of_sample: Estimate
    optimism: Estimate
    ahead: Estimate
    by_future: Array
    excess_optimism: Estimate
    behaviour: Mapping[str, Array]
    survival: tuple[Survival, ...]


@dataclass(frozen=True)
class Front:
    """Strategies chosen along the front between two returns, out-of-sample.

    Attributes:
        values: Objective of each of `Result.names` less that of the reference in both returns, shape (names, 2).
        rows: Those chosen along the front, among `Result.names`.
        undominated: How many of these no other of these dominates out-of-sample.
        improved_on: Strategies of the library that one of these exceeds in both returns, for certain and in practice, among `Result.names`.
    """

    values: Estimate
    rows: tuple[int, ...]
    undominated: int
    improved_on: tuple[int, ...]


@dataclass(frozen=True)
class UnderPolicies:
    """The best strategy found under every pair of policies, all else at the defaults; shapes (policies of the first power, of the second).

    Attributes:
        policies: Names of the policies that the powers may follow.
        best_of_library: The best strategy found less the best of the library.
        reference: The best strategy found less the reference.
        ahead: Share of the pairs under which the best strategy found is ahead of the best of the library, for certain and in practice.
        behind: Share under which it is behind it.
    """

    policies: tuple[str, ...]
    best_of_library: Estimate
    reference: Estimate
    ahead: Estimate
    behind: Estimate


@dataclass(frozen=True)
class Result:
    """Result of a search.

    Attributes:
        candidates: Candidates and chosen strategies.
        names: Strategies compared: the library, then the strategies chosen.
        best_of_library: Row of the best of the library in-sample.
        comparison: In-sample and out-of-sample.
        front: Out-of-sample along the front; None without a front.
        under_policies: Under every pair of policies.
        lead_in_sample: Objective of the best strategy found less that of the best random candidate, in-sample.
        good: The best of the random candidates in the unit cube, shape (candidates, numbers).
        quantiles: 5, 25, 75 and 95 % quantile of these, shape (4, numbers).
        undetermined: Numbers that spread widely among these, where they are not all candidates.
        failed: Keys of cells that failed.
    """

    candidates: Candidates
    names: tuple[str, ...]
    best_of_library: int
    comparison: Comparison
    front: Front | None
    under_policies: UnderPolicies
    lead_in_sample: float
    good: Array
    quantiles: Array
    undetermined: tuple[str, ...]
    failed: frozenset[str]

    @property
    def best_found(self) -> int:
        """Row of the best strategy found among `names`."""
        return self.names.index(self.candidates.strategies[0].name)


def names_of(options: Options) -> list[str]:
    """Names of the best strategy found, of the best random candidate and of those on the front."""
    return [options.name, f"{options.name}_random", *([f"{options.name}_front_{i + 1}" for i in range(N_WEIGHTS)] if options.front else [])]


def searched_space(job: Job, base: str | None, over: Sequence[str]) -> Space:
    """The numbers searched.

    Raises:
        ConfigError: There is no such strategy, or no such number.
    """
    if base is not None and base not in job.settings.strategies:
        raise ConfigError([f"--base: {unknown(base, job.settings.strategies, 'strategy')}"])
    if base is None:
        candidate = Strategy(name=CANDIDATE, family=FAMILY, description="a candidate of the search", source="search")
    else:
        candidate = job.settings.strategies[base].model_copy(update={"name": CANDIDATE, "family": FAMILY})
    try:
        return space(job.settings.model_copy(update={"strategies": {CANDIDATE: candidate}}), candidate, over)
    except ValueError as error:
        raise ConfigError([f"--over: {error}"]) from None
