"""Investment and official finance: what a power meant to give, affinity, the rival's presence, and a budget that all states share. MODEL.md, step 5."""

import numpy as np

from sim.axes import TINY, Array, Number, sum_over_powers, sum_over_states

#: Smoothing of a power's share in external capital, per quarter.
SHARE_SMOOTHING = 0.2


def opening(economic_engagement: Array, *, unconditional: Number) -> Array:
    """Share of what is offered that a state accepts, in [0, 1], shape (G, S, R)."""
    return unconditional + (1 - unconditional) * economic_engagement


def budget_factor(commitment: Array, growth: Array, rivalry_rise: Array, *, from_rivalry: Number) -> Array:
    """Budget of each power over that of the start, shape (G, R).

    Args:
        commitment: Effort over that of the start, (G, R).
        growth: Output of the power over that of the start, (G, R).
        rivalry_rise: Rivalry now less that at the start, (R,).
        from_rivalry: Rise of budgets per unit of rivalry.
    """
    return commitment * growth * np.maximum(1 + from_rivalry * rivalry_rise, 0)


def intended(meant: Array, share: Array, attraction: Array, budget: Array, *, outside_weight: Number) -> Array:
    """Flow that each power means for each state before pressure, USD bn a year, shape (G, S, R).

    Args:
        meant: Flow meant at the start, (G, S, R).
        share: Each state's share in that of its power, (G, S, R).
        attraction: Attraction of each state over that at the start, (G, S, R).
        budget: Budget over that at the start, (G, R).
        outside_weight: Weight of destinations outside the region.
    """
    scale = budget * (1 + outside_weight) / (outside_weight + sum_over_states(share * attraction))
    result: Array = meant * attraction
    result *= scale[:, None]
    return result


def lump_factors(start: Array, shocks: Array, persistence: Number, volatility: Number, unevenness: Array) -> Array:
    """Factor of mean 1 on official finance in every quarter, shape (T, G, S, R): the exponential of a stationary AR(1).

    Args:
        start: Standard normal, (G, S, R): where the AR(1) starts.
        shocks: Standard normal, (T, G, S, R).
        persistence, volatility: Of the AR(1).
        unevenness: How uneven each power's finance is, (G, 1, 1) or (G, 1, R).
    """
    variance = volatility**2 / (1 - persistence**2)
    lump = np.sqrt(variance) * start
    factors = np.empty(shocks.shape)
    for t, shock in enumerate(shocks):
        lump = persistence * lump + volatility * shock
        np.exp(unevenness * lump - unevenness**2 * variance / 2, out=factors[t])
    return factors


def other_flow(output: Array, rate: Array, diversification: Array, deterred: Array, *, pull: Number) -> Array:
    """Flow from the rest of the world, USD bn a year, shape (S, R); `deterred` is `deterrence` over that at the start."""
    return rate * output * (1 + pull * diversification) * deterred


def deterrence(worst_pressure: Array, *, spillover: Number) -> Array:
    """Share of third partners' flows that is left under pressure by a power, shape (S, R)."""
    return 1 - spillover * worst_pressure


def next_flow_share(share: Array, flow: Array, other_flow: Array) -> Array:
    """Smoothed share of each power in external capital, in [0, 1], shape (G, S, R)."""
    moved = flow_share(flow, other_flow)
    moved -= share
    moved *= SHARE_SMOOTHING
    moved += share
    return moved


def flow_share(flow: Array, other_flow: Array) -> Array:
    """Share of each power in external capital, in [0, 1], shape (G, S, R)."""
    return flow / np.maximum(sum_over_powers(flow) + other_flow, TINY)
