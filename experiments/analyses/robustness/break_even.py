"""At which rivalry two strategies break even."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.analyses.robustness.result import LENS, RIVALRY, SURE, Options
from experiments.analyses.sweep.break_even import break_even
from experiments.analyses.sweep.figures.along import break_even_text
from experiments.analyses.sweep.sweep import Sweep, at_level, paired
from experiments.methods.intervals import counts, negligible
from experiments.methods.sides import best_of_team

COLUMNS = ["measure", "strategy", "family", "against", "lens", "rivalry", "low", "high", "rises", "share", "crosses", "stays_ahead"]


def break_evens(options: Options, grid: Sweep | None, measures: Sequence[str], families: Mapping[str, str], reference: str) -> pd.DataFrame:
    """For each return, strategy, setting of the lens and opponent: every break-even rivalry with its interval, or which of the two stays ahead.

    Args:
        options: Options of the command.
        grid: Rivalry and lens on a grid; None: there are no rows.
        measures: Returns.
        families: Family of each strategy.
        reference: Strategy that all are compared with, as they are with the best of the other side.
    """
    rows: list[dict[str, object]] = []
    for measure in measures if grid is not None else ():
        assert grid is not None
        champion = champion_of(options, grid, measure)
        lens = grid.axis(LENS)
        teams = _teams(options, grid)
        for level in lens.levels:
            about = {"measure": measure, "strategy": options.one.name, "family": "", "against": options.other.name, "lens": float(level)}
            rows += [{**about, **row} for row in _evens(at_level(teams, lens, level), options.one.name, options.other.name, measure)]
        for against in dict.fromkeys((champion, reference)):
            for level in lens.levels:
                at = at_level(grid, lens, level)
                for name in at.strategies:
                    if name != against and against != options.other.name:  # a side that is one strategy has its rows already
                        about = {"measure": measure, "strategy": name, "family": families[name], "against": against, "lens": float(level)}
                        rows += [{**about, **row} for row in _evens(at, name, against, measure)]
    return pd.DataFrame(rows, columns=COLUMNS)


def champion_of(options: Options, grid: Sweep, measure: str) -> str:
    """The member of the other side with the highest mean over all points of the grid."""
    return max((name for name in options.other.members if name in grid.strategies), key=lambda name: float(grid.values(name, measure).mean()))


def _teams(options: Options, grid: Sweep) -> Sweep:
    """The same points with the two sides, size-adjusted, in place of strategies."""
    sides = [side.among(grid.strategies) for side in (options.one, options.other)]
    size = min(map(len, sides))
    names = (options.one.name, options.other.name)
    measures = {measure: np.stack([best_of_team(values[rows], size) for rows in sides]) for measure, values in grid.measures.items()}
    return replace(grid, strategies=names, families=dict(zip(names, names, strict=True)), reference=names[1], measures=measures)


def _evens(at: Sweep, name: str, against: str, measure: str) -> list[dict[str, object]]:
    axis, result, smallest = at.axis(RIVALRY), paired(at, name, against, measure), at.smallest.get(measure, 0.0)
    low, high = result.low.to_numpy(), result.high.to_numpy()
    practical = not negligible(low, high, smallest).all()
    rows: list[dict[str, object]] = [
        {"rivalry": value.value, "low": value.low, "high": value.high, "rises": value.rises, "share": value.share, "crosses": True,
         "stays_ahead": f"{break_even_text(axis, value)}, better {'above' if value.rises else 'below'}{'' if value.share >= SURE else ' (not certain)'}"}
        for value in (break_even(at, axis, name, against, measure) if practical else ())]
    if rows:
        return rows
    if not (at.values(name, measure) - at.values(against, measure)).any():
        word = "alike in every world"
    else:
        ahead = counts(low, high, smallest)
        word = ("no practical difference" if not practical else "always ahead" if (ahead > 0).all() else "always behind" if (ahead < 0).all() else
                "no clear change of sides")
    return [{"rivalry": np.nan, "low": np.nan, "high": np.nan, "rises": None, "share": 0.0, "crosses": False, "stays_ahead": word}]
