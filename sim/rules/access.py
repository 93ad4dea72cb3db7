"""Access to partners' markets and technology, gains from trade, and leverage. MODEL.md, step 8."""

import numpy as np

from sim.axes import N_PARTNERS, REST, Array, Number, sum_over_powers
from sim.rules.numeric import clip, power

#: Access to the rest of the world gained at full diversification.
DIVERSIFICATION_ACCESS = 0.05
#: Share of the spillover on flows that also falls on access.
ACCESS_SPILLOVER = 0.3
#: The rest of the world is at least this share of it.
LEAST_REST = 0.05


def access_to_powers(tier: Array, economic_engagement: Array, pressure: Array, rivalry: Array, perceived_economy: Array, *,
                     per_tier: Number, pressure_cut: Number, fragmentation: Number, diversion: Number) -> Array:
    """The level of access to each power before it is divided by that of the start, > 0, shape (G, S, R)."""
    # (1 - perceived) / 2 is the distance between state and power, from 0 to 1; what does not differ by state is put together first.
    apart = rivalry * fragmentation / 2
    level = np.asarray(perceived_economy * apart + (rivalry * diversion - apart))
    np.exp(level, out=level)
    return level * (1 - pressure_cut * pressure) * (1 + per_tier * tier * economic_engagement)


def access_to_rest(worst_pressure: Array, diversification: Array | float, *, spillover: Number) -> Array:
    """The level of access to the rest of the world before it is divided by that of the start, shape (S, R)."""
    return (1 + DIVERSIFICATION_ACCESS * diversification) * (1 - ACCESS_SPILLOVER * spillover * worst_pressure)


def next_access(access: Array, settled: Array, *, speed: Number) -> Array:
    """Move access towards its settled level, shape (J, S, R)."""
    return access + speed * (settled - access)


def size(power_output: Array, world_output: Array, *, start_power_output: Array, start_world_output: Array, start_rest: Array, elasticity: Number) -> Array:
    """Size of each partner's market relative to the world's, 1 = at the start, shape (J, R); trade follows it at once."""
    world = world_output / start_world_output
    powers = power(power_output / start_power_output / world, elasticity)
    sizes = np.empty((N_PARTNERS, *powers.shape[1:]))
    sizes[:REST], sizes[REST] = powers, rest(power_output, world_output) / start_rest / world
    return sizes


def rest(power_output: Array, world_output: Array) -> Array:
    """GDP of the rest of the world, shape (R,)."""
    return np.maximum(world_output - sum_over_powers(power_output), LEAST_REST * world_output)


def gains_and_shares(access: Array, size: Array, weight: Array, home_weight: Array, *, substitution: Number) -> tuple[Array, Array]:
    """Real income from trade (constant elasticity of substitution), and each partner's share in it.

    Args:
        access: Access to each partner, (J, S, R).
        size: Size of each partner, (J, R).
        weight: Weight of each partner at the start, (J, S, 1).
        home_weight: Weight of the home market, (S, 1).

    Returns:
        Gains, 1 at the start, (S, R); shares of all partners, (J, S, R).
    """
    value = weight * size[:, None] * access
    total = home_weight + sum_over_powers(value) + value[REST]
    return power(total, 1 / (substitution - 1)), value / total


def leverage(share: Array, owned: Array, owed: Array, *, substitution: Number, capital_elasticity: Number, sudden_stop: Number, debt_call: Number) -> Array:
    """Income that a power holds in its hand, in [0, 1], shape (G, S, R): trade, capital in place and debt that can be turned against the state.

    Args:
        share: Share of each power in real income, (G, S, R).
        owned: Share of each power's capital in all capital, (G, S, R).
        owed: Debt to each power over output, years, (G, S, R).

    Hirschman's (1945) influence effect with substitution, convex in the share: Clayton, Maggiori &
    Schreger (NBER 33309).
    """
    without_trade = power(1 - share, 1 / (substitution - 1))
    return 1 - without_trade * (1 - sudden_stop * capital_elasticity * clip(owned, 0, 1)) * (1 - debt_call * clip(owed, 0, 1))
