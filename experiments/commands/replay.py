"""`counterpoise replay`: simulate one world of a cell again, alone, with its full trajectory."""

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from experiments.cells.archive import MOST_BYTES, DamagedCell, Outcome, unpacked
from experiments.cells.cell import AnyCell, Cell, Society, YearlyCell, code, described
from experiments.cells.simulate import measured, with_points
from experiments.cells.store import FAILED_SUFFIX, SUFFIX
from experiments.commands.command import Parser, new_file
from experiments.configuration.bounded import NotAFile, read_bounded
from experiments.configuration.errors import FAILED, OK, CommandError, UsageError
from experiments.messages import shortened
from sim.axes import DOMAINS, REST_KEY, Array
from sim.draws import BLOCK, Draws
from sim.history import VARIABLES, History
from sim.quantity import of_worlds
from sim.settings import Settings
from sim.strategies import RULES
from sim.strategies.strategy import Strategy

#: Quarters printed of a world that fails.
LAST = 20
#: What is printed of a trajectory, a line a year; all of it goes into the file asked for.
PRINTED = ("rivalry", "tilt", "alignment", "trust", "pressure", "flow", "output", "consumption", "legitimacy", "loss")


def main(arguments: Sequence[str]) -> int:
    """Print the trajectory of the focal state and whether the world's payoffs match those of the cell bit for bit; returns the exit code."""
    parser = Parser("replay", "Simulate one world of a cell again, with its trajectory, and compare its payoffs with the cell bit for bit.")
    parser.add_argument("cell", help="file of the cell, or its key and --results")
    parser.add_argument("world", type=int, help="number of the world, from 0")
    parser.add_argument("--point", type=int, default=0, help="point of the design within the cell, from 0")
    parser.add_argument("--results", default="results", help="where to look for a key")
    parser.add_argument("--to", type=new_file, metavar="FILE", help="write every variable of every quarter and state as CSV")
    options = parser.parse_args(list(arguments))
    file = Path(options.cell)
    if not os.path.isfile(file):
        result = sorted((Path(options.results) / "cells").glob(f"??/{options.cell}*{SUFFIX}")) if all(c in "0123456789abcdef" for c in options.cell) else []
        if len(result) != 1:
            raise UsageError(f"{'no cell' if not result else f'{len(result)} cells'} {options.cell!r} in {options.results}/cells")
        file = result[0]
    try:
        # A cell that failed left its description alone.
        data = read_bounded(file, MOST_BYTES)
        description, outcome = (data, None) if file.suffix == FAILED_SUFFIX else unpacked(data, file.stem)
        cell = described(description)
        if outcome is not None and any(outcome.payoffs[measure].shape != cell.shape for measure in cell.measures):
            raise ValueError("its payoffs are others")
        if missing := [each.rule for each in (cell.strategies if isinstance(cell, Society) else (cell.strategy,)) if each.rule not in RULES]:
            raise ValueError(f"there is no rule {shortened(missing[0])}")
    except NotAFile as error:
        raise CommandError(f"{file} is not a cell: {error.strerror}") from None
    except DamagedCell as error:
        raise CommandError(f"{file} is damaged: {error}") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # sealed, but by whom
        raise CommandError(f"{file} comes from another version of the model, or is not a cell; install that version, or run the job again") from None
    world, n_points = options.world - cell.block * BLOCK, cell.size // cell.n_worlds
    if not 0 <= world < cell.n_worlds or not 0 <= options.point < n_points:
        raise UsageError(f"the cell holds worlds {cell.block * BLOCK} to {cell.block * BLOCK + cell.n_worlds - 1} and points 0 to "
              f"{n_points - 1}")
    return _replay(cell, outcome, world, options.point, options.to)


