"""From jobs to cells and back: which cells a job needs, and what they hold together."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.cells.archive import Outcome
from experiments.cells.cell import Cell, YearlyCell
from experiments.cells.simulate import simulated
from experiments.configuration.design import NO_POINTS, Points
from experiments.configuration.job import Job
from sim.axes import Array
from sim.draws import BLOCK
from sim.payoffs import MEASURES
from sim.quantity import of_worlds
from sim.settings import Settings
from sim.strategies.strategy import Strategy


@dataclass(frozen=True)
class Share:
    """The cells of one strategy of a job, and where their numbers belong.

    Attributes:
        cells: Each cell, the rows of its points among `n_points`, and its first world.
        n_points: Distinct points that affect the strategy.
        index: For each point of the design, its number among those.
    """

    cells: list[tuple[Cell, slice, int]]
    n_points: int
    index: NDArray[np.intp]


@dataclass(frozen=True)
class JobCells:
    """All cells of one job.

    Attributes:
        settings: What determines the job.
        points: Points of its design.
        shares: The cells of each strategy.
    """

    settings: Settings
    points: Points
    shares: Mapping[str, Share]

    def cells(self) -> list[Cell]:
        """Every cell; those of a block and of a point one after the other, since strategies share its random tables and its present at rest."""
        every = [(cell, rows.start) for share in self.shares.values() for cell, rows, _ in share.cells]
        return [cell for cell, _ in sorted(every, key=lambda each: (each[0].block, each[0].size, each[1]))]

    def keys(self) -> dict[str, list[str]]:
        """Keys of the cells of each strategy."""
        return {name: [cell.key for cell, _, _ in share.cells] for name, share in self.shares.items()}


def job_cells_of(settings: Settings, points: Points = NO_POINTS, measures: tuple[str, ...] = tuple(MEASURES)) -> JobCells:
    """Cut a job into cells: each strategy × as many points side by side as fill a block × each block of worlds.

    Args:
        settings: What determines the job.
        points: Points of its design.
        measures: What is kept of each world; where there are many, less takes less disk.
    """
    bare = settings.model_copy(update={"strategies": {}})
    of_block = {block: of_worlds(bare, slice(block * BLOCK, block * BLOCK + n)) for block, n in blocks(settings.n_worlds)}
    shares = {}
    for name, strategy in settings.strategies.items():
        distinct, index = points.reaching(name)
        cells = []
        for block, n in blocks(settings.n_worlds):
            together = max(1, BLOCK // n)
            for first in range(0, len(distinct), together):
                rows = slice(first, min(first + together, len(distinct)))
                part = Points(distinct.names, distinct.values[rows])
                own = of_worlds(strategy, slice(block * BLOCK, block * BLOCK + n))
                cells.append((Cell(of_block[block], own, block, n, part, measures), rows, block * BLOCK))
        shares[name] = Share(cells, len(distinct), index)
    return JobCells(settings, points, shares)


def yearly_share(bare: Settings, strategy: Strategy, series: tuple[str, ...], worlds: slice, first_block: int = 0) -> Share:
    """The cells of one strategy that keep yearly series.

    Args:
        bare: Settings without strategies; values per world are those of all worlds.
        strategy: The strategy.
        series: Names of the series.
        worlds: Which of the worlds.
        first_block: Number of the first block, whose chance they have.
    """
    cells: list[tuple[Cell, slice, int]] = []
    for block, n in blocks(worlds.stop - worlds.start):
        first = worlds.start + block * BLOCK
        own = slice(first, first + n)
        cell = YearlyCell(of_worlds(bare, own), of_worlds(strategy, own), first_block + block, n, NO_POINTS, series)
        cells.append((cell, slice(0, 1), block * BLOCK))
    return Share(cells, 1, np.zeros(1, dtype=np.intp))


def of_baselines(jobs: Sequence[Job]) -> list[JobCells | None]:
    """The cells of the baseline of each job without a design; jobs beside each other that share a baseline share its cells."""
    latest: JobCells | None = None
    result: list[JobCells | None] = []
    for job in jobs:
        if job.baseline is not None and not job.points.names and (latest is None or latest.settings != job.baseline):
            latest = job_cells_of(job.baseline)
        result.append(None if job.baseline is None or job.points.names else latest)
    return result


def whole(jobs_cells: Sequence[JobCells], failed: Collection[str]) -> tuple[str, ...]:
    """Strategies that all jobs have and none of whose cells failed."""
    def complete(job_cells: JobCells, name: str) -> bool:
        return name in job_cells.shares and not any(cell.key in failed for cell, _, _ in job_cells.shares[name].cells)

    return tuple(name for name in jobs_cells[0].shares if all(complete(job_cells, name) for job_cells in jobs_cells))


@dataclass
class Results:
    """Payoffs of all strategies in all worlds: each measure of shape (strategies, n_worlds); trajectories by strategy."""

    strategies: tuple[str, ...]
    payoffs: dict[str, Array]
    trajectories: dict[str, dict[str, Array]] = field(default_factory=dict)


def gathered(job_cells: JobCells, name: str, read: Callable[[str], Outcome],
             measures: Sequence[str] = tuple(MEASURES)) -> tuple[dict[str, Array], dict[str, Array]]:
    """What the cells of one strategy of a job hold together.

    Args:
        job_cells: The cells of the job.
        name: The strategy.
        read: Gives the outcome of a key, such as `Store.read`.
        measures: The measures to gather.

    Returns:
        Each measure, shape (points, n_worlds), and the trajectories.
    """
    share = job_cells.shares[name]
    trajectories: dict[str, Array] = {}
    distinct = {measure: np.empty((share.n_points, job_cells.settings.n_worlds)) for measure in measures}
    for cell, rows, first in share.cells:
        outcome = read(cell.key)
        for measure in measures:
            distinct[measure][rows, first : first + cell.n_worlds] = outcome.payoffs[measure]
        trajectories |= outcome.trajectories
    return (distinct if share.n_points == len(job_cells.points) else {measure: values[share.index] for measure, values in distinct.items()}), trajectories


def results_of(job_cells: JobCells, read: Callable[[str], Outcome], strategies: Sequence[str] | None = None,
               measures: Sequence[str] = tuple(MEASURES)) -> Results:
    """What the cells of a job without a design hold together."""
    names = tuple(job_cells.shares) if strategies is None else tuple(strategies)
    results = Results(names, {measure: np.empty((len(names), job_cells.settings.n_worlds)) for measure in measures})
    for row, name in enumerate(names):
        values, trajectories = gathered(job_cells, name, read, measures)
        for measure in measures:
            results.payoffs[measure][row] = values[measure][0]
        if trajectories:
            results.trajectories[name] = trajectories
    return results


def run(settings: Settings) -> Results:
    """Simulate every strategy in every world in this process, without writing anything."""
    job_cells = job_cells_of(settings)
    outcomes = {cell.key: simulated(cell) for cell in job_cells.cells()}
    return results_of(job_cells, outcomes.__getitem__)


def blocks(n_worlds: int) -> Iterator[tuple[int, int]]:
    """Number and size of each block of so many worlds."""
    return ((first // BLOCK, min(BLOCK, n_worlds - first)) for first in range(0, n_worlds, BLOCK))
