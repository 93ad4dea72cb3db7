"""The facts of a world: figures about states and powers that anybody can look up. MODEL.md, section "A world is a list of facts".

`sim.coefficients` makes the numbers of the equations from them.
"""

from collections.abc import Iterable
from typing import Annotated

import numpy as np
from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from sim.axes import N_POWERS, REST_KEY, Array, stack
from sim.quantity import Frozen, Number, PerDomain, PerKey, Quantities, quantities, quantity

#: A name that may become part of a path: letters, digits, `_`, `.` and `-`, no `..`.
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$"
Name = Annotated[str, Field(pattern=NAME, max_length=64)]
QUARTER = r"^[0-9]{4}Q[1-4]$"
Quarter = Annotated[str, Field(pattern=QUARTER)]
Label = Annotated[str, Field(min_length=1, max_length=60)]

PRESET = "world file, with year, source and grade of each figure"
FEWEST_STATES, MOST_STATES = 2, 40
#: Keys that powers cannot have, since they mean something else beside them.
TAKEN = (REST_KEY, "other", "all", "focal")
#: The creditor beside the powers.
OTHER_KEY = "other"


def _plainly(name: str) -> str:
    """A name without what does not distinguish it."""
    return "".join(name.casefold().split())


class Elections(Frozen):
    """The calendar of elections: the quarter of one of them, and the years between two."""

    first: Quarter
    every: Annotated[int, Field(ge=1, le=100)]


class State(Quantities):
    """Facts of one small state in the base year; `label` is its name for a reader."""

    label: str = ""

    output: Number = quantity(
        meaning="GDP", symbol="Y0", unit="USD bn/yr", domain="[0.001, 100000]", plausible=(10, 1200), source=PRESET, grade="A")
    growth: Number = quantity(
        meaning="Growth expected at the start", symbol="growth", unit="1/yr", domain="[-0.1, 0.2]", plausible=(0.02, 0.07), source=PRESET, grade="B")
    trade: PerKey = quantity(
        meaning="Exports and imports", symbol="trade", unit="USD bn/yr", domain="[0, 100000]", plausible=(0, 500), each="partner", source=PRESET,
        grade="A")
    investment: PerKey = quantity(
        meaning="Inflow of foreign direct investment, mean of five years", symbol="investment", unit="USD bn/yr", domain="[0, 100000]",
        plausible=(0, 60), each="partner", source=PRESET, grade="B")
    aid: PerKey = quantity(
        meaning="Official finance, loans included, mean of five years", symbol="aid", unit="USD bn/yr", domain="[0, 100000]", plausible=(0, 5),
        each="power", source=PRESET, grade="B")
    fdi_stock: PerKey = quantity(
        meaning="Stock of foreign direct investment", symbol="fdi_stock", unit="USD bn", domain="[0, 1000000]", plausible=(0, 700), each="partner",
        source=PRESET, grade="B")
    debt: PerKey = quantity(
        meaning="Public external debt by creditor", symbol="debt", unit="USD bn", domain="[0, 1000000]", plausible=(0, 200), each="creditor",
        source=PRESET, grade="B")
    tilt: PerKey = quantity(
        meaning="Tilt by each measure, + to the first power", symbol="tilt", domain="[-1, 1]", plausible=(-0.7, 0.5), each="measure", source=PRESET,
        grade="B")
    breadth: PerDomain = quantity(
        0.6, meaning="Openness to both powers alike", symbol="breadth", domain="[0, 1]", plausible=(0.4, 0.8), each="domain", source="assumption")
    tier: PerKey = quantity(
        meaning="Partnership tier with a power", symbol="tier", domain="[0, 3]", plausible=(0, 3), each="power", source=PRESET, grade="B")
    treaty: PerKey = quantity(
        meaning="Defence treaty with a power, 0 or 1", symbol="treaty", domain="[0, 1]", plausible=(0, 1), each="power", source=PRESET, grade="A")
    claims: PerKey = quantity(
        meaning="Loss from a claim or threat that a power makes, at its full reach", symbol="claims", unit="share of GDP/yr", domain="[0, 0.5]",
        plausible=(0, 0.02), each="power", source=PRESET)
    governance_gap: PerKey = quantity(
        meaning="What a power presses on in governance", symbol="gap", domain="[0, 1]", plausible=(0, 0.8), each="power", source=PRESET)
    elections: Elections | None = None
    legitimacy: Number = quantity(
        0.6, meaning="Legitimacy in the base year", symbol="Lbar", domain="[0, 1]", plausible=(0.4, 0.8), source="assumption")
    trust_baseline: PerKey | None = quantity(
        None, meaning="Level that a power's trust returns to; 0.4 where not given", symbol="Tb", domain="[0, 1]", plausible=(0.2, 0.6), each="power",
        source="assumption")


#: Trust baseline where a file gives none.
USUAL_TRUST = 0.4


