"""Contrasts of a comparison: strategy against strategy, hedging against alignment, and how each survives other assumptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.comparison import Comparison, returns_in
from experiments.analyses.comparison.structures import Fate
from experiments.methods.intervals import Estimate, share_interval
from experiments.methods.sides import advantage
from experiments.methods.survival import Survival, survival
from experiments.report.differences import Difference, of_worlds

#: The strategy that the essay advises: no prominence to one power.
CLAIM = "equidistance"


@dataclass(frozen=True)
class Contrast:
    """One side of strategies less another in one return.

    Attributes:
        about: Whom it is about: the best strategy against the reference, hedging against alignment, or the essay's advice against the reference.
        measure: The return.
        one: Strategies of the one side.
        other: Strategies of the other side.
        difference: The one less the other at the defaults, size-adjusted.
        survival: How far its sign survives other assumptions, over the draws.
        fates: What becomes of it under each structure.
        in_facts: Share of the draws of the facts in which its sign holds, with its 95 % interval.
    """

    about: Literal["best", "families", "essay"]
    measure: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    difference: Difference
    survival: Survival
    fates: Mapping[str, Fate]
    in_facts: Estimate


def difference(comparison: Comparison, one: str, other: str, measure: str) -> Difference:
    """One strategy less another in one return."""
    values, names = comparison.payoffs[measure], comparison.strategies
    return of_worlds(values[names.index(one)] - values[names.index(other)], comparison.payoff.smallest(measure))


def size_adjusted(comparison: Comparison, one: Sequence[str], other: Sequence[str], measure: str) -> Difference:
    """One side of strategies less another, each with as many members as the smaller has; see `experiments.methods.sides.advantage`."""
    return of_worlds(advantage(comparison.payoffs[measure][:, None], *_rows(comparison, one, other))[0], comparison.payoff.smallest(measure))


def best_of(comparison: Comparison, names: Sequence[str], measure: str) -> tuple[str, list[str]]:
    """The strategy with the highest mean of a return, and those from which it does not differ for certain or in practice."""
    means = {name: comparison.payoffs[measure][comparison.strategies.index(name)].mean() for name in names}
    best = max(means, key=lambda name: means[name])
    return best, [name for name in names if name != best and not difference(comparison, best, name, measure).counts]


def ahead_of(comparison: Comparison, reference: str, measure: str) -> list[str]:
    """The strategies that gain more of a return than the reference for certain and in practice, the one with the highest mean first."""
    ahead = {name: d for name in comparison.strategies if (d := difference(comparison, name, reference, measure)).counts > 0}
    return sorted(ahead, key=lambda name: -ahead[name].mean)


def some_differ(comparison: Comparison, measure: str) -> bool:
    """Whether any strategy differs from another for certain and in practice; the one with the highest mean may vary too much to differ from any."""
    return any(difference(comparison, one, other, measure).counts for one, other in combinations(comparison.strategies, 2))


def alike(comparison: Comparison, measure: str) -> bool:
    """Whether no strategy differs from another in any world."""
    return not np.ptp(comparison.payoffs[measure], axis=0).any()


def members(comparison: Comparison, family: str) -> tuple[str, ...]:
    """The strategies of a family, in the order of the settings."""
    return tuple(name for name in comparison.strategies if comparison.families[name] == family)


def hedging_index(comparison: Comparison, strategy: str) -> float:
    """The mean hedging index of a strategy."""
    return float(comparison.payoffs["hedging_index"][comparison.strategies.index(strategy)].mean())


def contrasts(comparison: Comparison, assumptions: Assumptions) -> list[Contrast]:
    """The contrasts on which conclusions rest, in each return in which the two sides differ for certain and in practice."""
    result = []
    for measure in returns_in(comparison.payoffs):
        for about, one, other in _sides(comparison, measure):
            d = size_adjusted(comparison, one, other, measure)
            if d.counts:
                in_draws = advantage(assumptions.results.payoffs[measure][..., None], *_rows(comparison, one, other))[:, 0]
                in_facts = advantage(assumptions.facts.payoffs[measure][..., None], *_rows(comparison, one, other))[:, 0]
                result.append(Contrast(
                    about, measure, one, other, d, survival(d.sign * in_draws > 0, in_draws, assumptions.points),
                    assumptions.structures.fates(measure, one, other, d.sign),
                    share_interval(int((d.sign * in_facts > 0).sum()), len(in_facts))))
    return result


def _sides(comparison: Comparison, measure: str) -> list[tuple[Literal["best", "families", "essay"], tuple[str, ...], tuple[str, ...]]]:
    """Whom the conclusions on a return are about, and both sides."""
    reference = comparison.reference
    best = best_of(comparison, comparison.strategies, measure)[0]
    hedging, aligned = members(comparison, "hedging"), members(comparison, "alignment")
    result: list[tuple[Literal["best", "families", "essay"], tuple[str, ...], tuple[str, ...]]] = []
    if best != reference:
        result.append(("best", (best,), (reference,)))
    if hedging and aligned:
        result.append(("families", hedging, aligned))
    if CLAIM in comparison.strategies and CLAIM not in (best, reference):
        result.append(("essay", (CLAIM,), (reference,)))
    return result


def _rows(comparison: Comparison, *sides: Sequence[str]) -> list[list[int]]:
    return [[comparison.strategies.index(name) for name in side] for side in sides]
