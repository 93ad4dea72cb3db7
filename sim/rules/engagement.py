"""How much cooperation a state opens to each power. MODEL.md, step 2."""

import numpy as np

from sim.axes import TOWARDS, Array


def engagement(tilt: Array, breadth: Array) -> Array:
    """Cooperation opened to each power, in [0, 1], shape (D, G, S, R), from tilt and breadth (D, S, R)."""
    return np.clip(breadth[:, None] + TOWARDS * tilt[:, None], 0, 1)
