"""High-level visits. MODEL.md, step 6."""

import numpy as np

from sim.axes import DOMAINS, Array, Number


def visit_chance(effort: Array, engagement: Array, *, rate: Number, dt: float) -> Array:
    """Chance of a visit this quarter, shape (G, S, R).

    Args:
        effort: Each power's effort in visits, (G, S, R) or broadcastable.
        engagement: Cooperation opened to each power, (D, G, S, R).
        rate: Visits a year at full engagement and unit effort.
    """
    return 1 - np.exp(-dt * rate / len(DOMAINS) * effort * (engagement[0] + engagement[1]))
