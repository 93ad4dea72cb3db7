"""Options and result of a league."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.configuration.entries import Entry, Refused
from experiments.configuration.job import Job
from experiments.methods.intervals import Estimate

#: Worlds in each scenario.
WORLDS = 256
#: Scenarios of a league, as far as they suit its world.
SCENARIOS = ("baseline", "calm", "competition", "cold_war", "pandemic", "decoupling", "retrenchment_second", "coercive_second")


@dataclass(frozen=True)
class Options:
    """Options of the command.

    Attributes:
        jobs: One for each scenario, with all entrants and the reference.
        entries: Those that take part.
        refused: Files that take no part.
        command: The command that makes this result again.
    """

    jobs: Sequence[Job]
    entries: Sequence[Entry]
    refused: Sequence[Refused]
    command: str

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(job.settings.scenario.name for job in self.jobs)

    @property
    def reference(self) -> str:
        """Name of the strategy from which scores count."""
        return self.jobs[0].run.reference


@dataclass(frozen=True)
class Result:
    """A league. A score is the composite less that of the reference in the same world.

    Attributes:
        entries: Those ranked, the first first.
        rank: Place of each.
        score: Mean over scenarios and worlds, shape (entrants,).
        behind: How far each is behind the first, shape (entrants,).
        of_scenario: Mean score in each scenario, shape (entrants, scenarios).
        rank_in: Place in each scenario, same shape.
        best_world: The world in which each has the highest score on average over scenarios.
        worst_world: The one in which it has the lowest.
        leads: The share of scenarios in which the first is at place 1.
        failed: Files whose cells failed.
    """

    entries: tuple[Entry, ...]
    rank: NDArray[np.intp]
    score: Estimate
    behind: Estimate
    of_scenario: Estimate
    rank_in: NDArray[np.intp]
    best_world: NDArray[np.intp]
    worst_world: NDArray[np.intp]
    leads: Estimate
    failed: tuple[Refused, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the entrants."""
        return tuple(entry.strategy.name for entry in self.entries)

    @property
    def first(self) -> list[int]:
        """Those at place 1."""
        return np.flatnonzero(self.rank == 1).tolist()
