"""Which strategies are shown, and in which order."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from experiments.analyses.comparison.comparison import Comparison
from experiments.figures import style
from experiments.words import plural
from sim.axes import WORLD, Array
from sim.draws import BLOCK
from sim.payoffs import COMPOSITE


def order_by(comparison: Comparison, measure: str = "economic") -> list[str]:
    """Strategies from the highest mean of a measure to the lowest; ties in the order of the settings."""
    mean = comparison.payoffs[measure].mean(axis=WORLD)
    return [comparison.strategies[i] for i in np.argsort(-mean, kind="stable")]


def sort_key(comparison: Comparison) -> str:
    """The measure by which strategies are sorted: the composite where there is one."""
    return COMPOSITE if COMPOSITE in comparison.payoffs else "economic"


def several(comparison: Comparison) -> bool:
    """Whether there is anything to compare with the reference."""
    return len(comparison.strategies) > 1


def selection(comparison: Comparison, most: int = 6) -> list[str]:
    """A few strategies to follow over time: all, if there are few.

    Else the reference, the best and the worst in the economic return, then the families not yet shown, those
    best for most weights of the returns first, each by its strategy best for most weights; then other strategies
    best for most weights.
    """
    by_return = order_by(comparison)
    if len(by_return) <= most:
        return sorted(by_return, key=lambda name: name != comparison.reference)
    table, families = comparison.dominance, comparison.families
    share = {kind: dict(zip(table[table.kind == kind].name, table[table.kind == kind].share, strict=True)) for kind in ("strategy", "family")}
    by_share = sorted(by_return, key=lambda name: -float(share["strategy"][name]))
    chosen = [comparison.reference, by_return[0], by_return[-1]]
    heads = {families[name]: name for name in reversed(by_share)}  # the last written is the first by share
    rest = [heads[family] for family in sorted(heads, key=lambda family: -float(share["family"][family])) if family not in {families[name] for name in chosen}]
    return list(dict.fromkeys([*chosen, *rest, *by_share]))[:most]


def rows_of(comparison: Comparison, table: str, measure: str, names: Sequence[str]) -> pd.DataFrame:
    """The rows of `summary` or `paired` on one measure, one per name in that order."""
    frame: pd.DataFrame = getattr(comparison, table)
    result: pd.DataFrame = frame[frame.measure == measure].set_index("strategy").loc[list(names)]
    return result


def worlds_shown(comparison: Comparison) -> str:
    """Whose trajectories were kept: those of the first block of worlds."""
    n = min(comparison.n_worlds, BLOCK)
    return plural(n, "world") if n == comparison.n_worlds else f"the first {n:,} worlds"


def years_of(comparison: Comparison) -> Array:
    """The end of each quarter of the trajectories in calendar years, shape (T,)."""
    n_quarters = len(comparison.trajectories[comparison.reference]["output"])
    return int(comparison.start[:4]) + (int(comparison.start[5]) + np.arange(n_quarters)) / 4


def mean_handle(comparison: Comparison, what: str = "mean") -> Line2D:
    """Stands for a mean with its uncertainty."""
    words = f"{what} with its 95 % interval: how sure we are of it" if comparison.n_worlds > 1 else f"{what} in the only world; no interval can be given"
    return Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label=words)
