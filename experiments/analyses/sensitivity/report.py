"""The report of `counterpoise sensitivity`."""

from pathlib import Path

from experiments.analyses.sensitivity import findings, tables
from experiments.analyses.sensitivity.pictures import pictures
from experiments.analyses.sensitivity.result import Options, Result
from experiments.report import conclusions
from experiments.report.parts import Part
from experiments.report.write import Report, analysis


def report(options: Options, result: Result, folder: Path) -> Report:
    """What is written, with the figures in the run folder."""
    part = Part(findings.lead(options, result), findings.findings(options, result), findings.caveats(options, result), pictures(options, result, folder),
                tables.tables(options, result), tables.frames(options, result))
    concluded = conclusions.table(findings.conclusions(options, result), findings.tried(options, result))
    return analysis("Which assumptions decide?", [part], concluded, options.command, options.job.settings)
