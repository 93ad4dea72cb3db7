"""The report of a comparison."""

from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from experiments.analyses.comparison import printed, terminal
from experiments.analyses.comparison.brief import brief_of, in_markdown
from experiments.analyses.comparison.findings import headline, title
from experiments.analyses.comparison.page import render
from experiments.analyses.comparison.pictures import pictures
from experiments.analyses.comparison.statistics import Statistics
from experiments.analyses.comparison.tables import arrays, frames
from experiments.cells.session import Origin
from experiments.figures.context import context_of
from experiments.report.write import Report


def report(statistics: Statistics, origin: Origin, executor: Executor, folder: Path, *, full: bool) -> Report:
    """What is written, with the figures in the run folder.

    Args:
        statistics: Its numbers.
        origin: What the run is made from, a single job.
        executor: Draws the figures side by side where it has workers of this machine.
        folder: The run folder.
        full: Whether the terminal shows every number.
    """
    (job,) = origin.jobs
    comparison, assumptions, change = statistics.comparison, statistics.assumptions, statistics.change
    job = replace(job, settings=job.settings.replace(strategies={name: job.settings.strategies[name] for name in comparison.strategies}))
    brief = brief_of(job, comparison, assumptions, change)
    page = render(job, statistics, brief, pictures(comparison, context_of(job), folder, executor), origin.command)
    shown = printed.text(comparison) if full else terminal.text(comparison, change, brief)
    said = title(comparison, job.state, assumptions)
    text = in_markdown(brief, said, terminal.table(comparison, change, terminal.WIDE), origin.command)
    return Report(page, shown, headline(comparison, assumptions), frames(comparison, assumptions, change), arrays(comparison), {"brief.md": text}, said)
