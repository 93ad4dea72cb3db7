"""How much cooperation a state opens to each power. MODEL.md, step 2."""

from sim.axes import TOWARDS, Array
from sim.rules.numeric import clip


def engagement(tilt: Array, breadth: Array) -> Array:
    """Cooperation opened to each power, in [0, 1], shape (D, G, S, R), from tilt and breadth (D, S, R).

    Leaning closes a door in proportion; it does not shut it.
    """
    return clip(breadth[:, None] * (1 + TOWARDS * tilt[:, None]), 0, 1)
