"""The report of `counterpoise patterns`."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analyses.patterns import findings, tables
from experiments.analyses.patterns.pictures import pictures
from experiments.analyses.patterns.result import Shown
from experiments.report import conclusions
from experiments.report.parts import Part
from experiments.report.write import Report, analysis


def report(result: Sequence[Shown], failed: Sequence[str], command: str, folder: Path) -> Report:
    """What is written, with the figures in the run folder.

    Args:
        result: What became of each pattern.
        failed: Patterns without a result.
        command: What makes it again.
        folder: The run folder.
    """
    part = Part(findings.lead(result), findings.findings(result, failed), [], pictures(result, folder), tables.tables(result), tables.frames(result))
    return analysis("Published facts and the model", [part], conclusions.table([], "runs"), command)
