"""Access to partners' markets and technology, gains from trade, and leverage. MODEL.md, step 8."""

import numpy as np

from sim.axes import REST, Array, Number, sum_over_powers
from sim.rules.numeric import clip, power

#: Access to the rest of the world gained at full diversification.
DIVERSIFICATION_ACCESS = 0.05
#: Share of the spillover on flows that also falls on access.
ACCESS_SPILLOVER = 0.3
#: Flows count in leverage up to this share of output.
FLOW_SHARE_CEILING = 0.9


def settled_access(tier: Array, economic_engagement: Array, pressure: Array, rivalry: Array, perceived_economy: Array,
                   worst_pressure: Array, diversification: Array, *,
                   per_tier: Number, pressure_cut: Number, fragmentation: Number, spillover: Number) -> Array:
    """The level towards which access to each partner moves, > 0, 1 = base, shape (J, S, R)."""
    # (perceived - 1) / 2 is minus the distance between state and power, from 0 to 1
    powers = (1 + per_tier * tier * economic_engagement) * (1 - pressure_cut * pressure) * np.exp(fragmentation * rivalry / 2 * (perceived_economy - 1))
    rest = (1 + DIVERSIFICATION_ACCESS * diversification) * (1 - ACCESS_SPILLOVER * spillover * worst_pressure)
    return np.concatenate([powers, rest[None]])


def next_access(access: Array, settled: Array, *, speed: Number) -> Array:
    """Move access towards its settled level, shape (J, S, R)."""
    return access + speed * (settled - access)


def gains_and_shares(access: Array, weight: Array, home_weight: Array, *, substitution: Number) -> tuple[Array, Array]:
    """Real income from trade (constant elasticity of substitution), and each power's share in it.

    Args:
        access: Access to each partner, (J, S, R).
        weight: Weight of each partner at base access, (J, S, 1).
        home_weight: Weight of the home market, (S, 1).

    Returns:
        Gains, 1 at base access, (S, R); shares of the two powers, (G, S, R).
    """
    value = weight * access
    total = home_weight + sum_over_powers(value) + value[REST]
    return power(total, 1 / (substitution - 1)), value[:REST] / total


def leverage(share: Array, flow: Array, output: Array, *, substitution: Number) -> Array:
    """Income lost on a rupture with a power, in [0, 1], shape (G, S, R); where substitution is near 1, rounding reaches 1.

    Hirschman's (1945) influence effect with substitution, convex in the share: Clayton, Maggiori &
    Schreger (NBER 33309).
    """
    return 1 - power(1 - share, 1 / (substitution - 1)) * (1 - clip(flow / output, 0, FLOW_SHARE_CEILING))
