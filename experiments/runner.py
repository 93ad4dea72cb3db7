"""From jobs to cells and back: what has to be computed, computing what is not there yet, and gathering it."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.cells import SIGN, AnyCell, Cell, Outcome, Society, Store, blocks, code, packed
from experiments.design import Points
from sim.axes import WORLD, Array
from sim.draws import BLOCK
from sim.history import History
from sim.payoffs import MEASURES, NEEDED, NEEDED_OF_ALL, payoffs, payoffs_of_all
from sim.quantity import of_worlds
from sim.settings import Settings
from sim.strategies.strategy import Strategy

#: Variables whose course over time is kept, as quantiles over the worlds of the first block.
COURSES = ("output", "consumption", "tilt", "trust", "pressure", "leverage", "investment", "aid", "visits", "legitimacy", "rivalry")
#: The last row of a course is the mean.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COURSE_ROWS = (*(f"q{round(100 * q):02d}" for q in QUANTILES), "mean")
#: Cells handed out for each worker at a time: enough to keep it busy, few enough to stop soon.
AHEAD = 3

NO_POINTS = Points((), np.empty((1, 0)))


# ---- What has to be computed


@dataclass(frozen=True)
class Share:
    """The cells of one strategy of a job, and where their numbers belong.

    Attributes:
        cells: Each cell, the rows of its points among `n_points`, and its first world.
        n_points: Points that the strategy can feel.
        index: For each point of the design, which of those it is.
    """

    cells: list[tuple[Cell, slice, int]]
    n_points: int
    index: NDArray[np.intp]


@dataclass(frozen=True)
class Work:
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
        """Every cell; those of a block one after the other, since strategies share its random tables."""
        found = [cell for share in self.shares.values() for cell, _, _ in share.cells]
        return sorted(found, key=lambda cell: (cell.block, cell.size))

    def keys(self) -> dict[str, list[str]]:
        """Keys of the cells of each strategy."""
        return {name: [cell.key for cell, _, _ in share.cells] for name, share in self.shares.items()}


def work_of(settings: Settings, points: Points = NO_POINTS, measures: tuple[str, ...] = tuple(MEASURES)) -> Work:
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
        felt, index = points.reaching(name)
        cells = []
        for block, n in blocks(settings.n_worlds):
            together = max(1, BLOCK // n)
            for first in range(0, len(felt), together):
                rows = slice(first, min(first + together, len(felt)))
                part = Points(felt.names, felt.values[rows])
                own = of_worlds(strategy, slice(block * BLOCK, block * BLOCK + n))
                cells.append((Cell(of_block[block], own, block, n, part, measures), rows, block * BLOCK))
        shares[name] = Share(cells, len(felt), index)
    return Work(settings, points, shares)


# ---- Computing


@dataclass(frozen=True)
class Failure:
    """A cell that could not be computed, and why."""

    cell: AnyCell
    error: BaseException

    def __str__(self) -> str:
        return f"{self.cell}: {self.error}"


def compute(cells: Iterable[AnyCell], store: Store, executor: Executor, workers: int,
            on_done: Callable[[AnyCell], None] = lambda cell: None) -> list[Failure]:
    """Compute cells and store them; a cell that fails does not stop the others.

    Args:
        cells: What to compute, each key once.
        store: Where they go.
        executor: Where to compute.
        workers: How many tasks the executor runs at once.
        on_done: Called with each cell that was stored.

    Raises:
        OSError: A cell cannot be written; those that were are valid.
        CancelledError: The executor gave up.
    """
    failures: list[Failure] = []
    store.sweep()
    with _sign(store) as sign:
        waiting = iter(cells)
        running: dict[Future[bytes | None], AnyCell] = {}
        while True:
            while len(running) < AHEAD * workers and (cell := next(waiting, None)) is not None:
                running[executor.submit(compute_cell, cell, store, sign)] = cell
            if not running:
                return failures
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                cell = running.pop(future)
                try:
                    data = future.result()
                except (OSError, CancelledError):
                    raise
                except Exception as error:
                    failures.append(Failure(cell, error))
                    continue
                if data is not None:
                    store.write(cell.key, data)
                on_done(cell)


class _sign:
    """A file by which a worker on another machine knows whether it sees the same folder."""

    def __init__(self, store: Store) -> None:
        self.store, self.name = store, f"{SIGN}{os.getpid()}-{os.urandom(8).hex()}"

    def __enter__(self) -> str:
        self.store.folder.mkdir(parents=True, exist_ok=True)
        (self.store.folder / self.name).touch()
        return self.name

    def __exit__(self, *_: object) -> None:
        (self.store.folder / self.name).unlink(missing_ok=True)


class CellFailed(RuntimeError):
    """A cell could not be simulated; the message says why. Unlike what a strategy's own code raises, it travels between processes."""


def compute_cell(cell: AnyCell, store: Store, sign: str) -> bytes | None:
    """Simulate one cell and store it; where the store's folder is not to be seen from here, return the bytes of its file.

    Raises:
        CellFailed: It cannot be simulated.
        OSError: It cannot be written.
    """
    if cell.code != code():
        raise RuntimeError(f"the worker has {code()}, the run has {cell.code}: install the same version there")
    try:
        outcome = simulated(cell)
    except ArithmeticError as error:  # a number that is not finite, a broken account
        raise CellFailed(error) from error
    except (Exception, SystemExit) as error:  # whatever a strategy's own code raises: an OSError of it is no full disk, its sys.exit() no end of the run
        raise CellFailed(f"{type(error).__name__}: {error}") from error
    data = packed(cell, outcome)
    if (store.folder / sign).exists():
        store.write(cell.key, data)
        return None
    return data


_latest_draws: dict[tuple[Any, ...], Any] = {}


