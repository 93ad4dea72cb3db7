"""Trust and partnership tiers. MODEL.md, step 7."""

import numpy as np

from sim.axes import Array, Number
from sim.rules.numeric import clip, expit

#: Trust above, or below, that of the start at which a tier changes, and how much more each tier needs beyond that of the start.
TIER_TRUST, TRUST_PER_TIER = 0.05, 0.08
#: Tiers gained or lost per quarter, and the highest tier.
TIER_STEP, TOP_TIER = 0.25, 3


def supply(commitment: Array, alignment: Array) -> Array:
    """Help (vaccines, credit) that a power has for a state, shape (G, S, R); more for aligned states."""
    return commitment[:, None] * expit(2 * alignment)


def next_trust(trust: Array, visits: Array, help_given: Array, pressure: Array, *,
               baseline: Array, decay: Number, gain: Number, loss: Number, dt: float) -> Array:
    """Carry trust over to the next quarter.

    Args:
        trust: Trust now, in [0, 1], shape (G, S, R).
        visits: High-level visits this quarter, 0 or 1 (a probability in deterministic mode), (G, S, R).
        help_given: Help this quarter, in units of one visit, (G, S, R).
        pressure: Pressure received, in [0, 1], (G, S, R).
        baseline: Level trust returns to, (G, S, 1).
        decay: Share of the way back to the baseline per year.
        gain: Share of missing trust won by a visit.
        loss: Share of trust lost per quarter at full pressure.

    Source: MODEL.md, step 7; Goldsmith, Horiuchi & Matush (2021) for the gain.
    """
    kept = trust - dt * decay * (trust - baseline) - loss * pressure * trust
    return clip(kept + gain * (visits + help_given) * (1 - trust), 0, 1)


def next_tier(tier: Array, trust: Array, *, start_tier: Array, start_trust: Array) -> Array:
    """Climb a quarter of a tier where trust has grown enough since the start, fall where it has shrunk, shape (G, S, R).

    A tier that is a fact rests where it is.
    """
    change, needed = trust - start_trust, TRUST_PER_TIER * (tier - start_tier)
    climbs, falls = change > TIER_TRUST + needed, change < needed - TIER_TRUST
    return clip(tier + TIER_STEP * np.subtract(climbs, falls, dtype=float), 0, TOP_TIER)
