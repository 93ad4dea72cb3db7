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
#: What holds in no more draws than this does not survive them.
FAILED = 0.5


@dataclass(frozen=True)
class Assumptions:
    """What became of the comparison when the assumed parameters moved.

    Attributes:
        names: Parameters drawn, those of grade C.
        n_draws: Worlds, each with its own draw.
        points: The draws, shape (n_draws, names).
        table: One row per strategy and return: share of draws in which the strategy does better and worse than
            the reference, median difference, and the parameter that moves the difference most, with its
            Spearman rank correlation.
        results: Payoffs of every strategy in every draw.
    """

    names: tuple[str, ...]
    n_draws: int
    points: Array
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
    points = np.stack([np.asarray(getattr(varied.parameters, name)) for name in names], axis=1)
    base = results.strategies.index(reference)
    rows = []
    for measure in RETURNS:
        difference = results.payoffs[measure] - results.payoffs[measure][base]
        for i, strategy in enumerate(results.strategies):
            strength = correlations(difference[i], points)
            mover = int(np.abs(strength).argmax())
            rows.append({
                "strategy": strategy, "measure": measure, "better": (difference[i] > 0).mean(), "worse": (difference[i] < 0).mean(),
                "median": np.median(difference[i]), "mover": names[mover] if strength[mover] else "", "correlation": strength[mover],
            })
    return Assumptions(tuple(names), varied.n_worlds, points, pd.DataFrame(rows), results)


def correlations(outcome: Array, points: Array) -> Array:
    """Spearman rank correlation of an outcome with each input; 0 where one of them does not vary.

    Args:
        outcome: Shape (points,).
        points: Shape (points, inputs).
    """
    if len(outcome) < 3:
        return np.zeros(points.shape[1])
    ranks, own = stats.rankdata(points, axis=0), stats.rankdata(outcome)
    ranks, own = ranks - ranks.mean(axis=0), own - own.mean()
    together, size = (ranks * own[:, None]).sum(axis=0), np.sqrt((ranks**2).sum(axis=0) * (own**2).sum())
    found: Array = np.divide(together, size, out=np.zeros_like(together), where=size > 0)
    return found


def movers(outcome: Array, points: Array, most: int = 2) -> list[tuple[int, float]]:
    """The inputs that move an outcome most, by number, with their rank correlations, strongest first; none that chance alone would make as strong.

    Args:
        outcome: Shape (points,).
        points: Shape (points, inputs), drawn independently.
        most: So many at most.
    """
    strength = correlations(outcome, points)
    n, k = points.shape
    chance = stats.norm.ppf(1 - 0.05 / 2 / k) / np.sqrt(max(1, n - 1))  # the strongest of k that do nothing in one of 20 cases
    order = np.argsort(-np.abs(strength), kind="stable")[:most]
    return [(int(i), float(strength[i])) for i in order if abs(strength[i]) > chance]
