"""What is simulated: every strategy under every pair of policies, and the societies of the imitation."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.analyses.tournament.imitation import play as imitation
from experiments.analyses.tournament.options import GAME_MEASURES, IMITATION, POWERS, Options
from experiments.cells.cell import Batch
from experiments.cells.job_cells import JobCells, job_cells_of
from experiments.cells.plan import Upcoming
from experiments.configuration.job import Job
from experiments.names import names_of
from experiments.words import plural


@dataclass(frozen=True)
class Designed:
    """What is simulated.

    Attributes:
        jobs: One for each pair of policies, those of the second power fastest; none without the game of the powers.
        pairs: Their cells.
        batches: All cells that are known before any is computed.
        upcoming: How many more the imitation will need.
    """

    jobs: Sequence[Job]
    pairs: Sequence[JobCells]
    batches: Sequence[Batch]
    upcoming: Sequence[Upcoming]


def designed(options: Options) -> Designed:
    """The cells of the parts that are played."""
    jobs = options.jobs() if POWERS in options.parts else []
    pairs = [job_cells_of(job.settings, measures=GAME_MEASURES) for job in jobs]
    if IMITATION not in options.parts:
        return Designed(jobs, pairs, pairs, [])
    first, later = imitation.planned(options.imitation)
    return Designed(jobs, pairs, [*pairs, first], [later])


def about(options: Options) -> str:
    """What is simulated, a line for each part and one for the world."""
    settings, n, lines = options.job.settings, len(options.policies), []
    if POWERS in options.parts:
        first, second = names_of([settings]).powers
        lines.append(f"powers: {plural(len(settings.strategies), 'strategy')} × {n} policies of {first} × {n} of {second} × "
                     f"{plural(settings.n_worlds, 'world')}")
    if IMITATION in options.parts:
        lines.append(options.imitation.about)
    lines.append(f"world {settings.world.name}, scenario {settings.scenario.name}, {plural(settings.horizon, 'quarter')}; {settings.focal} is the small state")
    return "\n".join(lines)
