"""The linear rule: every strategy that is YAML only. MODEL.md, step 13."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.axes import DOMAINS, WORLD, Array, Number, by_domain
from sim.parameters import Parameters
from sim.quantity import Quantities, quantities
from sim.rules.numeric import clip
from sim.strategies.observation import Decision, HillClimbing, Observation, Reciprocity
from sim.strategies.strategy import LeanWith, Strategy

#: Noise in tilt per unit of learning.
EXPLORATION = 0.5


class LinearRule:
    """Aim at an anchor, lean with or against what the powers do, and move part of the way each quarter.

    One instance belongs to the states that decide together: it holds the strategy's numbers and their memory.
    """

    #: Numbers of this rule beyond those of every strategy; a class of `Quantities`.
    Options: type[Quantities] = Quantities

    def __init__(self, strategy: Strategy, parameters: Parameters, start_tilt: Array, start_breadth: Array) -> None:
        self.strategy = strategy
        self.options = self.Options.model_validate(dict(strategy.options))
        self.anchor = _or_start(strategy.anchor, start_tilt)
        self.breadth = _or_start(strategy.breadth, start_breadth)
        self.speed = _along(start_tilt, by_domain(strategy.speed))
        self.learning: Number = strategy.learning
        self.compliance, self.backlash = parameters.compliance, parameters.backlash
        self.regime_answer = parameters.regime_answer * (1 + np.asarray(strategy.regime))
        #: Whether the rule needs exploration noise.
        self.explores = bool(np.any(np.asarray(self.learning) > 0))
        self._coercion_at_rest: Array | None = None
        self._reciprocity, self._climbing = Reciprocity(), HillClimbing()
        weights = {name: _along(start_tilt, by_domain(getattr(strategy.lean_with, name))) for name in quantities(LeanWith)}
        # Skip features of weight 0.
        self.lean_with = {name: weight for name, weight in weights.items() if np.any(weight != 0)}

    def decide(self, seen: Observation) -> Decision:
        """Choose tilt and breadth for the next quarter in every world."""
        return self.move(seen, self.aim(seen), self.breadth)

    def aim(self, seen: Observation) -> Array:
        """The tilt a state aims at, before it is clipped, shape (D, S, R)."""
        return self.leaning(seen) + self.answer(seen)

    def leaning(self, seen: Observation) -> Array:
        """The anchor, and what the strategy leans with or against, shape (D, S, R)."""
        aim = self.anchor
        for name, weight in self.lean_with.items():
            aim = aim + weight * self._feature[name](self, seen)
        return aim

    def answer(self, seen: Observation) -> Array:
        """What every government adds: its answer to coercion and to a challenge at home, and what it learns, shape (D, S, R) or (S, R)."""
        if self._coercion_at_rest is None:
            self._coercion_at_rest = seen.coercion_at_rest(self.compliance, self.backlash)
        aim = seen.coercion(self.compliance, self.backlash) - self._coercion_at_rest
        if seen.challenged:
            aim = aim + self.regime_answer * seen.regime()
        if self.explores:
            step = self.learning * self._climbing.direction(seen.tilt, seen.consumption)
            aim = aim + np.where(np.asarray(self.learning) > 0, seen.tilt + step, 0.0)
        return aim

    def move(self, seen: Observation, aim: Array, breadth: Array) -> Decision:
        """Go part of the way to the aim and to a breadth, shape (D, S, R) each; the world adds noise and keeps tilt in its range."""
        tilt = seen.tilt + self.speed * (clip(aim, -1, 1) - seen.tilt)
        if self.explores:
            tilt = tilt + EXPLORATION * self.learning * seen.exploration
        return Decision(tilt, seen.breadth + self.speed * (breadth - seen.breadth))

    _feature: dict[str, Callable[["LinearRule", Observation], Array]] = {
        "inducement": lambda self, seen: seen.inducement(),
        "power": lambda self, seen: seen.power(),
        "pressure": lambda self, seen: seen.pressure_gap(),
        "dependence": lambda self, seen: seen.dependence(),
        "perception": lambda self, seen: seen.perception(),
        "reciprocity": lambda self, seen: self._reciprocity.surprise(seen.treatment()),
        "rivalry": lambda self, seen: seen.rivalry * seen.tilt,
        "threat": lambda self, seen: seen.threat(),
    }


def _or_start(value: Any, start: Array) -> Array:
    """A number by domain, or the state's own at the start where the word stands (NaN where strategies differ by world), shape (D, S, R)."""
    parts = value if isinstance(value, Mapping) else dict.fromkeys(DOMAINS, value)
    numbers = _along(start, by_domain({domain: math.nan if isinstance(part, str) else part for domain, part in parts.items()}))
    return np.where(np.isnan(numbers), start, numbers)


def _along(start: Array, numbers: Array) -> Array:
    """Numbers by domain, (D, 1) or (D, R), with the axis for states that an array has or has not."""
    return numbers.reshape(len(DOMAINS), *[1] * (start.ndim - numbers.ndim), numbers.shape[WORLD])
