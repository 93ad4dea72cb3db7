"""Games in normal form: what nobody wants to leave, what is never worth playing, what evolution leaves over. Nothing here knows who plays what.

Payoffs of n players have shape (players, *actions): `payoffs[i, a, b, …]` is what player i gets where the first plays a, the
second b and so on. More is better; the payoffs of one player are never compared with those of another.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice, product
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from sim.axes import Array

Mask = NDArray[np.bool_]
Actions = NDArray[np.intp]

#: A larger game has more pairs of supports than are looked through, some seconds: a count and no clock, so that every machine finds the same.
MOST_SUPPORTS = 20_000
#: Mixes nearer than this are one equilibrium; who gains less than this share of the range of payoffs by leaving has no reason to.
SAME_MIX, NO_REASON = 1e-6, 1e-9
#: Individuals of each population in `alpha_rank`, as in the examples of its authors.
POPULATION = 50
#: No step of that chain is rarer than e to minus this: rarer ones would be 0 in floating point and cut the chain to pieces.
RAREST = 100.0
#: Rates smaller than this share of the largest are rare: what is held together by others is a group. Steps within groups between two looks at the
#: whole, most of these looks, and the change of every share, relative to itself, at which they end: a tiny one may decide between two groups.
RARE, STEPS, MOST_LOOKS, SETTLED = 1e-3, 20, 5000, 1e-8


# ---- Best responses and equilibria


def best_responses(payoffs: Array, tolerance: float = 0.0) -> Mask:
    """Whether each player's action is best against those of the others, shape (players, *actions).

    Args:
        payoffs: Shape (players, *actions).
        tolerance: Payoffs that differ by no more are called equal.
    """
    return np.stack([own >= own.max(axis=player, keepdims=True) - tolerance for player, own in enumerate(payoffs)])


def pure_equilibria(payoffs: Array, tolerance: float = 0.0) -> Mask:
    """Profiles that nobody gains by leaving alone, shape (*actions).

    Args:
        payoffs: As in `best_responses`.
        tolerance: As in `best_responses`.

    Source: Nash (1950).
    """
    return np.asarray(best_responses(payoffs, tolerance).all(axis=0))


def undominated(payoffs: Array, tolerance: float = 0.0) -> tuple[Actions, ...]:
    """Actions of each player that are left when those that another action beats against whatever is left are taken out, again and again.

    Domination is strict and by pure actions, so that neither the order of elimination nor a tie matters and no equilibrium is lost.

    Args:
        payoffs: Shape (players, *actions).
        tolerance: What another action must gain more than, everywhere.
    """
    left = [np.arange(n) for n in payoffs.shape[1:]]
    shrinking = True
    while shrinking:
        shrinking = False
        for player, all_of_it in enumerate(payoffs):
            own = np.moveaxis(all_of_it[np.ix_(*left)], player, 0).reshape(len(left[player]), -1)
            beaten = np.array([(own > worse + tolerance).all(axis=1).any() for worse in own])
            left[player], shrinking = left[player][~beaten], shrinking or bool(beaten.any())
    return tuple(left)


@dataclass(frozen=True)
class Mixed:
    """Equilibria of a game of two, pure ones among them.

    Attributes:
        pairs: Each a mix over the rows and a mix over the columns.
        complete: Whether every pair of supports of equal size was looked through, which finds all equilibria of a game without ties.
    """

    pairs: tuple[tuple[Array, Array], ...]
    complete: bool


def mixed_equilibria(payoffs: Array, most: int = MOST_SUPPORTS) -> Mixed:
    """Mixed equilibria of a game of two, after strictly dominated actions are taken out.

    Args:
        payoffs: Shape (2, rows, columns).
        most: Pairs of supports looked through at most, the small ones first.

    Source: support enumeration (Nisan et al. 2007, algorithm 3.4), each pair of supports solved by nashpy (Knight & Campbell 2018). Its own enumeration
    takes a chance that is 0 but for rounding for a wrong one, and its Lemke-Howson algorithm need not end in a large game: so supports are cut out before
    nashpy is asked, and equilibria are checked here.
    """
    from nashpy.algorithms.support_enumeration import solve_indifference  # it takes seconds to import

    left = undominated(payoffs)
    rows, columns = ((own[np.ix_(*left)] - own[np.ix_(*left)].min()) / (np.ptp(own[np.ix_(*left)]) or 1.0) for own in payoffs)
    pairs: list[tuple[Array, Array]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy warns of payoffs that are all alike
        for some, others in islice(_supports(rows.shape), most):
            support = range(len(some))
            of_columns = solve_indifference(rows[np.ix_(some, others)], support, support)
            of_rows = solve_indifference(columns[np.ix_(some, others)].T, support, support)
            if of_rows is False or of_columns is False:
                continue
            row, column = _full(of_rows, some, rows.shape[0]), _full(of_columns, others, rows.shape[1])
            known = any(np.abs(row - one).max() < SAME_MIX and np.abs(column - other).max() < SAME_MIX for one, other in pairs)
            if not known and _nobody_leaves(rows, columns, row, column):
                pairs.append((row, column))
    full = tuple((_full(row, left[0], payoffs.shape[1]), _full(column, left[1], payoffs.shape[2])) for row, column in pairs)
    return Mixed(full, comb(sum(rows.shape), rows.shape[0]) - 1 <= most)


def _supports(shape: tuple[int, ...]) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """All pairs of supports of equal size, the small ones first."""
    for size in range(1, min(shape) + 1):
        yield from product(combinations(range(shape[0]), size), combinations(range(shape[1]), size))


def _nobody_leaves(rows: Array, columns: Array, row: Array, column: Array) -> bool:
    of_rows, of_columns = rows @ column, row @ columns
    return bool(of_rows.max() - row @ of_rows <= NO_REASON and of_columns.max() - of_columns @ column <= NO_REASON)


def _full(mix: Array, actions: Sequence[int] | Actions, n: int) -> Array:
    found = np.zeros(n)
    found[list(actions)] = mix
    return found


# ---- Who goes where


def best_response_graph(payoffs: Array, tolerance: float = 0.0) -> csr_array:
    """A step wherever one player goes from an action that is not best to one that is, the others staying; profiles in the order of `np.ravel`.

    Args:
        payoffs: Shape (players, *actions).
        tolerance: As in `best_responses`.

    Returns:
        Shape (profiles, profiles), 1 where there is a step.
    """
    best = best_responses(payoffs, tolerance).reshape(len(payoffs), -1)
    moves = _moves(payoffs.shape[1:])
    taken = best[moves.player, moves.target] & ~best[moves.player, moves.source]
    n = best.shape[1]
    return csr_array((np.ones(int(taken.sum())), (moves.source[taken], moves.target[taken])), shape=(n, n))


def sinks(graph: csr_array) -> tuple[Actions, ...]:
    """Sets of profiles that lead to each other and nowhere else: a single one nobody leaves, or a cycle. By their first profile."""
    n, group = connected_components(graph, directed=True, connection="strong")
    edges = graph.tocoo()
    leaves = np.zeros(n, dtype=bool)
    leaves[group[edges.row[group[edges.row] != group[edges.col]]]] = True
    order = np.argsort(group, kind="stable")
    sets = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return tuple(sorted((one for one in sets if not leaves[group[one[0]]]), key=lambda one: int(one[0])))


@dataclass(frozen=True)
class Moves:
    """Every change of one player's action, sorted by the profile that is left; profiles in the order of `np.ravel`."""

    player: Actions
    source: Actions
    target: Actions


