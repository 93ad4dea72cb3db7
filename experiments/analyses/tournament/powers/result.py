"""The result of the game of the powers."""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.methods.games import Actions, Mask
from experiments.methods.intervals import Estimate, leaders
from sim.axes import Array


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium in pure actions.

    Attributes:
        profile: Numbers of the strategy, of the policies of the first and of the second power.
        in_mean_payoffs: Whether it is an equilibrium of the mean payoffs.
        share: Share of the resamples in which it is one.
    """

    profile: tuple[int, int, int]
    in_mean_payoffs: bool
    share: Estimate


@dataclass(frozen=True)
class MixedEquilibria:
    """Equilibria of the powers in pure and mixed policies.

    Attributes:
        pairs: Chance of each policy of the two powers, for each equilibrium, see `experiments.methods.games.Mixed`.
        complete: Whether all of them are there.
        shares: For each, the share of the resamples with an equilibrium over the same policies.
    """

    pairs: tuple[tuple[Array, Array], ...]
    complete: bool
    shares: tuple[Estimate, ...]


@dataclass(frozen=True)
class OtherWays:
    """The long run computed in other ways.

    Attributes:
        strengths: Shares of the policies of the two powers, by strength of selection.
        replicated: Where replicator dynamics from even shares end: strategies, policies of the first power, of the second.
    """

    strengths: Mapping[float, tuple[Array, Array]]
    replicated: tuple[Array, ...]


@dataclass(frozen=True)
class Rung:
    """The game at a price.

    Attributes:
        price: The price; None: the ratio.
        at_once: Equilibria where all three choose at once, those of most resamples first.
        none_at_once: Share of the resamples without any.
        answers: The small state's best strategy at each pair of policies, shape (C, U).
        best: Where each power's policy is best when the small state answers, shape (2, C, U).
        led: Equilibria where the powers choose and the small state answers.
        none_led: Share of the resamples without any in pure policies.
        mixed: Equilibria of the powers in pure and mixed policies.
        cycles: Sets of pairs, by number, that best answers of the powers end in and do not leave.
        pairs: Share of the long run of each pair of policies, shape (C, U).
        strategies: Share of the long run of each strategy.
        policies: Share of the long run of each policy of the two powers.
        other_ways: The long run computed in other ways.
        mixes: The share of each pair in each resample, shape (1 + resamples, C, U).
    """

    price: float | None
    at_once: tuple[Equilibrium, ...]
    none_at_once: Estimate
    answers: Actions
    best: Mask
    led: tuple[Equilibrium, ...]
    none_led: Estimate
    mixed: MixedEquilibria
    cycles: tuple[Actions, ...]
    pairs: Estimate
    strategies: Estimate
    policies: tuple[Estimate, Estimate]
    other_ways: OtherWays
    mixes: Array

    @property
    def leading(self) -> tuple[list[int], list[int], list[int]]:
        """Policies of the two powers, and strategies, that lead the long run: the first, then those that cannot be distinguished from it."""
        first, second = map(leaders, self.policies)
        return first, second, leaders(self.strategies)

    @property
    def name(self) -> str:
        """Name of the rung: the price, or the ratio."""
        return "ratio" if self.price is None else f"{self.price:g}"
