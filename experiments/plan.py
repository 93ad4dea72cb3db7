"""What a run will do before it does anything: cells, worlds, what is there already, time and disk."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from experiments.cells import AnyCell, Batch, DamagedCell, MissingCell, Society, Store
from experiments.config import Job
from experiments.runner import COURSE_ROWS, COURSES
from sim.axes import DOMAINS, POWERS
from sim.payoffs import MEASURES
from sim.scenario import quarter_index

#: Rough cost, for the estimate only: of one world of ten states over one quarter, of a quarter of a cell however few its worlds
#: (more where every state has several strategies), of a cell besides, of starting up and of drawing. `counterpoise bench` measures them.
SECONDS_PER_WORLD_QUARTER, SECONDS_PER_QUARTER, SECONDS_PER_SOCIETY_QUARTER = 4e-6, 8e-4, 6e-3
SECONDS_PER_CELL, SECONDS_TO_START, SECONDS_TO_DRAW = 0.004, 4.0, 8.0
#: Bytes of a cell besides its payoffs: description, names, seal.
BYTES_PER_CELL = 25_000


@dataclass(frozen=True)
class Upcoming:
    """Cells of which only the number is known, since what they hold follows from the outcome of others.

    Attributes:
        n_cells: How many.
        n_columns: Their columns (worlds times points) in all.
        horizon: Quarters of each.
        n_states: States of each.
        n_measures: Numbers kept of each column.
        societies: Whether every state has a strategy of its own in each world.
    """

    n_cells: int
    n_columns: int
    horizon: int
    n_states: int
    n_measures: int = len(MEASURES)
    societies: bool = False


@dataclass(frozen=True)
class Plan:
    """The cells of a run.

    Attributes:
        cells: Every cell once, by key, in the order in which they are computed.
        done: Keys of those that the store holds.
        damaged: Keys of those whose file is not what was written.
        workers: Tasks at once.
        upcoming: What more will come to light.
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
        known = [Upcoming(1, cell.size, cell.settings.horizon, len(cell.settings.world.states), societies=isinstance(cell, Society)) for cell in self.missing]
        work = sum(_seconds_of(part) for part in (*known, *self.upcoming))
        return SECONDS_TO_START + (SECONDS_TO_DRAW + work) / self.workers

    @property
    def n_bytes(self) -> int:
        """Disk it will take, roughly."""
        more = sum(part.n_columns * part.n_measures * 8 + part.n_cells * BYTES_PER_CELL for part in self.upcoming)
        return sum(_bytes_of(cell) for cell in self.missing) + more

    def __str__(self) -> str:
        there = (f", {len(self.done):,} already done" if self.done else "") + (f", {len(self.damaged):,} damaged and computed again" if self.damaged else "")
        worlds = sum(cell.size for cell in self.cells.values()) + sum(part.n_columns for part in self.upcoming)
        more = sum(part.n_cells for part in self.upcoming)
        later = f" and up to {more:,} more as the search goes on" if more else ""
        return (f"{len(self.cells):,} {'cell' if len(self.cells) == 1 else 'cells'}{there}{later}; {worlds:,} worlds simulated in all; "
                f"about {told(self.seconds)} on {self.workers} {'process' if self.workers == 1 else 'processes'}, "
                f"{max(1, round(self.n_bytes / 1e6)):,} MB of disk")


def plan_of(works: Iterable[Batch], store: Store, workers: int) -> Plan:
    """Look up which cells of some jobs are there and valid."""
    return plan_of_cells({cell.key: cell for work in works for cell in work.cells()}, store, workers)


def plan_of_cells(cells: Mapping[str, AnyCell], store: Store, workers: int) -> Plan:
    """Look up which of some cells are there and valid."""
    done, damaged = set(), set()
    for key in cells:
        try:
            store.read(key)
            done.add(key)
        except MissingCell:
            pass
        except DamagedCell:
            damaged.add(key)
    return Plan(cells, frozenset(done), frozenset(damaged), workers)


def summary(jobs: Sequence[Job]) -> str:
    """What the jobs of a run compare, in a few lines."""
    first = jobs[0]
    s = first.settings
    strategies = max(len(job.settings.strategies) for job in jobs)
    points = f" × {len(first.points):,} points" if first.points.names else ""
    draws = f" + {first.run.assumption_draws:,} draws of assumptions" if len(jobs) == 1 and not first.points.names and first.run.assumption_draws else ""
    what = f"{s.world.name}, {s.scenario.name}: {s.focal} plays" if len(jobs) == 1 else f"{len(jobs):,} jobs ({', '.join(first.varied)}):"
    own = s.peers.get(s.focal)
    changed = f" (its own strategy, {own.name}, is not compared)" if len(jobs) == 1 and own and own.name not in s.strategies else ""
    lines = [f"{what} {strategies} {'strategy' if strategies == 1 else 'strategies'}{points} × {s.n_worlds:,} worlds{draws} × {s.horizon} quarters; "
             f"reference {first.run.reference}{changed}"]
    late = {(event.kind, event.start) for job in jobs for event in job.settings.scenario.events
            if quarter_index(event.start, job.settings.world.start) >= job.settings.horizon}
    lines += [f"note: the {kind} event of {start} begins after the last quarter and never acts" for kind, start in sorted(late, key=str)]
    return "\n".join(lines)


def check_room(folder: Path, needed: int) -> None:
    """See that results can be written, before simulating and not after.

    Raises:
        OSError: They cannot, or the disk has less room than `needed` bytes.
    """
    import errno
    import os
    import tempfile

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)}: {needed / 1e6:,.0f} MB needed, {free / 1e6:,.0f} MB free", str(folder))


def told(seconds: float) -> str:
    """A duration for a person."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _seconds_of(part: Upcoming) -> float:
    per_quarter = SECONDS_PER_SOCIETY_QUARTER if part.societies else SECONDS_PER_QUARTER
    return (part.n_columns * part.horizon * part.n_states / 10 * SECONDS_PER_WORLD_QUARTER
            + part.n_cells * (part.horizon * per_quarter + SECONDS_PER_CELL))


def _bytes_of(cell: AnyCell) -> int:
    courses = len(COURSES) * cell.settings.horizon * len(COURSE_ROWS) * max(len(DOMAINS), len(POWERS)) * 8 if cell.with_courses else 0
    return prod(cell.shape) * len(cell.measures) * 8 + courses + BYTES_PER_CELL
