"""What a small state observes, and what it decides. MODEL.md, step 13."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.axes import STATE, TINY, WORLD, Array, Number
from sim.rules.numeric import clip

#: Scale of reciprocity: 10 % of GDP more than usual from one power gives the full feature.
RECIPROCITY_GAIN = 10
#: Full pressure counts as this share of GDP less in flows.
PRESSURE_IN_FLOWS = 0.1
#: A threat of this share of GDP a year gives the full feature.
FULL_THREAT = 0.01
#: A governance gap pressed on so hard gives the full turn of a challenged government.
FULL_PRESSING = 0.25
#: Weight of this quarter in the running average of a power's treatment.
TREATMENT_SMOOTHING = 0.25


def apart(values: Array, n_states: int, n_worlds: int) -> Array:
    """Values by state and world, (..., S, R) or broadcastable, as those of the only state of S R worlds, (..., 1, S R); by world, (R,), as (S R,).

    Those of one state stay as they are.
    """
    if n_states == 1:
        return values
    lead = values.shape[:STATE]
    return np.broadcast_to(values, (*lead, n_states, n_worlds)).reshape(*lead, *[1] * (values.ndim > 1), n_states * n_worlds)


@dataclass(slots=True)
class Observation:
    """What the states that play one strategy see at the end of a quarter, in all worlds at once.

    Arrays have the world last: tilt, breadth and exploration (D, S, R); accepted, pressure, leverage, trust, tier, visits, claims
    and alignment (G, S, R), and pressing, how hard each power presses on governance; reach (G, 1, R); perceived (D, G, S, R); output,
    consumption, legitimacy and challenge (S, R), and whether there is a challenge in any world; rivalry (R,). For one state alone the
    axis S may be missing everywhere. `quarter` counts from 0. `exploration` is standard normal noise for rules that explore, else 0.
    `start_pressure` and `start_leverage` are those of the present at rest. Where strategies are mixed, every state of every world is the only
    state of a world of its own; so no number may be read from one world for all.
    The lean features below are antisymmetric: swapping the powers changes their sign.
    """

    quarter: int
    tilt: Array
    breadth: Array
    accepted: Array
    pressure: Array
    leverage: Array
    start_pressure: Array
    start_leverage: Array
    claims: Array
    pressing: Array
    reach: Array
    trust: Array
    tier: Array
    visits: Array
    perceived: Array
    alignment: Array
    output: Array
    consumption: Array
    legitimacy: Array
    rivalry: Array
    challenge: Array
    challenged: bool
    exploration: Array | float

    def in_worlds(self, worlds: NDArray[np.intp], *, explores: bool) -> "Observation":
        """The same for some of the worlds; without noise for a rule that does not explore."""
        seen: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)} | ({} if explores else {"exploration": 0.0})
        cut: dict[str, Any] = {name: value.take(worlds, axis=WORLD) for name, value in seen.items()
                               if isinstance(value, np.ndarray) and value.shape[WORLD] > 1}  # what is the same in all worlds has one
        return replace(self, **{**seen, **cut})

    def apart(self, n_states: int) -> "Observation":
        """The same with every state of every world as the only state of a world of its own, see the function `apart`."""
        own: dict[str, Any] = {field.name: apart(value, n_states, self.tilt.shape[WORLD]) for field in fields(self)
                               if isinstance(value := getattr(self, field.name), np.ndarray)}
        return replace(self, **own)

    def inducement(self) -> Array:
        """What was accepted from power 0 less that from power 1, over their sum, shape (S, R); a loan signed in a lump is not a favour."""
        return _contrast(self.accepted)

    def power(self) -> Array:
        """Reach of power 0 less reach of power 1, over their sum, shape (1, R)."""
        return _contrast(self.reach)

    def pressure_gap(self) -> Array:
        """Pressure by power 0 less pressure by power 1, shape (S, R)."""
        return self.pressure[0] - self.pressure[1]

    def dependence(self) -> Array:
        """Leverage of power 0 less leverage of power 1, over their sum, shape (S, R)."""
        return _contrast(self.leverage)

    def perception(self) -> Array:
        """Tilt that the powers see, per domain, shape (D, S, R)."""
        return (self.perceived[:, 0] - self.perceived[:, 1]) / 2

    def treatment(self) -> Array:
        """What each power does for a state: what was accepted over GDP less its pressure, shape (G, S, R)."""
        return self.accepted / self.output - PRESSURE_IN_FLOWS * self.pressure

    def threat(self) -> Array:
        """Claims of power 0 within its reach less those of power 1, scaled and clipped to [-1, 1], shape (S, R). Source: Walt (1987)."""
        within_reach = self.claims * self.reach
        return clip((within_reach[0] - within_reach[1]) / FULL_THREAT, -1, 1)

    def regime(self) -> Array:
        """Turn of a challenged government to the power that presses less on how it governs, shape (S, R). Source: David (1991)."""
        result: Array = self.challenge * (self.pressing[1] - self.pressing[0]) / FULL_PRESSING
        return result

    def coercion(self, compliance: Number, backlash: Number) -> Array:
        """Net pull of pressure, shape (S, R): comply where leverage exceeds backlash / compliance, resist below."""
        return _pull(self.pressure, self.leverage, compliance, backlash)

    def coercion_at_rest(self, compliance: Number, backlash: Number) -> Array:
        """The same in the present at rest: what the stance at the start has already answered."""
        return _pull(self.start_pressure, self.start_leverage, compliance, backlash)


@dataclass(slots=True)
class Decision:
    """Tilt in [-1, 1] and breadth in [0, 1] from the next quarter on, each of shape (D, S, R)."""

    tilt: Array
    breadth: Array


def _pull(pressure: Array, leverage: Array, compliance: Number, backlash: Number) -> Array:
    pull = pressure * (compliance * leverage - backlash)
    result: Array = pull[0] - pull[1]
    return result


def _contrast(x: Array) -> Array:
    return (x[0] - x[1]) / np.maximum(x[0] + x[1], TINY)


class Reciprocity:
    """Memory of how each power usually treats each state."""

    def __init__(self) -> None:
        self._usual: Array | None = None

    def surprise(self, treatment: Array) -> Array:
        """Treatment by power 0 less its usual treatment, minus the same of power 1, scaled and clipped to [-1, 1], shape (S, R)."""
        if self._usual is None:
            self._usual = treatment
        news = treatment - self._usual
        self._usual = self._usual + TREATMENT_SMOOTHING * news
        return clip(RECIPROCITY_GAIN * (news[0] - news[1]), -1, 1)


class HillClimbing:
    """Memory of whether the last move of tilt paid in consumption."""

    MEMORY = 0.7

    def __init__(self) -> None:
        self._log_consumption: Array | None = None
        self._last_tilt: Array | None = None
        self._trend: Array | float = 0.0

    def direction(self, tilt: Array, consumption: Array) -> Array:
        """The sign of the step that paid, per domain, shape (D, S, R); 0 in the first quarter."""
        log_consumption = np.log(consumption)
        if self._log_consumption is None or self._last_tilt is None:
            direction = np.zeros(np.shape(tilt))
        else:
            self._trend = self.MEMORY * self._trend + (1 - self.MEMORY) * (log_consumption - self._log_consumption)
            direction = np.sign(self._trend * (tilt - self._last_tilt))
        self._log_consumption, self._last_tilt = log_consumption, tilt
        return direction
