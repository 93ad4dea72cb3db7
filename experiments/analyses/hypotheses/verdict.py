"""Effects of hypotheses at the defaults and over draws of the assumptions, and a verdict on each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.configuration.hypothesis import Hypothesis, Term
from experiments.methods.discovery import Box
from experiments.methods.intervals import cvar, mean_and_error, mean_interval, picked, share_interval, tail_contributions, tail_interval
from experiments.methods.survival import FAILED, ROBUST, Movers
from sim.axes import WORLD, Array
from sim.draws import stream
from sim.payoffs import COMPOSITE, WEIGHED, Payoff, composite

N_RESAMPLES = 1000
#: An effect no larger than this, in the unit of its measure, counts as 0: sums of rounding errors have a sign too.
NOTHING = 1e-12

#: Values of a measure: strategy and measure to an array of shape (points, worlds).
Values = Callable[[str, str], Array]


@dataclass(frozen=True)
class Effect:
    """An effect with its 95 % interval over worlds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """The verdict on one hypothesis.

    Attributes:
        name: Name of the hypothesis.
        hypothesis: The hypothesis.
        effect: The effect at the defaults.
        draws: Effect in each draw of the assumptions, shape (draws,).
        holds: Share of draws in which the sign is as expected.
        low: Lower end of the 95 % interval of that share, over draws.
        high: Upper end.
        word: supported, conditional, refuted, or for an implementation check passed, conditional, failed; untested where what is
            varied has no effect, so that no world differs.
        also: The verdicts when it is measured otherwise, by the name of the measurement.
        movers: The parameters drawn, by number, that move the effect most.
        region: Where among the draws a conditional hypothesis fails; empty where there is no such region.
    """

    name: str
    hypothesis: Hypothesis
    effect: Effect
    draws: Array
    holds: float
    low: float
    high: float
    word: str
    also: "Mapping[str, Verdict]" = field(default_factory=dict)
    movers: Movers = ()
    region: tuple[Box, ...] = ()

    @property
    def sign(self) -> int:
        """+1 or -1 where the interval at the defaults excludes 0, else 0."""
        return 1 if self.effect.low > NOTHING else -1 if self.effect.high < -NOTHING else 0


def verdict(name: str, hypothesis: Hypothesis, default: Mapping[str, Values], drawn: Mapping[str, Values], payoff: Payoff, seed: int) -> Verdict:
    """The verdict on a hypothesis.

    Args:
        name: Its name.
        hypothesis: What is claimed.
        default: For each condition, the values at the defaults, one point.
        drawn: The same at many draws of the assumptions, one point each.
        payoff: Anchors of the composite.
        seed: Entropy of the bootstrap.
    """
    also = {called: verdict(name, other, default, drawn, payoff, seed) for called, other in hypothesis.otherwise.items()}
    return replace(verdict_on(name, hypothesis, effect_at_defaults(hypothesis, default, payoff, seed), effects(hypothesis, drawn, payoff)), also=also)


def verdict_on(name: str, hypothesis: Hypothesis, effect: Effect, draws: Array) -> Verdict:
    """The verdict on an effect and its draws; MODEL.md, section "Hypotheses", says when a hypothesis holds."""
    n_holding = int((hypothesis.sign * draws > NOTHING).sum())
    interval = share_interval(n_holding, len(draws))
    result = Verdict(name, hypothesis, effect, draws, n_holding / len(draws), float(interval.low), float(interval.high), "")
    right = result.sign == hypothesis.sign
    check = hypothesis.kind == "implementation_check"
    if not draws.any() and not any((effect.value, effect.low, effect.high)):
        word = "untested"
    elif right and result.holds >= ROBUST:
        word = "passed" if check else "supported"
    elif not right and result.holds <= FAILED:
        word = "failed" if check else "refuted"
    else:
        word = "conditional"
    return replace(result, word=word)


def effect_at_defaults(hypothesis: Hypothesis, values: Mapping[str, Values], payoff: Payoff, seed: int) -> Effect:
    """The effect at one point with its interval: Student's for a mean, by bootstrap over worlds for CVaR."""
    terms = {name: [worlds[0] for worlds in _terms(hypothesis, of, payoff)] for name, of in values.items()}
    if hypothesis.statistic == "mean":
        mean, low, high = mean_interval(_contrast(hypothesis, {name: _sum(hypothesis, each) for name, each in terms.items()}))
        return Effect(float(mean), float(low), float(high))
    rng = stream(seed, "hypotheses", 0)
    n = len(next(iter(terms.values()))[0])

    def estimate(some: NDArray[np.intp]) -> Array:
        tails = {name: _sum(hypothesis, [tail_contributions(worlds[some]) for worlds in each]) for name, each in terms.items()}
        return mean_and_error(_contrast(hypothesis, tails))

    result = tail_interval(np.array([estimate(some) for some in picked(n, rng, N_RESAMPLES)]), n)
    return Effect(float(result.value), float(result.low), float(result.high))


