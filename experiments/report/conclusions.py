"""The table that every report has: what is concluded, what that rests on, how far it survives other assumptions."""

from collections.abc import Sequence

from experiments.methods.survival import FAILED, ROBUST, Movers
from experiments.report.parts import Conclusion, Table
from experiments.words import share, signed


def moved_by(movers: Movers, labels: Sequence[str]) -> str:
    """The inputs that move an outcome most, each with its rank correlation; empty where none stands out from chance.

    Args:
        movers: The inputs.
        labels: What all inputs are called within a sentence.
    """
    return "; ".join(f"{labels[i]}, {signed(strength, 2)}" for i, strength in movers)


def table(conclusions: Sequence[Conclusion], cases: str) -> Table:
    """The table.

    Args:
        conclusions: Its rows.
        cases: What the shares are shares of, such as "512 draws of all structural parameters".
    """
    note = (f"“Survives in” is the share of {cases} in which the conclusion holds, with its 95 % interval. A conclusion survives where that share is at least "
            f"{share(ROBUST)}. It does not survive where the share is at most {share(FAILED)}. “Rests most on” names what moves the difference most, with its "
            "rank correlation unless another number is named. A positive correlation means: the more of it, the larger the gain or the smaller the cost. "
            "Nothing is named that chance alone could show as strongly.")
    rows = [[each.text, each.rests_on or "nothing that stands out",
             share(each.survives.value, each.survives.low, each.survives.high).replace(" ", "\N{NO-BREAK SPACE}"), each.word] for each in conclusions]
    return Table("What is concluded, what it rests on, how far it survives", note, ["conclusion", "rests most on", "survives in", "verdict"], rows,
                 frozenset({0, 1, 3}))
