"""The outcome of a hypothesis: a sum of terms, each a statistic of one strategy, or of a side of the library that behaves alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.analyses.hypotheses.teams import Sizes, Team, Tools, teams
from experiments.configuration.hypothesis import Hypothesis, Term, Where
from experiments.methods.intervals import ratio_contributions, tail_contributions
from sim.axes import WORLD, Array
from sim.behaviour import NEEDED
from sim.payoffs import COMPOSITE, WEIGHED, Payoff, composite


@dataclass(frozen=True)
class Values:
    """What was measured under one condition.

    Attributes:
        of: Gives a measure of a strategy, shape (points, worlds).
        tools: Tools of each strategy of the library; empty where no term needs the library.
    """

    of: Callable[[str, str], Array]
    tools: Mapping[str, Tools] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A term of an outcome under one condition.

    Attributes:
        term: The term.
        strategies: Who may count.
        values: The measure, shape (strategies, points, worlds).
        per: What it is divided by, same shape; None: by nothing.
        weights: How much each strategy counts, shape (strategies, points).
        team: The side that the term stands for; None where it names strategies.
    """

    term: Term
    strategies: tuple[str, ...]
    values: Array
    per: Array | None
    weights: Array
    team: Team | None = None

    def best(self, statistic: str, point: int = 0) -> str:
        """The strategy that has most of the outcome at a point."""
        level = contributions(self.values, self.per, statistic).mean(axis=WORLD)[:, point]
        members = self.weights[:, point] > 0 if self.team is None else self.team.members[:, point]
        return self.strategies[int(np.where(members, level, -np.inf).argmax())]


#: The terms of an outcome under each condition.
Parts = Mapping[str, list[Part]]


def contributions(values: Array, per: Array | None, statistic: str) -> Array:
    """What each world contributes to a statistic, same shape: their mean is the statistic, their standard error that of the statistic."""
    if per is not None:
        return ratio_contributions(values, per)
    return tail_contributions(values) if statistic == "cvar" else values


def parts_of(hypothesis: Hypothesis, conditions: Mapping[str, Values], payoff: Payoff) -> Parts:
    """The terms of the outcome under each condition, at every point. Teams are of one size under all conditions."""
    result = {name: _parts(hypothesis, values, payoff, None) for name, values in conditions.items()}
    sizes = [part.team.sizes for parts in result.values() for part in parts if part.team is not None]
    if all((each == sizes[0]).all() for each in sizes):
        return result
    smallest = np.minimum.reduce(sizes)
    return {name: _parts(hypothesis, values, payoff, smallest) for name, values in conditions.items()}


def _parts(hypothesis: Hypothesis, values: Values, payoff: Payoff, at_most: Sizes | None) -> list[Part]:
    """The terms of the outcome under one condition."""
    sides = iter(_sides(hypothesis, values, payoff, at_most))
    return [_named(term, hypothesis, values, payoff) if term.best_where is None else next(sides) for term in hypothesis.outcome]


def _named(term: Term, hypothesis: Hypothesis, values: Values, payoff: Payoff) -> Part:
    """A term that names its strategies: the best of them counts."""
    measured, per = _measured(term, term.strategies, hypothesis, values, payoff)
    level = contributions(measured, per, hypothesis.statistic).mean(axis=WORLD)
    weights = (np.arange(len(level))[:, None] == level.argmax(axis=0)).astype(float)
    return Part(term, term.strategies, measured, per, weights)


def _sides(hypothesis: Hypothesis, values: Values, payoff: Payoff, at_most: Sizes | None) -> list[Part]:
    """The terms that say what their strategies do: sides of one comparison."""
    terms = [term for term in hypothesis.outcome if term.best_where is not None]
    if not terms:
        return []
    library = tuple(values.tools)
    measured, per = _measured(terms[0], library, hypothesis, values, payoff)
    behaved = {name: np.stack([values.of(strategy, name) for strategy in library]) for name in NEEDED}
    sides: list[Where] = [term.best_where for term in terms if term.best_where is not None]
    chosen = teams(sides, behaved, contributions(measured, per, hypothesis.statistic), list(values.tools.values()), at_most)
    return [Part(term, library, measured, per, team.weights, team) for term, team in zip(terms, chosen, strict=True)]


def _measured(term: Term, strategies: Sequence[str], hypothesis: Hypothesis, values: Values, payoff: Payoff) -> tuple[Array, Array | None]:
    """The measure of a term, and what it is divided by, for some strategies, each (strategies, points, worlds)."""
    per = None if term.per is None else np.stack([values.of(name, term.per) for name in strategies])
    if term.measure != COMPOSITE:
        return np.stack([values.of(name, term.measure) for name in strategies]), per
    # The economic return counts as a difference to a reference; in a contrast of composites that cancels.
    weights = {name: weight for name, weight in (hypothesis.weights or {}).items() if weight}
    weighed = payoff.model_copy(update={"weights": weights})
    return np.stack([composite({name: values.of(strategy, name) for name in weights}, weighed) for strategy in strategies]), per


def measures_of(hypothesis: Hypothesis) -> tuple[str, ...]:
    """Every measure that must be read."""
    named = {name for term in hypothesis.terms for name in (term.measure, term.per) if name is not None}
    by_behaviour = any(term.best_where is not None for term in hypothesis.terms)
    return tuple(dict.fromkeys([*sorted(named - {COMPOSITE}), *(WEIGHED if COMPOSITE in named else ()), *(NEEDED if by_behaviour else ())]))


def outcome_of(hypothesis: Hypothesis, parts: Sequence[Part], worlds: NDArray[np.intp] | None = None) -> Array:
    """What each world contributes to the outcome at each point, shape (points, worlds); NaN where a side has no member or a ratio no value.

    Args:
        hypothesis: What is claimed.
        parts: The terms under one condition.
        worlds: Numbers of the worlds that count; None: all.
    """
    some = slice(None) if worlds is None else worlds
    total: Array = np.zeros(1)
    for part in parts:
        counts = (part.weights != 0).any(axis=1)
        per = None if part.per is None else part.per[counts][..., some]
        each, weights = contributions(part.values[counts][..., some], per, hypothesis.statistic), part.weights[counts]
        # A ratio without a value in a strategy that does not count at a point does not spoil those that do.
        total = total + part.term.times * np.einsum("np,npw->pw", weights, np.where(weights[..., None] == 0, 0.0, each))
    return total


def contrast(outcomes: Mapping[str, Array]) -> Array:
    """The effect from the outcome under each condition, of any shape."""
    if "base" in outcomes:
        return outcomes["base"]
    if "middle" in outcomes:
        return outcomes["middle"] - (outcomes["low"] + outcomes["high"]) / 2
    return outcomes["high"] - outcomes["low"]
