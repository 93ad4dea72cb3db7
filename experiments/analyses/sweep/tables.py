"""Tables of a sweep."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.analyses.sweep import estimates
from experiments.analyses.sweep.regret import regret
from experiments.analyses.sweep.sweep import Sweep, overall_means, paired


def table(sweep: Sweep, references: Sequence[str]) -> pd.DataFrame:
    """All numbers of a sweep, one row for each return, strategy and point; `references` has the reference of each point.

    Returns:
        Point, axes, strategy, family, measure, mean with interval, the reference, paired difference to it with interval, share of worlds in which the
        strategy is better, regret.
    """
    parts = []
    for measure in sweep.returns:
        shortfall = regret(sweep, measure)
        for i, name in enumerate(sweep.strategies):
            mean, low, high = estimates.at_points(sweep, name, measure)
            difference = paired(sweep, name, sweep.reference, measure).rename(columns={"low": "difference_low", "high": "difference_high"})
            about = pd.DataFrame({"strategy": name, "family": sweep.families[name], "measure": measure, "mean": mean, "low": low, "high": high})
            compared = {} if "reference" in sweep.points else {"reference": list(references)}
            rows = pd.concat([sweep.points.reset_index(drop=True), about, pd.DataFrame(compared), difference], axis=1)
            parts.append(rows.assign(regret=shortfall[i]).rename_axis("point").reset_index())
    return pd.concat(parts, ignore_index=True)


def overall(sweep: Sweep) -> pd.DataFrame:
    """Each strategy over all points, one row for each strategy and return, best consumption first.

    Returns:
        Strategy, measure, difference to the reference with interval (each world averaged over the points first), at how many points the strategy
        is better and worse than the reference with an interval that excludes 0, largest regret over all points.
    """
    order = np.argsort(-overall_means(sweep, "economic"), kind="stable")
    rows = []
    for measure in sweep.returns:
        shortfall = regret(sweep, measure).max(axis=1)
        for i in order:
            at = paired(sweep, sweep.strategies[i], sweep.reference, measure)
            mean, low, high = estimates.over_points(sweep, sweep.strategies[i], sweep.reference, measure)
            rows.append({"strategy": sweep.strategies[i], "measure": measure, "difference": mean, "low": low, "high": high,
                         "better": int((at.low > 0).sum()), "worse": int((at.high < 0).sum()), "regret": float(shortfall[i])})
    return pd.DataFrame(rows)


def between_seeds(sweep: Sweep) -> pd.DataFrame:
    """How far apart the seeds of a sweep are, one row for each return, strategy and point; seeds are replicates, their worlds are not paired.

    Returns:
        Axes, strategy, family, measure, number of seeds, then of the means of each seed, and of the differences of each seed to the reference (on the same
        worlds within a seed): mean, standard deviation between seeds, lowest, highest.
    """
    parts = []
    for measure in sweep.returns:
        for name in sweep.strategies:
            worlds = sweep.values(name, measure)
            about: dict[str, Any] = {"strategy": name, "family": sweep.families[name], "measure": measure, "seeds": len(sweep.seeds)}
            spread = {f"{prefix}{key}": values for prefix, numbers in (("", worlds), ("difference_", worlds - sweep.values(sweep.reference, measure)))
                      for key, values in estimates.between_seeds(sweep, numbers).items()}
            parts.append(sweep.points.assign(**about, **spread))
    return pd.concat(parts, ignore_index=True)
