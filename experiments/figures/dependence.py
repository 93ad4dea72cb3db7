"""Dependence against diversification: does keeping both partners lower what a rupture would cost?"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import Comparison, mean_interval
from experiments.figures.curves import MEAN
from experiments.figures.scatter import legend, points
from experiments.figures.style import MARGIN, NORMAL, PALE, QUIET, SMALL, WIDTH, Context, axes_at, few_ticks, labels, number, order_by, resize, sentence
from sim.axes import TINY, Array

LEFT, GAP, HIGH, TOP = 0.6, 0.75, 3.3, 0.3


def draw(figure: Figure, comparison: Comparison, context: Context) -> list[Axes]:
    """Income at stake against behaviour, against concentration of capital, and the dependence on each power."""
    resize(figure, 2 * (TOP + HIGH) + 1.15)
    width = (WIDTH - MARGIN - LEFT - GAP) / 2
    stake = at_stake(comparison)
    everyone = order_by(comparison)
    named = list(dict.fromkeys((comparison.reference, everyone[0], everyone[-1], min(stake, key=lambda n: stake[n][1]), max(stake, key=lambda n: stake[n][1]))))
    panels = (
        ("What the state chose", "Hedging index: smaller engagement over larger", hedging(comparison), "Income lost on a rupture with both powers, %", stake),
        ("What capital it got", "China’s share in the capital from the two powers, %", capital_share(comparison), "Income lost on a rupture with both powers, %", stake),
        ("On whom it depends", "Leverage of China: income lost on a rupture, %", leverage(comparison, 0),
         "Leverage of the United States, %", leverage(comparison, 1)),
    )
    axes = []
    for i, (title, across, x, up, y) in enumerate(panels):
        ax = axes_at(figure, LEFT + (width + GAP) * (i % 2), TOP + (TOP + HIGH + 0.45) * (i // 2), width, HIGH)
        points(ax, comparison, x, y, named=named)
        if i == 2:
            _even(ax)
        ax.set_title(title, fontsize=NORMAL, fontweight="bold", loc="left")
        ax.set_xlabel(across)
        ax.set_ylabel(up)
        few_ticks(ax, x=6, y=6)
        axes.append(ax)
    right, top = LEFT + width + GAP, TOP + TOP + HIGH + 0.45
    note = "Means over quarters and worlds. Crosses: 95 % intervals.\nOn whom it depends: dotted lines join equal income lost\non a rupture with both powers."
    figure.text(right / WIDTH, axes[-1].get_position().y0, note, fontsize=SMALL, color=QUIET, va="bottom", linespacing=1.3)
    legend(figure, comparison, right - 0.2, top, HIGH - 0.6, WIDTH - MARGIN - right + 0.2)
    return axes


def at_stake(comparison: Comparison) -> dict[str, Array]:
    """Share of income lost on a rupture with both powers, percent; low, mean and high of each strategy."""
    return _summarised(comparison, 100 * (1 - comparison.payoffs["autonomy"]))


def hedging(comparison: Comparison) -> dict[str, Array]:
    """Smaller engagement over larger: 0 is one partner only, 1 is both alike; low, mean and high."""
    return _summarised(comparison, comparison.payoffs["hedging_index"])


def capital_share(comparison: Comparison) -> dict[str, Array]:
    """Share of China in the investment and aid from the two powers, percent; low, mean and high."""
    china, us = comparison.payoffs["flow_china"], comparison.payoffs["flow_us"]
    return _summarised(comparison, 100 * china / np.maximum(china + us, TINY))


def leverage(comparison: Comparison, power: int) -> dict[str, Array]:
    """Mean leverage of a power over quarters and the worlds whose courses are kept, percent; no interval is known."""
    means = {name: 100 * comparison.courses[name]["leverage"][:, power, MEAN].mean() for name in comparison.strategies}
    return {name: np.array((-np.inf, mean, np.inf)) for name, mean in means.items()}


def _summarised(comparison: Comparison, values: Array) -> dict[str, Array]:
    mean, low, high = mean_interval(values)
    return {name: np.array((low[i], mean[i], high[i])) for i, name in enumerate(comparison.strategies)}


def _even(ax: Axes) -> None:
    """Lines of equal income lost on a rupture with both powers."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = np.meshgrid(np.linspace(left, right, 40), np.linspace(bottom, top, 40))
    ax.contour(x, y, 100 - (100 - x) * (100 - y) / 100, levels=6, colors=PALE, linewidths=0.8, linestyles=":", zorder=0)


def alt(comparison: Comparison) -> str:
    """Hedging index, share of China and income at stake of each strategy, in words."""
    shown, stake, index, share = labels(comparison.strategies), at_stake(comparison), hedging(comparison), capital_share(comparison)
    parts = [f"{shown[name]}: {number(index[name][1])}, {number(share[name][1])} %, {number(stake[name][1])} %" for name in sorted(stake, key=lambda n: stake[n][1])]
    return ("Hedging index, China's share in the capital from the two powers, and income lost on a rupture with both, from the least to the most at stake. "
            + sentence(parts))
