"""Run strategies on blocks of worlds, on one core or several; keep payoffs and quantiles, drop the rest."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.axes import WORLD, Array
from sim.draws import BLOCK
from sim.payoffs import MEASURES, NEEDED, payoffs
from sim.settings import Settings

#: Variables whose course over time is kept, as quantiles over the worlds of the first block.
COURSES = ("output", "consumption", "tilt", "trust", "pressure", "leverage", "investment", "aid", "visits", "legitimacy", "rivalry")
#: The last row of a course is the mean.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COURSE_ROWS = (*(f"q{round(100 * q):02d}" for q in QUANTILES), "mean")


@dataclass(frozen=True)
class Cell:
    """What one strategy brought in one block of worlds.

    Attributes:
        strategy: Its name.
        block: Number of the block.
        payoffs: Each of `sim.payoffs.MEASURES`, shape (R,).
        courses: Quantiles over worlds and mean of each of `COURSES`, shape (T, *axes, 6), the rows of
            `COURSE_ROWS` last; of the first block only, empty elsewhere.
    """

    strategy: str
    block: int
    payoffs: dict[str, Array]
    courses: dict[str, Array]


@dataclass
class Results:
    """Payoffs of all strategies in all worlds: each measure of shape (strategies, n_worlds); courses by strategy."""

    strategies: tuple[str, ...]
    payoffs: dict[str, Array]
    courses: dict[str, dict[str, Array]] = field(default_factory=dict)


def run(settings: Settings, executor: Executor | None = None, workers: int = 1,
        on_done: Callable[[int], None] = lambda n_worlds: None) -> Results:
    """Simulate every strategy of the settings in every world.

    Args:
        settings: What determines the run.
        executor: Where to run; None: here.
        workers: How many tasks the executor runs at once, to size them.
        on_done: Called with the number of (strategy, world) pairs each time some are done.

    Raises:
        sim.simulation.NonFiniteError: A state variable stopped being a finite number.
    """
    names = tuple(settings.strategies)
    results = Results(names, {measure: np.empty((len(names), settings.n_worlds)) for measure in MEASURES})
    for cells in _completed(settings, _tasks(names, -(-settings.n_worlds // BLOCK), workers), executor):
        for cell in cells:
            row, first = names.index(cell.strategy), cell.block * BLOCK
            for measure, values in cell.payoffs.items():
                results.payoffs[measure][row, first : first + len(values)] = values
            if cell.courses:
                results.courses[cell.strategy] = cell.courses
        on_done(sum(len(cell.payoffs["economic"]) for cell in cells))
    return results


def _tasks(names: Sequence[str], blocks: int, workers: int) -> list[tuple[int, tuple[str, ...]]]:
    # The strategies of a block share its random tables: together where there are blocks enough for everybody.
    if blocks >= 2 * workers:
        return [(block, tuple(names)) for block in range(blocks)]
    return [(block, (name,)) for block in range(blocks) for name in names]


def _completed(settings: Settings, tasks: Iterable[tuple[int, tuple[str, ...]]], executor: Executor | None) -> Iterator[list[Cell]]:
    if executor is None:
        for block, names in tasks:
            yield run_cells(settings, block, names)
        return
    futures: list[Future[list[Cell]]] = [executor.submit(run_cells, settings, block, names) for block, names in tasks]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


_latest_draws: dict[tuple[Any, ...], Any] = {}


def run_cells(settings: Settings, block: int, names: Iterable[str]) -> list[Cell]:
    """Simulate some strategies in one block of worlds, all under the same random tables."""
    from sim.simulation import draws_of, in_block, simulate_block

    key = (settings.seed, block, settings.n_worlds, settings.horizon, len(settings.world.states))
    if key not in _latest_draws:
        _latest_draws.clear()
        _latest_draws[key] = draws_of(settings, block)
    here, cells = in_block(settings, block), []
    for name in names:
        record = {*NEEDED, *COURSES} if block == 0 else set(NEEDED)
        history = simulate_block(here, here.strategies[name], _latest_draws[key], record=record, states="focal")
        courses = {variable: _course(history[variable]) for variable in COURSES} if block == 0 else {}
        cells.append(Cell(name, block, payoffs(history, here), courses))
    return cells


def _course(values: Array) -> Array:
    """Quantiles over worlds and mean, (T, *axes, R) to (T, *axes without the state, 6)."""
    focal = values[..., 0, :] if values.ndim > 2 else values
    # numpy finds five quantiles faster in what is sorted than by partition.
    quantiles = np.moveaxis(np.quantile(np.sort(focal, axis=WORLD), QUANTILES, axis=WORLD), 0, -1)
    return np.concatenate([quantiles, focal.mean(axis=WORLD, keepdims=True)], axis=-1)


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def pool(workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Worker processes, or None where one is enough; ended when left."""
    if workers == 1:
        yield None
        return
    executor = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare)
    try:
        yield executor
    except BaseException:
        for worker in multiprocessing.active_children():  # nobody waits for what is no longer wanted
            worker.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _prepare() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C
    import sim.simulation  # noqa: F401 - imports take a second; take it while the parent still plans
