"""Simulate one cell, or several side by side in one pass."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from experiments.cells.archive import QUANTILES, TRAJECTORIES, Outcome, packed
from experiments.cells.cell import AnyCell, Cell, Society, YearlyCell, code
from experiments.cells.store import Store
from sim.axes import WORLD, Array
from sim.history import History
from sim.payoffs import NEEDED, NEEDED_OF_ALL, payoffs, payoffs_of_all
from sim.quantity import of_worlds, per_world, same
from sim.settings import Settings
from sim.strategies.mixed import mixed
from sim.strategies.strategy import Strategy
from sim.yearly import YearlySeries, needed, yearly


class CellFailed(RuntimeError):
    """A cell could not be simulated; the message says why. Unlike what a strategy's own code raises, it travels between processes."""


def grouped(cells: Iterable[AnyCell], columns: int) -> Iterator[list[AnyCell]]:
    """Cells that can be simulated in one pass, up to so many columns: those beside each other that differ only in what is played.

    A pass over few columns costs nearly as much as one over many.
    """
    group: list[AnyCell] = []
    for cell in cells:
        if group and not (_fit(group[0], cell) and sum(each.size for each in group) + cell.size <= columns):
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def _fit(one: AnyCell, other: AnyCell) -> bool:
    """Whether two cells differ only in what is played; a strategy that is compared has the same numbers in all worlds."""
    if type(one) is not type(other) or (one.block, one.n_worlds, one.measures, one.code) != (other.block, other.n_worlds, other.measures, other.code):
        return False
    if isinstance(one, Society) or isinstance(other, Society):
        return same(one.settings, other.settings)
    return (one.settings is other.settings and one.points.names == other.points.names and np.array_equal(one.points.values, other.points.values)
            and not any(name.startswith("strategies.") for name in one.points.names)
            and not any(True for each in (one, other) for _ in per_world(each.strategy)))


def compute_group(cells: Sequence[AnyCell], store: Store, sign: str) -> list[bytes | None]:
    """Simulate cells that fit together, see `grouped`, and store them; the rest as in `compute_cell`.

    Raises:
        CellFailed: One of them cannot be simulated; alone, the others may.
    """
    _check_code(cells[0])
    with _failing():
        outcomes = simulated_together(cells)
    return [_stored(cell, outcome, store, sign) for cell, outcome in zip(cells, outcomes, strict=True)]


def compute_cell(cell: AnyCell, store: Store, sign: str) -> bytes | None:
    """Simulate one cell and store it, or return the bytes of its file where this process does not see the store's folder.

    Raises:
        CellFailed: It cannot be simulated.
        OSError: It cannot be written.
    """
    _check_code(cell)
    with _failing():
        outcome = simulated(cell)
    return _stored(cell, outcome, store, sign)


def _check_code(cell: AnyCell) -> None:
    if cell.code != code():
        raise RuntimeError(f"the worker has {code()}, but the run needs {cell.code}: install the same version on the worker")


@contextmanager
def _failing() -> Iterator[None]:
    """Whatever goes wrong in a simulation, as `CellFailed`."""
    try:
        yield
    except ArithmeticError as error:  # a number that is not finite, a broken account
        raise CellFailed(error) from error
    except MemoryError:
        raise CellFailed("out of memory: fewer workers need less, for example workers=1") from None
    except (Exception, SystemExit) as error:  # from a strategy's own code: its OSError does not mean a full disk, its sys.exit() must not end the run
        raise CellFailed(f"{type(error).__name__}: {error}") from error


def _stored(cell: AnyCell, outcome: Outcome, store: Store, sign: str) -> bytes | None:
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
        return _outcome(cell, simulate_block(settings, strategy, _draws(cell), record=NEEDED_OF_ALL), settings)
    settings = with_points(cell)
    history = simulate_block(settings, settings.strategies[cell.strategy.name], _draws(cell), record=_recorded(cell), states=_states(cell))
    return _outcome(cell, history, settings)


def simulated_together(cells: Sequence[AnyCell]) -> list[Outcome]:
    """Simulate cells that differ only in what is played, side by side in one pass, with the same bits as alone.

    Args:
        cells: Cells that fit together, see `grouped`.
    """
    from sim.simulation import simulate_block

    first, n = cells[0], len(cells)
    if n == 1:
        return [simulated(first)]
    worlds = np.tile(np.arange(first.size), n)
    if isinstance(first, Society):
        one = first.settings
        settings, strategy = profile(_one_society([cell for cell in cells if isinstance(cell, Society)], of_worlds(one, worlds)))
        history = simulate_block(settings, strategy, _draws(first, n), record=NEEDED_OF_ALL)
    else:
        one = with_points(first)
        settings = of_worlds(one, worlds).model_copy(update={"n_worlds": n * first.size})
        strategy = mixed([cell.strategy for cell in cells if isinstance(cell, Cell)], np.repeat(np.arange(n), first.size))
        history = simulate_block(settings, strategy, _draws(first, n), record=_recorded(first), states=_states(first))
    return [_outcome(cell, history.in_worlds(slice(i * first.size, (i + 1) * first.size)), one) for i, cell in enumerate(cells)]


