"""Which conclusions rest on the structure of the model: the same comparison with one part of it switched off, or made strong, at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from experiments.analyses.comparison.checks import STRUCTURES
from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells, gathered
from experiments.methods.sides import advantage
from experiments.report.differences import Difference, of_worlds
from sim.axes import Array
from sim.payoffs import COMPOSITE, RETURNS, Payoff, composite

#: What becomes of a difference: the same sign for certain, the other one for certain, no practical difference, or none of these.
Fate = Literal["holds", "turns", "none", "open"]


@dataclass(frozen=True)
class Structures:
    """The comparison under every structure.

    Attributes:
        strategies: In the order of the values.
        values: Each return, shape (strategies, structures, worlds), structures in the order of `STRUCTURES`.
        reference: Strategy all others are compared with.
        payoff: Its smallest differences that matter.
    """

    strategies: tuple[str, ...]
    values: Mapping[str, Array]
    reference: str
    payoff: Payoff

    def differences(self, measure: str, one: Sequence[str], other: Sequence[str]) -> dict[str, Difference]:
        """One side less another, size-adjusted, under each structure."""
        rows = ([self.strategies.index(name) for name in side] for side in (one, other))
        return {name: of_worlds(row, self.payoff.smallest(measure)) for name, row in zip(STRUCTURES, advantage(self.values[measure], *rows), strict=True)}

    def signs(self, measure: str, one: Sequence[str], other: Sequence[str]) -> dict[str, int]:
        """Sign of one side less another, size-adjusted, under each structure; 0 where it is not certain or makes no practical difference."""
        return {name: d.counts for name, d in self.differences(measure, one, other).items()}

    def fates(self, measure: str, one: Sequence[str], other: Sequence[str], sign: int) -> dict[str, Fate]:
        """What becomes of a difference of that sign under each structure."""
        return {name: "none" if d.small else "holds" if d.sign == sign else "turns" if d.sign else "open"
                for name, d in self.differences(measure, one, other).items()}

    def turning(self, measure: str, one: Sequence[str], other: Sequence[str], sign: int) -> list[str]:
        """Structures under which a difference of that sign turns round for certain."""
        return [name for name, fate in self.fates(measure, one, other, sign).items() if fate == "turns"]

    @property
    def table(self) -> pd.DataFrame:
        """Each strategy against the reference in each return under each structure: mean difference with its interval."""
        base, rows = self.strategies.index(self.reference), []
        for measure, values in self.values.items():
            for i, strategy in enumerate(self.strategies):
                for s, structure in enumerate(STRUCTURES):
                    d = of_worlds(values[i, s] - values[base, s])
                    rows.append({"strategy": strategy, "measure": measure, "structure": structure, "difference": d.mean, "low": d.low, "high": d.high})
        return pd.DataFrame(rows)


def assess(job_cells: JobCells, read: Callable[[str], Outcome], strategies: Sequence[str], reference: str, payoff: Payoff) -> Structures:
    """The comparison under every structure, from its cells, see `of_structures`."""
    values = [gathered(job_cells, name, read, RETURNS)[0] for name in strategies]
    measured = {measure: np.stack([each[measure] for each in values]) for measure in RETURNS}
    if payoff.weights is not None:
        measured[COMPOSITE] = composite(measured, payoff, measured["economic"][list(strategies).index(reference)])
    return Structures(tuple(strategies), measured, reference, payoff)


def where(names: Sequence[str]) -> str:
    """Structures in words, as the end of a sentence; at most two are named."""
    texts = [STRUCTURES[name].where for name in names]
    more = f" or under {len(texts) - 2} other structures" if len(texts) > 2 else ""
    return " or ".join(texts[:2]) + more
