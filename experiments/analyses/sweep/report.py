"""The report of a sweep."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analyses.sweep.figures import phase
from experiments.analyses.sweep.findings import headline
from experiments.analyses.sweep.gather import WORDS, reference_of
from experiments.analyses.sweep.page import render_sweep
from experiments.analyses.sweep.pictures import pictures
from experiments.analyses.sweep.sweep import Sweep, over_seeds
from experiments.analyses.sweep.tables import between_seeds, table
from experiments.cells.session import Origin
from experiments.configuration.job import Job, name_of
from experiments.figures.context import context_of
from experiments.report.write import Report


def report(sweep: Sweep, origin: Origin, folder: Path) -> Report:
    """What is written, with the figures in the run folder. points.csv has each seed; all else counts their worlds together."""
    jobs, contexts = origin.jobs, [context_of(job) for job in origin.jobs]
    together = over_seeds(sweep)
    page = render_sweep(together, pictures(together, contexts, folder), title=_title(jobs, together), command=origin.command, contexts=contexts,
                        question=" ".join(dict.fromkeys(job.run.question for job in jobs if job.run.question)), notes=_notes(sweep, jobs))
    references = [reference_of(job, sweep.strategies) for job in jobs for _ in range(len(job.points))]
    return Report(page, "", headline(together), {"points": table(sweep, references)} | ({"seeds": between_seeds(together)} if together.seeds else {}))


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
