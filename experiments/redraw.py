"""`counterpoise report`: make tables, figures and report of a run again from its cells; nothing is simulated."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.cells import DamagedCell, MissingCell, Store
from experiments.cli import CANNOT_WRITE, FAILED, OK, USAGE
from experiments.config import Job
from experiments.executors import Processes, cores
from experiments.run_folder import read_run
from experiments.runner import work_of
from experiments.stopwatch import Stopwatch


def main(arguments: Sequence[str]) -> int:
    """Write a new run folder beside the old one; returns the exit code."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: counterpoise report RUN (a folder that holds a manifest.json)", file=sys.stderr)
        return USAGE
    folder = Path(arguments[0]).resolve()
    try:
        manifest, jobs = read_run(folder)
    except ValueError as error:
        print(f"counterpoise report: {error}", file=sys.stderr)
        return FAILED
    beside = {"results": str(folder.parent.parent), "name": folder.parent.name}
    return _report([replace(job, run=job.run.model_copy(update=beside)) for job in jobs], manifest)


def _report(jobs: Sequence[Job], manifest: Mapping[str, Any]) -> int:
    from experiments import reporting
    from experiments.assumptions import drawn

    results = Path(jobs[0].run.results)
    watch, store, lost = Stopwatch(), Store(results / "cells"), frozenset(manifest["missing_cells"])
    works = [work_of(job.settings, job.points) for job in jobs]
    checks = [work_of(drawn(jobs[0].settings, jobs[0].run.assumption_draws))] if manifest["check_of_assumptions"] else []
    try:
        with Processes(jobs[0].run.workers or cores()) as executor:
            with watch.on("statistics"):
                outcome = reporting.gathered_by(jobs, works, store, lost)
            if outcome is None:
                print("counterpoise report: the run has too few cells to compare anything", file=sys.stderr)
                return FAILED
            print(reporting.report(outcome, jobs, works, checks, store, lost, manifest["command"], watch, executor))
    except (MissingCell, DamagedCell) as error:
        print(f"counterpoise report: {error}; `counterpoise verify {results}` lists all; this computes them again: {manifest['command']}", file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"counterpoise: cannot write{f' {error.filename}' if error.filename else ''}: {error.strerror or error}", file=sys.stderr)
        return CANNOT_WRITE
    return OK
