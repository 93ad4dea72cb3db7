"""High-level visits. MODEL.md, step 6."""

import numpy as np

from sim.axes import Array, Number, mean_over_domains


def visit_chance(effort: Array, engagement: Array, *, rate: Number, base: Number, dt: float) -> Array:
    """Chance of a visit this quarter, shape (G, S, R).

    Args:
        effort: Each power's effort in visits, (G, S, R) or broadcastable.
        engagement: Cooperation opened to each power, (D, G, S, R).
        rate: Visits a year at full engagement and unit effort.
        base: Share of them that needs no engagement.
    """
    return 1 - np.exp(-dt * rate * effort * (base + (1 - base) * mean_over_domains(engagement)))
