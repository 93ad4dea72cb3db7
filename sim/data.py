"""The data of a world: what is measured or assumed of its states and powers at the start."""

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sim.quantity import Frozen, Number, PerDomain, PerPartner, PerPower, Quantities, quantity

#: A name that may become part of a path: letters, digits, `_`, `.` and `-`, no `..`.
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$"
Name = Annotated[str, Field(pattern=NAME, max_length=64)]
QUARTER = r"^[0-9]{4}Q[1-4]$"
Quarter = Annotated[str, Field(pattern=QUARTER)]

PRESET = "world preset, graded there number by number"


class State(Quantities):
    """One small state at the start; `label` is its name for a reader."""

    label: str = ""

    output: Number = quantity(
        meaning="GDP", symbol="Y0", unit="USD bn/yr", domain="[0.001, 100000]", plausible=(10, 1200), source=PRESET, grade="A")
    capital_output: Number = quantity(
        meaning="Capital over output", symbol="K/Y", unit="yr", domain="[0.1, 20]", plausible=(1.5, 3.5), source=PRESET)
    access_weight: PerPartner = quantity(
        meaning="Weight of each partner in real income", symbol="w_j", domain="[0, 1)", plausible=(0.02, 0.45),
        each="partner", source=PRESET, grade="B")
    base_share: PerPower = quantity(
        meaning="Base share in a power's flows to the region", symbol="sh", domain="[0, 1]", plausible=(0, 0.5),
        each="power", source=PRESET, grade="B")
    other_flow_rate: Number = quantity(
        meaning="Flows from the rest of the world over GDP", symbol="rw", domain="[0, 1]", plausible=(0.01, 0.15),
        source=PRESET)
    governance_gap: PerPower = quantity(
        meaning="Governance gap a power may press on", symbol="governance_gap", domain="[0, 1]", plausible=(0, 0.8),
        each="power", source=PRESET)
    debt_ratio: PerPower = quantity(
        meaning="Debt to a power over GDP", symbol="debt/Y", unit="yr", domain="[0, 5]", plausible=(0, 0.4),
        each="power", source=PRESET, grade="B")
    perceived: PerPower = quantity(
        meaning="Perceived alignment with a power", symbol="P0", domain="[-1, 1]", plausible=(-0.5, 0.7), each="power",
        source=PRESET)
    trust: PerPower = quantity(
        meaning="Trust of a power", symbol="T0", domain="[0, 1]", plausible=(0.2, 0.8), each="power", source=PRESET)
    trust_baseline: PerPower = quantity(
        meaning="Level that trust returns to", symbol="Tb", domain="[0, 1]", plausible=(0.2, 0.7), each="power",
        source=PRESET)
    tilt: PerDomain = quantity(
        meaning="Tilt at the start", symbol="a at t=0", domain="[-1, 1]", plausible=(-1, 1), each="domain", source=PRESET)
    breadth: PerDomain = quantity(
        meaning="Breadth at the start", symbol="e at t=0", domain="[0, 1]", plausible=(0.3, 0.9), each="domain",
        source=PRESET)
    reference_growth: Number = quantity(
        meaning="Growth at which legitimacy does not change", symbol="gref", unit="1/yr", domain="[-0.2, 0.3]",
        plausible=(0.02, 0.07), source=PRESET)
    productivity_growth: Number = quantity(
        meaning="Growth of productivity", symbol="gA", unit="1/yr", domain="[-0.2, 0.3]", plausible=(0, 0.045),
        source="assumption: set so that baseline growth matches")
    domestic_investment: Number = quantity(
        meaning="Domestic investment rate", symbol="sinv", domain="[0, 0.8]", plausible=(0.10, 0.25), source="assumption")


class Power(Quantities):
    """One great power at the start."""

    output: Number = quantity(
        meaning="GDP of the power", symbol="YG", unit="USD bn/yr", domain="(0, 1000000]", plausible=(5000, 30000),
        source=PRESET, grade="A")
    output_growth: Number = quantity(
        meaning="Growth of the power's GDP", symbol="gG", unit="1/yr", domain="[-0.2, 0.2]", plausible=(0, 0.06),
        source=PRESET)
    budget_share: Number = quantity(
        meaning="Budget for the region over GDP", symbol="b", domain="[0, 0.1]", plausible=(0.0005, 0.004), source=PRESET)
    investment_share: Number = quantity(
        meaning="Share of investment in flows, the rest is aid", symbol="ff", domain="[0, 1]", plausible=(0.5, 0.95),
        source=PRESET)
    proximity: Number = quantity(
        meaning="Weight of distance in a power's reach", symbol="prox", domain="(0, 10]", plausible=(0.5, 1), source=PRESET)


class Powers(Frozen):
    """The two great powers; china is power 0, us is power 1."""

    china: Power
    us: Power


class World(Frozen):
    """Data of a world: its first quarter, its states in order, its powers."""

    name: Name
    description: str
    start: Quarter
    powers: Powers
    states: Annotated[dict[Name, State], Field(min_length=1, max_length=64)]

    @model_validator(mode="after")
    def _leaves_a_home(self) -> "World":
        open_ = [name for name, state in self.states.items() if np.any(sum(state.access_weight.values()) >= 1)]
        if open_:
            lines = (f"states.{name}.access_weight: the weights must sum to less than 1, the rest is home" for name in open_)
            raise PydanticCustomError("keyed", "{m}", {"m": "\n".join(lines)})
        return self
