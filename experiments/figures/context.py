"""What stands under every figure."""

from dataclasses import dataclass

from experiments.configuration.job import Job
from experiments.figures.events import Dated, dated
from experiments.names import plain
from experiments.words import plural
from sim.settings import Settings


@dataclass(frozen=True)
class Context:
    """What was run, for the line under each figure.

    Attributes:
        world: Name of the world.
        scenario: Name of the scenario.
        focal: The state whose strategy is compared.
        seed: Entropy of the random streams.
        horizon: Quarters.
        n_worlds: Replicate worlds.
        start: First quarter, such as "2020Q1".
        events: What happens, for figures over time.
    """

    world: str
    scenario: str
    focal: str
    seed: int
    horizon: int
    n_worlds: int
    start: str = "2020Q1"
    events: tuple[Dated, ...] = ()

    def line(self, reference: str) -> str:
        """The line under a figure."""
        world = plain(self.world)
        return " · ".join((
            f"{world[:1].upper()}{world[1:]} ({self.focal})", plain(self.scenario), f"reference {reference}",
            f"{plural(self.n_worlds, 'world')} × {plural(self.horizon, 'quarter')}", f"seed {self.seed}"))


def context_of(job: Job) -> Context:
    """What is written at the foot of every figure."""
    s = job.settings
    return Context(world=s.world.name, scenario=s.scenario.name, focal=s.focal, seed=s.seed, horizon=s.horizon, n_worlds=s.n_worlds, start=s.world.start,
                   events=dated(s))


def place_of(settings: Settings) -> str:
    """World, state and scenario, with which the line under each figure of an analysis begins."""
    return f"{plain(settings.world.name).capitalize()} ({settings.focal}) · {plain(settings.scenario.name)}"
