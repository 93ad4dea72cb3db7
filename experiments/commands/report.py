"""`counterpoise report`: make tables, figures and report of a run again from its cells; nothing is simulated."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.cells.archive import CellError
from experiments.cells.job_cells import job_cells_of, of_baselines
from experiments.cells.plan import plan_of
from experiments.cells.session import Origin, Session
from experiments.cells.stopwatch import Stopwatch
from experiments.cells.store import Store
from experiments.commands.command import Parser, folder
from experiments.configuration.errors import OK, CommandError
from experiments.configuration.job import ExecutorChoice, Job
from experiments.executors.choose import cores, executor
from experiments.names import naming
from experiments.report.runs import list_run
from experiments.runs.manifest import again, is_analysis, read_run


def main(arguments: Sequence[str]) -> int:
    """Write a new run folder beside the old one, or its files over the old ones; returns the exit code."""
    parser = Parser("report", "Make a run's tables, figures and report again from its cells, in a new folder beside it. Nothing is simulated.")
    parser.add_argument("run", type=folder, metavar="RUN", help="a folder that holds a manifest.json")
    parser.add_argument("--replace", action="store_true", help="put them in place of the old ones")
    options = parser.parse_args(list(arguments))
    run = options.run.resolve()
    results = run.parent.parent
    try:
        manifest, jobs = read_run(run)
        if is_analysis(manifest):
            raise ValueError(f"an analysis is reported again by its own command, which finds every cell there: {again(manifest, results)}")
        report = _report(jobs, manifest)
    except ValueError as error:
        raise CommandError(str(error)) from None
    except CellError as error:
        raise CommandError(f"{error}; `counterpoise verify {results}` lists all; this computes them again: {again(manifest, results)}") from None
    if options.replace:
        _move(report.parent, run)
        report = run / report.name
        if problem := list_run(results, run):
            print(problem, file=sys.stderr)
    print(report)
    return OK


def _report(jobs: Sequence[Job], manifest: Mapping[str, Any]) -> Path:
    from experiments.analyses import outcome
    from experiments.analyses.comparison.checks import batches

    store = Store(Path(jobs[0].run.results) / "cells")
    checks = batches(jobs[0].settings, jobs[0].run.assumption_draws) if manifest["check_of_assumptions"] else []
    origin = Origin(jobs, [job_cells_of(job.settings, job.points) for job in jobs], checks, manifest["command"], of_baselines(jobs))
    with naming(job.settings for job in jobs), executor(ExecutorChoice(), cores()) as pool:
        session = Session(plan_of([], store, 1), store, pool, Stopwatch(), failed_before=frozenset(manifest["missing_cells"]))
        with session.watch.on("statistics"):
            statistics = outcome.gathered_by(origin, session)
        report = outcome.report(statistics, origin, session)
        session.show_notes()
        return report


def _move(new: Path, old: Path) -> None:
    """The files of one run over those of another, the manifest last: until then it says that the others changed."""
    files = [file for file in new.rglob("*") if file.is_file()]
    for file in sorted(files, key=lambda file: file.name == "manifest.json"):
        target = old / file.relative_to(new)
        target.parent.mkdir(exist_ok=True)
        file.replace(target)
    shutil.rmtree(new)
