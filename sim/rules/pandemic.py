"""Pandemics and vaccination. MODEL.md, steps 1 and 9."""

import numpy as np

from sim.axes import Array, Number, sum_over_powers
from sim.rules.numeric import clip

#: Below this a pandemic counts as over.
OVER = 0.01
#: Several forced outbreaks together never cost more than this share of output.
CEILING = 0.9


def outbreak_strikes(uniform: Array, pandemic: Array, *, hazard: Number) -> Array:
    """1 where a pandemic breaks out, else 0, shape (R,); one at a time."""
    return ((uniform < hazard) & (pandemic < OVER)).astype(float)


def next_pandemic(pandemic: Array, outbreak: Array, *, depth: Number, recovery: Number) -> Array:
    """Share of output a pandemic costs the unvaccinated, in [0, .9], shape (R,)."""
    return np.minimum(pandemic * (1 - recovery) + depth * outbreak, CEILING)


def next_vaccinated(vaccinated: Array, outbreak: Array, supply: Array, rages: Array, *, rate: Number, dt: float) -> Array:
    """Share of people protected, in [0, 1], shape (S, R); 0 in the quarter of an outbreak.

    Args:
        supply: Help that each power has for each state, (G, S, R).
        rages: Whether a pandemic was under way at the end of last quarter, 0 or 1, (R,).
    """
    reached = vaccinated + dt * rate * sum_over_powers(supply) * (1 - vaccinated) * rages
    return clip(reached, 0, 1) * (1 - outbreak)
