"""Pressure by the powers, and the share that ASEAN absorbs. MODEL.md, step 4."""

import numpy as np

from sim.axes import DOMAINS, Array, Number, sum_over_states
from sim.rules.numeric import clip


def cohesion(tilt: Array) -> Array:
    """One minus the standard deviation of the members' tilt, shape (R,), from tilt (D, S, R)."""
    lean = (tilt[0] + tilt[1]) / len(DOMAINS)
    n_states = lean.shape[-2]
    centred = lean - sum_over_states(lean) / n_states
    return 1 - np.sqrt(sum_over_states(centred**2) / n_states)


def buffer(cohesion: Array, asean_effort: Array, *, strength: Number) -> Array:
    """Share of pressure that ASEAN absorbs, shape (R,); `asean_effort` has shape (S, 1) or (S, R)."""
    return strength * cohesion * sum_over_states(asean_effort) / asean_effort.shape[-2]


def next_pressure(pressure: Array, drive: Array, buffer: Array, *, speed: Number) -> Array:
    """Move pressure towards what each power wants and ASEAN lets through, in [0, 1], shape (G, S, R)."""
    return pressure + speed * (clip(drive, 0, 1) * (1 - buffer) - pressure)
