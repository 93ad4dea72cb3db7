"""Legitimacy of the government, and unrest. MODEL.md, step 12."""

import numpy as np

from sim.axes import Array, Number, mean_over_domains, sum_over_powers
from sim.rules.numeric import clip

#: Growth beyond this, up or down, has no further effect, per year.
GROWTH_CEILING = 0.4
#: Standard deviation of the noise in legitimacy, per quarter.
NOISE = 0.01
#: What is left of unrest after a quarter, and of a challenge to the government.
UNREST_LEFT, CHALLENGE_LEFT = 0.75, 0.9


def next_legitimacy(legitimacy: Array, growth_gap: Array, allegiance: Array | None, pressure: Array | None, challenge: Array | None,
                    noise: Array | float, *,
                    usual: Array, from_growth: Number, reversion: Number, from_allegiance: Number, from_pressure: Number, from_challenge: Number,
                    dt: float) -> Array:
    """Carry legitimacy over to the next quarter, in [0, 1], shape (S, R).

    Args:
        growth_gap: Growth less what people are used to, per year, (S, R).
        allegiance: Visible allegiance per domain, less that at the start, (D, S, R); None where it does not count.
        pressure: Pressure by each power, less that at the start, (G, S, R); None where it does not count.
        challenge: Domestic challenge, in [0, 1], (S, R); None where there is none.
        noise: Standard normal, (S, R), or 0.
        usual: Level that legitimacy returns to, (S, 1).
        from_allegiance: Patron support less nationalist cost; 0 takes no side.
        from_pressure: Harm (+) or rally (-) under pressure; 0 takes no side.
    """
    change = from_growth * growth_gap - reversion * (legitimacy - usual)
    if challenge is not None:
        change -= from_challenge * challenge
    if allegiance is not None:
        change += from_allegiance * mean_over_domains(allegiance)
    if pressure is not None:
        change -= from_pressure * sum_over_powers(pressure)
    return clip(legitimacy + dt * change + NOISE * noise, 0, 1)


def growth_gap(output: Array, last_output: Array, *, reference: Array, dt: float) -> Array:
    """Growth of output less its reference, per year, shape (S, R)."""
    return clip((output / last_output - 1) / dt, -GROWTH_CEILING, GROWTH_CEILING) - reference


def unrest_chance(legitimacy: Array, *, usual: Array, hazard: Number, rise: Number) -> Array:
    """Chance that unrest begins this quarter, in [0, 1], shape (S, R)."""
    return clip(hazard * np.exp(rise * (usual - legitimacy)), 0, 1)


def next_unrest(unrest: Array, onset: Array) -> Array:
    """Unrest, in [0, 1], shape (S, R), after it has faded and, where `onset` is 1, begun again; a chance in deterministic mode."""
    left = UNREST_LEFT * unrest
    return left + (1 - left) * onset


def unrest_at_rest(hazard: Number) -> Array:
    """Unrest that stays where its chance is the hazard itself, a number or shape (R,)."""
    return np.asarray(hazard / (1 - UNREST_LEFT + UNREST_LEFT * np.asarray(hazard)))
