"""From the cells of jobs to stored cells: plan, print the plan, compute what is missing, report what failed. Every command that simulates does this."""

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from experiments.cells.cell import AnyCell, Batch
from experiments.cells.compute import Failure, compute
from experiments.cells.job_cells import JobCells
from experiments.cells.plan import Plan, Upcoming, check_room, plan_of, plan_of_cells
from experiments.cells.progress import progress
from experiments.cells.stopwatch import Stopwatch
from experiments.cells.store import Store
from experiments.configuration.errors import FAILED, OK, CommandError
from experiments.configuration.job import Job, Run
from experiments.configuration.overrides import located
from experiments.executors.choose import cores, executor
from experiments.names import naming
from experiments.terminal import wrapped
from experiments.words import plural

#: Fewer world-quarters than this are simulated in the command's own process: workers take a second to start.
WORTH_WORKERS = 20_000


class DryRun(CommandError):
    """The plan was all that the command was to print."""

    exit_code = OK

    def text(self, program: str) -> str:
        """Nothing: the plan stands there."""
        return ""


@dataclass(frozen=True)
class Origin:
    """What a run is made from.

    Attributes:
        jobs: Its jobs.
        jobs_cells: The cells of each job.
        others: Cells that belong to no job: draws of the assumptions, what a search tried.
        command: What makes the run again, as manifests record it.
        baselines: The cells of the baseline of each job, see `experiments.configuration.baseline`; None of one that has none.
    """

    jobs: Sequence[Job]
    jobs_cells: Sequence[Batch]
    others: Sequence[Batch]
    command: str
    baselines: Sequence[JobCells | None] = ()

    @property
    def distinct_baselines(self) -> list[JobCells]:
        """Every baseline once; jobs of a sweep often share theirs."""
        return list({id(each): each for each in self.baselines if each is not None}.values())


@dataclass
class Session:
    """Cells being computed, and what came of them so far.

    Attributes:
        plan: All of them, and which were there before.
        store: Where they are kept.
        executor: Where they are computed.
        watch: Counts the time.
        failures: Cells that could not be computed.
        failed_before: Keys of cells that failed in an earlier session of the same run.
        notes: Lines for the end.
    """

    plan: Plan
    store: Store
    executor: Executor
    watch: Stopwatch
    failures: list[Failure] = field(default_factory=list)
    failed_before: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    _advance: Callable[[int], None] | None = None

    @property
    def failed(self) -> frozenset[str]:
        """Keys of the cells that could not be computed."""
        return self.failed_before.union(failure.cell.key for failure in self.failures)

    def compute(self, jobs_cells: Sequence[Batch], what: str = "worlds simulated") -> None:
        """Compute those cells that are not there yet; cells that were not known when the run was planned join the plan. `what` names the bar.

        Raises:
            OSError: A cell cannot be written; those that were are valid.
        """
        wanted = {cell.key: cell for job_cells in jobs_cells for cell in job_cells.cells()}
        new = {key: cell for key, cell in wanted.items() if key not in self.plan.cells}
        if new:
            with self.watch.on("planning"):
                result = plan_of_cells(new, self.store, self.plan.workers)
            for key in result.damaged:
                self.store.set_aside(key)
            self.plan = self.plan.joined(result)
        missing = [cell for cell in self.plan.missing if cell.key in wanted and cell.key not in self.failed]
        with self._progress(missing, what) as advance, self.watch.on("simulation"):
            failures = compute(missing, self.store, self.executor, self.plan.workers, lambda cell: advance(cell.size))
            if self._advance is not None:  # what was there counts as well
                self._advance(sum(cell.size for cell in wanted.values()) - sum(cell.size for cell in missing))
        self.failures += failures
        self.plan = self.plan.with_done(cell.key for cell in missing if cell.key not in self.failed)

    @contextmanager
    def _progress(self, missing: Sequence[AnyCell], what: str) -> Iterator[Callable[[int], None]]:
        if self._advance is not None:
            yield self._advance
            return
        with progress(sum(cell.size for cell in missing), what) as advance:
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

    def note(self, text: str) -> None:
        """Keep a line for the end: where the command cannot go on, it ends with one line of its own."""
        self.notes += [text] if text else []

    def show_notes(self) -> None:
        """Print the lines that were kept for the end."""
        for text in self.notes:
            print(text, file=sys.stderr)

    def show(self, text: str) -> None:
        """Print what a report shows."""
        print(text)

    def report_failures(self, commands: str | Mapping[str, str]) -> None:
        """Print each failure with the recorded command that tries it again: one for all cells, or one by key."""
        if not self.failures:
            return
        print(f"{plural(len(self.failures), 'cell')} failed; all others are kept:", file=sys.stderr)
        for failure in self.failures:
            file = self.store.write_failed(failure.cell)
            command = commands if isinstance(commands, str) else commands[failure.cell.key]
            print(f"  {failure}\n    to try again: {located(command, self.store.folder.parent)}", file=sys.stderr)
            broken = next(iter(failure.error.args), None)
            if isinstance(broken, ArithmeticError) and hasattr(broken, "world"):
                copy = getattr(broken, "copy", 0)
                point = f" --point {copy}" if copy else ""
                print(f"    to look at that world: counterpoise replay {shlex.quote(file.as_posix())} {broken.world}{point}", file=sys.stderr)

    def missing(self) -> list[str]:
        """Keys of planned cells that did not fail and are not there, or are damaged."""
        with self.watch.on("counting"):
            return [key for key in self.plan.cells if key not in self.failed and not self.store.holds(key)]

    def end(self, report: Path) -> int:
        """Count the cells once more, after everything else; print the time and the path of the report.

        Returns:
            The exit code: 0 only where every planned cell is there and valid.
        """
        if missing := self.missing():
            print(f"counterpoise: {len(missing):,} of {len(self.plan.cells):,} cells are gone or damaged since: run the same command again", file=sys.stderr)
        self.show_notes()
        brief = report.with_name("brief.md")
        print("\n".join([str(self.watch), *([str(brief.resolve())] if brief.exists() else []), str(report.resolve())]))
        return FAILED if self.failed or missing else OK


