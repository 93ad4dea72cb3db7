"""The report of `counterpoise rank`."""

from pathlib import Path

from experiments.analyses.rank import findings, tables
from experiments.analyses.rank.pictures import pictures
from experiments.analyses.rank.result import Options, Result
from experiments.report import conclusions
from experiments.report.parts import Part
from experiments.report.write import Report, analysis
from experiments.words import plural


def report(options: Options, result: Result, folder: Path) -> Report:
    """What is written, with the figures in the run folder."""
    part = Part(findings.lead(options, result), findings.findings(options, result), findings.caveats(options), pictures(options, result, folder),
                tables.tables(options, result), tables.frames(options, result), tables.printed(options, result))
    concluded = conclusions.table(findings.conclusions(options, result), plural(len(options.scenarios), "scenario"))
    return analysis("A league of strategies", [part], concluded, options.command)
