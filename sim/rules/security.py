"""Security: abandonment, entrapment and what they cost. MODEL.md, step 10."""

import numpy as np

from sim.axes import Array, Number
from sim.rules.numeric import clip

#: Share of exposure that a full ASEAN buffer removes.
BUFFER_SHARE = 0.5


def reach(commitment: Array, power_output: Array, proximity: Array) -> Array:
    """Reach of each power, 1 = the stronger power at commitment 1, shape (G, R)."""
    strength = power_output * proximity
    return commitment * strength / np.maximum(strength[0], strength[1])


def exposure(reach: Array, perceived_security: Array, defence: Array, buffer: Array, *, reliability: Number, defence_protection: Number) -> Array:
    """Share of a threat that strikes, in [0, 1], shape (S, R).

    A power protects states it believes aligned; defence spending and ASEAN's buffer cover part of the rest.
    """
    covered = clip(reliability * reach, 0, 1)[:, None] * clip(perceived_security, 0, 1)
    return (1 - covered[0]) * (1 - covered[1]) * np.exp(-defence_protection * defence) * (1 - BUFFER_SHARE * buffer)


def allegiance(perceived: Array, lens: Array) -> Array:
    """How clearly the powers see a state on one side, in [0, 1], shape (D, S, R)."""
    return clip(np.abs(perceived[:, 0] - perceived[:, 1]) / (1 + lens[:, None]), 0, 1)


def crisis_loss(allegiance_security: Array, exposed: Array, *, loss: Number, entrapment_weight: Number) -> Array:
    """Share of a year's GDP lost if a crisis strikes now, shape (S, R). Source: Snyder (1984)."""
    return loss * (entrapment_weight * allegiance_security + (1 - entrapment_weight) * exposed)


def security_loss(exposed: Array, crisis: Array, crisis_loss: Array, *, local_threat: Number, dt: float) -> Array:
    """Share of GDP lost this quarter, per year, shape (S, R)."""
    return local_threat * exposed + crisis * crisis_loss / dt
