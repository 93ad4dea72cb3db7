"""Dependence against diversification: does keeping both partners lower what a rupture would cost?"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import Comparison, mean_interval
from experiments.figures import style, telling
from experiments.figures.curves import MEAN
from experiments.figures.scatter import Estimates, panels, points
from sim.axes import TINY, Array

STAKE = "Income lost on a rupture with both powers, %"
HEDGING = "Hedging index: smaller engagement over larger, 0 to 1"
CAPITAL = "China’s share in the capital from the two powers, %"
NOTE = "Means over quarters and worlds; crosses: 95 % intervals of the means. Dotted: equal income lost on a rupture with both powers."


def draw(figure: Figure, comparison: Comparison, context: style.Context) -> list[Axes]:
    """Income at stake against behaviour and against capital received, the dependence on each power, debt."""
    stake, index = at_stake(comparison), hedging_index(comparison)
    axes = panels(figure, comparison, NOTE)
    points(axes[0], comparison, index, stake, "What the state chose", HEDGING, STAKE)
    points(axes[1], comparison, capital_share(comparison), stake, "What capital it got", CAPITAL, STAKE)
    points(axes[2], comparison, _leverage(comparison, 0), _leverage(comparison, 1), "On whom it depends",
           "Income lost on a rupture with China, %", "Income lost on a rupture with the US, %")
    _equal_stake(axes[2])
    points(axes[3], comparison, index, debt(comparison), "What it owes", HEDGING, "Debt to both powers at the end, % of GDP")
    return axes


def at_stake(comparison: Comparison) -> Estimates:
    """Share of income lost on a rupture with both powers, percent."""
    return _estimates(comparison, 100 * (1 - comparison.payoffs["autonomy"]))


def hedging_index(comparison: Comparison) -> Estimates:
    """Smaller engagement over larger: 0 is one partner only, 1 is both alike."""
    return _estimates(comparison, comparison.payoffs["hedging_index"])


def capital_share(comparison: Comparison) -> Estimates:
    """Share of China in the investment and aid from the two powers, percent."""
    china, us = comparison.payoffs["flow_china"], comparison.payoffs["flow_us"]
    return _estimates(comparison, 100 * china / np.maximum(china + us, TINY))


def debt(comparison: Comparison) -> Estimates:
    """Debt to both powers in the last quarter, percent of GDP."""
    return _estimates(comparison, 100 * comparison.payoffs["debt"])


def _leverage(comparison: Comparison, power: int) -> Estimates:
    """Mean leverage of a power over quarters and the worlds whose courses are kept, percent; no interval is known."""
    means = {name: 100 * comparison.courses[name]["leverage"][:, power, MEAN].mean() for name in comparison.strategies}
    return {name: np.array((-np.inf, mean, np.inf)) for name, mean in means.items()}


def _estimates(comparison: Comparison, values: Array) -> Estimates:
    """Low, mean and high over worlds of each strategy."""
    mean, low, high = mean_interval(values)
    return dict(zip(comparison.strategies, np.stack([low, mean, high], axis=1), strict=True))


def _equal_stake(ax: Axes) -> None:
    """Lines of equal income lost on a rupture with both powers."""
    x, y = np.meshgrid(np.linspace(*ax.get_xlim(), 30), np.linspace(*ax.get_ylim(), 30))
    ax.contour(x, y, 100 - (100 - x) * (100 - y) / 100, levels=6, colors=style.PALE, linewidths=0.8, linestyles=":", zorder=0)


def alt(comparison: Comparison) -> str:
    """Hedging index, share of China and income at stake of each strategy, in words."""
    shown, stake = style.labels(comparison.strategies), at_stake(comparison)
    index, share = hedging_index(comparison), capital_share(comparison)
    names = sorted(stake, key=lambda name: float(stake[name][1]))
    parts = (f"{shown[name]} " + ", ".join(telling.number(found[name][1]) for found in (index, share, stake)) for name in names)
    return ("Hedging index, China's share in the capital from the two powers in percent, and percent of income lost on a rupture with both, from the least to "
            "the most at stake: " + telling.sentence(parts))
