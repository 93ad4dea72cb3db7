"""The table that every report has: what is concluded, what that rests on, how far it survives other assumptions."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.analysis.intervals import Estimate
from experiments.assumptions import FAILED, ROBUST, movers
from experiments.report.tables import Table
from experiments.words import share, signed
from sim.axes import Array


@dataclass(frozen=True)
class Conclusion:
    """One row.

    Attributes:
        text: What is concluded, a sentence without its full stop, with its interval.
        rests_on: What moves it most, in words; empty where nothing was found that does.
        survives: In which share of what was tried it holds, with its 95 % interval.
    """

    text: str
    rests_on: str
    survives: Estimate

    @property
    def word(self) -> str:
        """How far it survives, in a word."""
        return "survives" if self.survives.value >= ROBUST else "does not survive" if self.survives.value <= FAILED else "in part"


def moved_by(outcome: Array, points: Array, labels: Sequence[str]) -> str:
    """What moves an outcome most, in words.

    Args:
        outcome: Shape (points,).
        points: Shape (points, inputs), drawn independently.
        labels: What the inputs are called within a sentence.
    """
    return "; ".join(f"{labels[i]}, {signed(strength, 2)}" for i, strength in movers(outcome, points))


def table(conclusions: Sequence[Conclusion], tried: str) -> Table:
    """The table.

    Args:
        conclusions: Its rows.
        tried: Of what the shares are, such as "512 draws of all structural parameters".
    """
    note = (f"Survives in: the share of {tried} in which it holds, with its 95 % interval. A conclusion survives where that is {share(ROBUST)} at least, and "
            f"does not where it is {share(FAILED)} or less. Rests most on: what moves the difference most, with its rank correlation unless said otherwise "
            "(positive: more of it, a larger difference); nothing is named that chance alone would show as strongly.")
    rows = [[each.text, each.rests_on or "nothing that stands out",
             share(each.survives.value, each.survives.low, each.survives.high).replace(" ", "\N{NO-BREAK SPACE}"), each.word] for each in conclusions]
    return Table("What is concluded, what it rests on, how far it survives", note, ["conclusion", "rests most on", "survives in", ""], rows,
                 frozenset({0, 1, 3}))
