"""Which conclusions rest on assumptions: the same comparison with every grade-C parameter drawn anew per world."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from experiments.runner import Results
from sim.axes import Array
from sim.draws import stream
from sim.parameters import Parameters
from sim.payoffs import RETURNS
from sim.quantity import quantities
from sim.settings import Settings

#: What holds in fewer draws of the assumptions than this rests on them: no win, no support.
ROBUST = 0.8


@dataclass(frozen=True)
class Assumptions:
    """What became of the comparison when the assumed parameters moved.

    Attributes:
        names: Parameters drawn, those of grade C.
        n_draws: Worlds, each with its own draw.
        table: One row per strategy and return: share of draws in which the strategy does better and worse than
            the reference, median difference, and the parameter that moves the difference most, with its
            Spearman rank correlation.
        results: Payoffs of every strategy in every draw.
    """

    names: tuple[str, ...]
    n_draws: int
    table: pd.DataFrame
    results: Results

    def share_better(self, one: str, other: str, measure: str) -> float:
        """Share of draws in which one strategy brings more of a return than another."""
        values, strategies = self.results.payoffs[measure], self.results.strategies
        return float((values[strategies.index(one)] > values[strategies.index(other)]).mean())


def drawn(settings: Settings, n_draws: int) -> Settings:
    """The settings with `n_draws` worlds, each with its own draw of the grade-C parameters.

    A Latin hypercube over the plausible ranges: every parameter is spread evenly over its range.
    """
    assumed = {name: q for name, q in quantities(Parameters).items() if q.grade == "C"}
    sampler = stats.qmc.LatinHypercube(len(assumed), rng=stream(settings.seed, "assumptions", 0))
    low, high = np.array([q.plausible for q in assumed.values()]).T
    points = stats.qmc.scale(sampler.random(n_draws), low, high)
    values = {name: points[:, i] for i, name in enumerate(assumed)}
    return settings.replace(n_worlds=n_draws, parameters=Parameters.model_validate(dict(settings.parameters) | values))


def assess(results: Results, varied: Settings, reference: str) -> Assumptions:
    """Compare all strategies with the reference in worlds that differ in their assumptions too.

    Args:
        results: Payoffs of every strategy in every draw.
        varied: The settings they came from, see `drawn`.
        reference: Strategy all others are compared with.
    """
    names = [name for name, q in quantities(Parameters).items() if q.grade == "C"]
    points = np.stack([np.asarray(getattr(varied.parameters, name)) for name in names])
    base = results.strategies.index(reference)
    rows = []
    for measure in RETURNS:
        difference = results.payoffs[measure] - results.payoffs[measure][base]
        for i, strategy in enumerate(results.strategies):
            mover, strength = _mover(difference[i], points)
            rows.append({
                "strategy": strategy, "measure": measure, "better": (difference[i] > 0).mean(), "worse": (difference[i] < 0).mean(),
                "median": np.median(difference[i]), "mover": names[mover] if strength else "", "correlation": strength,
            })
    return Assumptions(tuple(names), varied.n_worlds, pd.DataFrame(rows), results)


def _mover(difference: Array, points: Array) -> tuple[int, float]:
    """The parameter with the strongest rank correlation with a difference, and that correlation."""
    if np.ptp(difference) == 0 or len(difference) < 3:
        return 0, 0.0
    ranks = stats.rankdata(points, axis=1)
    rank = stats.rankdata(difference)
    centred, own = ranks - ranks.mean(axis=1, keepdims=True), rank - rank.mean()
    correlation = (centred * own).sum(axis=1) / np.sqrt((centred**2).sum(axis=1) * (own**2).sum())
    strongest = int(np.abs(correlation).argmax())
    return strongest, float(correlation[strongest])
