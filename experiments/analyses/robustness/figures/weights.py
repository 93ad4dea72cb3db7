"""Weight dominance over futures: for which share of weightings and futures each strategy, and each family, is best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.analyses.comparison.figures.dominance import DIAMOND, Side, alt_of, draw_sides, title_of
from experiments.analyses.robustness.result import LARGE, N_WEIGHTS, Result
from experiments.figures.figure import FigureSpec
from experiments.figures.style import family_label, labels
from experiments.methods.intervals import Estimate


@dataclass(frozen=True)
class Best:
    """Who is best for some weightings.

    Attributes:
        sides: Strategies, families in large teams and in small ones.
        never: Names of the strategies that are never best, as shown.
        thinned: Whether the sides also hold the share without near-duplicates.
    """

    sides: Sequence[Side]
    never: Sequence[str]
    thinned: bool


def best_of(result: Result) -> Best:
    """Strategies that are best somewhere, families in large teams and in small ones, each from the largest share; and the names of the others."""
    shown, every, thinned = labels(result.strategies), result.weights, result.duplicates.weights

    def side(title: str, part: Estimate, called: Mapping[str, str], families: Mapping[str, str], without: Mapping[str, float]) -> Side:
        table = pd.DataFrame({"name": list(called), "share": part.value, "low": part.low, "high": part.high})
        if thinned is not every:
            table["other"] = [without.get(name, np.nan) for name in called]
        table = table[table.share > 0].sort_values("share", ascending=False, kind="stable")
        return Side(title, [called[name] for name in table.name], [families[name] for name in table.name], table)

    sides = [side("Strategies, all at once", every.every.strategies, shown, result.families,
                  dict(zip(thinned.strategies, thinned.every.strategies.value, strict=True)))]
    for of_all, of_thinned, size in ((every.large, thinned.large, every.size), (every.every, thinned.every, every.smallest)):
        if of_all is not None:
            without = dict(zip(of_thinned.families, of_thinned.by_family.value, strict=True)) if of_thinned is not None else {}
            sides.append(side(f"Families, {size} of each", of_all.by_family, {name: family_label(name) for name in of_all.families},
                              {name: name for name in of_all.families}, without))
    never = [shown[name] for name, part in zip(result.strategies, every.every.strategies.value, strict=True) if not part > 0]
    return Best(sides, never, len(result.duplicates.kept) < len(result.strategies))


def draw(figure: Figure, best: Best) -> list[Axes]:
    """Bars with 95 % intervals over futures: strategies at the left, families beside them."""
    keys = [[Line2D([], [], label="without near-duplicates", **DIAMOND)]] if best.thinned else []
    return draw_sides(figure, best.sides, best.never, "% of weightings and futures; line: 95 % interval", keys)


def alt(best: Best) -> str:
    """All shares in words."""
    return f"Share of weightings and futures for which each is best. {alt_of(best.sides, best.never)}"


def title(best: Best) -> str:
    """Who is best most often."""
    return title_of(best.sides[0], "weightings and futures")


def caption(best: Best) -> str:
    """How to read it."""
    return (f"Share of all weightings of the returns ({N_WEIGHTS} drawn evenly, Dirichlet(1)) and of all futures for which each has the highest weighted "
            "sum of means. Longer bars are best more often, lines are 95 % bootstrap intervals over futures; families are size-adjusted: each weighting draws "
            f"as many members of every family as the panel says, and larger teams do without families of fewer than {LARGE} members."
            + (" Diamonds: the same with one strategy of each group of near-duplicates." if best.thinned else ""))


FIGURE: FigureSpec[Best] = FigureSpec(
    name="weights",
    title=title,
    question="Whatever one values, which strategy and which family is the best?",
    caption=caption,
    draw=draw,
    alt=alt,
)