@contextmanager
def computing(run: Run, jobs_cells: Sequence[Batch], about: str, watch: Stopwatch, dry_run: bool = False, upcoming: Sequence[Upcoming] = (),
              failed_before: frozenset[str] = frozenset()) -> Iterator[Session]:
    """Plan, print the plan, see that there is room, and open the executor.

    Args:
        run: Workers, executor and where results go.
        jobs_cells: The cells that are known before any is computed.
        about: What they are for, in a line or two.
        watch: Counts the time.
        dry_run: Whether to stop after the plan.
        upcoming: How many more cells follow from the outcome of these.
        failed_before: Keys of cells that failed in an earlier session of the same run.

    Raises:
        DryRun: The plan is printed, and nothing more was to be done.
        OSError: Results cannot be written.
        ExecutorUnavailable: The executor asked for cannot be had.
    """
    store = Store(Path(run.results) / "cells")
    with watch.on("planning"):
        plan = replace(plan_of(jobs_cells, store, 1), upcoming=tuple(upcoming))
    workers = _processes(run, len(plan.missing) + sum(part.n_cells for part in upcoming))
    plan = replace(plan, workers=workers)
    lines = f"{about}\n{plan}".splitlines()
    if sys.stdout.isatty():  # programs that read the plan have a line for each thing
        lines = [part for line in lines for part in wrapped(line)]
    print("\n".join(lines), flush=True)
    if run.executor.address is None and workers > 2 * cores():
        print(f"note: {plural(workers, 'process')} on {plural(cores(), 'core')}: they take turns, and each takes memory")
    if dry_run:
        raise DryRun
    check_room(Path(run.results), plan.n_bytes)
    for key in plan.damaged:
        store.set_aside(key)
    quarters = sum(cell.size * cell.settings.horizon for cell in plan.missing) + sum(part.n_columns * part.horizon for part in upcoming)
    alone = run.executor.kind == "processes" and 0 < quarters <= WORTH_WORKERS  # drawing alone is worth them
    with naming(cells.settings for cells in jobs_cells if isinstance(cells, JobCells)), executor(run.executor, 1 if alone else workers) as pool:
        yield Session(plan, store, pool, watch, failed_before=failed_before)


def _processes(run: Run, n_cells: int) -> int:
    """How many processes a run has: no more than cells, where these are more than cores; a running cluster has as many as it has."""
    if run.executor.kind == "serial":
        return 1
    wanted = run.workers or cores()
    return wanted if run.executor.address is not None else min(wanted, max(n_cells, cores()))
