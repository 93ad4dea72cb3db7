"""A great power's policy towards the region: the numbers that a policy YAML may hold."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from sim.data import Name
from sim.quantity import Number, Quantities, quantity

CHOICE = "choice of the power"


class Policy(Quantities):
    """A great power's policy, fixed within a run. Source: MODEL.md, section "Policies".

    `rule` names the Python class in `sim.policies.RULES` that decides each quarter; the default needs
    no code. `label` is what it is called in a sentence; empty: its name. `options` are the numbers of a rule with its own code.
    """

    name: Name
    label: Annotated[str, Field(max_length=40)] = ""
    description: str = Field(min_length=1)
    source: str = Field(min_length=1)
    rule: Name = "standing"
    options: Mapping[str, Any] = Field(default_factory=dict)

    commitment: Number = quantity(
        1.0, meaning="Regional effort", symbol="C", domain="[0, 10]", plausible=(0.1, 2), source=CHOICE)
    reward: Number = quantity(
        0.0, meaning="Reward of alignment in flows", symbol="phi", domain="[-10, 10]", plausible=(0, 3), source=CHOICE)
    withdraw: Number = quantity(
        1.0, meaning="Share of the reward taken back from a state that moves away", symbol="withdraw", domain="[0, 1]", plausible=(0, 1), source=CHOICE)
    match_rival: Number = quantity(
        0.0, meaning="Matching of the rival's flows", symbol="chi", domain="[0, 10]", plausible=(0, 3), source=CHOICE)
    swing_bonus: Number = quantity(
        0.0, meaning="Bonus in flows for states close to neither power", symbol="omega", domain="[0, 10]", plausible=(0, 3), source=CHOICE)
    punish: Number = quantity(
        0.0, meaning="Pressure on unaligned states", symbol="psi", domain="[0, 1]", plausible=(0, 1), source=CHOICE)
    tolerance: Number = quantity(
        -0.2, meaning="Alignment below which the power punishes", symbol="tau", domain="[-5, 5]", plausible=(-0.6, 0.6),
        source=CHOICE)
    norms: Number = quantity(
        0.0, meaning="Pressure on governance", symbol="kap", domain="[0, 5]", plausible=(0, 0.6), source=CHOICE)
    visits: Number = quantity(
        1.0, meaning="Effort in high-level visits", symbol="V", domain="[0, 10]", plausible=(0, 2), source=CHOICE)
    security_weight: Number = quantity(
        0.5, meaning="Weight of security in what the power watches", symbol="ws", domain="[0, 1]", plausible=(0, 1),
        source=CHOICE)
