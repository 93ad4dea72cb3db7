"""The report of a sweep."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from experiments.analyses.comparison.change import Change
from experiments.analyses.sweep.figures import phase
from experiments.analyses.sweep.findings import BASELINE, at_points, change_finding, headline, label
from experiments.analyses.sweep.gather import WORDS, reference_of
from experiments.analyses.sweep.page import Head, change_table, render_sweep
from experiments.analyses.sweep.pictures import pictures
from experiments.analyses.sweep.sweep import Sweep, over_seeds
from experiments.analyses.sweep.tables import between_seeds, table
from experiments.cells.session import Origin
from experiments.configuration.job import Job, name_of
from experiments.figures.context import context_of
from experiments.report.parts import Finding
from experiments.report.write import Report
from experiments.terminal import wrapped
from sim.payoffs import RETURNS


def report(sweep: Sweep, origin: Origin, folder: Path, changes: Mapping[int, Change] = MappingProxyType({})) -> Report:
    """What is written, with the figures in the run folder. points.csv has each seed; all else counts their worlds together.

    Args:
        sweep: Its numbers.
        origin: What the run is made from.
        folder: The run folder.
        changes: What each job changes against its baseline, by the number of the job.
    """
    jobs, contexts = origin.jobs, [context_of(job) for job in origin.jobs]
    together = over_seeds(sweep)
    called = {number: at_points(sweep, [number]) for number in changes}  # no job has a design
    question = " ".join(dict.fromkeys(job.run.question for job in jobs if job.run.question))
    page = render_sweep(together, pictures(together, contexts, folder), Head(_title(jobs, together), question, origin.command), contexts,
                        _notes(sweep, jobs), change_table(changes, called))
    references = [reference_of(job, sweep.strategies) for job in jobs for _ in range(len(job.points))]
    frames = {"points": table(sweep, references)} | ({"seeds": between_seeds(together)} if together.seeds else {})
    if changes:
        frames["changes"] = pd.concat([each.table.assign(job=number)[["job", *each.table.columns]] for number, each in changes.items()], ignore_index=True)
    findings = [*change_finding(changes, called), *headline(together)]
    return Report(page, _printed(findings), findings, frames)


def _printed(findings: Sequence[Finding]) -> str:
    """What the terminal shows: what the choices change, and who is ahead in each return."""
    about = {*map(label, RETURNS), BASELINE}
    return "\n".join(["", *(line for finding in findings if finding.about in about
                            for part in str(finding).split("\n") for line in wrapped(part))])


def _title(jobs: Sequence[Job], sweep: Sweep) -> str:
    """Which strategies are best, where diagrams show that; else what varies."""
    if phase.applies(sweep) and (finding := phase.title(sweep)) != phase.TOPIC:
        return finding
    return f"{name_of(jobs)}: {' × '.join(axis.label.lower() if axis.label in WORDS.values() else axis.label for axis in sweep.axes)}"


def _notes(sweep: Sweep, jobs: Sequence[Job]) -> list[str]:
    missing = sorted({name for job in jobs for name in job.settings.strategies} - set(sweep.strategies))
    references = sorted({job.run.reference for job in jobs} & set(missing))
    return [*([f"Not compared, because some of their cells failed: {', '.join(missing)}."] if missing else []),
            *([f"{sweep.strategies[0]} is the reference in place of {', '.join(references)}."] if references else [])]
