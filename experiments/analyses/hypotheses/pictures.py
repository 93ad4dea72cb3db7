"""The figures of the hypotheses."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analyses.hypotheses.figures import scoreboard
from experiments.analyses.hypotheses.findings import worlds
from experiments.analyses.hypotheses.tables import claims_and_checks
from experiments.analyses.hypotheses.trial import Trial
from experiments.analyses.hypotheses.verdict import Verdict
from experiments.figures.figure import Picture, picture
from experiments.words import plural


def pictures(trials: Sequence[Trial], verdicts: Sequence[Verdict], folder: Path) -> list[Picture]:
    """Draw the scoreboard and, apart, the implementation checks into `folder/figures`.

    Raises:
        OSError: It cannot be written.
    """
    result = []
    for spec, some, what in zip((scoreboard.FIGURE, scoreboard.CHECKS), claims_and_checks(verdicts), ("hypothesis", "implementation check"), strict=True):
        if some:
            foot = f"{plural(len(some), what)} · {worlds(trials)} worlds at the defaults · {plural(len(some[0].draws), 'draw')} of the assumptions"
            result.append(picture(spec, scoreboard.rows_of(some), foot, folder))
    return result
