"""The actors. Each is one Mesa agent; what it decides, it decides for all worlds at once."""

from collections.abc import Container, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.axes import Array, Number, rival
from sim.mesa_core import Agent
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.policies.standing import Offer, PowerObservation, StandingRule, together
from sim.quantity import per_world
from sim.rules import pressure
from sim.strategies.mixed import Mixed, rule_of
from sim.strategies.observation import Decision, Observation
from sim.strategies.strategy import Strategy

if TYPE_CHECKING:
    from sim.worlds import Worlds


class SmallState(Agent):
    """A state of the region with a strategy; decides together with those beside it, see `Deciding`."""

    model: "Worlds"

    def __init__(self, model: "Worlds", name: str, strategy: Strategy) -> None:
        super().__init__(model)
        self.name, self.strategy = name, strategy


class Deciding:
    """States next to one another in the world's list that play one strategy, or each a mixed one: they observe and decide in one call.

    Args:
        states: Their positions.
        strategies: What they play from now on, with no memory of what was before.
    """

    def __init__(self, model: "Worlds", states: slice, strategies: Sequence[Strategy]) -> None:
        self.model, self.states = model, states
        self.rule = rule_of(strategies, model.parameters, model.start.tilt[:, states], model.start.breadth[:, states])

    def observe(self) -> Observation:
        """The states' view of the worlds at the end of the quarter."""
        m, s = self.model, self.states
        return Observation(
            quarter=m.quarter, tilt=m.tilt[:, s], breadth=m.breadth[:, s], accepted=m.accepted[:, s], pressure=m.pressure[:, s],
            leverage=m.leverage[:, s], start_pressure=m.present.pressure[:, s], start_leverage=m.present.leverage[:, s],
            claims=m.start.claims[:, s], pressing=m.pressing[:, s], reach=m.reach[:, None], trust=m.trust[:, s], tier=m.tier[:, s],
            visits=m.visits[:, s], perceived=m.perceived[:, :, s], alignment=m.alignment[:, s], output=m.output[s], consumption=m.consumption[s],
            legitimacy=m.legitimacy[s], rivalry=m.rivalry, challenge=m.challenge[s], challenged=m.challenged,
            exploration=m.exploration(s) if self.rule.explores else 0.0,
        )

    def decide(self) -> Decision:
        """Tilt and breadth for the next quarter."""
        return self.rule.decide(self.observe())


def by_strategy(model: "Worlds", states: Sequence[SmallState], alone: Container[int]) -> list[Deciding]:
    """The states in the order of the list, together with those beside them where one call can decide for them; some always alone."""
    played = [state.strategy for state in states]
    firsts = [i for i in range(len(states)) if i == 0 or i in alone or i - 1 in alone or not _together(played[i - 1], played[i])]
    return [Deciding(model, slice(first, end), played[first:end]) for first, end in pairwise([*firsts, len(states)])]


def _together(one: Strategy, other: Strategy) -> bool:
    if Mixed in (type(one), type(other)):
        return type(one) is type(other)
    # Numbers that differ by world are not compared.
    return one is other or (not any(True for each in (one, other) for _ in per_world(each)) and one == other)


class GreatPower(Agent):
    """A great power with a policy; the pressure, flows and visits that it offers each state are decided in `SameRule`."""

    model: "Worlds"

    def __init__(self, model: "Worlds", name: str, policy: Policy, resting: Policy) -> None:
        super().__init__(model)
        self.name, self.policy, self.resting = name, policy, resting


class SameRule:
    """Great powers that observe and decide in one call: both where both follow the standing rule, else each alone.

    Args:
        which: The position of a power that decides alone; None: all of them.
        policies, resting: What they follow from now on, and that under which the present rests.
    """

    def __init__(self, model: "Worlds", which: int | None, policies: Sequence[Policy], resting: Sequence[Policy]) -> None:
        self.model, self.which = model, which
        self.rule = POLICY_RULES[policies[0].rule](together(policies), model.parameters, together(resting).swing_bonus)

    def observe(self) -> PowerObservation:
        """The powers' view of every state, with this quarter's perceived alignment."""
        m = self.model
        return PowerObservation(
            alignment=m.alignment, trust=m.trust, governance_gap=m.start.governance_gap, rival_share=rival(m.flow_share), aid=m.aid,
            rival_aid=rival(m.aid), rival_visits=rival(m.visits), rivalry=m.rivalry, election=m.election,
        ).of(self.which)

    def decide(self) -> Offer:
        """What the powers offer this quarter."""
        return self.rule.decide(self.observe(), self.model.present.seen.of(self.which))


def by_rule(model: "Worlds", powers: Sequence[GreatPower], *, at_rest: bool = False) -> list[SameRule]:
    """The powers in their order; together where both follow the standing rule alone. A rule with its own code sees one power at a time."""
    resting = [power.resting for power in powers]
    policies = resting if at_rest else [power.policy for power in powers]
    if all(POLICY_RULES[policy.rule] is StandingRule and not policy.options for policy in policies):
        return [SameRule(model, None, policies, resting)]
    return [SameRule(model, g, [policy], [rests]) for g, (policy, rests) in enumerate(zip(policies, resting, strict=True))]


class Association(Agent):
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
