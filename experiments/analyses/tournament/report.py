"""The report of `counterpoise tournament`: the game of the powers, then imitation."""

from pathlib import Path

from experiments.analyses.tournament.imitation import findings as imitation
from experiments.analyses.tournament.imitation import pictures as imitation_pictures
from experiments.analyses.tournament.imitation import tables as imitation_tables
from experiments.analyses.tournament.imitation.result import Result
from experiments.analyses.tournament.options import Options
from experiments.analyses.tournament.powers import findings as powers
from experiments.analyses.tournament.powers import pictures as powers_pictures
from experiments.analyses.tournament.powers import tables as powers_tables
from experiments.analyses.tournament.powers.solve import Solution
from experiments.report import conclusions
from experiments.report.parts import Part
from experiments.report.write import Report, analysis
from experiments.words import listed


def report(options: Options, solution: Solution | None, imitated: Result | None, folder: Path) -> Report:
    """What is written of the parts that were played, with the figures in the run folder."""
    parts, rows, tried = [], [], []
    if solution is not None:
        parts.append(Part(powers.lead(options, solution), powers.findings(options, solution), powers.caveats(options, solution),
                          powers_pictures.pictures(solution, options.job, folder), powers_tables.tables(options, solution),
                          powers_tables.frames(options, solution)))
        rows += powers.conclusions(options, solution)
        tried.append(powers.tried(options, solution))
    if imitated is not None:
        own = imitated.options
        parts.append(Part(imitation.lead(own, imitated), imitation.findings(own, imitated), imitation.caveats(own, imitated),
                          imitation_pictures.pictures(imitated, own.job, folder), imitation_tables.tables(own, imitated),
                          imitation_tables.frames(own, imitated)))
        rows += imitation.conclusions(own, imitated)
        tried.append(imitation.tried(own, imitated))
    return analysis("Everybody chooses", parts, conclusions.table(rows, listed(tried)), options.command, options.job.settings)