def _one_society(societies: Sequence[Society], settings: Settings) -> Society:
    """Societies side by side as one, with the settings of all their worlds."""
    firsts = np.cumsum([0, *(len(each.strategies) for each in societies[:-1])])
    plays = np.concatenate([each.plays + first for each, first in zip(societies, firsts, strict=True)], axis=WORLD)
    return replace(societies[0], settings=settings, strategies=tuple(played for each in societies for played in each.strategies), plays=plays)


def _recorded(cell: Cell) -> set[str]:
    if isinstance(cell, YearlyCell):
        return needed(series_of(cell))
    return {*NEEDED, *TRAJECTORIES} if cell.with_trajectories else set(NEEDED)


def _states(cell: Cell) -> Literal["all", "focal"]:
    return "all" if isinstance(cell, YearlyCell) else "focal"


def _outcome(cell: AnyCell, history: History, settings: Settings) -> Outcome:
    values_of = measured(cell, history, settings)
    if broken := [measure for measure, values in values_of.items() if not np.isfinite(values).all()]:
        raise FloatingPointError(f"{broken[0]} is not a finite number in some world")
    return Outcome({measure: values.reshape(cell.shape) for measure, values in values_of.items()},
                   {variable: _trajectory(history[variable]) for variable in TRAJECTORIES} if cell.with_trajectories else {})


def measured(cell: AnyCell, history: History, settings: Settings) -> dict[str, Array]:
    """What is kept of a history: each measure of the cell, of shape (columns,), (years, worlds) or (states, worlds)."""
    if isinstance(cell, YearlyCell):
        return yearly(history, series_of(cell))
    result = payoffs_of_all(history, settings) if isinstance(cell, Society) else payoffs(history, settings)
    return {measure: result[measure] for measure in cell.measures}


def series_of(cell: YearlyCell) -> list[YearlySeries]:
    """The yearly series that a cell keeps."""
    return [YearlySeries.parse(name) for name in cell.measures]


def tables(cell: AnyCell, beside: int = 1) -> tuple[int, ...]:
    """What determines the random tables of a cell: arguments of `Draws`, for so many like it side by side."""
    settings = cell.settings
    return settings.seed, cell.block, cell.n_worlds, settings.horizon, len(settings.world.states), beside * (cell.size // cell.n_worlds)


def worlds_met(cell: AnyCell) -> tuple[int, ...]:
    """Equal for cells of a job whose strategies meet the same worlds, so that whoever simulates one after the other makes them once."""
    if not isinstance(cell, Cell):
        return tables(cell)
    columns = [i for i, name in enumerate(cell.points.names) if not name.startswith("strategies.")]
    return *tables(cell), hash(cell.points.values[:, columns].tobytes())


def _draws(cell: AnyCell, beside: int = 1) -> Any:
    """The random tables of a cell, kept because the next one often needs the same."""
    from sim.draws import Draws

    key = tables(cell, beside)
    draws = _latest_draws.get(key)
    if draws is None:  # a Dask worker may have several threads: each keeps the one it made
        draws = Draws(*key)
        _latest_draws.clear()
        _latest_draws[key] = draws
    return draws


def profile(society: Society, worlds: slice = slice(None)) -> tuple[Settings, Strategy]:
    """The settings of some worlds of a society, and the strategy of its focal state."""
    plays, settings = society.plays[:, worlds], of_worlds(society.settings, worlds)
    played: dict[str, Strategy] = {name: mixed(society.strategies, row) for name, row in zip(settings.world.states, plays, strict=True)}
    return settings.model_copy(update={"peers": played, "n_worlds": plays.shape[WORLD]}), played[settings.focal]


def with_points(cell: Cell) -> Settings:
    """The settings of a cell with its strategy and one column for each point and world."""
    settings = cell.settings.model_copy(update={"strategies": {cell.strategy.name: cell.strategy}, "n_worlds": cell.size})
    return cell.points.at(settings, np.repeat(cell.points.values, cell.n_worlds, axis=0))


def _trajectory(values: Array) -> Array:
    """Quantiles over worlds and mean, (T, *axes, R) to (T, *axes without the state, 6)."""
    focal = values[..., 0, :] if values.ndim > 2 else values
    # numpy finds five quantiles faster in what is sorted than by partition.
    quantiles = np.moveaxis(np.quantile(np.sort(focal, axis=WORLD), QUANTILES, axis=WORLD), 0, -1)
    return np.concatenate([quantiles, focal.mean(axis=WORLD, keepdims=True)], axis=-1)
