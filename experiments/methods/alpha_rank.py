"""Alpha-rank: how much of the time each profile of a game is played in the long run.

Source: Omidshafiei et al. (2019), alpha-Rank: multi-agent evaluation by evolution.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from experiments.methods.games import Actions, moves_of, sinks
from sim.axes import Array

#: Individuals of each population in `alpha_rank`, as in the examples of its authors.
POPULATION = 50
#: No step of the chain is rarer than e to minus this: a rarer one would be 0 in floating point, and the chain would fall apart.
RAREST = 100.0
#: Rates below this share of the largest are rare; states connected by other rates form a group. Then: steps within groups in each round, most rounds,
#: and the relative change of every share at which rounds end (a tiny share may decide between two groups).
RARE, STEPS, MOST_ROUNDS, SETTLED = 1e-3, 20, 5000, 1e-8


def fixation(advantage: Array, population: int = POPULATION) -> Array:
    """Chance that one deviating member takes over its population, in (0, 1].

    Args:
        advantage: What deviating gains, times the strength of selection.
        population: Individuals.

    Source: Fermi rule, Traulsen, Nowak & Pacheco (2006): (1 - exp(-x)) / (1 - exp(-m x)), 1 / m at x = 0. Both are computed for
    gains: a loss of as much is exp(-(m - 1) x) times as likely, which cannot overflow.
    """
    size = np.abs(advantage)
    safe = np.where(size > 0, size, 1.0)
    gains = np.where(size > 0, np.expm1(-safe) / np.expm1(-population * safe), 1 / population)
    result: Array = gains * np.exp(-np.where(advantage < 0, np.minimum((population - 1) * size, RAREST), 0.0))
    return result


def alpha_rank(payoffs: Array, strength: float, population: int = POPULATION) -> Array:
    """Share of the long run in which each profile is played, shape (*actions); the shares add up to 1.

    A population stands behind each player, and all its members play the same action. Now and then one member tries another action, which takes over or
    dies out before the next one tries. Between actions that pay the same, the population drifts.

    Args:
        payoffs: Shape (players, *actions), in the unit to which `strength` refers.
        strength: Strength of selection: at 0 chance alone decides; the larger, the more surely the better action takes over.
        population: Individuals behind each player, 2 or more.

    Source: Omidshafiei et al. (2019), alpha-Rank: multi-agent evaluation by evolution.
    """
    shape = payoffs.shape[1:]
    moves, values = moves_of(shape), payoffs.reshape(len(payoffs), -1)
    gain = values[moves.player, moves.target] - values[moves.player, moves.source]
    n = values.shape[1]
    start = np.concatenate([[0], np.cumsum(np.bincount(moves.source, minlength=n))])
    rates = csr_array((fixation(strength * gain, population), moves.target, start), shape=(n, n))
    return stationary(rates).reshape(shape)


def stationary(rates: csr_array) -> Array:
    """Stationary distribution of a chain, even one that rarely leaves some of its parts, shape (states,); it adds up to 1.

    States that lead to each other by steps that are not rare form a group, together with the states that lead there. Each round first runs the chain
    a few steps, which settles the shares within groups. Then it sets the shares of groups to those of the chain between groups, which is solved
    without a subtraction. The chain is run step by step, not over time, so that a state that is rarely left does not slow it down.

    Args:
        rates: Rates of steps from row to column; every state can be reached from every other.

    Raises:
        ArithmeticError: The shares do not settle.

    Source: iterative aggregation and disaggregation, Koury, McAllister & Stewart (1984); Grassmann, Taksar & Heyman (1985) between groups.
    """
    n = rates.shape[0]
    if n == 1:
        return np.ones(1)
    leaving = np.asarray(rates.sum(axis=1)).ravel()
    group = _groups(rates)
    n_groups = group.max() + 1
    source = np.repeat(np.arange(n), np.diff(rates.indptr))
    between_which = group[source] * n_groups + group[rates.indices]
    backwards = rates.T.tocsr()
    mix = np.full(n, 1 / n)
    for _ in range(MOST_ROUNDS):
        before = mix
        steps = mix * leaving
        for _ in range(STEPS):
            steps = (steps + backwards @ (steps / leaving)) / 2  # the mean of two steps, so that no chain is periodic
        mix = steps / leaving
        mix = mix / np.bincount(group, mix)[group]
        between: Array = np.bincount(between_which, rates.data * mix[source], minlength=n_groups**2).astype(float)
        mix = mix * solved(between.reshape(n_groups, n_groups))[group]
        if (np.abs(mix - before) <= SETTLED * mix).all():
            return mix
    raise ArithmeticError(f"the shares of {n:,} states do not settle")


def _groups(rates: csr_array) -> Actions:
    """Number of the group of each state. A group is a sink of the steps that are not rare, with the states nearest to it in steps."""
    often = rates.copy()
    often.data = np.where(often.data >= RARE * often.data.max(), 1.0, 0.0)
    often.eliminate_zeros()
    ends = sinks(often)
    number = np.empty(rates.shape[0], dtype=np.intp)
    for i, end in enumerate(ends):
        number[end] = i
    _, _, nearest = dijkstra(often.T.tocsr(), indices=np.concatenate(ends), unweighted=True, min_only=True, return_predecessors=True)
    return number[nearest]


def solved(rates: Array) -> Array:
    """Stationary distribution of a small chain, shape (states,).

    States are eliminated one by one with sums, products and quotients of rates alone, so that no digits cancel.

    Args:
        rates: Rates of steps from row to column, shape (states, states); the diagonal is not used.

    Source: Grassmann, Taksar & Heyman (1985).
    """
    remaining = rates.astype(float).copy()
    n = len(remaining)
    for k in range(n - 1, 0, -1):
        remaining[:k, k] /= remaining[k, :k].sum()
        remaining[:k, :k] += np.outer(remaining[:k, k], remaining[k, :k])
    share = np.ones(n)
    for k in range(1, n):
        share[k] = share[:k] @ remaining[:k, k]
    result: Array = share / share.sum()
    return result
