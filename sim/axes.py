"""Axes of every array in the model, in this order: domain D, power G, state S, world R.

The world is always last, so a structural parameter may be one number or one value per world,
shape (R,), and broadcasts unchanged through every rule. Partners J are the two powers and the rest of the world.
Which powers and states there are, and their order, comes from the world file.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

DOMAINS = ("economy", "security")
ECONOMY, SECURITY = 0, 1
#: Number of great powers; the first one of the world file is power 0.
N_POWERS = 2
#: Position, and key in files, of the rest of the world among the partners.
REST, REST_KEY = 2, "rest"
N_PARTNERS = 3
WORLD = -1
STATE = -2

#: Years per quarter, the step of the model.
DT = 0.25

Array = NDArray[np.float64]
#: One number, or one value per world with shape (R,).
Number = float | Array
#: One number for both domains, or one for each.
PerDomain = Number | Mapping[str, Number]

#: +1 for power 0 and -1 for power 1: the direction of tilt towards each power, shape (G, 1, 1).
TOWARDS = np.array([1.0, -1.0])[:, None, None]

#: Guards a ratio whose denominator may be zero (no flow at all, no leverage at all).
TINY = 1e-12


def rival(x: Array) -> Array:
    """Swap the two powers of an array whose third-last axis is the power."""
    return x[..., ::-1, :, :]


def sum_over_powers(x: Array) -> Array:
    """Add the two powers, shape (G, ...) to (...). Written out, so that swapping the powers gives the same bits."""
    return x[0] + x[1]


def mean_over_domains(x: Array) -> Array:
    """Mean of the two domains, shape (D, ...) to (...)."""
    return (x[0] + x[1]) / len(DOMAINS)


def sum_over_states(x: Array) -> Array:
    """Add the states, shape (..., S, R) to (..., R), one after the other.

    For a single world numpy adds in another order; a world must have the same bits however many are simulated
    with it.
    """
    if x.shape[WORLD] > 1:
        return np.add.reduce(x, axis=STATE)
    return np.add.accumulate(x, axis=STATE)[..., -1, :]


def gathered(parts: Sequence[Array], axis: int) -> Array:
    """Arrays, broadcast to one shape, stacked along a new axis."""
    shape = np.broadcast_shapes(*[np.shape(part) for part in parts])
    whole = np.empty((*shape[:axis], len(parts), *shape[axis:]))
    for i, part in enumerate(parts):
        whole[(slice(None),) * axis + (i,)] = part
    return whole


def stack(values: Sequence[Number]) -> Array:
    """Stack numbers along a new first axis: shape (n, 1), or (n, R) if any has one value per world."""
    stacked = np.empty((len(values), max(getattr(value, "size", 1) for value in values)))
    for i, value in enumerate(values):
        stacked[i] = value
    return stacked


def by_domain(value: PerDomain) -> Array:
    """One number, or one per domain, as an array of shape (D, 1) or (D, R)."""
    if isinstance(value, Mapping):
        return stack([value[domain] for domain in DOMAINS])
    return stack([value] * len(DOMAINS))
