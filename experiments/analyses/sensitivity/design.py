"""What is simulated: the screening; then the Sobol design, all parameters at once, and the ends of the ranges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.analyses.sensitivity.result import Inputs, Options
from experiments.cells.job_cells import JobCells, job_cells_of
from experiments.configuration.design import Design, Points
from experiments.configuration.job import Job
from experiments.configuration.varied import checked, structural
from experiments.methods.sensitivity import morris_points, saltelli_points
from experiments.words import plural
from sim.axes import Array
from sim.draws import stream

#: Strategies of both sides by default: the same number of each, spread over what their families do.
STRATEGIES = ("equidistance", "binding_engagement", "dominance_denial", "domain_split", "bandwagon_first", "bandwagon_second", "bandwagon_stronger",
              "opportunist")
#: Morris trajectories, inputs that go on to Sobol indices, rows of their design.
TRAJECTORIES, INPUTS, ROWS = 16, 12, 512
#: Worlds at each point, and at the ends of ranges. Few, for more rows say more: indices from either half of them hardly differ, which the report shows.
WORLDS, ENDS_WORLDS = 8, 256
#: Points at which all parameters move at once, to compare with the variance of those selected.
ALL_POINTS = 256
#: At most: with all parameters each is about as many points as a design may have.
MOST_TRAJECTORIES, MOST_ROWS = 10_000, 2**14


@dataclass(frozen=True)
class ScreeningDesign:
    """The screening: trajectories in the unit cube, shape (points, inputs), and their cells."""

    unit: Array
    cells: JobCells


@dataclass(frozen=True)
class IndicesDesign:
    """What the inputs selected are simulated at.

    Attributes:
        chosen: Which inputs they are, largest elementary effects first.
        points: The Saltelli design.
        sobol: Its cells.
        everywhere: Cells at random points over all parameters.
        ends: Cells at the defaults and at either end of each input selected.
        job: The job of the ends.
    """

    chosen: Sequence[int]
    points: Points
    sobol: JobCells
    everywhere: JobCells
    ends: JobCells
    job: Job

    @property
    def cells(self) -> list[JobCells]:
        """All of them, in the order in which they are computed."""
        return [self.ends, self.sobol, self.everywhere]


def screening(options: Options, inputs: Inputs) -> ScreeningDesign:
    """Morris trajectories over all inputs."""
    settings = options.job.settings
    unit = screening_points(inputs, options.trajectories, settings.seed)
    return ScreeningDesign(unit, job_cells_of(settings.replace(n_worlds=options.worlds), checked(inputs.points(unit), settings)))


def about_screening(options: Options, inputs: Inputs) -> str:
    """What is simulated, in a line."""
    k, n_points = min(options.inputs, len(inputs.names)), options.trajectories * (len(inputs.names) + 1)
    return (f"screening of {len(inputs.names)} numbers: {options.trajectories} trajectories, {plural(n_points, 'point')} × "
            f"{plural(options.worlds, 'world')}; then "
            f"Sobol indices of the {k} strongest: {plural((k + 2) * options.rows, 'point')} × {plural(options.worlds, 'world')}")


def indices(options: Options, inputs: Inputs, chosen: Sequence[int]) -> IndicesDesign:
    """The designs over the inputs selected, and over all."""
    settings, some = options.job.settings, inputs.only(chosen)
    small = settings.replace(n_worlds=options.worlds)
    points = some.points(saltelli_points(options.rows, len(chosen), stream(settings.seed, "saltelli", 0)))
    ends = checked(ends_of(some, {name: value for name, (_, value) in structural(settings).items()}), settings)
    everywhere = Design(kind="lhs", over=list(inputs.names), points=min(ALL_POINTS, options.rows)).points_for(settings)
    return IndicesDesign(chosen, points, job_cells_of(small, checked(points, settings)), job_cells_of(small, everywhere), job_cells_of(settings, ends),
                   replace(options.job, points=ends))


def about_indices(options: Options, indices: IndicesDesign) -> str:
    """What is simulated, in a line."""
    n_worlds = indices.sobol.settings.n_worlds
    return (f"indices of {len(indices.chosen)} numbers: {plural(len(indices.points), 'point')} × {plural(n_worlds, 'world')}; all "
            f"{len(indices.everywhere.points.names)} at "
            f"once at {plural(len(indices.everywhere.points), 'point')}; ends of the ranges × {plural(options.job.settings.n_worlds, 'world')}")


def screening_points(inputs: Inputs, n_trajectories: int, seed: int) -> Array:
    """Trajectories in the unit cube, shape (trajectories × (inputs + 1), inputs)."""
    return morris_points(n_trajectories, len(inputs.names), stream(seed, "morris", 0))


def ends_of(inputs: Inputs, defaults: Mapping[str, float]) -> Points:
    """The defaults, by dotted name, then each input at the low and at the high end of its range, the others at their defaults."""
    base = np.array([defaults[name] for name in inputs.names], dtype=float)
    values = np.repeat(base[None], 1 + 2 * len(base), axis=0)
    for i, (low, high) in enumerate(inputs.ranges.T):
        values[1 + 2 * i, i], values[2 + 2 * i, i] = low, high
    return Points(inputs.names, values)
