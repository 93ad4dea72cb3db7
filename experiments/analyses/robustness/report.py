"""The report of `counterpoise robustness`."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analyses.robustness import findings, tables
from experiments.analyses.robustness.pictures import pictures
from experiments.analyses.robustness.result import Options, Result
from experiments.configuration.job import Job
from experiments.report import conclusions
from experiments.report.parts import Part
from experiments.report.write import Report, analysis


def report(options: Options, result: Result, jobs: Sequence[Job], folder: Path) -> Report:
    """What is written, with the figures in the run folder."""
    part = Part(findings.lead(options, result), findings.findings(options, result), findings.caveats(options, result), pictures(options, result, jobs, folder),
                tables.tables(options, result), tables.frames(options, result))
    concluded = conclusions.table(findings.conclusions(options, result), findings.tried(options, result))
    return analysis("Good whatever comes?", [part], concluded, options.command, options.job.settings)