@cache
def _moves(shape: tuple[int, ...]) -> Moves:
    profiles = np.arange(int(np.prod(shape))).reshape(shape)
    parts = []
    for player, n in enumerate(shape):
        rows = np.moveaxis(profiles, player, -1).reshape(-1, n)
        one, other = (index.ravel() for index in np.nonzero(~np.eye(n, dtype=bool)))
        parts.append(np.stack([np.full(rows.shape[0] * len(one), player), rows[:, one].ravel(), rows[:, other].ravel()]))
    found = np.concatenate(parts, axis=1)
    player_of, source, target = found[:, np.lexsort((found[2], found[1]))]
    return Moves(player_of, source, target)


# ---- Replicator dynamics


def replicator(payoff: Array, start: Array, times: Array) -> Array:
    """Shares of actions in one population whose members meet at random and multiply by what they get, shape (times, actions).

    Args:
        payoff: What the row gets against the column, shape (actions, actions).
        start: Shares at the first time, adding up to 1; who is not there never comes.
        times: Increasing.

    Source: Taylor & Jonker (1978).
    """
    return _shares(lambda mixes: [payoff @ mixes[0]], [start], times)[0]


def replicators(payoffs: Array, starts: Sequence[Array], times: Array) -> tuple[Array, ...]:
    """The same for a population of each player, who meet one another, each of shape (times, actions).

    Args:
        payoffs: Shape (players, *actions).
        starts: Shares of each population at the first time.
        times: Increasing.

    Source: Taylor (1979).
    """
    def growth(mixes: list[Array]) -> list[Array]:
        return [expected(own, mixes, player) for player, own in enumerate(payoffs)]

    return _shares(growth, starts, times)


