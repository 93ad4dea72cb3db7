"""How much cooperation a state opens to each power. MODEL.md, step 2."""

import numpy as np

from sim.axes import DOMAINS, N_POWERS, Array


def engagement(tilt: Array, breadth: Array) -> Array:
    """Cooperation opened to each power, in [0, 1], shape (D, G, S, R), from tilt and breadth (D, S, R).

    Leaning closes a door in proportion; it does not shut it.
    """
    leaning = breadth * tilt
    opened = np.empty((len(DOMAINS), N_POWERS, *leaning.shape[1:]))
    np.add(breadth, leaning, out=opened[:, 0])
    np.subtract(breadth, leaning, out=opened[:, 1])
    return opened.clip(0, 1, out=opened)
