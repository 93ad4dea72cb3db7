"""`counterpoise compare`: strategies on the same worlds, from configuration to report; one job, a sweep or a design."""

import shlex
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from experiments.cells import DamagedCell, MissingCell, Store
from experiments.cli import BAD_CONFIG, FAILED, OK, USAGE
from experiments.config import Job, load, load_sweep
from experiments.config_check import ConfigError
from experiments.executors import ExecutorUnavailable, WorkerDied, cores, executor
from experiments.plan import check_room, plan_of, summary
from experiments.progress import progress
from experiments.runner import Failure, Work, compute, work_of
from experiments.stopwatch import Stopwatch

#: Fewer world-quarters than this are simulated in the command's own process: workers take a second to start.
WORTH_WORKERS = 20_000


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    words = list(arguments)
    several = any(word in ("-m", "--multirun") for word in words)
    dry_run = "--dry-run" in words
    words = [word for word in words if word not in ("-m", "--multirun", "--dry-run")]
    show = next((flag for flag in ("--cfg", "-c") if flag in words), None)
    if show:
        at = words.index(show)
        return _show_configuration(words[:at] + words[at + (2 if words[at + 1 : at + 2] == ["job"] else 1) :])
    flags = [word for word in words if word.startswith("-") or "=" not in word.lstrip("~")]
    if flags:
        print(f"counterpoise: {flags[0]!r} is neither an option nor KEY=VALUE; see counterpoise --help", file=sys.stderr)
        return USAGE
    try:
        jobs = load_sweep(words, several)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return BAD_CONFIG
    command = shlex.join(["counterpoise", *arguments])
    try:
        return launch(jobs, command, dry_run)
    except ExecutorUnavailable as error:
        print(f"counterpoise: {error}", file=sys.stderr)
        return USAGE
    except (MissingCell, DamagedCell, WorkerDied) as error:  # after it was computed; or all workers died while they drew
        print(f"counterpoise: the run cannot be reported: {error}; all other cells are kept: run the same command again", file=sys.stderr)
        return FAILED


def _show_configuration(words: Sequence[str]) -> int:
    import yaml

    try:
        job = load(words)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    print(yaml.safe_dump(dict(job.composed), sort_keys=False, allow_unicode=True), end="")
    return OK


def launch(jobs: Sequence[Job], command: str, dry_run: bool = False) -> int:
    """Plan, compute what is not there yet, report; prints as it goes and returns the exit code.

    Raises:
        OSError: Results cannot be written; finished cells stay.
        ExecutorUnavailable: The executor asked for cannot be had.
    """
    watch, asked = Stopwatch(), jobs[0].run
    workers = asked.workers or cores()
    store = Store(Path(asked.results) / "cells")
    with watch.on("planning"):
        works = [work_of(job.settings, job.points) for job in jobs]
        checks = []
        if is_comparison(jobs) and asked.assumption_draws:
            from experiments.assumptions import drawn

            checks = [work_of(drawn(jobs[0].settings, asked.assumption_draws))]
        plan = plan_of([*works, *checks], store, workers)
    print(f"{summary(jobs)}\n{plan}", flush=True)
    if dry_run:
        return OK
    check_room(Path(asked.results), plan.n_bytes)
    for key in plan.damaged:
        store.set_aside(key)
    quarters = sum(cell.size * cell.settings.horizon for cell in plan.missing)
    failures: list[Failure] = []
    alone = asked.executor.kind == "processes" and 0 < quarters <= WORTH_WORKERS  # drawing alone is worth them
    with executor(asked.executor, 1 if alone else workers) as pool:
        from experiments import reporting

        with progress(sum(cell.size for cell in plan.missing)) as advance:
            main_cells = {cell.key for work in works for cell in work.cells()}
            first = [cell for cell in plan.missing if cell.key in main_cells]
            rest = [cell for cell in plan.missing if cell.key not in main_cells]
            with watch.on("simulation"):
                failures += compute(first, store, pool, workers, lambda cell: advance(cell.size))
            lost = frozenset(failure.cell.key for failure in failures)
            gathering = _beside(reporting.gathered_by, jobs, works, store, lost)  # while the workers simulate the draws of assumptions
            with watch.on("simulation"):
                failures += compute(rest, store, pool, workers, lambda cell: advance(cell.size))
            with watch.on("statistics"):
                outcome = gathering.result()
        lost = frozenset(failure.cell.key for failure in failures)
        _tell(failures, jobs, works)
        if outcome is None:
            print("counterpoise: too few cells to compare anything", file=sys.stderr)
            return FAILED
        report = reporting.report(outcome, jobs, works, checks, store, lost, command, watch, pool)
    with watch.on("counting"):
        absent = [key for key in plan.cells if key not in lost and not store.holds(key)]
    print(watch)
    print(report)
    if absent:
        print(f"counterpoise: {len(absent):,} of {len(plan.cells):,} cells are gone or damaged since: run the same command again", file=sys.stderr)
    return FAILED if failures or absent else OK


def _beside(work: Callable[..., Any], *arguments: object) -> Future[Any]:
    """Do something beside the main thread; an interrupted command does not wait for it."""
    future: Future[Any] = Future()

    def serve() -> None:
        try:
            future.set_result(work(*arguments))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=serve, daemon=True).start()
    return future


def is_comparison(jobs: Sequence[Job]) -> bool:
    """Whether there is one job at one point: a comparison, not a sweep."""
    return len(jobs) == 1 and not jobs[0].points.names


def _tell(failures: Sequence[Failure], jobs: Sequence[Job], works: Sequence[Work]) -> None:
    """Each failure, and the command that tries it again."""
    if not failures:
        return
    print(f"{len(failures):,} {'cell' if len(failures) == 1 else 'cells'} failed; all others are kept:", file=sys.stderr)
    of_job = [{cell.key for cell in work.cells()} for work in works]
    for failure in failures:
        job = next((job for job, keys in zip(jobs, of_job, strict=True) if failure.cell.key in keys), jobs[0])
        print(f"  {failure}\n    to try again: {shlex.join(['counterpoise', *job.overrides])}", file=sys.stderr)
