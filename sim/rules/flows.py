"""Investment and aid: gravity, affinity, the rival's presence and a budget all states share. MODEL.md, step 5."""

import numpy as np

from sim.axes import TINY, Array, Number, sum_over_powers, sum_over_states

#: Third partners invest this much more at full diversification.
DIVERSIFICATION_PULL = 0.3
#: Smoothing of a power's share in external capital, per quarter.
SHARE_SMOOTHING = 0.2


def offered(budget: Array, attraction: Array, pressure: Array, base_share: Array, *, outside_weight: Number) -> Array:
    """Flow that each power offers each state, USD bn a year, shape (G, S, R).

    Args:
        budget: Each power's budget for the region, USD bn a year, (G, R).
        attraction: How attractive the power's policy makes each state, > 0, (G, S, R).
        pressure: Pressure now, (G, S, R).
        base_share: Share in the power's flows at equal attraction, (G, S, 1).
        outside_weight: Weight of destinations outside the region.
    """
    pull = base_share * attraction * (1 - pressure)
    return pull * (budget / (outside_weight + sum_over_states(pull)))[:, None]


def accepted(offered: Array, economic_engagement: Array, *, unconditional: Number) -> Array:
    """Flow that each state accepts, USD bn a year, shape (G, S, R)."""
    return offered * (unconditional + (1 - unconditional) * economic_engagement)


def other_flow(output: Array, worst_pressure: Array, diversification: Array, rate: Array, *, spillover: Number) -> Array:
    """Flow from the rest of the world, USD bn a year, shape (S, R); pressure by a power reduces it."""
    return rate * output * (1 + DIVERSIFICATION_PULL * diversification) * (1 - spillover * worst_pressure)


def next_flow_share(share: Array, flow: Array, other_flow: Array) -> Array:
    """Smoothed share of each power in external capital, in [0, 1], shape (G, S, R)."""
    total = np.maximum(sum_over_powers(flow) + other_flow, TINY)
    return share + SHARE_SMOOTHING * (flow / total - share)
