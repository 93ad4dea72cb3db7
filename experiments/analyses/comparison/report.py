"""The report of a comparison."""

from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.findings import headline
from experiments.analyses.comparison.page import render
from experiments.analyses.comparison.pictures import pictures
from experiments.analyses.comparison.printed import text
from experiments.analyses.comparison.tables import arrays, frames
from experiments.cells.session import Origin
from experiments.figures.context import context_of
from experiments.report.write import Report
from experiments.runs.folder import settings_hash


def report(comparison: Comparison, assumptions: Assumptions | None, origin: Origin, executor: Executor, folder: Path) -> Report:
    """What is written, with the figures in the run folder.

    Args:
        comparison: Its statistics.
        assumptions: How they fare under other assumptions; None where that was not tried.
        origin: What the run is made from, a single job.
        executor: Draws the figures side by side where it has workers of this machine.
        folder: The run folder.
    """
    (job,) = origin.jobs
    job = replace(job, settings=job.settings.replace(strategies={name: job.settings.strategies[name] for name in comparison.strategies}))
    page = render(job, comparison, assumptions, pictures(comparison, context_of(job), folder, executor), origin.command, settings_hash(job.settings))
    return Report(page, text(comparison), headline(comparison, assumptions), frames(comparison, assumptions), arrays(comparison))
