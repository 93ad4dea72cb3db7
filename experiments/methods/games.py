"""Games in normal form: equilibria, dominated actions, and who goes where. Nothing here knows who plays what.

Payoffs of n players have shape (players, *actions): `payoffs[i, a, b, …]` is what player i gets where the first plays a, the
second b and so on. More is better; the payoffs of one player are never compared with those of another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, groupby, islice, product
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sim.axes import Array

Mask = NDArray[np.bool_]
Actions = NDArray[np.intp]

#: Most pairs of supports that are tried, some seconds' work: a count and no clock, so that every machine finds the same equilibria.
MOST_SUPPORTS = 20_000
#: A smaller chance counts as 0; a player who gains less than this share of the range of payoffs by leaving does not leave.
NEVER, NO_REASON = 1e-6, 1e-9
#: Systems of equations worse conditioned than this have no solution, or many.
WORST_CONDITION = 1e12


def best_responses(payoffs: Array, tolerance: float = 0.0) -> Mask:
    """Whether each player's action is best against those of the others, shape (players, *actions).

    Args:
        payoffs: Shape (players, *actions).
        tolerance: Payoffs that differ by no more count as equal.
    """
    return np.stack([own >= own.max(axis=player, keepdims=True) - tolerance for player, own in enumerate(payoffs)])


def pure_equilibria(payoffs: Array, tolerance: float = 0.0) -> Mask:
    """Profiles that no player gains by leaving on its own, shape (*actions).

    Args:
        payoffs: As in `best_responses`.
        tolerance: As in `best_responses`.

    Source: Nash (1950).
    """
    return np.asarray(best_responses(payoffs, tolerance).all(axis=0))


def undominated(payoffs: Array, tolerance: float = 0.0) -> tuple[Actions, ...]:
    """Actions of each player that survive the iterated elimination of strictly dominated actions.

    Actions are dominated by pure actions only. The order of elimination does not matter, and no equilibrium is eliminated.

    Args:
        payoffs: Shape (players, *actions).
        tolerance: An action dominates another if it gains more than this over it everywhere.
    """
    left = [np.arange(n) for n in payoffs.shape[1:]]
    shrinking = True
    while shrinking:
        shrinking = False
        for player, own_payoffs in enumerate(payoffs):
            own = np.moveaxis(own_payoffs[np.ix_(*left)], player, 0).reshape(len(left[player]), -1)
            dominated = np.array([(own > worse + tolerance).all(axis=1).any() for worse in own])
            left[player], shrinking = left[player][~dominated], shrinking or bool(dominated.any())
    return tuple(left)


@dataclass(frozen=True)
class Mixed:
    """Equilibria of a game of two players, pure ones among them.

    Attributes:
        pairs: Each a mix over the rows and a mix over the columns. They are the extreme equilibria: where payoffs tie there may be infinitely many others,
            and each is a mixture of some of these.
        complete: Whether these are all extreme equilibria.
    """

    pairs: tuple[tuple[Array, Array], ...]
    complete: bool


def mixed_equilibria(payoffs: Array, most: int = MOST_SUPPORTS) -> Mixed:
    """Mixed equilibria of a game of two players, after strictly dominated actions are eliminated.

    A mix of one player that makes as many actions of the other one best as it plays itself is a corner of a polyhedron. An extreme equilibrium is a
    pair of corners in which whatever a player does not play, or else is best, holds for every action. So ties lose no equilibrium.

    Args:
        payoffs: Shape (2, rows, columns).
        most: Most pairs of supports to try, the small ones first.

    Source: vertex enumeration (Nisan et al. 2007, algorithm 3.5); extreme equilibria: Avis, Rosenberg, Savani & von Stengel (2010), Economic Theory 42.
    """
    left = undominated(payoffs)
    rows, columns = (1 + (own[np.ix_(*left)] - own[np.ix_(*left)].min()) / (np.ptp(own[np.ix_(*left)]) or 1.0) for own in payoffs)
    supports = list(islice(_supports(rows.shape), most))
    of_rows, of_columns = _corners(columns, supports), _corners(rows.T, [(others, some) for some, others in supports])
    # Labels of a corner: actions of its own player that it does not play, then actions of the other player that are best against it.
    n = rows.shape[0]
    theirs = np.concatenate([of_columns.labels[:, -n:], of_columns.labels[:, :-n]], axis=1)
    pairs = [(_full(row, left[0], payoffs.shape[1]), _full(of_columns.mixes[i], left[1], payoffs.shape[2]))
             for row, labels in zip(of_rows.mixes, of_rows.labels, strict=True) for i in np.flatnonzero(theirs[:, ~labels].all(axis=1))]
    return Mixed(tuple(pairs), comb(sum(rows.shape), n) - 1 <= most)


def _supports(shape: tuple[int, ...]) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """All pairs of supports of equal size, the small ones first."""
    for size in range(1, min(shape) + 1):
        yield from product(combinations(range(shape[0]), size), combinations(range(shape[1]), size))


@dataclass(frozen=True)
class _Corners:
    mixes: Array  # (corners, actions)
    labels: Mask  # (corners, actions + actions of the other player)


def _corners(gains: Array, supports: Sequence[tuple[Sequence[int], Sequence[int]]]) -> _Corners:
    """Mixes of a player that leave the other one as many best actions as the mix has.

    Args:
        gains: What the other player gets, between 1 and 2, shape (actions, actions of the other player).
        supports: Actions in the mix and actions that are to be best, the same number of each.
    """
    n = gains.shape[0]
    mixes, labels = [np.zeros((0, n))], [np.zeros((0, sum(gains.shape)), dtype=bool)]
    for _, group in groupby(supports, lambda pair: len(pair[0])):
        some, best = (np.array(each) for each in zip(*group, strict=True))
        square = gains[some[:, :, None], best[:, None, :]].swapaxes(1, 2)
        regular = np.linalg.cond(square) < WORST_CONDITION
        # In units of what the best actions gain, so that these gain 1.
        weights = np.zeros((int(regular.sum()), n))
        np.put_along_axis(weights, some[regular], np.linalg.solve(square[regular], np.ones((*square[regular].shape[:2], 1)))[..., 0], axis=1)
        slack = 1 - weights @ gains
        kept = (weights.min(axis=1) >= -NO_REASON) & (slack.min(axis=1) >= -NO_REASON)
        weights = np.where(weights[kept] > NO_REASON, weights[kept], 0.0)
        mixes.append(weights / weights.sum(axis=1, keepdims=True))
        labels.append(np.concatenate([weights == 0, slack[kept] <= NO_REASON], axis=1))
    every = np.concatenate(labels)
    _, first = np.unique(every, axis=0, return_index=True)  # the labels of a corner are those of no other
    return _Corners(np.concatenate(mixes)[np.sort(first)], every[np.sort(first)])


def _full(mix: Array, actions: Actions, n: int) -> Array:
    result = np.zeros(n)
    result[actions] = mix
    return result


def best_response_graph(payoffs: Array, tolerance: float = 0.0) -> csr_array:
    """A step wherever one player moves from an action that is not best to one that is, while the others stay; profiles in the order of `np.ravel`.

    Args:
        payoffs: Shape (players, *actions).
        tolerance: As in `best_responses`.

    Returns:
        Shape (profiles, profiles), 1 where there is a step.
    """
    best = best_responses(payoffs, tolerance).reshape(len(payoffs), -1)
    moves = moves_of(payoffs.shape[1:])
    taken = best[moves.player, moves.target] & ~best[moves.player, moves.source]
    n = best.shape[1]
    return csr_array((np.ones(int(taken.sum())), (moves.source[taken], moves.target[taken])), shape=(n, n))


def sinks(graph: csr_array) -> tuple[Actions, ...]:
    """Sets of profiles that lead to each other and nowhere else: a single profile or a cycle. Sorted by their first profile."""
    n, group = connected_components(graph, directed=True, connection="strong")
    edges = graph.tocoo()
    leaves = np.zeros(n, dtype=bool)
    leaves[group[edges.row[group[edges.row] != group[edges.col]]]] = True
    order = np.argsort(group, kind="stable")
    sets = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return tuple(sorted((one for one in sets if not leaves[group[one[0]]]), key=lambda one: int(one[0])))


@dataclass(frozen=True)
class Moves:
    """Every change of one player's action, sorted by the source profile; profiles in the order of `np.ravel`.

    Attributes:
        player: Who changes its action, shape (moves,).
        source: The profile before, same shape.
        target: The profile after, same shape.
    """

    player: Actions
    source: Actions
    target: Actions


@cache
def moves_of(shape: tuple[int, ...]) -> Moves:
    """Every move in a game with so many actions of each player."""
    profiles = np.arange(int(np.prod(shape))).reshape(shape)
    parts = []
    for player, n in enumerate(shape):
        rows = np.moveaxis(profiles, player, -1).reshape(-1, n)
        one, other = (index.ravel() for index in np.nonzero(~np.eye(n, dtype=bool)))
        parts.append(np.stack([np.full(rows.shape[0] * len(one), player), rows[:, one].ravel(), rows[:, other].ravel()]))
    result = np.concatenate(parts, axis=1)
    player_of, source, target = result[:, np.lexsort((result[2], result[1]))]
    return Moves(player_of, source, target)