def expected(own: Array, mixes: Sequence[Array], player: int) -> Array:
    """What each action of a player brings when the others mix, shape (actions,).

    Args:
        own: Payoffs of the player, shape (*actions).
        mixes: Mix of every player; the player's own is not used.
        player: Which one.
    """
    for other in reversed(range(len(mixes))):
        if other != player:
            own = np.tensordot(own, mixes[other], axes=(other, 0))
    return own


def _shares(growth: Callable[[list[Array]], list[Array]], starts: Sequence[Array], times: Array) -> tuple[Array, ...]:
    """Integrate the logs of the shares that are not 0: they stay positive whatever the step."""
    there = [start > 0 for start in starts]
    ends = np.cumsum([int(some.sum()) for some in there])[:-1]

    def mixes_of(logs: Array) -> list[Array]:
        mixes = []
        for part, some in zip(np.split(logs, ends), there, strict=True):
            weight = np.exp(part - part.max())
            mixes.append(np.zeros(len(some)))
            mixes[-1][some] = weight / weight.sum()
        return mixes

    def slope(_: float, logs: Array) -> Array:
        mixes = mixes_of(logs)
        return np.concatenate([(fitness - mix @ fitness)[some] for fitness, mix, some in zip(growth(mixes), mixes, there, strict=True)])

    logs = np.concatenate([np.log(start[some]) for start, some in zip(starts, there, strict=True)])
    found = solve_ivp(slope, (times[0], times[-1]), logs, method="DOP853", t_eval=times, rtol=1e-10, atol=1e-12)
    over_time = [mixes_of(each) for each in found.y.T]
    return tuple(np.stack([mixes[k] for mixes in over_time]) for k in range(len(starts)))


# ---- Alpha-rank


def fixation(advantage: Array, population: int = POPULATION) -> Array:
    """Chance that one of a population who does something else takes all of it over, in (0, 1].

    Args:
        advantage: What doing so gains, times the strength of selection.
        population: Individuals.

    Source: Fermi rule, Traulsen, Nowak & Pacheco (2006): (1 - exp(-x)) / (1 - exp(-m x)), 1 / m at x = 0. Both are computed for
    gains: a loss of as much is exp(-(m - 1) x) times as likely, which cannot overflow.
    """
    size = np.abs(advantage)
    safe = np.where(size > 0, size, 1.0)
    gains = np.where(size > 0, np.expm1(-safe) / np.expm1(-population * safe), 1 / population)
    found: Array = gains * np.exp(-np.where(advantage < 0, np.minimum((population - 1) * size, RAREST), 0.0))
    return found


