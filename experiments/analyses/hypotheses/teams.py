"""Strategies by what they do: which belong to a side at each point, and how much each counts.

A side counts with the best of its members. The best of many is better than the best of few by chance alone, so each side counts with the
average best of random teams as large as the smallest side, under whichever condition that is smallest. Near-duplicates, which also have the
same tools, are one member: a strategy that is copied or has another name changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.configuration.hypothesis import Where
from experiments.methods.decisions import near_duplicates
from experiments.methods.sides import leads
from sim import behaviour
from sim.axes import WORLD, Array
from sim.strategies.strategy import Strategy

#: Association effort, diversification, defence.
Tools = tuple[float, float, float]
Mask = NDArray[np.bool_]
Sizes = NDArray[np.intp]


def tools_of(strategy: Strategy) -> Tools:
    """The tools of a strategy, which cost something and change returns whatever its tilt."""
    return float(strategy.association_effort), float(strategy.diversification), float(strategy.defence)


@dataclass(frozen=True)
class Team:
    """A side at each point.

    Attributes:
        members: Which strategies belong to it and are compared, shape (strategies, points).
        weights: How much each counts, shape (strategies, points); adds up to 1, or is NaN where a side has no member.
        sizes: Members of a team at each point; 0 where a side has no member.
    """

    members: Mask
    weights: Array
    sizes: Sizes


def teams(sides: Sequence[Where], measured: Mapping[str, Array], outcome: Array, tools: Sequence[Tools], at_most: Sizes | None = None) -> list[Team]:
    """The team of each side.

    With equal tools a side has only strategies whose tools the other sides have as well. Where there are several such sets of tools, the one
    in which the best team of any side has the most of the outcome is compared.

    Args:
        sides: What the members of each side do.
        measured: Measures of `sim.behaviour.NEEDED`, each (strategies, points, worlds).
        outcome: What each strategy contributes in each world, same shape; the mean over worlds says which is best.
        tools: Of each strategy.
        at_most: Largest size of a team at each point, shape (points,); None: that of the smallest side.
    """
    shares = _members(measured, outcome, tools)
    level = shares @ outcome.mean(axis=WORLD)
    behaved = {name: np.tensordot(shares, measured[name], axes=1) for name in behaviour.NEEDED}
    fits = [_fits(side, behaved) for side in sides]
    pools = _pools(shares, tools) if sides[0].tools == "equal" else [np.arange(len(shares))]
    n_points = level.shape[1]
    weights = np.full((len(sides), len(shares), n_points), np.nan)
    compared = np.zeros(weights.shape, dtype=bool)
    sizes = np.zeros(n_points, dtype=np.intp)
    most = np.full(n_points, len(shares)) if at_most is None else at_most
    for point in range(n_points):
        ranks = [ranked for pool in pools if (ranked := _ranked(pool, [fit[:, point] for fit in fits], level[:, point]))]
        if not ranks or not most[point]:
            continue
        best = max(ranks, key=lambda ranked: _level(ranked, level[:, point], int(most[point])))
        sizes[point] = min(most[point], *map(len, best))
        weights[:, :, point] = 0
        for side, members in enumerate(best):
            weights[side, members, point] = leads(len(members), int(sizes[point]))
            compared[side, members, point] = True
    return [Team((shares.T > 0).astype(float) @ compared[side] > 0, shares.T @ weights[side], sizes) for side in range(len(sides))]


def _ranked(pool: NDArray[np.intp], fits: Sequence[Mask], level: Array) -> list[NDArray[np.intp]]:
    """The members of each side in a pool at one point, best first; nothing where a side has none."""
    sides = [pool[fit[pool]] for fit in fits]
    return [side[np.argsort(-level[side], kind="stable")] for side in sides] if all(map(len, sides)) else []


def _level(sides: Sequence[NDArray[np.intp]], level: Array, most: int) -> float:
    """What the better side has of the outcome."""
    size = min(most, *map(len, sides))
    return max(float(leads(len(ranked), size) @ level[ranked]) for ranked in sides)


def _fits(side: Where, behaved: Mapping[str, Array]) -> Mask:
    """Which members behave like this at each point, shape (members, points)."""
    means = {name: behaved[name].mean(axis=WORLD) for name in side.ranges}
    result = np.logical_and.reduce([np.ones(behaved["lean"].shape[:2], dtype=bool), *(
        (low <= means[name]) & (means[name] <= high) for name, (low, high) in side.ranges.items())])
    if side.behaviour is None:
        return result
    wanted = [behaviour.CLASSES.index(name) for name in side.behaviour]
    classes = behaviour.classes(behaved)
    counts = np.stack([(classes == i).sum(axis=WORLD) for i in range(len(behaviour.CLASSES))])
    return result & np.isin(counts.argmax(axis=0), wanted)


def _members(measured: Mapping[str, Array], outcome: Array, tools: Sequence[Tools]) -> Array:
    """Share of each strategy in each member, shape (members, strategies): copies are one strategy, near-duplicates with the same tools one member."""
    measures = [*(measured[name] for name in behaviour.NEEDED), outcome]
    rows = np.concatenate([np.asarray(tools, dtype=float), *(values.reshape(len(tools), -1) for values in measures)], axis=1)
    _, first, which = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    which = which.ravel()
    result = []
    for near in near_duplicates([values[first] for values in measures]):
        for kit in dict.fromkeys(tools[first[i]] for i in near):
            alike = [i for i in near if tools[first[i]] == kit]
            share = np.zeros(len(tools))
            for i in alike:
                share[which == i] = 1 / len(alike) / (which == i).sum()
            result.append(share)
    return np.array(result)


def _pools(shares: Array, tools: Sequence[Tools]) -> list[NDArray[np.intp]]:
    """Members with the same tools, by number."""
    own = [tools[int(share.argmax())] for share in shares]
    return [np.array([i for i, each in enumerate(own) if each == kit]) for kit in sorted(set(own))]