class Power(Quantities):
    """Facts of one great power in the base year, and the policy it has."""

    label: Label
    adjective: Label
    policy: Name

    output: Number = quantity(
        meaning="GDP of the power", symbol="YG", unit="USD bn/yr", domain="(0, 1000000]", plausible=(1000, 30000), source=PRESET, grade="A")
    growth: Number = quantity(
        meaning="Growth of the power's GDP expected at the start", symbol="gG", unit="1/yr", domain="[-0.1, 0.2]", plausible=(0, 0.06), source=PRESET,
        grade="B")
    proximity: Number = quantity(
        meaning="Weight of distance in a power's reach", symbol="prox", domain="(0, 10]", plausible=(0.5, 1), source=PRESET)
    lumps: Number = quantity(
        1.0, meaning="Unevenness of a power's official finance", symbol="lambda", domain="[0, 2]", plausible=(0, 1.2),
        source="1: commitments as AidData counts them; 0.15: steady disbursements", grade="B")


class Association(Frozen):
    """The association of the region's states."""

    label: Label


class Region(Frozen):
    """The region, and its association where there is one."""

    label: Label
    association: Association | None = None


class World(Quantities):
    """Facts of a world: its first quarter, region, states in order, powers in order, and the world around them.

    `states.NAME.tilt` and all other values by power have the keys of `powers`; the first of them is power 0.
    """

    name: Name
    description: str
    start: Quarter
    region: Region
    powers: Annotated[dict[Name, Power], Field(min_length=N_POWERS, max_length=N_POWERS)]
    states: Annotated[dict[Name, State], Field(min_length=FEWEST_STATES, max_length=MOST_STATES)]

    world_output: Number = quantity(
        meaning="GDP of the world", symbol="W", unit="USD bn/yr", domain="(0, 10000000]", plausible=(50000, 150000), source=PRESET, grade="A")
    world_growth: Number = quantity(
        0.028, meaning="Growth of the world's GDP", symbol="world_growth", unit="1/yr", domain="[-0.1, 0.2]", plausible=(0.02, 0.035),
        source="World Bank WDI", grade="A")
    rivalry: Number = quantity(
        meaning="Rivalry between the powers at the start", symbol="x0", unit="logit", domain="[-10, 10]", plausible=(-1, 1), source="assumption")

    @field_validator("powers")
    @classmethod
    def _names_powers(cls, powers: dict[str, Power]) -> dict[str, Power]:
        wrong = [key for key in powers if key in TAKEN]
        if wrong:
            raise PydanticCustomError("keyed", "{m}", {"m": f"{wrong[0]}: a power cannot be called so; taken are {', '.join(TAKEN)}"})
        return powers

    @model_validator(mode="after")
    def _fits_together(self) -> "World":
        problems = [problem for name, state in self.states.items() for problem in self._problems_of(name, state)]
        problems += [f"states.{name}: a state and a power cannot have one name" for name in self.states if name in self.powers]
        problems += [f"states.{name}: a state cannot be called so; taken are {', '.join(TAKEN)}" for name in self.states if name in TAKEN]
        problems += self._shared_labels()
        if np.any(sum(power.output for power in self.powers.values()) > self.world_output):
            problems.append("world_output: the powers together are larger than the world")
        if problems:
            raise PydanticCustomError("keyed", "{m}", {"m": "\n".join(problems)})
        return self

    def _shared_labels(self) -> Iterable[str]:
        """Labels that are also the label or the key of another power or state: no sentence could distinguish the two. A line for each."""
        labels = {f"powers.{key}": power.label for key, power in self.powers.items()} | {f"states.{key}": state.label for key, state in self.states.items()}
        of: dict[str, str] = {}
        for place in labels:  # a key is a name of its own; capitals and spaces do not count
            of.setdefault(_plainly(place.partition(".")[2]), place)
        for place, label in labels.items():
            if label and (other := of.setdefault(_plainly(label), place)) != place:
                what = "key" if _plainly(other.partition(".")[2]) == _plainly(label) else "label"
                yield f"{place}.label: {label!r} is also the {what} of {other}; give it another"

    def _problems_of(self, name: str, state: State) -> Iterable[str]:
        """What contradicts the list of powers, or itself, in the facts of a state; a line for each."""
        for field, known in quantities(State).items():
            value = getattr(state, field)
            if known.each in ("power", "partner", "creditor") and value is not None and set(value) != set(self.keys_by(known.each)):
                yield f"states.{name}.{field}: expected the keys {', '.join(self.keys_by(known.each))}; got {', '.join(value)}"
                return
        for field, what in (("investment", "inflows of investment"), ("aid", "official finance")):
            if np.any(sum(getattr(state, field).values()) > state.output):
                yield f"states.{name}.{field}: {what} of more than a year's output"

    def keys_by(self, each: str) -> tuple[str, ...]:
        """Keys of a value by power, partner or creditor, in the order of the axis."""
        return (*self.powers, *{"power": (), "partner": (REST_KEY,), "creditor": (OTHER_KEY,)}[each])

    def of_states(self, field: str) -> Array:
        """A fact of every state, shape (S, 1) or (S, R)."""
        return stack([getattr(state, field) for state in self.states.values()])

    def of_states_by(self, field: str, each: str, default: float = 0.0) -> Array:
        """A fact of every state by power, partner or creditor, shape (G, S, 1), (J, S, 1), or with R last."""
        given = [getattr(state, field) for state in self.states.values()]
        return np.stack(np.broadcast_arrays(*[
            stack([default if value is None else value[key] for value in given]) for key in self.keys_by(each)]))

    def of_powers(self, field: str) -> Array:
        """A fact of both powers, shape (G, 1) or (G, R)."""
        return stack([getattr(power, field) for power in self.powers.values()])
