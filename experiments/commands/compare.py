"""`counterpoise compare`: strategies on the same worlds, from configuration to report; one job, a sweep or a design."""

from collections.abc import Sequence
from importlib import import_module

from experiments.analyses.sweep.comparable import check
from experiments.cells.job_cells import JobCells, job_cells_of, of_baselines
from experiments.cells.plan import summary
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import not_understood
from experiments.configuration.effect import check_comparison
from experiments.configuration.errors import OK, UsageError
from experiments.configuration.job import Job
from experiments.configuration.load import load, load_sweep
from experiments.configuration.overrides import recorded
from experiments.executors.beside import beside
from experiments.messages import shortened

OPTIONS = ("-m", "--multirun", "--dry-run", "--full", "--conf", "--cfg", "-c", "--help", "--version")


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    words = list(arguments)
    several = any(word in ("-m", "--multirun") for word in words)
    dry_run, full = "--dry-run" in words, "--full" in words
    words = [word for word in words if word not in ("-m", "--multirun", "--dry-run", "--full")]
    show = next((flag for flag in ("--cfg", "-c") if flag in words), None)
    if show:
        at = words.index(show)
        rest = words[:at] + words[at + (2 if words[at + 1 : at + 2] == ["job"] else 1) :]
        if strange := [word for word in rest if "=" not in word]:
            raise UsageError(f"{shortened(strange[0])} cannot be shown; {show} shows the configuration that KEY=VALUE make: counterpoise {show} KEY=VALUE")
        return _show_configuration(rest)
    flags = [word for word in words if word.startswith("-") or "=" not in word]
    if flags:
        raise UsageError(f"{not_understood(flags[0], OPTIONS)}; see counterpoise --help")
    return launch(load_sweep(words, several), recorded(["counterpoise", *(word for word in arguments if word != "--full")]), dry_run, full)


def _show_configuration(words: Sequence[str]) -> int:
    import yaml

    print(yaml.safe_dump(dict(load(words).composed), sort_keys=False, allow_unicode=True), end="")
    return OK


def launch(jobs: Sequence[Job], command: str, dry_run: bool = False, full: bool = False) -> int:
    """Plan, compute what is not there yet, report; prints as it goes and returns the exit code.

    Raises:
        OSError: Results cannot be written; finished cells stay.
        CommandError: It cannot go on; see `experiments.configuration.errors`.
    """
    watch = Stopwatch()
    with watch.on("planning"):
        check(jobs)
        check_comparison(jobs)
        origin = origin_of(jobs, command)
    with computing(jobs[0].run, [*origin.jobs_cells, *origin.others, *origin.distinct_baselines], summary(jobs), watch, dry_run) as session:
        importing = beside(lambda: import_module("experiments.analyses.outcome"))  # pandas and Matplotlib take a second
        session.compute(origin.jobs_cells)
        outcome = importing.result()
        gathering = beside(lambda: outcome.gathered_by(origin, session))  # while the workers simulate the draws of the assumptions
        session.compute([*origin.distinct_baselines, *origin.others], "worlds of baselines and checks simulated")
        session.report_failures(_commands(origin))
        with watch.on("statistics"):
            statistics = gathering.result()
        report = outcome.report(statistics, origin, session, full)
    return session.end(report)


def origin_of(jobs: Sequence[Job], command: str) -> Origin:
    """The cells of all jobs; those of the check of assumptions where a single job is compared."""
    checks: list[JobCells] = []
    if is_comparison(jobs) and jobs[0].run.assumption_draws:
        from experiments.analyses.comparison.checks import batches

        checks = batches(jobs[0].settings, jobs[0].run.assumption_draws)
    return Origin(jobs, [job_cells_of(job.settings, job.points) for job in jobs], checks, command, of_baselines(jobs))


def _commands(origin: Origin) -> dict[str, str]:
    """The command of the job that each cell belongs to, alone, by key."""
    pairs = [*((origin.jobs[0], cells) for cells in (*origin.others, *origin.distinct_baselines)), *zip(origin.jobs, origin.jobs_cells, strict=True)]
    return {cell.key: recorded(["counterpoise", *job.overrides]) for job, cells in pairs for cell in cells.cells()}


def is_comparison(jobs: Sequence[Job]) -> bool:
    """Whether there is one job at one point: a comparison, not a sweep."""
    return len(jobs) == 1 and not jobs[0].points.names
