"""The report of a comparison."""

from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from experiments.analyses.comparison import printed, terminal
from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.brief import brief_of, in_markdown
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.findings import headline, title
from experiments.analyses.comparison.page import render
from experiments.analyses.comparison.pictures import pictures
from experiments.analyses.comparison.tables import arrays, frames
from experiments.cells.session import Origin
from experiments.figures.context import context_of
from experiments.report.write import Report
from experiments.terminal import WIDE


def report(comparison: Comparison, assumptions: Assumptions | None, origin: Origin, executor: Executor, folder: Path, *, full: bool) -> Report:
    """What is written, with the figures in the run folder.

    Args:
        comparison: Its numbers.
        assumptions: How they fare under other assumptions; None where that was not tried.
        origin: What the run is made from, a single job.
        executor: Draws the figures side by side where it has workers of this machine.
        folder: The run folder.
        full: Whether the terminal shows every number.
    """
    (job,) = origin.jobs
    job = replace(job, settings=job.settings.replace(strategies={name: job.settings.strategies[name] for name in comparison.strategies}))
    drawn = pictures(comparison, context_of(job), folder, executor)  # while they are drawn, the rest is made
    brief = brief_of(job, comparison, assumptions)
    shown = printed.text(comparison) if full else terminal.text(comparison, brief)
    said = title(comparison, job.state, assumptions) if comparison.change is None else brief.answer
    text = in_markdown(brief, said, terminal.table(comparison, WIDE), origin.command)
    findings, tables = headline(comparison, assumptions), frames(comparison, assumptions)
    page = render(job, comparison, assumptions, brief, drawn(), origin.command)
    return Report(page, shown, findings, tables, arrays(comparison), {"brief.md": text}, said)
