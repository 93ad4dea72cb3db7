"""Everything that determines a run, in one frozen object."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sim.data import Name, World
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import Frozen, per_world
from sim.scenario import Scenario, Timetable
from sim.strategies.strategy import Strategy


class Size(Frozen):
    """How much is simulated and with which noise; fields as in `Settings`."""

    horizon: Annotated[int, Field(ge=1, le=4000)] = 60
    n_worlds: Annotated[int, Field(ge=1, le=10_000_000)] = 1024
    seed: Annotated[int, Field(ge=0, lt=2**128)] = 2020
    deterministic: bool = False


class Settings(Size):
    """What a simulation needs to know. Two runs with equal settings give equal bits.

    Attributes:
        world: Data of states and powers.
        parameters: Structural parameters.
        focal: The state whose strategy is compared.
        policies: Policy of each power, by its key.
        resting_policies: Policies under which the present rests: those of the world file.
        peers: Strategy of every state; the strategy compared replaces that of the focal state.
        strategies: Strategies of a comparison, by name.
        scenario: Dated events.
        switched_policies: Policies that events switch to, by name.
        switched_strategies: Strategies that events switch to, by name.
        horizon: Quarters simulated.
        n_worlds: Replicate worlds.
        seed: Entropy of all random streams.
        deterministic: Noise off, crises and outbreaks only by event, visits at their probability.
    """

    world: World
    parameters: Parameters
    focal: Name
    policies: dict[Name, Policy]
    resting_policies: dict[Name, Policy]
    peers: dict[Name, Strategy]
    strategies: dict[Name, Strategy] = Field(default_factory=dict)
    scenario: Scenario
    switched_policies: dict[Name, Policy] = Field(default_factory=dict)
    switched_strategies: dict[Name, Strategy] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        states = list(self.world.states)
        problems: list[str] = []
        if self.focal not in states:
            problems.append(f"focal: unknown state {self.focal!r}; this world has {', '.join(states)}")
        missing = [state for state in states if state not in self.peers and state != self.focal]
        if missing:
            problems.append(f"peers: no strategy for {', '.join(missing)}; add {missing[0]}: status_quo, or all: status_quo for every state")
        problems += [f"peers.{state}: unknown state; this world has {', '.join(states)}" for state in self.peers if state not in states]
        powers = list(self.world.powers)
        for field in ("policies", "resting_policies"):
            if list(getattr(self, field)) != powers:
                problems.append(f"{field}: one policy for each of {', '.join(powers)}; in this order; got {', '.join(getattr(self, field)) or 'none'}")
        problems += [f"resting_policies.{power}: the present rests on a policy with some commitment, got 0"
                     for power, policy in self.resting_policies.items() if not np.all(np.asarray(policy.commitment) > 0)]
        for path, values in per_world(self):
            if len(values) != self.n_worlds:
                problems.append(f"{'.'.join(path)}: one value per world means {self.n_worlds} values, got {len(values)}")
        if not problems:
            try:
                self.timetable()
            except ValueError as error:
                problems += str(error).split("\n")
        if problems:
            raise PydanticCustomError("keyed", "{m}", {"m": "\n".join(problems)})
        return self

    def timetable(self) -> Timetable:
        """The scenario's events in quarters of this world."""
        return Timetable(self.scenario, self.world.start, list(self.world.states), list(self.world.powers), self.focal,
                         list(self.switched_policies), list(self.switched_strategies))

    def replace(self, **changes: Any) -> "Settings":
        """A copy with some fields changed, checked again.

        Raises:
            pydantic.ValidationError: The changed settings do not fit together.
        """
        values = {name: getattr(self, name) for name in type(self).model_fields} | changes
        return type(self).model_validate(values)
