"""The standing rule: every policy that is YAML only. MODEL.md, steps 4 to 6."""

from dataclasses import dataclass

import numpy as np

from sim.axes import Array
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import Quantities
from sim.rules.numeric import expit

#: Governance is pressed twice as hard in the two quarters before an election, every five years.
ELECTION_CYCLE, ELECTION_SEASON = 20, 18


@dataclass(slots=True)
class PowerObservation:
    """What one power observes of every state when it decides, in all worlds at once.

    Arrays have shape (S, R) or (S, 1). `alignment` is this quarter's, after perception; all else is last
    quarter's. `rival_share` is the rival's smoothed share in a state's external capital; `start_` values
    are those at the start of the world. In the first quarter aid and visits are 0.
    """

    quarter: int
    alignment: Array
    trust: Array
    start_alignment: Array
    start_trust: Array
    governance_gap: Array
    rival_share: Array
    aid: Array
    rival_aid: Array
    rival_visits: Array


@dataclass(slots=True)
class Offer:
    """What one power wants to do to every state, arrays of shape (S, R) or broadcastable.

    Attributes:
        drive: Pressure it wants, clipped to [0, 1] by the world.
        attraction: Weight of a state in its flows, > 0.
        visits: Effort in high-level visits, >= 0.
    """

    drive: Array
    attraction: Array
    visits: Array


class StandingRule:
    """Press the distant and the badly governed, reward the aligned and trusted, match the rival, court the undecided."""

    #: Numbers of this rule beyond those of every policy; a class of `Quantities`.
    Options: type[Quantities] = Quantities

    def __init__(self, policy: Policy, parameters: Parameters) -> None:
        self.policy = policy
        self.parameters = parameters
        self.options = self.Options.model_validate(dict(policy.options))
        # Skip what the policy never uses.
        self._matches, self._courts = (bool(np.any(np.asarray(x) != 0)) for x in (policy.match_rival, policy.swing_bonus))

    def decide(self, seen: PowerObservation) -> Offer:
        """Choose pressure, flows and visits for every state in every world."""
        return Offer(self.drive(seen), self.attraction(seen), np.atleast_1d(np.asarray(self.policy.visits, dtype=float)))

    def drive(self, seen: PowerObservation) -> Array:
        """Pressure wanted: on too little alignment, which trust excuses, and on governance, doubled before elections."""
        policy, p = self.policy, self.parameters
        shortfall = policy.tolerance - seen.alignment - p.trust_tolerance * (seen.trust - 0.5)
        election = seen.quarter % ELECTION_CYCLE >= ELECTION_SEASON
        return policy.punish * expit(shortfall / p.pressure_softness) + policy.norms * seen.governance_gap * (1 + election)

    def attraction(self, seen: PowerObservation) -> Array:
        """Weight of each state in the power's flows."""
        policy, p = self.policy, self.parameters
        affinity = policy.reward * (seen.alignment - seen.start_alignment) + p.trust_elasticity * (seen.trust - seen.start_trust)
        weight: Array = np.exp(affinity)
        if self._matches:
            weight = weight * (1 + policy.match_rival * seen.rival_share)
        if self._courts:
            weight = weight * (1 + policy.swing_bonus * (1 - seen.alignment**2))
        return weight
