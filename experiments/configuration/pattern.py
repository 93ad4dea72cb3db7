"""A pattern as data: a fact about the world that the model should show, how it is measured in a run, and which range counts. One YAML file each."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from experiments.configuration.hypothesis import Changes, Key, Range
from sim.data import Name
from sim.payoffs import Finite
from sim.quantity import Frozen, Interval
from sim.scenario import Event
from sim.yearly import MEASURES_BY_YEAR

#: Between which values a statistic always lies, where there are bounds; effect has its lower one of a measure that is never negative.
BOUNDS = {"persistence": (-1, 1), "rank": (-1, 1), "moved": (0, 1), "first_year": (0, 1), "effect": (-1, math.inf)}

Text = Annotated[str, Field(min_length=1, max_length=300)]
Count = Annotated[int, Field(ge=1, le=200)]

#: How a pattern is measured, and whether that takes a changed run.
STATISTICS = {"level": False, "growth": False, "variation": False, "persistence": False, "rank": False, "first_year": False, "number": False,
              "effect": True, "elasticity": True, "moved": True}


class Pattern(Frozen):
    """A fact about the world that the model should show.

    Attributes:
        label: What it is called in a figure.
        statement: The fact, one sentence. {first}, {second} and the like stand for labels.
        source: Who measured it, where and when.
        role: fitted: a number of the model was chosen with this fact in sight. held_out: none was.
        base: What is set, such as {world: cambodia_2020}.
        change: What is set in the changed run beside it.
        events: What happens in the changed run beside it; none: nothing.
        strategy: What the focal state plays.
        measure: A yearly measure, see `sim.yearly`; of first_year and number none.
        actor: Whom it is about; empty: nobody.
        states: Those it is measured in: all, focal, or their names.
        statistic: level: mean over the years. growth: the last year over the first one. variation: standard deviation over mean, over the years.
            persistence: correlation of each year with the next. rank: rank correlation of the level with `facts`, over states. effect: the changed
            run over the other, less 1. elasticity: the same in logarithms, over that of `per`. moved: share of states and worlds in which the
            changed run is higher by at least `threshold`. first_year: share of the world's facts that the first year gives back. number: the
            value of a number of the model.
        years: First and last year of the run, from 1.
        worlds: Worlds in each run.
        per: Of an elasticity: the yearly measure, of the same actor, whose change it is counted in.
        threshold: Of moved: the change that counts.
        facts: Of rank: a value for each state.
        number: Of number: its dotted name.
        expected: The range in which the pattern is reproduced.
        tolerance: How far beyond it is reproduced in part.
    """

    label: Annotated[str, Field(min_length=1, max_length=40)]
    statement: Text
    source: Text
    role: Literal["fitted", "held_out"]
    base: Changes = Field(default_factory=dict)
    change: Changes = Field(default_factory=dict)
    events: Annotated[list[Event], Field(max_length=100)] = Field(default_factory=list)
    strategy: Name = "status_quo"
    measure: Name | None = None
    actor: Name | None = None
    states: Literal["all", "focal"] | Annotated[list[Name], Field(min_length=1, max_length=40)] = "focal"
    statistic: Literal["level", "growth", "variation", "persistence", "rank", "first_year", "number", "effect", "elasticity", "moved"]
    years: Annotated[list[Count], Field(min_length=2, max_length=2)] = Field(default_factory=lambda: [1, 1])
    worlds: Annotated[int, Field(ge=2, le=100_000)] = 256
    per: Name | None = None
    threshold: Finite | None = None
    facts: Annotated[dict[Name, Finite], Field(max_length=40)] = Field(default_factory=dict)
    number: Key | None = None
    expected: Range
    tolerance: Annotated[Finite, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _complete(self) -> "Pattern":
        measured = self.statistic not in ("first_year", "number")
        needs = {"per": "elasticity", "threshold": "moved", "facts": "rank", "number": "number"}
        problem = None
        if measured and self.measure not in MEASURES_BY_YEAR:
            problem = f"measure: unknown measure {self.measure!r}; there are {', '.join(MEASURES_BY_YEAR)}"
        elif self.per is not None and self.per not in MEASURES_BY_YEAR:
            problem = f"per: unknown measure {self.per!r}; there are {', '.join(MEASURES_BY_YEAR)}"
        elif bool(self.change or self.events) != STATISTICS[self.statistic]:
            problem = (f"change: {self.statistic} compares two runs; give change or events" if STATISTICS[self.statistic]
                       else f"change: {self.statistic} is of one run; leave out change and events")
        elif wrong := [key for key, statistic in needs.items() if bool(getattr(self, key)) != (statistic == self.statistic) and getattr(self, key) != 0]:
            problem = f"{wrong[0]}: {needs[wrong[0]]} needs it, and nothing else does"
        elif not self.years[0] <= self.years[1]:
            problem = "years: the first must not be after the last"
        elif self.statistic in ("growth", "variation", "persistence") and self.years[1] - self.years[0] < (1 if self.statistic == "growth" else 3):
            problem = f"years: {self.statistic} needs more of them"
        elif not self.expected[0] <= self.expected[1]:
            problem = "expected: the first number must not be above the second"
        elif (bounds := self._bounds()) and not bounds[0] <= self.expected[0] <= self.expected[1] <= bounds[1]:
            problem = (f"expected: {self.statistic} lies between {bounds[0]} and {bounds[1]}" if math.isfinite(bounds[1])
                       else f"expected: {self.statistic} is a share, never below {bounds[0]}; 10 % is 0.1")
        if problem:
            raise PydanticCustomError("keyed", "{m}", {"m": problem})
        return self

    def _bounds(self) -> tuple[float, float] | None:
        """Between which values its statistic lies; None where that is not known."""
        if self.statistic == "effect" and not Interval.parse(MEASURES_BY_YEAR[str(self.measure)].domain).contains(-1e-9):
            return BOUNDS["effect"]
        return BOUNDS.get(self.statistic) if self.statistic != "effect" else None
