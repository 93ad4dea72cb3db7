"""What is tried of patterns, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.cells.job_cells import JobCells
from experiments.configuration.job import Job
from experiments.configuration.pattern import Pattern
from experiments.methods.intervals import Estimate
from sim.yearly import YearlySeries

#: Verdicts by rule: in the expected range, no farther from it than the tolerance, farther.
REPRODUCED, IN_PART, NOT = "reproduced", "in part", "not reproduced"
#: The run as it is, and the changed one.
BASE, CHANGED = "base", "changed"


@dataclass(frozen=True)
class Trial:
    """All that is simulated for a pattern.

    Attributes:
        name: Name of the pattern.
        pattern: The pattern, its statement with the labels of its world.
        job: The job of the run as it is.
        series: The series of each state, and of what an elasticity is counted in, by state.
        runs: The cells of each run; none in that of a pattern that needs no simulation.
    """

    name: str
    pattern: Pattern
    job: Job
    series: Mapping[str, tuple[YearlySeries, ...]]
    runs: Mapping[str, JobCells]


@dataclass(frozen=True)
class Shown:
    """What became of a pattern.

    Attributes:
        name: Its name.
        pattern: The pattern.
        value: What the model shows, with its 95 % interval over worlds.
        verdict: One of `REPRODUCED`, `IN_PART`, `NOT`.
        n_worlds: Worlds that it rests on; 0: none were simulated.
    """

    name: str
    pattern: Pattern
    value: Estimate
    verdict: str
    n_worlds: int
