"""A case of a hindcast as data: a world of a past year, what was exogenous since then, a prior, and what was observed. One YAML file each."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from experiments.configuration.hypothesis import Changes, Key, Range
from sim.data import Name
from sim.quantity import Frozen
from sim.scenario import FIRST_YEAR
from sim.yearly import MEASURES_BY_YEAR

Year = Annotated[int, Field(ge=FIRST_YEAR, le=9999)]
Text = Annotated[str, Field(min_length=1, max_length=300)]


class Prices(Frozen):
    """The price level of the dollar by year, on any base.

    Attributes:
        values: Level by year.
        source: Where it comes from.
    """

    values: Annotated[dict[Year, Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]], Field(min_length=1, max_length=400)]
    source: Text


class TurningPoint(Frozen):
    """A change that anybody would remember, of which a model should show at least the sign.

    Attributes:
        label: What happened, in a few words.
        measure: A yearly measure, see `sim.yearly`.
        actor: Whom it is about; empty: nobody.
        state: Of which state; empty: the focal one.
        start: The year before.
        end: The year after.
    """

    label: Annotated[str, Field(min_length=1, max_length=80)]
    measure: Name
    actor: Name | None = None
    state: Name | None = None
    start: Year
    end: Year


class Case(Frozen):
    """A case of a hindcast.

    Attributes:
        question: What is asked, a sentence.
        source: Where the facts come from, and by which rules.
        base: What is set: the world, the scenario with the history, anything else.
        until: The last year of training; what was observed later is a test.
        held_back: The last year of training where nothing later was observed, so that there is a test.
        strategies: Those that the focal state may have played, each as likely as the others.
        prior: Numbers that are drawn, each between two ends; null: its plausible range.
        assumptions: Whether every other structural number, and those of the powers' policies, are drawn over their plausible ranges too.
        draws: Draws of the numbers for each strategy.
        targets: The file of observed series, beside this one.
        prices: The price level of the dollar, which turns current dollars into those of the base year; without it they are taken to be so.
        turning_points: Changes that anybody would remember.
        missing: What mattered and the model cannot express, a sentence each.
    """

    question: Text
    source: Annotated[str, Field(min_length=1, max_length=2000)]
    base: Changes
    until: Year
    held_back: Year
    strategies: Annotated[list[Name], Field(min_length=1, max_length=100)]
    prior: Annotated[dict[Key, Range | None], Field(max_length=1000)] = Field(default_factory=dict)
    assumptions: bool = True
    draws: Annotated[int, Field(ge=100, le=100_000)] = 4096
    targets: Annotated[str, Field(min_length=1, max_length=200)]
    prices: Prices | None = None
    turning_points: Annotated[list[TurningPoint], Field(max_length=100)] = Field(default_factory=list)
    missing: Annotated[list[Text], Field(max_length=100)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _complete(self) -> "Case":
        problem = None
        if not self.held_back < self.until:
            problem = "held_back: must be before until"
        elif "world" not in self.base:
            problem = "base: a case needs a world"
        elif not (self.prior or self.assumptions):
            problem = "prior: name at least one number, or set assumptions: true"
        elif twice := [name for i, name in enumerate(self.strategies) if name in self.strategies[:i]]:
            problem = f"strategies: {twice[0]} is given twice"
        for i, point in enumerate(self.turning_points):
            if point.measure not in MEASURES_BY_YEAR:
                problem = f"turning_points.{i}.measure: unknown measure {point.measure!r}; there are {', '.join(MEASURES_BY_YEAR)}"
            elif not point.start < point.end:
                problem = f"turning_points.{i}.end: must be after start"
        for name, ends in self.prior.items():
            if ends is not None and not ends[0] < ends[1]:
                problem = f"prior.{name}: the first number of a range must be below the second"
        if problem:
            raise PydanticCustomError("keyed", "{m}", {"m": problem})
        return self
