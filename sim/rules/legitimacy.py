"""Legitimacy of the government. MODEL.md, step 12."""

from sim.axes import DOMAINS, Array, Number, sum_over_powers
from sim.rules.numeric import clip

#: Level that legitimacy returns to.
USUAL = 0.6
#: Growth beyond this, up or down, has no further effect, per year.
GROWTH_CEILING = 0.4
#: Standard deviation of the noise in legitimacy, per quarter.
NOISE = 0.01


def next_legitimacy(legitimacy: Array, growth: Array, allegiance: Array, pressure: Array, noise: Array | float, *,
                    from_growth: Number, reference_growth: Array, reversion: Number, from_allegiance: Number, from_pressure: Number, dt: float) -> Array:
    """Carry legitimacy over to the next quarter, in [0, 1], shape (S, R).

    Args:
        growth: Growth of output, per year, (S, R).
        allegiance: Visible allegiance per domain, (D, S, R).
        pressure: Pressure by each power, (G, S, R).
        noise: Standard normal, (S, R), or 0.
        from_allegiance: Patron support less nationalist cost; 0 takes no side.
        from_pressure: Harm (+) or rally (-) under pressure; 0 takes no side.
    """
    news = from_growth * (clip(growth, -GROWTH_CEILING, GROWTH_CEILING) - reference_growth)
    sides = from_allegiance * (allegiance[0] + allegiance[1]) / len(DOMAINS) - from_pressure * sum_over_powers(pressure)
    return clip(legitimacy + dt * (news - reversion * (legitimacy - USUAL) + sides) + NOISE * noise, 0, 1)
