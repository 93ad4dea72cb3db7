"""A job: settings, run and points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from experiments.configuration.design import Design, Points
from sim.data import Name
from sim.payoffs import Payoff
from sim.quantity import Frozen
from sim.settings import Settings


class ExecutorChoice(Frozen):
    """Where to compute.

    Attributes:
        kind: serial: in this process; processes: worker processes of this machine; dask: a Dask cluster.
        address: Of the scheduler of a running cluster, such as "tcp://10.0.0.1:8786"; null: a local one is started.
        wait: Seconds that a running cluster may be without any worker.
        patience: Seconds that a worker of this machine may take for one cell before it is replaced.
    """

    kind: Literal["serial", "processes", "dask"] = "processes"
    address: str | None = None
    wait: Annotated[float, Field(ge=1, le=30 * 24 * 3600)] = 60
    patience: Annotated[float, Field(ge=1, le=30 * 24 * 3600)] = 900


#: What follows from the world and the scenario, and is not a key of a file.
DERIVED = ("resting_policies", "switched_policies", "switched_strategies")

#: Name of a sweep whose jobs have none in common.
SEVERAL = "sweep"

SweptKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=200)]


class Run(Frozen):
    """What a run does, apart from what it simulates.

    Attributes:
        name: Folder under `results`.
        reference: Strategy all others are compared with.
        against: Scenario of the baseline with which a job is compared that changes something; None: no baseline.
        workers: Processes; None: one per core.
        assumption_draws: Draws of all assumed parameters; 0: none.
        results: Folder for results, relative to the current one.
        png: Whether figures are saved as PNG too.
        sweep: Keys that a preset varies, each with its values: one job for every combination.
        question: The question it answers, a sentence for its report.
        payoff: Anchors and weights of composites.
        design: Points at which the job runs.
        executor: Where it is computed.
    """

    name: Name
    reference: Name
    against: Name | None
    workers: Annotated[int, Field(ge=1, le=1024)] | None
    assumption_draws: Annotated[int, Field(ge=0, le=1_000_000)]
    results: Annotated[str, Field(min_length=1)]
    png: bool = False
    sweep: dict[SweptKey, Annotated[list[str | bool | int | float], Field(min_length=1, max_length=10_000)]]
    question: Annotated[str, Field(max_length=300)] | None
    payoff: Payoff
    design: Design
    executor: ExecutorChoice


@dataclass(frozen=True)
class Job:
    """A checked configuration.

    Attributes:
        settings: What to simulate.
        run: What to do with it.
        points: Points of its design.
        overrides: The overrides it came from.
        varied: Values by key that set it apart from the other jobs of its sweep.
        composed: The configuration as Hydra composed it.
        baseline: The settings that its own are compared with, see `experiments.configuration.baseline`; None where there are none.
        own_files: The user's files that it was composed from.
    """

    settings: Settings
    run: Run
    points: Points
    overrides: tuple[str, ...]
    varied: Mapping[str, str]
    composed: Mapping[str, Any]
    baseline: Settings | None = None
    own_files: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """What the focal state is called."""
        return self.settings.world.states[self.settings.focal].label or self.settings.focal


def name_of(jobs: Sequence[Job]) -> str:
    """The name that jobs have in common."""
    names = {job.run.name for job in jobs}
    return names.pop() if len(names) == 1 else SEVERAL
