"""The figure of the hypotheses."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analyses.hypotheses.figures import scoreboard
from experiments.analyses.hypotheses.findings import worlds
from experiments.analyses.hypotheses.trial import Trial
from experiments.analyses.hypotheses.verdict import Verdict
from experiments.figures.figure import Picture, picture
from experiments.words import plural


def pictures(trials: Sequence[Trial], verdicts: Sequence[Verdict], folder: Path) -> list[Picture]:
    """Draw the scoreboard into `folder/figures`.

    Raises:
        OSError: It cannot be written.
    """
    foot = f"{plural(len(verdicts), 'hypothesis')} · {worlds(trials)} worlds at the defaults · {plural(len(verdicts[0].draws), 'draw')} of the assumptions"
    return [picture(scoreboard.FIGURE, scoreboard.rows_of(verdicts), foot, folder)]
