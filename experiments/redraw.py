"""`counterpoise report`: make tables, figures and report of a run again from its cells; nothing is simulated."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.cells import DamagedCell, MissingCell, Store
from experiments.cli import FAILED, OK
from experiments.command_line import Parser, folder, located
from experiments.config import Job
from experiments.executors import ExecutorChoice, WorkerDied, cores, executor
from experiments.run_folder import is_analysis, read_run
from experiments.runner import work_of
from experiments.stopwatch import Stopwatch


def main(arguments: Sequence[str]) -> int:
    """Write a new run folder beside the old one, or its files over the old ones; returns the exit code."""
    parser = Parser("report", "Make a run's tables, figures and report again from its cells, in a new folder beside it. Nothing is simulated.")
    parser.add_argument("run", type=folder, metavar="RUN", help="a folder that holds a manifest.json")
    parser.add_argument("--replace", action="store_true", help="put them in place of the old ones")
    asked = parser.parse_args(list(arguments))
    run = asked.run.resolve()
    results = run.parent.parent
    try:
        manifest, jobs = read_run(run)
        if is_analysis(manifest):
            raise ValueError(f"an analysis is reported again by its own command, which finds every cell there: {located(manifest['command'], results)}")
        report = _report(jobs, manifest)
    except (ValueError, WorkerDied) as error:
        print(f"counterpoise report: {error}", file=sys.stderr)
        return FAILED
    except (MissingCell, DamagedCell) as error:
        print(f"counterpoise report: {error}; `counterpoise verify {results}` lists all; this computes them again: "
              f"{located(manifest['command'], results)}", file=sys.stderr)
        return FAILED
    if asked.replace:
        _move(report.parent, run)
        report = run / report.name
    print(report)
    return OK


def _report(jobs: Sequence[Job], manifest: Mapping[str, Any]) -> Path:
    from experiments import reporting
    from experiments.assumptions import drawn

    watch, store, lost = Stopwatch(), Store(Path(jobs[0].run.results) / "cells"), frozenset(manifest["missing_cells"])
    works = [work_of(job.settings, job.points) for job in jobs]
    checks = [work_of(drawn(jobs[0].settings, jobs[0].run.assumption_draws))] if manifest["check_of_assumptions"] else []
    with watch.on("statistics"):
        outcome = reporting.gathered_by(jobs, works, store, lost)
    if outcome is None:
        raise ValueError("the run has too few cells to compare anything")
    with executor(ExecutorChoice(), min(jobs[0].run.workers or cores(), cores())) as pool:
        return reporting.report(outcome, jobs, works, checks, store, lost, manifest["command"], watch, pool)


def _move(new: Path, old: Path) -> None:
    """The files of one run over those of another, the manifest last: until then it says that the others changed."""
    files = [file for file in new.rglob("*") if file.is_file()]
    for file in sorted(files, key=lambda file: file.name == "manifest.json"):
        target = old / file.relative_to(new)
        target.parent.mkdir(exist_ok=True)
        file.replace(target)
    shutil.rmtree(new)
