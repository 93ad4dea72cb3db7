"""Tables of a comparison for spreadsheets, and arrays for programs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.comparison import Comparison
from experiments.cells.archive import TRAJECTORY_ROWS
from sim.axes import Array


def frames(comparison: Comparison, assumptions: Assumptions | None) -> dict[str, pd.DataFrame]:
    """The tables, by name of the file."""
    tables: dict[str, pd.DataFrame] = {name: getattr(comparison, name) for name in (
        "summary", "paired", "dominance", "behaviour", "correlation", "convergence")}
    tables |= {} if comparison.change is None else {"change": comparison.change.table}
    return tables | ({} if assumptions is None else {"assumptions": assumptions.table, "structures": assumptions.structures.table})


def arrays(comparison: Comparison) -> dict[str, Mapping[str, Array]]:
    """Payoffs in every world and trajectories, by name of the file."""
    trajectories = {f"{strategy}/{name}": values for strategy, named in comparison.trajectories.items() for name, values in named.items()}
    return {"payoffs": {"strategies": np.array(comparison.strategies), **comparison.payoffs},
            "trajectories": {"rows": np.array(TRAJECTORY_ROWS), **trajectories}}
