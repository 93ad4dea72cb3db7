"""Checks of a comparison made up for tests: draws of the assumptions, structures and draws of the facts, without a simulation."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.checks import STRUCTURES
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.structures import Structures
from experiments.cells.job_cells import Results
from sim.payoffs import MEASURES, RETURNS

NAMES = ("local_threat", "rivalry_mean")


def structures_of(comparison: Comparison, changed: Mapping[str, float] | None = None) -> Structures:
    """The comparison under every structure: as it is but for those named, where each economic difference to the reference is so many times as large."""
    values = {measure: np.repeat(comparison.payoffs[measure][:, None], len(STRUCTURES), axis=1) for measure in RETURNS}
    economic, base = values["economic"], comparison.strategies.index(comparison.reference)
    for name, times in (changed or {}).items():
        place = list(STRUCTURES).index(name)
        economic[:, place] = economic[base, place] + times * (economic[:, place] - economic[base, place])
    return Structures(comparison.strategies, values, comparison.reference, comparison.payoff)


def assumptions(comparison: Comparison, economic: np.ndarray, points: np.ndarray | None = None, *, changed: Mapping[str, float] | None = None,
                facts: np.ndarray | None = None) -> Assumptions:
    """Checks of a comparison.

    Args:
        comparison: What is checked.
        economic: Economic return of each strategy in each draw of the assumptions, shape (strategies, draws); all other measures 0.
        points: The draws, shape (draws, 2).
        changed: See `structures_of`.
        facts: Economic return of each strategy in each draw of the facts; None: as in the draws of the assumptions.
    """
    n = economic.shape[1]
    rows = [{"strategy": name, "measure": measure, "better": 0.6, "worse": 0.4, "median": 0.0, "mover": "", "correlation": 0.0}
            for measure in RETURNS for name in comparison.strategies]
    of_facts = economic if facts is None else facts
    return Assumptions(
        NAMES, n, np.zeros((n, 2)) if points is None else points, pd.DataFrame(rows),
        Results(comparison.strategies, {measure: np.zeros_like(economic) for measure in MEASURES} | {"economic": economic}),
        structures_of(comparison, changed),
        Results(comparison.strategies, {measure: np.zeros_like(of_facts) for measure in RETURNS} | {"economic": of_facts}))
