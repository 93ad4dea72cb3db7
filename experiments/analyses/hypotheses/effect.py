"""Effects of hypotheses at the defaults and over draws of the assumptions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.analyses.hypotheses.outcomes import Parts, contrast, outcome_of
from experiments.configuration.hypothesis import Hypothesis
from experiments.methods.intervals import mean_and_error, mean_interval, picked, tail_interval
from sim.axes import WORLD, Array
from sim.draws import stream

N_RESAMPLES = 1000


@dataclass(frozen=True)
class Effect:
    """An effect with its 95 % interval over worlds."""

    value: float
    low: float
    high: float


def effect_at_defaults(hypothesis: Hypothesis, parts: Parts, seed: int) -> Effect:
    """The effect at one point with its interval: Student's for a mean or a ratio, by bootstrap over worlds for CVaR; NaN where there is none."""
    if hypothesis.statistic == "mean":
        mean, low, high = mean_interval(_of_worlds(hypothesis, parts)[0])
        return Effect(float(mean), float(low), float(high))
    n = next(iter(parts.values()))[0].values.shape[WORLD]

    def estimate(some: NDArray[np.intp]) -> Array:
        return mean_and_error(_of_worlds(hypothesis, parts, some)[0])

    result = tail_interval(np.array([estimate(some) for some in picked(n, stream(seed, "hypotheses", 0), N_RESAMPLES)]), n)
    return Effect(float(result.value), float(result.low), float(result.high))


def effects(hypothesis: Hypothesis, parts: Parts) -> Array:
    """The effect at each point, shape (points,); NaN where there is none."""
    result: Array = _of_worlds(hypothesis, parts).mean(axis=WORLD)
    return result


def _of_worlds(hypothesis: Hypothesis, parts: Parts, some: NDArray[np.intp] | None = None) -> Array:
    """What each world contributes to the effect at each point, shape (points, worlds)."""
    return contrast({condition: outcome_of(hypothesis, of, some) for condition, of in parts.items()})
