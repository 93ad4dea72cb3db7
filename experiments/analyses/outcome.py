"""From the cells of a run to its statistics, a comparison or a sweep, and to its report."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from experiments.analyses.comparison import report as comparison_report
from experiments.analyses.comparison.assumptions import Assumptions, assess
from experiments.analyses.comparison.change import Change, change_of, what_changes
from experiments.analyses.comparison.comparison import Comparison, compare
from experiments.analyses.sweep import report as sweep_report
from experiments.analyses.sweep.gather import reference_of, sweep_of
from experiments.analyses.sweep.sweep import Sweep
from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells, Results, results_of, whole
from experiments.cells.session import Origin, Session
from experiments.configuration.errors import CommandError
from experiments.configuration.job import name_of
from experiments.report.write import write
from sim.payoffs import RETURNS


def gathered_by(origin: Origin, session: Session) -> Comparison | Sweep:
    """The statistics of a run: a comparison of one job at one point, a sweep of several. Strategies with failed cells do not take part.

    Raises:
        CommandError: Too few cells are there to compare anything.
        experiments.cells.store.MissingCell, experiments.cells.store.DamagedCell: A cell that should be there is not.
    """
    job, jobs_cells = origin.jobs[0], _of_jobs(origin)
    if len(origin.jobs) > 1 or job.points.names:
        result: Comparison | Sweep | None = sweep_of(origin.jobs, jobs_cells, session.store.read, session.failed)
    else:
        names = whole(jobs_cells, session.failed)
        families = {name: job.settings.strategies[name].family for name in names}
        result = None if job.run.reference not in names else compare(
            results_of(jobs_cells[0], session.store.read, names), families, job.run.reference, job.run.payoff, job.settings.seed)
    if result is None:
        raise CommandError("too few cells to compare anything")
    return result


def report(outcome: Comparison | Sweep, origin: Origin, session: Session, full: bool = False) -> Path:
    """Write the report of a run into a new folder; prints what it says, and with `full` every number.

    Returns:
        The path of the report.

    Raises:
        OSError: Something cannot be written.
    """
    if isinstance(outcome, Sweep):
        with session.watch.on("statistics"):
            changes = _changes(outcome, origin, session)
        return write(name_of(origin.jobs), "sweep", lambda folder: sweep_report.report(outcome, origin, folder, changes), origin, session)
    with session.watch.on("statistics"):
        assumptions = assumptions_in(outcome, origin, session)
        comparison = replace(outcome, change=change_in(outcome, origin, session.store.read, session.failed))
    return report_of(comparison, assumptions, origin, session, full)


def report_of(comparison: Comparison, assumptions: Assumptions | None, origin: Origin, session: Session, full: bool = False) -> Path:
    """The same of a comparison whose statistics are finished."""
    return write(name_of(origin.jobs), "compare",
                 lambda folder: comparison_report.report(comparison, assumptions, origin, session.executor, folder, full=full), origin, session)


def assumptions_in(comparison: Comparison, origin: Origin, session: Session) -> Assumptions | None:
    """The comparison under other assumptions; None where none were simulated, or a cell of them failed."""
    checks = [cells for cells in origin.others if isinstance(cells, JobCells)]
    if not checks or not set(comparison.strategies) <= set(whole(checks, session.failed)):
        return None
    return assess(checks, session.store.read, comparison.strategies, comparison.reference, comparison.payoff)


def _changes(sweep: Sweep, origin: Origin, session: Session) -> dict[int, Change]:
    """What each job of a sweep changes, and its effect, by the number of the job; without those that have no baseline."""
    result = {}
    for number, (job, cells, baseline) in enumerate(zip(origin.jobs, _of_jobs(origin), origin.baselines, strict=True)):
        if baseline is not None and set(sweep.strategies) <= set(whole([cells, baseline], session.failed)):
            now, before = (results_of(each, session.store.read, sweep.strategies, RETURNS) for each in (cells, baseline))
            result[number] = change_of(what_changes(job), now, before, reference_of(job, sweep.strategies), job.run.payoff)
    return result


def change_in(comparison: Comparison, origin: Origin, read: Callable[[str], Outcome], failed: Collection[str]) -> Change | None:
    """What the job changes, and its effect; None where it has no baseline, or a cell of it failed."""
    (job,), baselines = origin.jobs, origin.distinct_baselines
    if not baselines or not set(comparison.strategies) <= set(whole(baselines, failed)):
        return None
    before = results_of(baselines[0], read, comparison.strategies)
    now = Results(comparison.strategies, dict(comparison.payoffs))
    return change_of(what_changes(job), now, before, comparison.reference, job.run.payoff)


def _of_jobs(origin: Origin) -> list[JobCells]:
    return [cells for cells in origin.jobs_cells if isinstance(cells, JobCells)]
