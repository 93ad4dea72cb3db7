"""The report of `counterpoise hypotheses`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.analyses.hypotheses import tables
from experiments.analyses.hypotheses.findings import caveats, conclusions_of, fails_where, findings, lead, untested
from experiments.analyses.hypotheses.pictures import pictures
from experiments.analyses.hypotheses.trial import Trial
from experiments.analyses.hypotheses.variance import Variance
from experiments.analyses.hypotheses.verdict import Verdict
from experiments.report.parts import Part
from experiments.report.write import Report, analysis


def report(trials: Sequence[Trial], verdicts: Sequence[Verdict], variances: Sequence[Variance], failed: Sequence[str], command: str, folder: Path) -> Report:
    """What is written, with the figures in the run folder.

    Args:
        trials: What was simulated.
        verdicts: The verdicts.
        variances: Shares of variance, which have no verdict.
        failed: Hypotheses without a result, because some of their cells failed.
        command: What makes it again.
        folder: The run folder.
    """
    by_name = {trial.name: trial for trial in trials}
    failing = {v.name: fails_where(by_name[v.name], v) for v in verdicts}
    draws = pd.concat([pd.DataFrame({"hypothesis": v.name, "draw": np.arange(len(v.draws)), "effect": v.draws}) for v in verdicts] or [_NO_DRAWS])
    frames = {"scoreboard": tables.scoreboard(verdicts, variances, failing), "also": tables.also(verdicts), "sides": tables.sides(verdicts),
              "variance": tables.variance(variances), "draws": draws}
    part = Part(lead(trials, verdicts, variances), findings(verdicts, variances, failing), caveats(failed, command), pictures(trials, verdicts, folder),
                tables.tables_of(verdicts, variances, failing), frames, "\n".join([tables.printed(verdicts, variances), *untested(failed, command)]))
    return analysis("What became of the hypotheses", [part], conclusions_of([by_name[v.name] for v in verdicts], verdicts), command)


_NO_DRAWS = pd.DataFrame(columns=["hypothesis", "draw", "effect"])
