"""What is left in the long run: how often each policy of each power and each strategy of the small state is played, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.tournament.powers.result import Rung
from experiments.analyses.tournament.powers.solve import Solution
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate
from experiments.names import powers, short_powers

#: Inches of a row, between the players, above each of them, for the heads of columns, below; at most for the name of a row.
ROW, BETWEEN, TITLE, HEAD, BELOW, NAME = 0.17, 0.12, 0.24, 0.3, 0.45, 1.75
#: Policies that lead together and are named.
BOTH = 2
#: Strategies that are played less than this at every price shown are not drawn.
LEAST = 0.02


def players() -> tuple[str, str, str]:
    """What the players are called above their panels."""
    return (*short_powers(), "Small state")


@dataclass(frozen=True)
class Ladder:
    """The game at some prices.

    Attributes:
        policies: Of either power.
        strategies: Of the small state.
        families: Family of each.
        rungs: The game at each price.
    """

    policies: Sequence[str]
    strategies: Sequence[str]
    families: Mapping[str, str]
    rungs: Sequence[Rung]


def ladder_of(solution: Solution, rungs: Sequence[Rung]) -> Ladder:
    """Some rungs of a game."""
    return Ladder(solution.game.policies, solution.game.strategies, solution.game.families, rungs)


def rows_of(rungs: Sequence[Rung]) -> list[int]:
    """Strategies shown: those played at all often at some price; where there is none, the one played most."""
    shares = np.stack([rung.strategies.value for rung in rungs])
    return [int(i) for i in np.flatnonzero(shares.max(axis=0) >= LEAST)] or [int(shares[0].argmax())]


def names_of(policies: Sequence[str], strategies: Sequence[str], kept: Sequence[int], width: float) -> tuple[list[list[str]], float]:
    """Names of policies and of the strategies kept, no wider than so many inches, and where panels beside them begin."""
    result = [[layout.fitted(label, width) for label in style.apart(labels)] for labels in (
        style.policy_labels(policies).values(), [style.labels(strategies)[strategies[i]] for i in kept])]
    return result, layout.MARGIN + max(layout.width_of(label) for group in result for label in group) + 0.12


def draw(figure: Figure, ladder: Ladder) -> list[Axes]:
    """A column for each price, below each other the policies of the powers and the strategies."""
    policies, strategies, families, rungs = ladder.policies, ladder.strategies, ladder.families, ladder.rungs
    kept = rows_of(rungs)
    (of_policies, of_strategies), left = names_of(policies, strategies, kept, NAME)
    fitted = [of_policies, of_policies, of_strategies]
    colours = [[style.POWER_COLOURS[0]] * len(policies), [style.POWER_COLOURS[1]] * len(policies), [style.colour_of(families[strategies[i]]) for i in kept]]
    shares = [[rung.policies[0] for rung in rungs], [rung.policies[1] for rung in rungs], [rung.strategies[kept] for rung in rungs]]
    tops = HEAD + np.cumsum([0, *(TITLE + ROW * len(group) + BETWEEN for group in fitted)])
    interval = Line2D([], [], color=style.INK, linewidth=1.2, marker="|", markersize=5, label="95 % interval over resamples of worlds")
    keys = [[*layout.family_handles(families[strategies[i]] for i in kept), interval]]
    layout.resize(figure, tops[-1] + BELOW + layout.key_height(*keys))
    layout.draw_keys(figure, tops[-1] + BELOW, *keys)
    width = (layout.WIDTH - layout.MARGIN - left - layout.GAP * (len(rungs) - 1)) / len(rungs)
    axes = []
    for group, top in enumerate(tops[:-1]):
        layout.text_at(figure, layout.MARGIN, top + 0.03, players()[group], fontweight="bold")
        for column, part in enumerate(shares[group]):
            ax = layout.axes_at(figure, left + (width + layout.GAP) * column, top + TITLE, width, ROW * len(fitted[group]))
            _bars(ax, part, colours[group])
            if column == 0:
                ax.set_yticks(range(len(fitted[group])), fitted[group])
            if group == 2:
                ax.set_xticks([0, 50, 100])
                ax.set_xlabel("% of the long run")
            axes.append(ax)
    for column, rung in enumerate(rungs):
        layout.text_at(figure, left + (width + layout.GAP) * column, 0.06, layout.fitted(price_in_words(rung), width, style.NORMAL, "bold"),
                       fontsize=style.NORMAL, fontweight="bold")
    return axes


def price_in_words(rung: Rung) -> str:
    """The head of a column."""
    return "Ratio of influence to outlay" if rung.price is None else "Influence is all (price 0)" if rung.price == 0 else f"Price {rung.price:g}"


def _bars(ax: Axes, part: Estimate, colours: Sequence[str]) -> None:
    rows = range(len(colours))
    ax.barh(rows, 100 * part.value, height=0.7, color=colours, alpha=0.65, linewidth=0)
    for row, (low, high) in enumerate(zip(100 * part.low, 100 * part.high, strict=True)):
        if np.isfinite(low) and np.isfinite(high) and high >= 0.5:
            ax.plot((low, high), (row, row), color="white", linewidth=2.4, zorder=3)  # keeps the line visible on a dark bar
            ax.plot((low, high), (row, row), color=style.INK, linewidth=1.1, marker="|", markersize=3.5, zorder=4)
    ax.set(xlim=(0, 102), ylim=(len(colours) - 0.4, -0.6))
    ax.set_xticks([])
    ax.set_yticks([])
    ax.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(style.PALE)


def alt(ladder: Ladder) -> str:
    """What each player plays most at each price."""
    shown, names = list(style.policy_labels(ladder.policies).values()), list(style.labels(ladder.strategies).values())
    prices = []
    for rung in ladder.rungs:
        parts = [(players()[0], shown, rung.policies[0]), (players()[1], shown, rung.policies[1]), (players()[2], names, rung.strategies)]
        most = [f"{player} {labels[i]} {words.number(100 * float(part.value[i]))} %" for player, labels, part in parts for i in [int(part.value.argmax())]]
        prices.append(f"{price_in_words(rung)}: {', '.join(most)}")
    return "Played most in the long run. " + words.sentence(prices)


def title(ladder: Ladder) -> str:
    """What each power plays most at the first price, and what cannot be distinguished from it."""
    rung, shown = ladder.rungs[0], list(style.policy_labels(ladder.policies).values())
    where = "By the ratio of influence to outlay" if rung.price is None else f"At price {rung.price:g}" if rung.price else "Where influence is all"

    def most(leading: Sequence[int]) -> str:
        return words.listed([shown[i] for i in leading], "or") if len(leading) <= BOTH else f"no one of {len(leading)} policies"

    first, second = (f"{power} plays {most(leading)}" for power, leading in zip(powers(), rung.leading, strict=False))
    return f"{where}, {first} most, and {second}"


FIGURE: FigureSpec[Ladder] = FigureSpec(
    name="stationary_mix",
    title=title,
    question="How often is each policy and each strategy played, and how sure is that?",
    caption=("Share of the long run of each policy and each strategy, at the first, the middle and the last price. The longer a bar, the more often it is "
             "played; lines are 95 % intervals over resamples of the worlds, and strategies that are hardly played are not drawn."),
    draw=draw,
    alt=alt,
)