def _replay(cell: AnyCell, outcome: Outcome | None, world: int, point: int, to: Path | None) -> int:
    from sim.simulation import NonFiniteError, simulate_block  # which takes a while to import

    settings, strategy = _one_world(cell, world, point)
    draws = Draws(settings.seed, cell.block, world + 1, settings.horizon, len(settings.world.states)).of_world(world)
    strategies = {**settings.peers, settings.focal: strategy} if isinstance(cell, Society) else {settings.focal: strategy}
    plays = ", ".join(f"{name} plays {each.name}" for name, each in strategies.items())
    print(f"{settings.world.name}: {plays}, world {cell.block * BLOCK + world}, seed {settings.seed}")
    if isinstance(cell, Cell) and cell.points.names:
        values = ", ".join(f"{name} {value:g}" for name, value in zip(cell.points.names, cell.points.values[point], strict=True))
        print(f"point {point}: {values}")
    failure = None
    try:
        history = simulate_block(settings, strategy, draws)
    except FloatingPointError as error:
        print(f"it fails: {error}")
        return FAILED
    except NonFiniteError as error:
        failure = error
        if not error.quarter:
            print(f"it fails in the first quarter: {error.variable} {error.wrong}")
            return FAILED
        settings = settings.model_copy(update={"horizon": error.quarter})
        history = simulate_block(settings, strategy, draws)  # up to there, on the same tables
    _print(history.of(settings.focal), settings.horizon, every=1 if failure else 4)
    if to is not None:
        _write(to, history)
        print(f"every variable of every quarter: {to}")
    if failure is not None:
        print(f"it fails in quarter {failure.quarter}: {failure.variable} {failure.wrong}")
        return FAILED
    if outcome is None:
        print("alone the world does not fail: what failed the cell was the rule or the machine, not a number")
        return OK
    return _compared(cell, outcome, measured(cell, history, settings), world, point)


def _print(own: History, n_quarters: int, every: int) -> None:
    """The focal state's trajectory; of a long one that fails, the end."""
    columns = {name: own[name].reshape(n_quarters, -1) for name in PRINTED}
    heads = [f"{name}{f'[{i}]' if values.shape[1] > 1 else ''}" for name, values in columns.items() for i in range(values.shape[1])]
    print("quarter " + "".join(f"{head:>13}" for head in heads))
    for quarter in range(0 if every > 1 else max(0, n_quarters - LAST), n_quarters, every):
        print(f"{quarter:>7} " + "".join(f"{value:>13.4f}" for values in columns.values() for value in values[quarter]))


def _one_world(cell: AnyCell, world: int, point: int) -> tuple[Settings, Strategy]:
    """One world of a cell alone: its settings, and the strategy of the focal state."""
    if isinstance(cell, Society):  # simply what each state plays there: a mixed run has the same bits
        settings = of_worlds(cell.settings, slice(world, world + 1))
        strategies = {name: cell.strategies[i] for name, i in zip(settings.world.states, cell.plays[:, world], strict=True)}
        return settings.model_copy(update={"peers": strategies, "n_worlds": 1}), strategies[settings.focal]
    column = point * cell.n_worlds + world
    settings = of_worlds(with_points(cell), slice(column, column + 1)).model_copy(update={"n_worlds": 1})
    return settings, settings.strategies[cell.strategy.name]


def _compared(cell: AnyCell, outcome: Outcome, again: Mapping[str, Array], world: int, point: int) -> int:
    rows = slice(None) if isinstance(cell, (Society, YearlyCell)) else slice(point, point + 1)
    held = {name: outcome.payoffs[name][rows, world] for name in cell.measures}
    differing = [name for name in cell.measures if not _same_bits(held[name], again[name])]
    for name in differing:
        for of, stored, now in zip(_rows_of(cell), held[name].tolist(), np.ravel(again[name]).tolist(), strict=True):
            if stored != now:
                print(f"{name}{of}: the cell holds {stored!r}, now {now!r}")
    if cell.code != code():
        print(f"note: the cell was made by other code or another NumPy ({dict(cell.code)} there, {code()} here)")
    print(f"{len(cell.measures) - len(differing)} of {len(cell.measures)} measures match bit for bit")
    return FAILED if differing else OK


def _rows_of(cell: AnyCell) -> list[str]:
    """What each row of a measure is of."""
    if isinstance(cell, Society):
        return [f" of {state}" for state in cell.settings.world.states]
    return [f" in year {year}" for year in range(cell.n_years)] if isinstance(cell, YearlyCell) else [""]


def _same_bits(one: Array, other: Array) -> bool:
    return np.asarray(one, dtype=float).tobytes() == np.asarray(other, dtype=float).tobytes()


def _write(file: Path, history: History) -> None:
    """Long form: variable, quarter, state, index along the other axes, value."""
    powers = tuple(history.world.powers)
    names = {"D": DOMAINS, "G": powers, "J": (*powers, REST_KEY), "S": history.states, "R": ("",)}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["variable", "unit", "quarter", "of", "value"])
        for name, values in history.items():
            axes = VARIABLES[name].axes
            for index in np.ndindex(values.shape):
                of = " ".join(part for axis, i in zip(axes, index[1:], strict=True) if (part := names[axis][i]))
                writer.writerow([name, VARIABLES[name].unit, index[0], of, repr(float(values[index]))])
