"""Rivalry between the powers, crises, and how each power's effort moves. MODEL.md, step 1."""

import numpy as np

from sim.axes import Array, Number
from sim.rules.numeric import expit


def crisis_strikes(uniform: Array, rivalry: Array, *, hazard: Number) -> Array:
    """1 where a crisis between the powers breaks out, else 0, shape (R,). `rivalry` is last quarter's."""
    return (uniform < hazard * rivalry**2).astype(float)


def next_latent_rivalry(latent: Array, shock: Array | float, crisis: Array, *, mean: Number, persistence: Number, volatility: Number) -> Array:
    """Rivalry on the logit scale, an AR(1) that a crisis pushes up, shape (R,)."""
    return mean + persistence * (latent - mean) + volatility * shock + crisis


def rivalry_level(latent: Array) -> Array:
    """Rivalry in [0, 1] from its logit, shape (R,); far out rounding reaches the ends."""
    return expit(latent)


def next_commitment_shock(deviation: Array, shock: Array | float, *, persistence: Number, volatility: Number) -> Array:
    """Log deviation of each power's regional effort from its policy, an AR(1) from 0, shape (G, R)."""
    return persistence * deviation + volatility * shock


def commitment_factor(deviation: Array, quarter: int, *, persistence: Number, volatility: Number) -> Array:
    """Factor of mean 1 on each power's regional effort in a quarter counted from 0, shape (G, R)."""
    variance = volatility**2 * (1 - persistence ** (2 * quarter + 2)) / (1 - persistence**2)
    return np.exp(deviation - variance / 2)


def lens(rivalry: Array, *, low: Array, high: Array) -> Array:
    """How far a power reads the rival's gain as its own loss, shape (D, R).

    Args:
        rivalry: Rivalry now, in [0, 1], shape (R,).
        low: Lens without rivalry, (D, 1) or (D, R).
        high: Lens at full rivalry, (D, 1) or (D, R).
    """
    return low + (high - low) * rivalry
