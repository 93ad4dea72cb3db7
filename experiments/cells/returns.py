"""Returns and composite of some strategies at all points of a design, gathered from cells."""

from collections.abc import Callable, Sequence

import numpy as np

from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells, gathered
from sim.axes import Array
from sim.payoffs import COMPOSITE, RETURNS, Payoff, composite

#: Outcomes that an analysis may compare.
OUTCOMES = (*RETURNS, COMPOSITE)


def returns(job_cells: JobCells, names: Sequence[str], read: Callable[[str], Outcome], payoff: Payoff, reference: str | None = None) -> dict[str, Array]:
    """All returns and the composite, each of shape (strategies, points, worlds).

    Args:
        job_cells: The cells.
        names: Strategies.
        read: Gives the outcome of a key.
        payoff: Anchors and weights of the composite.
        reference: Whose economic return the composite counts from; None: from 0, which cancels in differences.

    Raises:
        experiments.cells.store.MissingCell, experiments.cells.store.DamagedCell: A cell that should be there is not.
    """
    result = [gathered(job_cells, name, read, RETURNS)[0] for name in names]
    values = {measure: np.stack([each[measure] for each in result]) for measure in RETURNS}
    return values | {COMPOSITE: composite(values, payoff, 0.0 if reference is None else values["economic"][names.index(reference)])}
