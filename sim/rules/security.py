"""Security: claims, abandonment, entrapment and what they cost. MODEL.md, step 10."""

from collections.abc import Mapping

import numpy as np

from sim.axes import Array, Number
from sim.rules.numeric import clip

#: Share of exposure that a full buffer of the association removes.
BUFFER_SHARE = 0.5


def reach(commitment: Array, power_output: Array, proximity: Array) -> Array:
    """Reach of each power, 1 = the stronger power at commitment 1, shape (G, R)."""
    strength = power_output * proximity
    return commitment * strength / np.maximum(strength[0], strength[1])


def reliable(treaty: Array, *, reliability: Number, treaty_reliability: Number) -> Array:
    """How far each power's protection can be relied on, shape (G, S, 1) or (G, S, R), from defence treaties, 0 or 1, (G, S, 1)."""
    return treaty * treaty_reliability + (1 - treaty) * reliability


def protection(reach: Array, perceived_security: Array, reliable: Array) -> Array:
    """Share of a threat that each power averts from a state that it sees as its own, in [0, 1], shape (G, S, R).

    Args:
        reach: Reach of each power, (G, R).
        perceived_security: Perceived alignment in security, (G, S, R).
        reliable: How far each power can be relied on, (G, S, 1) or (G, S, R).
    """
    return clip(reliable * reach[:, None], 0, 1) * clip(perceived_security, 0, 1)


def undefended(defence: Array, *, defence_protection: Number) -> Array:
    """Share of a threat that own defence leaves, in [0, 1], shape (S, 1) or (S, R)."""
    return np.exp(-defence_protection * defence)


def defended(undefended: Array, buffer: Array) -> Array:
    """Share of a threat that own defence and the association leave, in [0, 1], shape (S, R)."""
    return undefended * (1 - BUFFER_SHARE * buffer)


def exposure(protected: Array, left: Array) -> Array:
    """Share of a threat that strikes, in [0, 1], shape (S, R): what neither power, own defence nor the association averts."""
    return (1 - protected[0]) * (1 - protected[1]) * left


def claims_loss(claims: Mapping[int, Array], reach: Array, perceived_security: Array, protected: Array, left: Array, *, appeasement: Number) -> Array:
    """Loss from what the powers claim, share of GDP a year, shape (S, R).

    Alignment with the claimant removes a part of its claim, protection by the rival another.

    Args:
        claims: Loss from the claims of each power that has any, at its full reach, (S, 1) by power.
        protected: Protection by each power, (G, S, R).
        left: What own defence and the association leave, (S, R).
    """
    of_powers = [_claim(claim, reach[g], perceived_security[g], protected[1 - g], appeasement) for g, claim in claims.items()]
    return sum(of_powers, start=np.zeros(1)) * left


def _claim(claim: Array, reach: Array, perceived_security: Array, protected_by_rival: Array, appeasement: Number) -> Array:
    """What is left of a power's claim after appeasement and the rival's protection, shape (S, R)."""
    pressed: Array = 1 - appeasement * clip(perceived_security, 0, 1)
    pressed *= 1 - protected_by_rival
    pressed *= claim * reach
    return pressed


def allegiance(perceived: Array, lens: Array) -> Array:
    """How clearly the powers see a state on one side, in [0, 1], shape (D, S, R)."""
    return clip(np.abs(perceived[:, 0] - perceived[:, 1]) / (1 + lens[:, None]), 0, 1)


def crisis_loss(allegiance_security: Array, exposed: Array, *, loss: Number, entrapment_weight: Number) -> Array:
    """Share of a year's GDP lost if a crisis strikes now, shape (S, R). Source: Snyder (1984)."""
    return loss * (entrapment_weight * allegiance_security + (1 - entrapment_weight) * exposed)


def security_loss(exposed: Array, claimed: Array, crisis: Array, crisis_loss: Array, *, local_threat: Number, dt: float) -> Array:
    """Share of GDP lost this quarter, per year, shape (S, R)."""
    return local_threat * exposed + claimed + crisis * crisis_loss / dt
