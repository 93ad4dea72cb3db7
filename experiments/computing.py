"""From works to stored cells: plan, say so, compute what is missing, tell what failed. What every command that simulates does."""

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from experiments.cells import AnyCell, Batch, DamagedCell, MissingCell, Store
from experiments.cli import FAILED, OK, USAGE
from experiments.command_line import located
from experiments.config import Run
from experiments.executors import ExecutorUnavailable, NoWorkers, WorkerDied, cores, executor
from experiments.plan import Plan, Upcoming, check_room, plan_of, plan_of_cells
from experiments.progress import progress
from experiments.runner import Failure, compute
from experiments.stopwatch import Stopwatch

#: Fewer world-quarters than this are simulated in the command's own process: workers take a second to start.
WORTH_WORKERS = 20_000


class DryRun(Exception):
    """The plan was all that was asked for."""


@dataclass
class Computing:
    """Cells being computed.

    Attributes:
        plan: All of them, and what was there before.
        store: Where they go.
        executor: Where they are computed.
        watch: Counts the time.
        failures: Cells that could not be computed so far.
    """

    plan: Plan
    store: Store
    executor: Executor
    watch: Stopwatch
    failures: list[Failure] = field(default_factory=list)
    _advance: Callable[[int], None] | None = None

    @property
    def lost(self) -> frozenset[str]:
        """Keys of the cells that could not be computed."""
        return frozenset(failure.cell.key for failure in self.failures)

    def compute(self, works: Sequence[Batch]) -> None:
        """Compute the cells of some works that are not there yet; works that were not known when the run was planned join the plan.

        Raises:
            OSError: A cell cannot be written; those that were are valid.
        """
        wanted = {cell.key: cell for work in works for cell in work.cells()}
        new = {key: cell for key, cell in wanted.items() if key not in self.plan.cells}
        if new:
            with self.watch.on("planning"):
                found = plan_of_cells(new, self.store, self.plan.workers)
            for key in found.damaged:
                self.store.set_aside(key)
            self.plan = self.plan.joined(found)
        missing = [cell for cell in self.plan.missing if cell.key in wanted and cell.key not in self.lost]
        with self._progress(missing) as advance, self.watch.on("simulation"):
            failures = compute(missing, self.store, self.executor, self.plan.workers, lambda cell: advance(cell.size))
            if self._advance is not None:  # what was there counts as well
                self._advance(sum(cell.size for cell in wanted.values()) - sum(cell.size for cell in missing))
        self.failures += failures
        self.plan = self.plan.with_done(cell.key for cell in missing if cell.key not in self.lost)

    @contextmanager
    def _progress(self, missing: Sequence[AnyCell]) -> Iterator[Callable[[int], None]]:
        if self._advance is not None:
            yield self._advance
            return
        with progress(sum(cell.size for cell in missing)) as advance:
            yield advance

    @contextmanager
    def stage(self, n_columns: int) -> Iterator[None]:
        """One bar over all calls of `compute` within, which come to so many columns (worlds times points)."""
        with progress(n_columns) as advance:
            self._advance = advance
            try:
                yield
            finally:
                self._advance = None

    def tell(self, commands: Mapping[str, str]) -> None:
        """Print each failure with the recorded command that tries it again, by key."""
        if not self.failures:
            return
        print(f"{len(self.failures):,} {'cell' if len(self.failures) == 1 else 'cells'} failed; all others are kept:", file=sys.stderr)
        for failure in self.failures:
            file = self.store.write_failed(failure.cell)
            print(f"  {failure}\n    to try again: {located(commands[failure.cell.key], self.store.folder.parent)}", file=sys.stderr)
            broken = next(iter(failure.error.args), None)
            if isinstance(broken, ArithmeticError) and hasattr(broken, "world"):
                copy = getattr(broken, "copy", 0)
                point = f" --point {copy}" if copy else ""
                print(f"    to look at that world: counterpoise replay {shlex.quote(str(file))} {broken.world}{point}", file=sys.stderr)

    def absent(self) -> list[str]:
        """Keys of cells that should be there and are not, or are damaged: counted after everything else."""
        with self.watch.on("counting"):
            found = [key for key in self.plan.cells if key not in self.lost and not self.store.holds(key)]
        if found:
            print(f"counterpoise: {len(found):,} of {len(self.plan.cells):,} cells are gone or damaged since: run the same command again", file=sys.stderr)
        return found


@contextmanager
def computing(asked: Run, works: Sequence[Batch], about: str, watch: Stopwatch, dry_run: bool = False,
              upcoming: Sequence[Upcoming] = ()) -> Iterator[Computing]:
    """Plan, print the plan, see that there is room, and open the executor.

    Args:
        asked: What the run is asked to do.
        works: What is known to be computed.
        about: What it is for, in a line or two.
        watch: Counts the time.
        dry_run: Whether the plan is all that is asked for.
        upcoming: How much more comes to light only while it is computed.

    Raises:
        DryRun: Nothing more was asked for.
        OSError: Results cannot be written.
        ExecutorUnavailable: The executor asked for cannot be had.
    """
    workers = asked.workers or cores()
    store = Store(Path(asked.results) / "cells")
    with watch.on("planning"):
        plan = replace(plan_of(works, store, workers), upcoming=tuple(upcoming))
    print(f"{about}\n{plan}", flush=True)
    if dry_run:
        raise DryRun
    check_room(Path(asked.results), plan.n_bytes)
    for key in plan.damaged:
        store.set_aside(key)
    quarters = sum(cell.size * cell.settings.horizon for cell in plan.missing) + sum(part.n_columns * part.horizon for part in upcoming)
    alone = asked.executor.kind == "processes" and 0 < quarters <= WORTH_WORKERS  # drawing alone is worth them
    with executor(asked.executor, 1 if alone else workers) as pool:
        yield Computing(plan, store, pool, watch)


def attempted(work: Callable[[], int]) -> int:
    """Run a command's work; what users are promised when it cannot be done is told here, in one line.

    Returns:
        The exit code.

    Raises:
        OSError: Results cannot be written or read; the command line tells.
    """
    try:
        return work()
    except DryRun:
        return OK
    except ExecutorUnavailable as error:
        print(f"counterpoise: {error}", file=sys.stderr)
        return USAGE
    except NoWorkers as error:
        print(f"counterpoise: {error}; all finished cells are kept: run the same command again, with workers there", file=sys.stderr)
        return FAILED
    except (MissingCell, DamagedCell, WorkerDied) as error:  # after it was computed; or all workers died while they drew
        print(f"counterpoise: the run cannot be reported: {error}; all other cells are kept: run the same command again", file=sys.stderr)
        return FAILED
