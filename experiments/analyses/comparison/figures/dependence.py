"""Dependence against diversification: does keeping both partners lower what one power holds in its hand?"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import words
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.dependence import at_stake, capital_share, debt, hedging_index, leverage
from experiments.analyses.comparison.figures.scatter import Along, panels, points
from experiments.figures import style
from experiments.figures.figure import FigureSpec
from experiments.names import filled, powers

STAKE = "Income in the hand of the power that holds more, %"
HEDGING = "Hedging index: smaller engagement over larger, 0 to 1"
CAPITAL = "Share of {first} in the capital from the two powers, %"
NOTE = "Means over quarters and worlds; crosses: 95 % intervals of the means. Dotted: the power that holds more holds as much."


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """Income at stake against behaviour and against capital received, the dependence on each power, debt."""
    stake, index = Along(at_stake(comparison), STAKE), Along(hedging_index(comparison), HEDGING)
    axes = panels(figure, comparison, NOTE)
    points(axes[0], comparison, index, stake, "What the state chose")
    points(axes[1], comparison, Along(capital_share(comparison), filled(CAPITAL)), stake, "What capital it got")
    first, second = (Along(leverage(comparison, i), f"Income in the hand of {power}, %") for i, power in enumerate(powers()))
    points(axes[2], comparison, first, second, "On whom it depends")
    _equal_stake(axes[2])
    points(axes[3], comparison, index, Along(debt(comparison), "Debt at the end, % of GDP"), "What it owes")
    return axes


def _equal_stake(ax: Axes) -> None:
    """Lines of equal income in the hand of the power that holds more."""
    x, y = np.meshgrid(np.linspace(*ax.get_xlim(), 30), np.linspace(*ax.get_ylim(), 30))
    ax.contour(x, y, np.maximum(x, y), levels=6, colors=style.PALE, linewidths=0.8, linestyles=":", zorder=0)


def alt(comparison: Comparison) -> str:
    """Hedging index, share of the first power and income at stake of each strategy, in words."""
    shown, stake = style.labels(comparison.strategies), at_stake(comparison)
    index, share = hedging_index(comparison), capital_share(comparison)
    names = sorted(stake, key=lambda name: float(stake[name][1]))
    parts = (f"{shown[name]} " + ", ".join(words.number(result[name][1]) for result in (index, share, stake)) for name in names)
    return (f"Hedging index, share of {powers()[0]} in the capital from the two powers in percent, and percent of income in the hand of the power that "
            "holds more, from the least to the most at stake: " + words.sentence(parts))


def title(comparison: Comparison) -> str:
    """Which strategies leave least and most income in the hand of one power; the topic where they are the same."""
    shown, stake = style.labels(comparison.strategies), {name: float(middle) for name, (_, middle, _) in at_stake(comparison).items()}
    least, most = (which(stake, key=lambda name: stake[name]) for which in (min, max))
    if stake[least] == stake[most]:
        return "Dependence on the powers, by how evenly a state engages them"
    return (f"{words.capital(shown[least])} leaves least income in the hand of one power ({words.number(stake[least])} %), {shown[most]} most "
            f"({words.number(stake[most])} %)")


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="dependence",
    title=title,
    question="Does keeping both partners lower the income that one power holds in its hand?",
    caption=("Income that a power holds in its hand, and debt, against how the state engages both: the hedging index (Kuik) is 0 for one partner "
             "only and 1 for both alike; income at stake is Hirschman's influence effect, substitution allowed. Lower is less dependent; on the dotted lines "
             "the power that holds more holds as much. Leverage by power comes from the first block of worlds."),
    draw=draw,
    alt=alt,
)
