"""What the powers did to the focal state, and how dependent on them each strategy leaves it."""

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.analyses.comparison.comparison import Comparison
from experiments.figures.curves import MEAN
from experiments.methods.intervals import mean_interval
from sim.axes import DT, TINY, Array

#: Low, mean and high of each strategy, shape (3,); an interval that is not finite is not drawn.
Estimates = Mapping[str, Array]


def at_stake(comparison: Comparison) -> Estimates:
    """Share of income in the hand of the power that holds more, percent."""
    return _estimates(comparison, 100 * (1 - comparison.payoffs["autonomy"]))


def hedging_index(comparison: Comparison) -> Estimates:
    """Smaller engagement over larger: 0 is one partner only, 1 is both alike."""
    return _estimates(comparison, comparison.payoffs["hedging_index"])


def capital_share(comparison: Comparison) -> Estimates:
    """Share of the first power in the investment and aid from the two powers, percent."""
    first, second = comparison.payoffs["flow_first"], comparison.payoffs["flow_second"]
    return _estimates(comparison, 100 * first / np.maximum(first + second, TINY))


def debt(comparison: Comparison) -> Estimates:
    """Debt to all creditors in the last quarter, percent of GDP."""
    return _estimates(comparison, 100 * comparison.payoffs["debt"])


def leverage(comparison: Comparison, power: int) -> Estimates:
    """Mean leverage of a power over quarters and the worlds whose trajectories are kept, percent; no interval is known."""
    means = {name: 100 * comparison.trajectories[name]["leverage"][:, power, MEAN].mean() for name in comparison.strategies}
    return {name: np.array((-np.inf, mean, np.inf)) for name, mean in means.items()}


def _estimates(comparison: Comparison, values: Array) -> Estimates:
    """Low, mean and high over worlds of each strategy."""
    mean, low, high = mean_interval(values)
    return dict(zip(comparison.strategies, np.stack([low, mean, high], axis=1), strict=True))


def mean_actions(comparison: Comparison, strategy: str, variables: Sequence[str]) -> dict[str, Array]:
    """Mean over quarters and the worlds whose trajectories are kept of what the powers did, shape (2,) by variable; visits are a yearly rate."""
    trajectories = comparison.trajectories[strategy]
    return {variable: trajectories[variable][..., MEAN].mean(axis=0) / (DT if variable == "visits" else 1) for variable in variables}
