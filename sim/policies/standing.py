"""The standing rule: every policy that is YAML only. MODEL.md, steps 4 to 6."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.axes import Array, Number, gathered, stack
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import Quantities, quantities
from sim.rules.numeric import expit


@dataclass(slots=True)
class PowerObservation:
    """What the powers observe of every state when they decide, in all worlds at once.

    Arrays have shape (G, S, R) or (G, S, 1), without the axis G for a power that decides alone; rivalry (R,) and election (S, 1).
    `alignment` and rivalry are this quarter's, after perception; all else is last quarter's. `rival_share` is the rival's smoothed share
    in a state's external capital.

    Attributes:
        election: 1 where a state has an election this quarter or the next, else 0.
    """

    alignment: Array
    trust: Array
    governance_gap: Array
    rival_share: Array
    aid: Array
    rival_aid: Array
    rival_visits: Array
    rivalry: Array
    election: Array

    def of(self, which: int | None) -> "PowerObservation":
        """What one power sees, by its position; None: all of them."""
        if which is None:
            return self
        # Rivalry and elections are the same for both.
        whole: dict[str, Array] = {field.name: getattr(self, field.name) for field in fields(self)}
        return PowerObservation(**{name: value[which] if value.ndim > 2 else value for name, value in whole.items()})


@dataclass(slots=True)
class Offer:
    """What the powers want to do to every state, arrays of shape (G, S, R), or (S, R) by one that decides alone, or broadcastable.

    Attributes:
        drive: Pressure it wants, clipped to [0, 1] by the world.
        attraction: Weight of a state in its flows over that at the start, > 0.
        visits: Effort in high-level visits, >= 0.
    """

    drive: Array
    attraction: Array
    visits: Array


def by_power(parts: Sequence[Array]) -> Array:
    """What is decided for all powers in one call, or for each in its own, as one, shape (G, S, R) or broadcastable."""
    return parts[0] if len(parts) == 1 else gathered([np.atleast_2d(part) for part in parts], axis=0)


def together(policies: Sequence[Policy]) -> Policy:
    """Policies of the standing rule as one, its numbers of shape (G, 1, 1) or (G, 1, R); one alone as it is."""
    if len(policies) == 1:
        return policies[0]
    return policies[0].model_copy(update={name: stack([getattr(policy, name) for policy in policies])[:, None] for name in quantities(Policy)})


class StandingRule:
    """Press the distant and the badly governed, reward the aligned and trusted, match the rival, court the undecided.

    Args:
        policy: The policy in force, or those of all powers `together`.
        parameters: Structural parameters.
        resting_swing: Swing bonus of the policy under which the present rests.
    """

    #: Numbers of this rule beyond those of every policy; a class of `Quantities`.
    Options: type[Quantities] = Quantities

    def __init__(self, policy: Policy, parameters: Parameters, resting_swing: Number = 0.0) -> None:
        self.policy, self.parameters, self.resting_swing = policy, parameters, resting_swing
        self.options = self.Options.model_validate(dict(policy.options))
        self._courting_at_rest: Array | None = None
        # Skip what the policy does not use, or what comes to the same.
        self._matches = bool(np.any(np.asarray(policy.match_rival) != 0))
        self._withdraws_all = bool(np.all(np.asarray(policy.withdraw) == 1))

    def decide(self, seen: PowerObservation, start: PowerObservation) -> Offer:
        """Choose pressure, flows and visits for every state in every world, from what is seen now and what was seen at rest."""
        return Offer(self.drive(seen), self.attraction(seen, start), self.visits(seen))

    def drive(self, seen: PowerObservation) -> Array:
        """Pressure wanted: on too little alignment, which trust excuses, and on governance, doubled around elections."""
        policy, p = self.policy, self.parameters
        shortfall = policy.tolerance - seen.alignment - p.trust_tolerance * (seen.trust - 0.5)
        return policy.punish * expit(shortfall / p.pressure_softness) + policy.norms * seen.governance_gap * (1 + seen.election)

    def attraction(self, seen: PowerObservation, start: PowerObservation) -> Array:
        """Weight of each state in the power's flows over that at the start."""
        policy, p = self.policy, self.parameters
        moved = seen.alignment - start.alignment
        if not self._withdraws_all:
            moved = np.maximum(moved, 0) - policy.withdraw * np.maximum(-moved, 0)
        weight: Array = np.exp(policy.reward * moved + p.trust_elasticity * (seen.trust - start.trust))
        if self._courting_at_rest is None:
            self._courting_at_rest = self._courting(self.resting_swing, start)
        weight *= self._courting(policy.swing_bonus, seen)
        weight /= self._courting_at_rest
        if self._matches:
            weight *= (1 + policy.match_rival * seen.rival_share) / (1 + policy.match_rival * start.rival_share)
        return weight

    def _courting(self, swing_bonus: Number, seen: PowerObservation) -> Array:
        """Bonus for states close to neither power, larger as rivalry rises."""
        return 1 + (swing_bonus + self.parameters.contest_bonus * seen.rivalry) * (1 - seen.alignment**2)

    def visits(self, seen: PowerObservation) -> Array:
        """Effort in high-level visits."""
        return np.atleast_1d(np.asarray(self.policy.visits, dtype=float))
