"""Scenarios: dated events in a world."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from sim.axes import PARTNERS, POWERS, Array
from sim.data import QUARTER, Name
from sim.quantity import Frozen, Interval

#: Per kind of event: the range of its value, its possible actors, whether it strikes a state, and
#: whether it lasts to the horizon when no end is given (a level) or one quarter (an impulse).
KINDS: dict[str, tuple[str, tuple[str, ...], bool, bool]] = {
    "rivalry": ("(0, 1)", (), False, True),
    "crisis": ("[1, 1]", (), False, False),
    "pandemic": ("[1, 1]", (), False, False),
    "commitment": ("[0, 10]", POWERS, False, True),
    "pressure": ("[0, 1]", POWERS, True, True),
    "access": ("(0, 10]", PARTNERS, True, True),
    "tier": ("[-3, 3]", POWERS, True, False),
}
Kind = Literal["rivalry", "crisis", "pandemic", "commitment", "pressure", "access", "tier"]


def _date(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(QUARTER, value):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < FIRST_YEAR:
        return value
    meant = f"; did you mean {value}Q1?" if isinstance(value, int) and value >= FIRST_YEAR else ""
    message = f"expected a quarter such as 2023Q1, or a number of quarters from the first, got {value!r}{meant}"
    raise PydanticCustomError("date", "{m}", {"m": message})


#: A whole number from here on is taken for a year and refused.
FIRST_YEAR = 1800
Date = Annotated[int | str, BeforeValidator(_date)]


class Event(Frozen):
    """Something that happens from `start` to `end`, both included.

    Attributes:
        kind: What it changes. `rivalry` sets its level; `crisis` and `pandemic` strike; `commitment`
            multiplies a power's effort; `pressure` is a floor under a power's pressure on a state;
            `access` multiplies the level that access to a partner settles at; `tier` adds partnership
            tiers each quarter it lasts.
        start: A quarter such as "2020Q3", or a number of quarters from the first.
        end: The last quarter it acts in. Without it, levels (rivalry, commitment, pressure, access)
            last to the horizon, the others one quarter.
        value: Level, factor or change.
        actor: The power or partner it comes from: china, us, or rest for access.
        target: The state it strikes, "focal" (default) or "all".
        source: Where the figures come from.
    """

    kind: Kind
    start: Date
    end: Date | None = None
    value: float = 1.0
    actor: Literal["china", "us", "rest"] | None = None
    target: Name = "focal"
    source: str = ""

    @field_validator("end")
    @classmethod
    def _not_before_start(cls, end: Date | None, info: ValidationInfo) -> Date | None:
        start = info.data.get("start")
        if isinstance(end, type(start)) and end is not None and end < start:  # a quarter and a number are compared in a world
            raise PydanticCustomError("date", "{m}", {"m": f"ends in {end}, before it begins in {start}"})
        return end

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Event":
        domain, actors, _, _ = KINDS[self.kind]
        if not Interval.parse(domain).contains(self.value):
            raise PydanticCustomError("domain", "{m}", {"m": f"value of a {self.kind} event: allowed {domain}, got {self.value:g}"})
        if actors and self.actor not in actors:
            raise PydanticCustomError("actor", "{m}", {"m": f"a {self.kind} event needs an actor: one of {', '.join(actors)}"})
        if not actors and self.actor is not None:
            raise PydanticCustomError("actor", "{m}", {"m": f"a {self.kind} event has no actor"})
        if self.kind not in ("crisis", "pandemic") and "value" not in self.model_fields_set:
            raise PydanticCustomError("value", "{m}", {"m": f"a {self.kind} event needs a value in {domain}"})
        return self


class Scenario(Frozen):
    """A named list of events."""

    name: Name
    description: str
    source: str = ""
    events: Annotated[list[Event], Field(max_length=1000)] = Field(default_factory=list)


def quarter_index(date: Date, start: str) -> int:
    """Quarters from `start` (such as "2020Q1") to `date`; a number is already one."""
    if isinstance(date, int):
        return date
    year, quarter = int(date[:4]), int(date[5])
    return 4 * (year - int(start[:4])) + quarter - int(start[5])


class Timetable:
    """The events of a scenario by quarter, for the rules in which they act."""

    def __init__(self, events: Sequence[Event], start: str, states: Sequence[str], focal: str) -> None:
        """Args:
            events: The scenario's events.
            start: First quarter of the world, such as "2020Q1".
            states: State names in the order of the state axis.
            focal: The focal state.

        Raises:
            ValueError: An event strikes an unknown state, begins before the world or ends before it begins; a line for each.
        """
        self._rows: list[tuple[Event, int, float, list[int]]] = []
        problems: list[str] = []
        for number, event in enumerate(events):
            first = quarter_index(event.start, start)
            lasts = KINDS[event.kind][3]
            last = float(quarter_index(event.end, start)) if event.end is not None else (np.inf if lasts else first)
            struck = {"all": list(states), "focal": [focal]}.get(event.target, [event.target])
            unknown = [state for state in struck if state not in states]
            if unknown:
                problems.append(f"{number}.target: a {event.kind} event strikes {unknown[0]}, which is not a state of this world ({', '.join(states)})")
            if first < 0:
                problems.append(f"{number}.start: a {event.kind} event begins in {event.start}, before the world's first quarter {start}")
            if last < first:
                problems.append(f"{number}.end: a {event.kind} event ends in {event.end}, before it begins in {event.start}")
            self._rows.append((event, first, last, [list(states).index(state) for state in struck if state in states]))
        if problems:
            raise ValueError("\n".join(f"scenario.events.{problem}" for problem in problems))
        self._n_states = len(states)

    def _active(self, kind: Kind, t: int) -> list[tuple[Event, list[int]]]:
        return [(event, struck) for event, first, last, struck in self._rows if event.kind == kind and first <= t <= last]

    def strikes(self, kind: Literal["crisis", "pandemic"], t: int) -> bool:
        """Whether a crisis or an outbreak is forced in quarter t."""
        return bool(self._active(kind, t))

    def rivalry(self, t: int) -> float | None:
        """The level that replaces rivalry in quarter t; the event listed last counts."""
        active = self._active("rivalry", t)
        return active[-1][0].value if active else None

    def commitment(self, t: int) -> Array:
        """Factor on each power's commitment, shape (G, 1); factors of several events multiply."""
        factor = np.ones((len(POWERS), 1))
        for event, _ in self._active("commitment", t):
            factor[POWERS.index(str(event.actor))] *= event.value
        return factor

    def pressure(self, t: int) -> Array | None:
        """Floor under pressure, shape (G, S, 1); the highest of several events; None where there is none."""
        return self._settle("pressure", t, np.zeros((len(POWERS), self._n_states, 1)), np.maximum)

    def access(self, t: int) -> Array | None:
        """Factor on the level of access, shape (J, S, 1); factors multiply; None where there is none."""
        return self._settle("access", t, np.ones((len(PARTNERS), self._n_states, 1)), np.multiply)

    def tier(self, t: int) -> Array | None:
        """Partnership tiers added, shape (G, S, 1); None where there are none."""
        return self._settle("tier", t, np.zeros((len(POWERS), self._n_states, 1)), np.add)

    def _settle(self, kind: Kind, t: int, values: Array, combine: Any) -> Array | None:
        active = self._active(kind, t)
        for event, struck in active:
            actor = PARTNERS.index(str(event.actor))
            values[actor, struck] = combine(values[actor, struck], event.value)
        return values if active else None
