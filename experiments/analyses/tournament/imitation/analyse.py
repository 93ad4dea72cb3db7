"""From what was played to the result; every number is finished here."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from experiments.analyses.tournament.imitation.result import MAIN, Ending, Gains, Group, OverGenerations, Played, Result, Statistics, bounded
from experiments.methods.evolution import drift, leaders, mean_of, shares_in, summed, window
from experiments.methods.intervals import Estimate, share_interval
from sim.axes import WORLD, Array

#: Strategies with a curve of their own.
FOLLOWED = 7


def analysed(played: Played) -> Result:
    """The result of what was played."""
    return Result(**{field.name: getattr(played, field.name) for field in fields(played)}, statistics=_statistics(played))


def _statistics(played: Played) -> Statistics:
    everywhere = _populations(played)
    final = window(everywhere)
    typical, low, high = np.quantile(final.max(axis=0), (0.5, 0.05, 0.95)).tolist()
    above, below = _differing(played.survivors, 1 / len(played.options.strategies))
    names, by_family = summed(played.main.shares, _families_of(played), 1)
    gains = _by_cases(played.main.gains.mean(axis=1), played)
    followed, others = _followed(played)
    endings, families = _endings(played), _families(played)
    return Statistics(
        above=above, below=below, largest=(typical, low, high), between=_spread(final),
        drift=drift(played.main.shares), families=families, endings=endings,
        strategies=OverGenerations(bounded(mean_of(played.main.shares)), _spread(everywhere)),
        by_family=OverGenerations(bounded(mean_of(by_family)), _spread(summed(everywhere, _families_of(played), 1)[1])), family_names=names,
        along={name: OverGenerations(mean_of(_by_cases(values, played)), _spread(values)) for name, values in (
            ("gain", played.main.gains.mean(axis=1)), ("cohesion", played.cohesion), ("reference_cohesion", played.reference_cohesion))},
        followed=followed, others=others,
        gains=Gains(mean_of(gains[0]), mean_of(window(gains)), mean_of(window(gains) - gains[0]),
                    mean_of(window(_by_cases(played.cohesion - played.reference_cohesion, played)))),
        survival=(share_interval(sum(played.leaders[0] in ending.leaders for ending in endings.values()), len(endings)),
                  share_interval(sum(bool(ending.families.value[0] >= ending.families.value.max()) for ending in endings.values()), len(endings))))


def _followed(played: Played) -> tuple[tuple[int, ...], Estimate | None]:
    """Strategies with a curve of their own, the largest share first, and the share of all others together; a single other one has its own curve too."""
    order = [int(i) for i in np.argsort(-played.mix.value, kind="stable")]
    if len(order) <= FOLLOWED + 1:
        return tuple(order), None
    return tuple(order[:FOLLOWED]), bounded(mean_of(played.main.shares[:, order[FOLLOWED:]].sum(axis=1)))


def _families_of(played: Played) -> tuple[str, ...]:
    """Family of each strategy."""
    return tuple(played.options.families.values())


def _populations(played: Played) -> Array:
    """Share of each strategy in each population of the main variant, shape (generations, strategies, populations)."""
    plays = played.main.plays
    return shares_in(plays, np.arange(plays.shape[WORLD]), len(played.options.strategies))


def _spread(shares: Array) -> Array:
    """5 and 95 % quantile over populations, shape (..., populations) to (2, ...)."""
    return np.quantile(shares, (0.05, 0.95), axis=WORLD)


def _by_cases(values: Array, played: Played) -> Array:
    """Values of populations, shape (..., populations), as means of independent cases: the same, but where populations share a mix."""
    replicas = played.options.variants[MAIN].replicas
    return np.stack([values[..., replicas == case].mean(axis=WORLD) for case in range(replicas.max() + 1)], axis=-1)


def _variant_shares(played: Played) -> tuple[tuple[str, ...], dict[str, Estimate]]:
    """Families, the largest in the main variant first, and the share of each in every variant."""
    names, main = summed(played.survivors, _families_of(played), 0)
    order = np.argsort(-main.mean(axis=WORLD), kind="stable")
    return tuple(names[i] for i in order), {
        name: bounded(mean_of(summed(window(trajectory.shares), _families_of(played), 0)[1][order])) for name, trajectory in played.trajectories.items()}


def _differing(shares: Array, level: Array | float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows clearly above and clearly below a level, all at once, from the largest mean, shape (things, cases)."""
    part = mean_of(shares, len(shares))
    return tuple(_by_share(np.flatnonzero(part.low > level), part.value)), tuple(_by_share(np.flatnonzero(part.high < level), part.value))


def _by_share(rows: NDArray[np.intp], by: Array) -> list[int]:
    """Rows, the largest first."""
    return sorted((int(i) for i in rows), key=lambda i: -float(by[i]))


def _families(played: Played) -> tuple[Group, ...]:
    own = _families_of(played)
    names, cases = summed(played.survivors, own, 0)
    mix, even = bounded(mean_of(cases)), np.array([own.count(name) / len(own) for name in names])
    above, below = _differing(cases - even[:, None], 0.0)
    return tuple(Group(names[i], own.count(names[i]), mix[i], float(even[i]), (i in above) - (i in below)) for i in _by_share(np.arange(len(names)), mix.value))


def _endings(played: Played) -> dict[str, Ending]:
    _, families = _variant_shares(played)
    result = {}
    for name, trajectory in played.trajectories.items():
        cases = window(trajectory.shares)
        result[name] = Ending(bounded(mean_of(cases)), leaders(cases), played.difference(name), families[name])
    return result