def alpha_rank(payoffs: Array, strength: float, population: int = POPULATION) -> Array:
    """How much of the time each profile is played in the long run, shape (*actions), adding up to 1.

    A population stands behind each player, all of whose members do the same. Now and then one of them tries something else, which takes over or dies
    out; then the next. Without errors, who is indifferent drifts.

    Args:
        payoffs: Shape (players, *actions). Those of each player in a unit of its own, in which `strength` is meant.
        strength: Of selection: at 0 chance decides alone, the larger the surer the better action takes over.
        population: Individuals behind each player, 2 or more.

    Source: Omidshafiei et al. (2019), alpha-Rank: multi-agent evaluation by evolution.
    """
    shape = payoffs.shape[1:]
    moves, values = _moves(shape), payoffs.reshape(len(payoffs), -1)
    gain = values[moves.player, moves.target] - values[moves.player, moves.source]
    n = values.shape[1]
    start = np.concatenate([[0], np.cumsum(np.bincount(moves.source, minlength=n))])
    rates = csr_array((fixation(strength * gain, population), moves.target, start), shape=(n, n))
    return stationary(rates).reshape(shape)


def stationary(rates: csr_array) -> Array:
    """The long run of a chain, however rarely it leaves some of its parts, shape (states,), adding up to 1.

    States that lead to each other by steps that are not rare make a group, together with those that lead there. In turn the chain is run a few steps,
    which settles the shares within groups, and the shares of groups are set to those of the chain between groups, which is solved
    without a subtraction. What is run is the chain of steps, without the time in between, so that no state holds it up.

    Args:
        rates: Of steps from row to column, > 0 where there are any; every state can be reached.

    Raises:
        ArithmeticError: It does not settle.

    Source: iterative aggregation and disaggregation, Koury, McAllister & Stewart (1984); Grassmann, Taksar & Heyman (1985) between groups.
    """
    n = rates.shape[0]
    if n == 1:
        return np.ones(1)
    leaving = np.asarray(rates.sum(axis=1)).ravel()
    group = _groups(rates)
    to_group = csr_array((np.ones(n), (np.arange(n), group)))
    backwards = rates.T.tocsr()
    mix = np.full(n, 1 / n)
    for _ in range(MOST_LOOKS):
        before = mix
        steps = mix * leaving
        for _ in range(STEPS):
            steps = (steps + backwards @ (steps / leaving)) / 2  # the mean of two steps: no chain is periodic then
        mix = steps / leaving
        mix = mix / np.bincount(group, mix)[group]
        between = (to_group.T @ (rates.multiply(mix[:, None]).tocsr() @ to_group)).toarray()
        mix = mix * solved(between)[group]
        if (np.abs(mix - before) <= SETTLED * mix).all():
            return mix
    raise ArithmeticError(f"the shares of {n:,} states do not settle")


def _groups(rates: csr_array) -> Actions:
    """Number of the group of each state: the sinks of the steps that are not rare, each with the states that are nearest to it, in steps."""
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
    """The long run of a small chain, shape (states,): states are taken out one by one, with sums, products and quotients of rates alone, so that
    none loses digits.

    Args:
        rates: Of steps from row to column, shape (states, states); the diagonal is not used.

    Source: Grassmann, Taksar & Heyman (1985).
    """
    left = rates.astype(float).copy()
    n = len(left)
    for k in range(n - 1, 0, -1):
        left[:k, k] /= left[k, :k].sum()
        left[:k, :k] += np.outer(left[:k, k], left[k, :k])
    share = np.ones(n)
    for k in range(1, n):
        share[k] = share[:k] @ left[:k, k]
    found: Array = share / share.sum()
    return found
