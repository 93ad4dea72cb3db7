"""Pressure by the powers, and the share that the association absorbs. MODEL.md, step 4."""

import numpy as np

from sim.axes import Array, Number, mean_over_domains, sum_over_states
from sim.rules.numeric import clip

#: Governance is pressed on harder in the quarter of an election and in as many before it.
ELECTION_SEASON = 1


def election_season(quarter: int, first: Array, between: Array) -> Array:
    """1 for a state with an election in this quarter or the next, else 0, shape (S, 1).

    Args:
        quarter: Counted from the world's first.
        first: The quarter of one election of each state, which may lie before the world's first, (S, 1).
        between: Quarters from one election to the next, (S, 1).
    """
    return ((first - quarter) % between <= ELECTION_SEASON).astype(float)


def cohesion(tilt: Array) -> Array:
    """One minus the standard deviation of the members' tilt, shape (R,), from tilt (D, S, R)."""
    lean = mean_over_domains(tilt)
    n_states = lean.shape[-2]
    centred = lean - sum_over_states(lean) / n_states
    return 1 - np.sqrt(sum_over_states(centred**2) / n_states)


def buffer(cohesion: Array, effort: Array, *, strength: Number) -> Array:
    """Share of pressure that the association absorbs, shape (R,); the members' `effort` has shape (S, 1) or (S, R)."""
    return strength * cohesion * sum_over_states(effort) / effort.shape[-2]


def next_pressure(pressure: Array, drive: Array, buffer: Array, *, speed: Number) -> Array:
    """Move pressure towards what each power wants and the association lets through, in [0, 1], shape (G, S, R)."""
    return pressure + speed * (settled_pressure(drive, buffer) - pressure)


def settled_pressure(drive: Array, buffer: Array) -> Array:
    """The level towards which pressure moves, shape (G, S, R)."""
    return clip(drive, 0, 1) * (1 - buffer)
