"""What a run will do before it does anything: cells, worlds, what is there already, time and disk."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from experiments.cells.archive import TRAJECTORIES, TRAJECTORY_ROWS, DamagedCell, MissingCell, expect
from experiments.cells.cell import AnyCell, Batch
from experiments.cells.simulate import grouped
from experiments.cells.store import Store
from experiments.configuration.design import Points
from experiments.configuration.job import Job
from experiments.configuration.swept import differing, either
from experiments.messages import printable
from experiments.words import plural, quarter
from sim.axes import DOMAINS, N_POWERS
from sim.draws import BLOCK
from sim.payoffs import MEASURES
from sim.scenario import quarter_index
from sim.settings import Settings

#: Rough cost, for the estimate only: of one world of ten states over one quarter, of a quarter of a pass however few its worlds,
#: of each cell, of starting up and of drawing. `make bench` measures them.
SECONDS_PER_WORLD_QUARTER, SECONDS_PER_QUARTER = 4e-6, 8e-4
SECONDS_PER_CELL, SECONDS_TO_START, SECONDS_TO_DRAW = 0.004, 2.5, 6.0
#: Bytes of a cell apart from its payoffs: description, names, seal.
BYTES_PER_CELL = 25_000


@dataclass(frozen=True)
class Upcoming:
    """Cells of which only the number is known, because their content depends on the outcome of others.

    Attributes:
        n_cells: How many.
        n_columns: Their columns (worlds times points) in all.
        horizon: Quarters of each.
        n_states: States of each.
        n_passes: Passes in which they are simulated; cells that fit together share one.
        n_measures: Numbers kept of each column.
    """

    n_cells: int
    n_columns: int
    horizon: int
    n_states: int
    n_passes: int
    n_measures: int = len(MEASURES)


@dataclass(frozen=True)
class Plan:
    """The cells of a run.

    Attributes:
        cells: Every cell once, by key, in the order in which they are computed.
        done: Keys of those that the store holds.
        damaged: Keys of those whose file is not what was written.
        workers: Tasks at once.
        upcoming: Cells that become known only during the run.
    """

    cells: Mapping[str, AnyCell]
    done: frozenset[str]
    damaged: frozenset[str]
    workers: int
    upcoming: tuple[Upcoming, ...] = ()

    @property
    def missing(self) -> list[AnyCell]:
        """Cells to compute."""
        return [cell for key, cell in self.cells.items() if key not in self.done]

    def joined(self, other: "Plan") -> "Plan":
        """This plan and the cells of another one."""
        return replace(self, cells={**self.cells, **other.cells}, done=self.done | other.done, damaged=self.damaged | other.damaged)

    def with_done(self, keys: Iterable[str]) -> "Plan":
        """This plan once some more cells are computed."""
        return replace(self, done=self.done.union(keys))

    @property
    def seconds(self) -> float:
        """Time it will take, roughly."""
        passes = [Upcoming(len(group), sum(cell.size for cell in group), group[0].settings.horizon, len(group[0].settings.world.states), 1)
                  for group in grouped(self.missing, BLOCK)]
        simulating = sum(_seconds_of(part) for part in (*passes, *self.upcoming))
        return SECONDS_TO_START + (SECONDS_TO_DRAW + simulating) / self.workers

    @property
    def n_bytes(self) -> int:
        """Disk it will take, roughly."""
        more = sum(part.n_columns * part.n_measures * 8 + part.n_cells * BYTES_PER_CELL for part in self.upcoming)
        return sum(_bytes_of(cell) for cell in self.missing) + more

    def __str__(self) -> str:
        there = (f", {len(self.done):,} already done" if self.done else "") + (
            f", {len(self.damaged):,} damaged and to be computed again" if self.damaged else "")
        worlds = sum(cell.size for cell in self.cells.values()) + sum(part.n_columns for part in self.upcoming)
        more = sum(part.n_cells for part in self.upcoming)
        later = f" and up to {more:,} more as the search goes on" if more else ""
        return (f"{plural(len(self.cells), 'cell')}{there}{later}; {plural(worlds, 'world')} simulated in all; "
                f"about {duration(self.seconds)} on {plural(self.workers, 'process')}, "
                f"{max(1, round(self.n_bytes / 1e6)):,} MB of disk")


def plan_of(jobs_cells: Iterable[Batch], store: Store, workers: int) -> Plan:
    """Look up which cells of some jobs are there and valid."""
    return plan_of_cells({cell.key: cell for job_cells in jobs_cells for cell in job_cells.cells()}, store, workers)


def plan_of_cells(cells: Mapping[str, AnyCell], store: Store, workers: int) -> Plan:
    """Look up which of some cells are there and valid."""
    done, damaged = set(), set()
    for key, cell in cells.items():
        expect(cell)
        try:
            store.read(key)
            done.add(key)
        except MissingCell:
            pass
        except DamagedCell:
            damaged.add(key)
    return Plan(cells, frozenset(done), frozenset(damaged), workers)


def summary(jobs: Sequence[Job]) -> str:
    """What the jobs of a run compare, in a few lines: what they share, and each value in which they differ."""
    first, settings = jobs[0], [job.settings for job in jobs]
    s, alone = first.settings, len(jobs) == 1
    n = len(s.strategies)
    points = f" × {_points(first.points)}" if first.points.names else ""
    draws = f" + {plural(first.run.assumption_draws, 'draw')} of assumptions" if alone and not first.points.names and first.run.assumption_draws else ""
    states = either([each.world.states[each.focal].label or each.focal for each in settings])
    own = s.peers.get(s.focal)
    changed = f" (its own strategy, {own.name}, is not compared)" if alone and own and own.name not in s.strategies else ""
    lines = [f"{'' if alone else f'{len(jobs):,} jobs ({differing([job.varied for job in jobs])}): '}{either([each.world.name for each in settings])}, "
             f"{either([each.scenario.name for each in settings])}: {states} plays {plural(n, 'strategy')}{points} × {plural(s.n_worlds, 'world')}"
             f"{draws} × {_quarters(settings)}; reference {either([job.run.reference for job in jobs])}{changed}"]
    if set_here := [text for text in first.overrides if _sets_model(text) and all(text in job.overrides for job in jobs)]:
        lines.append(f"with {', '.join(printable(text) for text in set_here)}")
    if n == 1 and not first.points.names:
        lines.append(f"note: {next(iter(s.strategies))} alone is compared with itself; strategies=[…] names several")
    if worlds := sorted({each.n_worlds for each in settings if each.deterministic and each.n_worlds > 1}):
        lines.append(f"note: without noise (deterministic=true) all {plural(worlds[-1], 'world')} are the same; n_worlds=1 gives the same numbers")
    starts = [(each, f"{event.kind} event", event.start) for each in settings for event in each.scenario.events]
    starts += [(each, f"{series.kind} series", f"{min(series.values)}Q1") for each in settings for series in each.scenario.series]
    late = {(what, quarter(each.world.start, after)) for each, what, start in starts
            if (after := quarter_index(start, each.world.start)) >= each.horizon}
    lines += [f"note: the {what} of {start} begins after the last quarter and has no effect" for what, start in sorted(late)]
    switching = [each for each in settings if any(event.kind == "strategy" for event in each.scenario.events)]
    forced = {(quarter(each.world.start, row.first), each.world.states[each.focal].label or each.focal, str(row.value)) for each in switching
              for row in each.timetable().rows
              if row.change.kind == "strategy" and list(each.world.states).index(each.focal) in row.struck and row.first < each.horizon}
    lines += [f"note: from {start} on {state} plays {name} by a strategy event, whichever strategy is compared" for start, state, name in sorted(forced)]
    return "\n".join(lines)


def _sets_model(override: str) -> bool:
    """Whether an override changes a single value of the model, which no name in the line above shows."""
    key = override.lstrip("+~").split("=")[0]
    return "." in key and key.split(".")[0] not in ("design", "executor", "sweep")


def _points(points: Points) -> str:
    """How many points; of a grid how they multiply, such as "6,561 points (81 × 81)"."""
    levels = [len(set(column)) for column in points.values.T.tolist()]
    grid = f" ({' × '.join(map(str, levels))})" if len(levels) > 1 and prod(levels) == len(points) else ""
    return f"{plural(len(points), 'point')}{grid}"


def _quarters(settings: Sequence[Settings]) -> str:
    """How long is simulated, such as "60 quarters (2020Q1 to 2034Q4)"."""
    spans = either([f"{each.world.start} to {quarter(each.world.start, each.horizon - 1)}" for each in settings])
    horizons = either([each.horizon for each in settings])
    return f"{horizons} {'quarter' if horizons == '1' else 'quarters'} ({spans})"


def check_room(folder: Path, needed: int) -> None:
    """Check that results can be written, before anything is simulated.

    Raises:
        OSError: They cannot be written, or the disk has less room than `needed` bytes.
    """
    import errno
    import os
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from None
    with tempfile.TemporaryFile(dir=folder):
        pass
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)}: {needed / 1e6:,.0f} MB needed, {free / 1e6:,.0f} MB free", str(folder))


def duration(seconds: float) -> str:
    """A duration for a person."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _seconds_of(part: Upcoming) -> float:
    return (part.n_columns * part.horizon * part.n_states / 10 * SECONDS_PER_WORLD_QUARTER
            + part.n_passes * part.horizon * SECONDS_PER_QUARTER + part.n_cells * SECONDS_PER_CELL)


def _bytes_of(cell: AnyCell) -> int:
    trajectories = len(TRAJECTORIES) * cell.settings.horizon * len(TRAJECTORY_ROWS) * max(len(DOMAINS), N_POWERS) * 8 if cell.with_trajectories else 0
    return prod(cell.shape) * len(cell.measures) * 8 + trajectories + BYTES_PER_CELL
