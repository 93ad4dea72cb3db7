"""Replicator dynamics: shares of actions in populations whose members multiply by their payoff."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.integrate import solve_ivp

from sim.axes import Array


def replicator(payoff: Array, start: Array, times: Array) -> Array:
    """Shares of actions in one population whose members meet at random and multiply by their payoff, shape (times, actions).

    Args:
        payoff: Payoff of the row action against the column action, shape (actions, actions).
        start: Shares at the first time, which add up to 1; an action with share 0 keeps it.
        times: Times at which shares are returned, increasing.

    Source: Taylor & Jonker (1978).
    """
    return _shares(lambda mixes: [payoff @ mixes[0]], [start], times)[0]


def replicators(payoffs: Array, starts: Sequence[Array], times: Array) -> tuple[Array, ...]:
    """Shares of actions where each player is a population and the populations meet one another, each of shape (times, actions).

    Args:
        payoffs: Shape (players, *actions).
        starts: Shares of each population at the first time.
        times: Times at which shares are returned, increasing.

    Source: Taylor (1979).
    """
    def growth(mixes: list[Array]) -> list[Array]:
        return [expected(own, mixes, player) for player, own in enumerate(payoffs)]

    return _shares(growth, starts, times)


def expected(own: Array, mixes: Sequence[Array], player: int) -> Array:
    """Expected payoff of each action of a player when the others mix, shape (actions,).

    Args:
        own: Payoffs of the player, shape (*actions).
        mixes: Mix of every player; the player's own is not used.
        player: Number of the player.
    """
    for other in reversed(range(len(mixes))):
        if other != player:
            own = np.tensordot(own, mixes[other], axes=(other, 0))
    return own


def _shares(growth: Callable[[list[Array]], list[Array]], starts: Sequence[Array], times: Array) -> tuple[Array, ...]:
    """Integrate the logs of the shares that are not 0: they stay positive whatever the step."""
    present = [start > 0 for start in starts]
    ends = np.cumsum([int(some.sum()) for some in present])[:-1]

    def mixes_of(logs: Array) -> list[Array]:
        mixes = []
        for part, some in zip(np.split(logs, ends), present, strict=True):
            weight = np.exp(part - part.max())
            mixes.append(np.zeros(len(some)))
            mixes[-1][some] = weight / weight.sum()
        return mixes

    def slope(_: float, logs: Array) -> Array:
        mixes = mixes_of(logs)
        return np.concatenate([(fitness - mix @ fitness)[some] for fitness, mix, some in zip(growth(mixes), mixes, present, strict=True)])

    logs = np.concatenate([np.log(start[some]) for start, some in zip(starts, present, strict=True)])
    result = solve_ivp(slope, (times[0], times[-1]), logs, method="DOP853", t_eval=times, rtol=1e-10, atol=1e-12)
    over_time = [mixes_of(each) for each in result.y.T]
    return tuple(np.stack([mixes[k] for mixes in over_time]) for k in range(len(starts)))
