"""The actors. Each is one Mesa agent that decides for all worlds at once."""

from typing import TYPE_CHECKING

import mesa

from sim.axes import Array, Number
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.policies.standing import Offer, PowerObservation
from sim.rules import pressure
from sim.strategies.mixed import rule_of
from sim.strategies.observation import Decision, Observation
from sim.strategies.strategy import Strategy

if TYPE_CHECKING:
    from sim.worlds import Worlds


class SmallState(mesa.Agent):
    """A state of ASEAN with a strategy; decides its tilt and breadth."""

    model: "Worlds"

    def __init__(self, model: "Worlds", name: str, index: int, strategy: Strategy) -> None:
        super().__init__(model)
        self.name, self.index, self.strategy = name, index, strategy
        self.rule = rule_of(strategy, model.parameters)

    def observe(self) -> Observation:
        """The state's view of the worlds at the end of the quarter."""
        m, i = self.model, self.index
        return Observation(
            quarter=m.quarter, tilt=m.tilt[:, i], breadth=m.breadth[:, i], flow=m.flow[:, i], pressure=m.pressure[:, i],
            leverage=m.leverage[:, i], reach=m.reach, trust=m.trust[:, i], tier=m.tier[:, i], visits=m.visits[:, i],
            perceived=m.perceived[:, :, i], output=m.output[i], consumption=m.consumption[i],
            legitimacy=m.legitimacy[i], rivalry=m.rivalry, exploration=m.exploration(i) if self.rule.explores else 0.0,
        )

    def decide(self) -> Decision:
        """Tilt and breadth for the next quarter."""
        return self.rule.decide(self.observe())


class GreatPower(mesa.Agent):
    """A great power with a policy; decides the pressure, flows and visits it offers each state."""

    model: "Worlds"

    def __init__(self, model: "Worlds", name: str, index: int, policy: Policy) -> None:
        super().__init__(model)
        self.name, self.index, self.policy = name, index, policy
        self.rule = POLICY_RULES[policy.rule](policy, model.parameters)

    def observe(self) -> PowerObservation:
        """The power's view of every state, with this quarter's perceived alignment."""
        m, own, rival = self.model, self.index, 1 - self.index
        return PowerObservation(
            quarter=m.quarter, alignment=m.alignment[own], trust=m.trust[own], start_alignment=m.start_alignment[own],
            start_trust=m.start_trust[own], governance_gap=m.governance_gap[own], rival_share=m.flow_share[rival],
            aid=m.aid[own], rival_aid=m.aid[rival], rival_visits=m.visits[rival],
        )

    def decide(self) -> Offer:
        """What the power offers this quarter."""
        return self.rule.decide(self.observe())


class Asean(mesa.Agent):
    """The association: decides nothing; its cohesion and buffer follow from its members."""

    model: "Worlds"

    def cohesion(self) -> Array:
        """How united the members are, shape (R,)."""
        return pressure.cohesion(self.model.tilt)

    def buffer(self, cohesion: Array, strength: Number) -> Array:
        """Share of pressure the association absorbs, shape (R,)."""
        return pressure.buffer(cohesion, self.model.asean_effort, strength=strength)
