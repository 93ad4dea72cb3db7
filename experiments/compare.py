"""`counterpoise compare`: strategies on the same worlds, from configuration to report; one job, a sweep or a design."""

import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from experiments.cli import BAD_CONFIG, FAILED, OK, USAGE
from experiments.command_line import recorded
from experiments.computing import attempted, computing
from experiments.config import Job, load, load_sweep
from experiments.config_check import ConfigError
from experiments.plan import summary
from experiments.runner import work_of
from experiments.stopwatch import Stopwatch


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
    command = recorded(["counterpoise", *arguments])
    return attempted(lambda: launch(jobs, command, dry_run))


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
        experiments.executors.ExecutorUnavailable: The executor asked for cannot be had.
        experiments.computing.DryRun: The plan was all that was asked for.
    """
    watch, asked = Stopwatch(), jobs[0].run
    with watch.on("planning"):
        works = [work_of(job.settings, job.points) for job in jobs]
        checks = []
        if is_comparison(jobs) and asked.assumption_draws:
            from experiments.assumptions import drawn

            checks = [work_of(drawn(jobs[0].settings, asked.assumption_draws))]
    with computing(asked, [*works, *checks], summary(jobs), watch, dry_run) as session:
        from experiments import reporting

        session.compute(works)
        gathering = _beside(reporting.gathered_by, jobs, works, session.store, session.lost)  # while the workers simulate the draws of assumptions
        session.compute(checks)
        with watch.on("statistics"):
            outcome = gathering.result()
        commands = {cell.key: recorded(["counterpoise", *job.overrides]) for job, work in zip(jobs, works, strict=True) for cell in work.cells()}
        session.tell({cell.key: recorded(["counterpoise", *jobs[0].overrides]) for work in checks for cell in work.cells()} | commands)
        if outcome is None:
            print("counterpoise: too few cells to compare anything", file=sys.stderr)
            return FAILED
        report = reporting.report(outcome, jobs, works, checks, session.store, session.lost, command, watch, session.executor)
    absent = session.absent()
    print(watch)
    print(report)
    return FAILED if session.failures or absent else OK


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
