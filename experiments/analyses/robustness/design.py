"""What is simulated: the futures, and the grid of rivalry by lens on which break-even values are sought."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from experiments.analyses.robustness.result import LENS, RIVALRY
from experiments.configuration.design import Design, Points, Values
from experiments.configuration.job import Job
from experiments.configuration.varied import checked, futures, varied
from experiments.words import plural

#: Futures (scenario discovery among 78 numbers needs many), worlds in each, worlds at each point of the grid of break-even values.
FUTURES, WORLDS, GRID_WORLDS = 1024, 16, 64
RIVALRIES, LENSES = 9, 3


def grid(job: Job) -> Points | None:
    """Rivalry by the lens, all else at its default; None where an override sets one of them."""
    known = varied(job)
    if RIVALRY not in known or LENS not in known:
        return None
    low, high = known[LENS].plausible
    middle = float(job.settings.parameters.lens_high_economy)
    lenses = sorted({low, middle if low < middle < high else (low + high) / 2, high})
    rivalries = np.linspace(*known[RIVALRY].plausible, RIVALRIES)
    design = Design(kind="grid", over={RIVALRY: Values(values=[float(x) for x in rivalries]), LENS: Values(values=[float(x) for x in lenses])})
    return design.points_for(job.settings)


def designed(job: Job, n_futures: int, n_worlds: int) -> list[Job]:
    """The futures and, unless an override sets one of its axes, the grid.

    Raises:
        pydantic.ValidationError: A future lies outside of a hard domain.
    """
    settings = job.settings
    jobs = [replace(job, settings=settings.replace(n_worlds=n_worlds), points=checked(futures(job, n_futures), settings))]
    if (points := grid(job)) is not None:
        jobs.append(replace(job, settings=settings.replace(n_worlds=min(GRID_WORLDS, settings.n_worlds)), points=points))
    return jobs


def about(jobs: Sequence[Job]) -> str:
    """What is simulated, in a line."""
    first, points = jobs[0].settings, jobs[0].points
    text = f"{plural(len(points), 'future')} over {len(points.names)} numbers × {plural(len(first.strategies), 'strategy')} × {plural(first.n_worlds, 'world')}"
    return text + "".join(f"; rivalry by lens at {plural(len(each.points), 'point')} × {plural(each.settings.n_worlds, 'world')}" for each in jobs[1:])
