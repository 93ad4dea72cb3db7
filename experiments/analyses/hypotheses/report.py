"""The report of `counterpoise hypotheses`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.analyses.hypotheses.findings import caveats, conclusions_of, fails_where, findings, lead, untested
from experiments.analyses.hypotheses.pictures import pictures
from experiments.analyses.hypotheses.tables import also, otherwise, printed, scoreboard, table_of
from experiments.analyses.hypotheses.trial import Trial
from experiments.analyses.hypotheses.verdict import Verdict
from experiments.report.parts import Part
from experiments.report.write import Report, analysis


def report(trials: Sequence[Trial], verdicts: Sequence[Verdict], failed: Sequence[str], command: str, folder: Path) -> Report:
    """What is written, with the figure in the run folder; `failed` names the hypotheses without a verdict, because some of their cells failed."""
    failing = {verdict.name: fails_where(trial, verdict) for trial, verdict in zip(trials, verdicts, strict=True)}
    draws = pd.concat([pd.DataFrame({"hypothesis": v.name, "draw": np.arange(len(v.draws)), "effect": v.draws}) for v in verdicts])
    part = Part(lead(trials, verdicts), findings(verdicts, failing), caveats(failed, command), pictures(trials, verdicts, folder),
                [table_of(verdicts, failing), *otherwise(verdicts)],
                {"scoreboard": scoreboard(verdicts, failing), "also": also(verdicts), "draws": draws},
                "\n".join([printed(verdicts), *untested(failed, command)]))
    return analysis("What became of the hypotheses", [part], conclusions_of(trials, verdicts), command)