def effects(hypothesis: Hypothesis, values: Mapping[str, Values], payoff: Payoff) -> Array:
    """The effect at each point, shape (points,)."""
    statistic: Callable[[Array], Array] = cvar if hypothesis.statistic == "cvar" else lambda worlds: worlds.mean(axis=WORLD)
    return _contrast(hypothesis, {
        name: _sum(hypothesis, [statistic(worlds) for worlds in _terms(hypothesis, of, payoff)]) for name, of in values.items()})


def _contrast(hypothesis: Hypothesis, outcomes: Mapping[str, Array]) -> Array:
    """The effect from the outcome under each condition, of any shape."""
    if "base" in outcomes:
        return outcomes["base"]
    if "middle" in outcomes:
        return outcomes["middle"] - (outcomes["low"] + outcomes["high"]) / 2
    return outcomes["high"] - outcomes["low"]


def _sum(hypothesis: Hypothesis, terms: Sequence[Array]) -> Array:
    """The outcome from its terms, of any shape."""
    return np.sum([term.times * worlds for term, worlds in zip(hypothesis.outcome, terms, strict=True)], axis=0)


def _terms(hypothesis: Hypothesis, values: Values, payoff: Payoff) -> list[Array]:
    """Each term of the outcome in each world, shape (points, worlds)."""
    return [_term(term, hypothesis, values, payoff) for term in hypothesis.outcome]


def _term(term: Term, hypothesis: Hypothesis, values: Values, payoff: Payoff) -> Array:
    each = np.stack([_measure(term.measure, name, hypothesis, values, payoff) for name in term.strategies])
    best = each.mean(axis=WORLD).argmax(axis=0)
    chosen: Array = each[best, np.arange(each.shape[1])]
    return chosen


def _measure(measure: str, strategy: str, hypothesis: Hypothesis, values: Values, payoff: Payoff) -> Array:
    if measure != COMPOSITE:
        return values(strategy, measure)
    # The economic return counts as a difference to a reference; in a contrast of composites that cancels.
    weights = {name: weight for name, weight in (hypothesis.weights or {}).items() if weight}
    return composite({name: values(strategy, name) for name in weights}, payoff.model_copy(update={"weights": weights}))


def measures_of(hypothesis: Hypothesis) -> tuple[str, ...]:
    """Every measure that must be read."""
    named = {term.measure for term in hypothesis.terms}
    return tuple(dict.fromkeys([*sorted(named - {COMPOSITE}), *(WEIGHED if COMPOSITE in named else ())]))


def group_points(groups: Mapping[str, list[int]], k: int, n: int, rng: np.random.Generator) -> Array:
    """Points in the unit cube for total Sobol indices of groups of inputs: n of a sample, then n for each group.

    Args:
        groups: Columns of each group.
        k: Inputs.
        n: Rows of the sample, over all draws of everything else.

    Returns:
        Shape (n * (1 + groups), k): the sample, then for each group the sample with that group's columns drawn again.
    """
    both = stats.qmc.LatinHypercube(2 * k, rng=rng).random(n)
    first, second = both[:, :k], both[:, k:]
    blocks = [first]
    for columns in groups.values():
        changed = first.copy()
        changed[:, columns] = second[:, columns]
        blocks.append(changed)
    return np.concatenate(blocks)


def group_shares(y: Array, n_groups: int, n_draws: int = 1) -> Array:
    """Share of each row of the sample in the total Sobol index of each group, shape (groups, draws, rows): their mean over rows is the index.

    Args:
        y: The outcome at `group_points`, shape ((1 + groups) * draws * rows,).
        n_groups: Groups.
        n_draws: So many draws of everything else follow one another in the rows; the variance is that within a draw.

    Source: Jansen (1999), Computer Physics Communications 117: half the mean squared change over the variance.
    """
    first, *changed = y.reshape(1 + n_groups, n_draws, -1)
    spread = np.var(y.reshape(1 + n_groups, n_draws, -1), axis=(0, 2))[:, None]
    return np.stack([(other - first) ** 2 / 2 for other in changed]) / np.where(spread > 0, spread, 1.0)
