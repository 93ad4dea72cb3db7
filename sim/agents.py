"""The actors. Each is one Mesa agent that decides for all worlds at once."""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.axes import Array, Number
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.policies.standing import Offer, PowerObservation
from sim.rules import pressure
from sim.scenario import quarter_index
from sim.strategies.mixed import rule_of
from sim.strategies.observation import Decision, Observation
from sim.strategies.strategy import Strategy

if TYPE_CHECKING:
    from sim.worlds import Worlds

#: Governance is pressed on harder in the quarter of an election and in as many before it.
ELECTION_SEASON = 1


class SmallState(mesa.Agent):
    """A state of the region with a strategy; decides its tilt and breadth."""

    model: "Worlds"

    def __init__(self, model: "Worlds", name: str, index: int, strategy: Strategy) -> None:
        super().__init__(model)
        self.name, self.index = name, index
        self.elections = model.settings.world.states[name].elections
        self._an_election = 0 if self.elections is None else quarter_index(self.elections.first, model.settings.world.start)
        self.play(strategy)

    def play(self, strategy: Strategy) -> None:
        """Take up a strategy, with no memory of what was before."""
        self.strategy = strategy
        self.rule = rule_of(strategy, self.model.parameters, self.model.start.tilt[:, self.index], self.model.start.breadth[:, self.index])

    def votes(self, quarter: int) -> bool:
        """Whether there is an election in this quarter, counted from the world's first, or in the next."""
        return self.elections is not None and any((quarter + ahead - self._an_election) % (4 * self.elections.every) == 0
                                                  for ahead in range(ELECTION_SEASON + 1))

    def observe(self) -> Observation:
        """The state's view of the worlds at the end of the quarter."""
        m, i = self.model, self.index
        return Observation(
            quarter=m.quarter, tilt=m.tilt[:, i], breadth=m.breadth[:, i], accepted=m.accepted[:, i], pressure=m.pressure[:, i],
            leverage=m.leverage[:, i], start_pressure=m.present.pressure[:, i], start_leverage=m.present.leverage[:, i],
            claims=m.start.claims[:, i], pressing=m.pressing[:, i], reach=m.reach, trust=m.trust[:, i], tier=m.tier[:, i], visits=m.visits[:, i],
            perceived=m.perceived[:, :, i], alignment=m.alignment[:, i], output=m.output[i], consumption=m.consumption[i],
            legitimacy=m.legitimacy[i], rivalry=m.rivalry, challenge=m.challenge[i], challenged=m.challenged,
            exploration=m.exploration(i) if self.rule.explores else 0.0,
        )

    def decide(self) -> Decision:
        """Tilt and breadth for the next quarter."""
        return self.rule.decide(self.observe())


class GreatPower(mesa.Agent):
    """A great power with a policy; decides the pressure, flows and visits it offers each state."""

    model: "Worlds"

    def __init__(self, model: "Worlds", name: str, index: int, policy: Policy, resting: Policy) -> None:
        super().__init__(model)
        self.name, self.index, self.resting = name, index, resting
        self.resting_rule = POLICY_RULES[resting.rule](resting, model.parameters, resting.swing_bonus)
        self.follow(policy)

    def follow(self, policy: Policy) -> None:
        """Take up a policy."""
        self.policy = policy
        self.rule = POLICY_RULES[policy.rule](policy, self.model.parameters, self.resting.swing_bonus)

    def observe(self) -> PowerObservation:
        """The power's view of every state, with this quarter's perceived alignment."""
        m, own, rival = self.model, self.index, 1 - self.index
        return PowerObservation(
            alignment=m.alignment[own], trust=m.trust[own], governance_gap=m.start.governance_gap[own], rival_share=m.flow_share[rival],
            aid=m.aid[own], rival_aid=m.aid[rival], rival_visits=m.visits[rival], rivalry=m.rivalry, election=m.election,
        )

    def decide(self) -> Offer:
        """What the power offers this quarter."""
        return self.rule.decide(self.observe(), self.model.present.seen[self.index])


class Association(mesa.Agent):
    """The association of the region, where there is one: decides nothing; its cohesion and buffer follow from its members."""

    model: "Worlds"

    def __init__(self, model: "Worlds", exists: bool) -> None:
        super().__init__(model)
        self.exists = exists

    def cohesion(self) -> Array:
        """How united the states are, shape (R,)."""
        return pressure.cohesion(self.model.tilt)

    def buffer(self, cohesion: Array, strength: Number) -> Array:
        """Share of pressure the association absorbs, shape (R,); 0 without an association."""
        return pressure.buffer(cohesion, self.model.effort, strength=strength) if self.exists else np.zeros_like(cohesion)
