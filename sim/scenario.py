"""Scenarios: dated events and yearly series in a world. MODEL.md, section "Events"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

import numpy as np
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.axes import REST_KEY, Array
from sim.data import QUARTER, Name
from sim.quantity import Frozen, Interval

How = Literal["set", "floor", "factor", "add"]
Kind = Literal["rivalry", "crisis", "pandemic", "commitment", "pressure", "access", "tier", "flow", "budget", "growth", "visits", "challenge",
               "policy", "strategy"]
#: What an event comes from: nothing, a power, a partner, or what its target is as well (growth of a power or of a state).
Actor = Literal["power", "partner"]


@dataclass(frozen=True)
class KindOfEvent:
    """What events of a kind may be.

    Attributes:
        domain: Range of the value; None: the value is a name.
        how: How the value acts where an event does not say.
        actor: Whether a power, or a partner, must be named.
        strikes: Whether it strikes states.
        lasts: Whether it lasts to the horizon where no end is given; else it acts once, at its start.
        bounds: Range in which the variable stays.
    """

    domain: str | None
    how: How
    actor: Actor | None = None
    strikes: bool = False
    lasts: bool = True
    bounds: tuple[float, float] = (0.0, np.inf)


KINDS: dict[str, KindOfEvent] = {
    "rivalry": KindOfEvent("[0, 1]", "set", bounds=(0, 1)),
    "crisis": KindOfEvent("[1, 1]", "set", lasts=False, bounds=(0, 1)),
    "pandemic": KindOfEvent("[1, 1]", "set", lasts=False, bounds=(0, 1)),
    "commitment": KindOfEvent("[0, 10]", "factor", "power"),
    "pressure": KindOfEvent("[0, 1]", "floor", "power", strikes=True, bounds=(0, 1)),
    "access": KindOfEvent("(0, 10]", "factor", "partner", strikes=True, bounds=(1e-6, np.inf)),
    "tier": KindOfEvent("[-3, 3]", "add", "power", strikes=True, lasts=False, bounds=(0, 3)),
    "flow": KindOfEvent("[0, 10]", "factor", "power", strikes=True),
    "budget": KindOfEvent("[0, 10]", "factor", "power"),
    "growth": KindOfEvent("[-0.3, 0.3]", "set", strikes=True, bounds=(-0.5, 0.5)),
    "visits": KindOfEvent("[0, 10]", "add", "power", strikes=True, lasts=False),
    "challenge": KindOfEvent("[0, 1]", "floor", strikes=True, bounds=(0, 1)),
    "policy": KindOfEvent(None, "set", "power", lasts=False),
    "strategy": KindOfEvent(None, "set", strikes=True, lasts=False),
}
#: Kinds whose value need not be given.
IMPULSES = ("crisis", "pandemic")
#: What a series may change: levels, which hold until the next value.
SERIES_KINDS = tuple(name for name, kind in KINDS.items() if kind.lasts)

#: Quarters from the start: `+0q6` are six, `+1q2` as well.
RELATIVE = r"^\+([0-9]{1,3})q([0-9]{1,4})$"
#: A whole number from here on is taken for a year and refused.
FIRST_YEAR = 1800


def _date(value: Any) -> Any:
    if isinstance(value, str) and (re.fullmatch(QUARTER, value) or re.fullmatch(RELATIVE, value)):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < FIRST_YEAR:
        return value
    meant = f"; did you mean {value}Q1?" if isinstance(value, int) and value >= FIRST_YEAR else ""
    message = f"expected a quarter such as 2023Q1, or a number of quarters from the first, such as +0q6 or 6, got {value!r}{meant}"
    raise PydanticCustomError("date", "{m}", {"m": message})


Date = Annotated[int | str, BeforeValidator(_date)]


class Change(Frozen):
    """What events and series have in common.

    Attributes:
        kind: What is changed: one of `KINDS`.
        actor: The power or partner that it comes from.
        target: The state struck; "focal" (default) or "all". For growth it may be a power.
        how: set, floor, factor or add; each kind has its own default.
        source: Where the figures come from.
    """

    kind: Kind
    actor: Name | None = None
    target: Name = "focal"
    how: How | None = None
    source: str = ""

    @property
    def acts(self) -> How:
        """How the value acts."""
        return self.how or KINDS[self.kind].how

    @property
    def called(self) -> str:
        """What it is called in a sentence, such as "an access event"."""
        return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind} event"

    def _check(self, *values: Any) -> None:
        kind = KINDS[self.kind]
        for value in values:
            if kind.domain is None:
                if not isinstance(value, str):
                    raise PydanticCustomError("value", "{m}", {"m": f"{self.called} needs the name of a {self.kind} as its value, got {value!r}"})
            elif self.kind in IMPULSES and value != 1:
                raise PydanticCustomError("domain", "{m}", {"m": f"{self.called} has no value to choose: leave it out; got {value}"})
            elif isinstance(value, str) or not Interval.parse(kind.domain).contains(value):
                raise PydanticCustomError("domain", "{m}", {"m": f"value of {self.called}: allowed {kind.domain}, got {value}"})
        if kind.domain is None and self.acts != "set":
            raise PydanticCustomError("how", "{m}", {"m": f"{self.called} can only be set, got how: {self.how}"})
        if kind.actor and self.actor is None:
            raise PydanticCustomError("actor", "{m}", {"m": f"{self.called} needs an actor: a {kind.actor}"})
        if not kind.actor and self.actor is not None:
            raise PydanticCustomError("actor", "{m}", {"m": f"{self.called} has no actor"})
        if not kind.strikes and self.target != type(self).model_fields["target"].default:
            raise PydanticCustomError("target", "{m}", {"m": f"{self.called} has no target"})


class Event(Change):
    """Something that happens from `start` to `end`, both included.

    Attributes:
        start: A quarter such as "2020Q3", or quarters from the first: 6, "+0q6".
        end: The last quarter it acts in. Without it levels last to the horizon, and a crisis one quarter. What acts once, at its start,
            has none.
        value: Level, factor, change, or the name of a policy or strategy.
    """

    start: Date
    end: Date | None = None
    value: Annotated[float, Field(allow_inf_nan=False)] | Name = 1.0

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Event":
        if self.kind not in IMPULSES and "value" not in self.model_fields_set:
            domain = KINDS[self.kind].domain
            raise PydanticCustomError("value", "{m}", {
                "m": f"{self.called} needs a value in {domain}" if domain else f"{self.called} needs a value: the name of a {self.kind}"})
        self._check(self.value)
        if self.end is not None and not KINDS[self.kind].lasts and self.kind != "crisis":
            raise PydanticCustomError("keyed", "{m}", {"m": f"end: {self.called} acts once, at its start"})
        # A quarter of the calendar and one counted from the start are compared in a world.
        if self.end is not None and _in_calendar(self.end) == _in_calendar(self.start) and _order(self.end) < _order(self.start):
            raise PydanticCustomError("keyed", "{m}", {"m": f"end: ends in {self.end}, before it begins in {self.start}"})
        return self


class Series(Change):
    """A level by year: each value holds until the next one, the last one stays.

    Attributes:
        values: Value by year; it acts from the first quarter of that year.
    """

    values: Annotated[dict[Annotated[int, Field(ge=FIRST_YEAR, le=9999)], Annotated[float, Field(allow_inf_nan=False)]],
                      Field(min_length=1, max_length=400)]

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Series":
        if self.kind not in SERIES_KINDS:
            raise PydanticCustomError("keyed", "{m}", {"m": f"kind: a series changes a level: one of {', '.join(SERIES_KINDS)}; got {self.kind}"})
        self._check(*self.values.values())
        return self


class Scenario(Frozen):
    """A named list of events and series.

    Attributes:
        label: What it is called in a sentence; empty: its name.
        fits: Names of the worlds whose states it names; empty: it fits every world.
    """

    name: Name
    label: Annotated[str, Field(max_length=40)] = ""
    description: str
    source: str = ""
    fits: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    events: Annotated[list[Event], Field(max_length=1000)] = Field(default_factory=list)
    series: Annotated[list[Series], Field(max_length=1000)] = Field(default_factory=list)


def _in_calendar(date: Date) -> bool:
    return isinstance(date, str) and re.fullmatch(RELATIVE, date) is None


def _order(date: Date) -> int:
    """A number that orders dates of the calendar, or dates counted from the start."""
    return quarter_index(date, "0000Q1")


def quarter_index(date: Date, start: str) -> int:
    """Quarters from `start` (such as "2020Q1") to `date`; a number, or a relative date, is so many already."""
    if isinstance(date, int):
        return date
    relative = re.fullmatch(RELATIVE, date)
    if relative:
        return 4 * int(relative[1]) + int(relative[2])
    year, quarter = int(date[:4]), int(date[5])
    return 4 * (year - int(start[:4])) + quarter - int(start[5])


@dataclass(frozen=True)
class Row:
    """An event in quarters of a world: it acts from `first` to `last`, at `where` along the axes of its kind."""

    change: Change
    value: float | str
    first: int
    last: float
    actor: int | None
    struck: Sequence[int]
    power: int | None = None  # for growth: the power struck

    def acts_on(self, now: Array) -> Array:
        """What the value of the event makes of a variable."""
        by = cast(float, self.value)
        return {"set": np.full_like(now, by), "floor": np.maximum(now, by), "factor": now * by, "add": now + by}[self.change.acts]


class Timetable:
    """The events and series of a scenario by quarter, for the rules in which they act."""

    def __init__(self, scenario: Scenario, start: str, states: Sequence[str], powers: Sequence[str], focal: str,
                 policies: Sequence[str] = (), strategies: Sequence[str] = ()) -> None:
        """Args:
            scenario: Events and series.
            start: First quarter of the world, such as "2020Q1".
            states, powers: Names in the order of their axes.
            focal: The focal state.
            policies, strategies: Names to which an event may switch.

        Raises:
            ValueError: An event names what is not in the world, begins before the world or ends before it begins; a line for each.
        """
        self._states, self._powers, self._focal = list(states), list(powers), focal
        self._names = {"policy": policies, "strategy": strategies}
        self._n_states = len(states)
        self.rows: list[Row] = []
        problems: list[str] = []
        for number, event in enumerate(scenario.events):
            first = quarter_index(event.start, start)
            end = None if event.end is None else quarter_index(event.end, start)
            last = float(end) if end is not None else (np.inf if KINDS[event.kind].lasts else first)
            wrong = list(self._wrong(event, event.value))
            if first < 0:
                wrong.append(f"start: {event.called} begins in {event.start}, before the world's first quarter {start}")
            if last < first:
                wrong.append(f"end: {event.called} ends in {event.end}, before it begins in {event.start}")
            problems += [f"scenario.events.{number}.{problem}" for problem in wrong]
            if not wrong:
                self.rows.append(self._row(event, event.value, first, last))
        for number, series in enumerate(scenario.series):
            wrong = list(self._wrong(series, None))
            problems += [f"scenario.series.{number}.{problem}" for problem in wrong]
            years = sorted(series.values)
            firsts = [quarter_index(f"{year:04d}Q1", start) for year in years]
            lasts = [*[float(first - 1) for first in firsts[1:]], np.inf]
            if not wrong:
                self.rows += [self._row(series, series.values[year], max(first, 0), last)
                              for year, first, last in zip(years, firsts, lasts, strict=True) if last >= 0]
        if problems:
            raise ValueError("\n".join(problems))
        self._of_kind: dict[str, list[Row]] = {}
        for row in self.rows:
            self._of_kind.setdefault(row.change.kind, []).append(row)

    def _wrong(self, change: Change, value: Any) -> Any:
        partners = [*self._powers, REST_KEY]
        actors = {"power": self._powers, "partner": partners}.get(KINDS[change.kind].actor or "", [])
        if change.actor is not None and change.actor not in actors:
            yield f"actor: {change.called} comes from {change.actor!r}, which is not one of {', '.join(actors)}"
        targets = [*self._states, "all", "focal", *(self._powers if change.kind == "growth" else [])]
        if change.target not in targets:
            yield f"target: {change.called} strikes {change.target}, which is not a state of this world ({', '.join(self._states)})"
        names = self._names.get(change.kind)
        if names is not None and value not in names:
            yield f"value: no {change.kind} {value!r}"

    def _row(self, change: Change, value: float | str, first: int, last: float) -> Row:
        partners = [*self._powers, REST_KEY]
        power = self._powers.index(change.target) if change.target in self._powers else None
        struck = {"all": self._states, "focal": [self._focal]}.get(change.target, [change.target])
        return Row(change, value, first, last, None if change.actor is None else partners.index(change.actor),
                   [self._states.index(state) for state in struck] if power is None else [], power)

    def has(self, kind: Kind) -> bool:
        """Whether there is any event of a kind."""
        return kind in self._of_kind

    def _active(self, kind: str, t: int) -> list[Row]:
        return [row for row in self._of_kind.get(kind, ()) if row.first <= t <= row.last]

    def strikes(self, kind: Literal["crisis", "pandemic"], t: int) -> bool:
        """Whether a crisis or an outbreak is forced in quarter t."""
        return bool(self._active(kind, t))

    def changed(self, kind: Kind, t: int, value: Array) -> Array:
        """What the events of a kind make of a variable in quarter t, in the order in which they are listed.

        Args:
            value: The variable: (R,) for rivalry, (G, R) for commitment and budget, (G, S, R) or (J, S, R) by actor, (S, R) for challenge.

        Returns:
            The same array where no event acts, else a new one, within the bounds of its kind.
        """
        active = [row for row in self._active(kind, t) if row.power is None]
        if not active:
            return value
        changed = np.array(value)
        for row in active:
            where: tuple[Any, ...] = () if row.actor is None else (row.actor,)
            where = (*where, row.struck) if KINDS[kind].strikes else where
            changed[where] = row.acts_on(changed[where])
        low, high = KINDS[kind].bounds
        return np.clip(changed, low, high)

    def growth(self, t: int, rate: Array, capital_growth: Array, elasticity: Any) -> Array:
        """Growth of productivity in quarter t where an event sets the growth of output, per year, shape (S, R).

        Args:
            rate: Growth of productivity without events, (S, 1) or (S, R).
            capital_growth: Last quarter's growth of capital, per year, (S, R).
            elasticity: Output elasticity of capital.
        """
        if not any(row.power is None for row in self._active("growth", t)):
            return rate
        from_capital = elasticity * capital_growth
        return self.changed("growth", t, rate + from_capital) - from_capital

    def power_growth(self, t: int, rate: Array) -> Array:
        """Growth of the powers' output in quarter t, per year, shape (G, 1) or (G, R)."""
        active = [row for row in self._active("growth", t) if row.power is not None]
        if not active:
            return rate
        changed = np.array(rate)
        for row in active:
            changed[row.power] = row.acts_on(changed[row.power])
        return np.clip(changed, *KINDS["growth"].bounds)

    @property
    def switched_states(self) -> frozenset[int]:
        """Positions of the states whose strategy an event switches in some quarter."""
        return frozenset(position for row in self.rows if row.change.kind == "strategy" for position in row.struck)

    def switches(self, kind: Literal["policy", "strategy"], t: int) -> Mapping[int, str]:
        """New policy by position of the power, or new strategy by position of the state, in quarter t."""
        result: dict[int, str] = {}
        for row in self._active(kind, t):
            for position in ([row.actor] if kind == "policy" else row.struck):
                result[cast(int, position)] = str(row.value)
        return result
