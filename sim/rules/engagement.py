"""How much cooperation a state opens to each power. MODEL.md, step 2."""

import numpy as np

from sim.axes import Array


def engagement(tilt: Array, breadth: Array) -> Array:
    """Cooperation opened to each power, in [0, 1], shape (D, G, S, R), from tilt and breadth (D, S, R).

    Leaning closes a door in proportion; it does not shut it.
    """
    leaning = breadth * tilt
    opened = np.stack([breadth + leaning, breadth - leaning], axis=1)
    return np.clip(opened, 0, 1, out=opened)