def simulated(cell: AnyCell) -> Outcome:
    """Simulate one cell.

    Raises:
        sim.simulation.NonFiniteError: A state variable stopped being a finite number.
    """
    from sim.simulation import simulate_block

    if isinstance(cell, Society):
        settings, strategy = profile(cell)
        return _outcome(cell, simulate_block(settings, strategy, _draws(cell, 1), record=NEEDED_OF_ALL), settings)
    settings = with_points(cell)
    history = simulate_block(settings, settings.strategies[cell.strategy.name], _draws(cell, len(cell.points)),
                             record={*NEEDED, *COURSES} if cell.with_courses else set(NEEDED), states="focal")
    return _outcome(cell, history, settings)


def _outcome(cell: AnyCell, history: History, settings: Settings) -> Outcome:
    return Outcome({measure: values.reshape(cell.shape) for measure, values in measured(cell, history, settings).items()},
                   {variable: _course(history[variable]) for variable in COURSES} if cell.with_courses else {})


def measured(cell: AnyCell, history: History, settings: Settings) -> dict[str, Array]:
    """What is kept of a history: each measure of the cell, of shape (columns,) or (states, worlds)."""
    found = payoffs_of_all(history, settings) if isinstance(cell, Society) else payoffs(history, settings)
    return {measure: found[measure] for measure in cell.measures}


def _draws(cell: AnyCell, copies: int) -> Any:
    """The random tables of a cell, kept for the next one, which often needs the same."""
    from sim.draws import Draws

    key = (cell.settings.seed, cell.block, cell.n_worlds, cell.settings.horizon, len(cell.settings.world.states), copies)
    draws = _latest_draws.get(key)
    if draws is None:  # a Dask worker may have several threads: each goes on with the one it got
        draws = Draws(*key)
        _latest_draws.clear()
        _latest_draws[key] = draws
    return draws


def profile(society: Society, worlds: slice = slice(None)) -> tuple[Settings, Strategy]:
    """The settings of some worlds of a society, and the strategy of its focal state."""
    from sim.strategies.mixed import mixed

    plays, settings = society.plays[:, worlds], of_worlds(society.settings, worlds)
    courses: dict[str, Strategy] = {name: mixed(society.strategies, row) for name, row in zip(settings.world.states, plays, strict=True)}
    return settings.model_copy(update={"peers": courses, "n_worlds": plays.shape[WORLD]}), courses[settings.focal]


def with_points(cell: Cell) -> Settings:
    """The settings of a cell with its strategy and one column for each point and world."""
    settings = cell.settings.model_copy(update={"strategies": {cell.strategy.name: cell.strategy}, "n_worlds": cell.size})
    return cell.points.at(settings, np.repeat(cell.points.values, cell.n_worlds, axis=0))


def _course(values: Array) -> Array:
    """Quantiles over worlds and mean, (T, *axes, R) to (T, *axes without the state, 6)."""
    focal = values[..., 0, :] if values.ndim > 2 else values
    # numpy finds five quantiles faster in what is sorted than by partition.
    quantiles = np.moveaxis(np.quantile(np.sort(focal, axis=WORLD), QUANTILES, axis=WORLD), 0, -1)
    return np.concatenate([quantiles, focal.mean(axis=WORLD, keepdims=True)], axis=-1)


# ---- Gathering


def whole(works: Sequence[Work], lost: Collection[str]) -> tuple[str, ...]:
    """Strategies that all of some works have and none of whose cells is lost."""
    def complete(work: Work, name: str) -> bool:
        return name in work.shares and not any(cell.key in lost for cell, _, _ in work.shares[name].cells)

    return tuple(name for name in works[0].shares if all(complete(work, name) for work in works))


@dataclass
class Results:
    """Payoffs of all strategies in all worlds: each measure of shape (strategies, n_worlds); courses by strategy."""

    strategies: tuple[str, ...]
    payoffs: dict[str, Array]
    courses: dict[str, dict[str, Array]] = field(default_factory=dict)


def gathered(work: Work, name: str, read: Callable[[str], Outcome], measures: Sequence[str] = tuple(MEASURES)) -> tuple[dict[str, Array], dict[str, Array]]:
    """What the cells of one strategy of a job say.

    Args:
        work: The job.
        name: The strategy.
        read: Gives the outcome of a key, such as `Store.read`.
        measures: Those wanted.

    Returns:
        Each measure, shape (points, n_worlds), and the courses.
    """
    share = work.shares[name]
    courses: dict[str, Array] = {}
    felt = {measure: np.empty((share.n_points, work.settings.n_worlds)) for measure in measures}
    for cell, rows, first in share.cells:
        outcome = read(cell.key)
        for measure in measures:
            felt[measure][rows, first : first + cell.n_worlds] = outcome.payoffs[measure]
        courses |= outcome.courses
    return (felt if share.n_points == len(work.points) else {measure: values[share.index] for measure, values in felt.items()}), courses


def results_of(work: Work, read: Callable[[str], Outcome], strategies: Sequence[str] | None = None) -> Results:
    """What the cells of a job without a design say."""
    names = tuple(work.shares) if strategies is None else tuple(strategies)
    results = Results(names, {measure: np.empty((len(names), work.settings.n_worlds)) for measure in MEASURES})
    for row, name in enumerate(names):
        values, courses = gathered(work, name, read)
        for measure in MEASURES:
            results.payoffs[measure][row] = values[measure][0]
        if courses:
            results.courses[name] = courses
    return results


def run(settings: Settings) -> Results:
    """Simulate every strategy in every world here and now, keeping nothing on disk."""
    work = work_of(settings)
    outcomes = {cell.key: simulated(cell) for cell in work.cells()}
    return results_of(work, outcomes.__getitem__)
