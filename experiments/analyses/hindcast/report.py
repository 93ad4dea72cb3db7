"""The report of `counterpoise hindcast`."""

from dataclasses import replace
from pathlib import Path

from experiments.analyses.hindcast import findings, tables
from experiments.analyses.hindcast.pictures import pictures
from experiments.analyses.hindcast.result import Options, Result
from experiments.report import conclusions
from experiments.report.parts import Part
from experiments.report.write import Report, analysis


def report(options: Options, result: Result, folder: Path) -> Report:
    """What is written, with the figures in the run folder."""
    part = Part(findings.lead(options, result), findings.findings(options, result), findings.caveats(options, result), pictures(options, result, folder),
                tables.tables(options, result), tables.frames(options, result))
    concluded = conclusions.table(findings.conclusions(options, result), findings.tried(result))
    made = analysis("Put into the past", [part], concluded, options.command)
    return replace(made, headline=f"{findings.headline(result)}.", texts={"case.json": options.case.model_dump_json(indent=1) + "\n"})
