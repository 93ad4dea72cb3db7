"""A hypothesis as data: what is varied, what is measured, which sign is expected, who claims it. One YAML file each."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sim.behaviour import NEEDED
from sim.data import Name
from sim.payoffs import COMPOSITE, LEAST, MEASURES, WEIGHED, Finite, Weighed
from sim.quantity import Frozen

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=200)]
#: What is set on top of the defaults, by the names of the command line.
Changes = dict[Key, str | bool | int | float]

#: A class of `sim.behaviour.CLASSES`.
Class = Literal["withdrawn", "aligned_first", "aligned_second", "hedging", "split", "in_between"]
Range = Annotated[list[Finite], Field(min_length=2, max_length=2)]


def as_overrides(changes: Changes) -> list[str]:
    """What is set, as overrides."""
    return [f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in changes.items()]


class Where(Frozen):
    """Strategies by what they do: those whose behaviour, measured under the same condition, fits all that is given.

    A strategy's class is that of most of its worlds; its measures are means over worlds. Ends of ranges belong to them.

    Attributes:
        behaviour: Classes of sim/MODEL.md, section "Behaviour".
        lean: Range of the lean.
        tilt: Range of the tilt.
        mean_engagement: Range of the engagement.
        hedging_index: Range of the hedging index.
        tools: equal: all sides are compared with the same association effort, diversification and defence. any: with any.
    """

    behaviour: Annotated[list[Class], Field(min_length=1)] | None = None
    lean: Range | None = None
    tilt: Range | None = None
    mean_engagement: Range | None = None
    hedging_index: Range | None = None
    tools: Literal["any", "equal"] = "any"

    @model_validator(mode="after")
    def _complete(self) -> "Where":
        problem = None
        if self.behaviour is None and not self.ranges:
            problem = f"give behaviour or a range of {', '.join(NEEDED)}"
        elif reversed_ := [name for name, (low, high) in self.ranges.items() if low > high]:
            problem = f"{reversed_[0]}: the first number of a range must not exceed the second"
        if problem:
            raise PydanticCustomError("where", "{m}", {"m": problem})
        return self

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """The ranges given, by measure."""
        return {name: (ends[0], ends[1]) for name in NEEDED if (ends := getattr(self, name)) is not None}



class Term(Frozen):
    """One part of an outcome.

    Attributes:
        measure: One of `sim.payoffs.MEASURES`, or composite.
        per: Divide by this measure: mean over worlds by mean over worlds. Where the latter is not above 0 there is no outcome.
        strategy: The strategy it is measured for.
        best_of: Instead of one strategy, the one among these with the highest mean.
        best_where: Instead of one strategy, the best one of the library that behaves like this. Where an outcome has several
            such terms, each counts with the average best of random teams as large as the smallest side under any condition;
            near-duplicates count once.
        times: Its weight in the sum.
    """

    measure: str
    per: str | None = None
    strategy: Name | None = None
    best_of: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = None
    best_where: Where | None = None
    times: Finite = 1.0

    @model_validator(mode="after")
    def _complete(self) -> "Term":
        problem = None
        if self.measure not in (*MEASURES, COMPOSITE):
            problem = f"measure: unknown measure {self.measure!r}; there are {', '.join((*MEASURES, COMPOSITE))}"
        elif self.per is not None and (self.per not in MEASURES or self.measure == COMPOSITE):
            problem = f"per: a measure can be divided by {', '.join(MEASURES)}, and a composite by nothing"
        elif [self.strategy, self.best_of, self.best_where].count(None) != 2:
            problem = "give one of strategy, best_of and best_where"
        if problem:
            raise PydanticCustomError("term", "{m}", {"m": problem})
        return self

    @property
    def strategies(self) -> tuple[str, ...]:
        """Every strategy that it names."""
        return () if self.best_where else tuple(self.best_of or [str(self.strategy)])


class Hypothesis(Frozen):
    """A statement about the model that can fail.

    Its effect is the outcome at `high` less the outcome at `low`; with `middle`, the outcome there less the mean of both
    ends; with neither, the outcome itself. With `groups` it is a share of variance and has no verdict.

    Attributes:
        statement: What is claimed, one sentence. {first}, {second}, {region}, {association} and {state} stand for labels.
        source: Who claims it; "after" whom, where the author did not test it.
        kind: mechanism: it can fail. implementation_check: it follows nearly from one equation. essay: a claim of the
            essay that this project began with.
        expected: Sign of the effect if the statement is true.
        base: What is set throughout, such as {world: theory_symmetric}.
        low: What is set at the low end.
        middle: What is set in the middle, for a statement about a bend.
        high: What is set at the high end.
        outcome: What is measured: a sum of terms.
        also: Other outcomes that measure the same statement, by label. They are reported and do not decide the verdict.
        statistic: mean over worlds, or cvar: the mean of the worst tenth of worlds.
        weights: Weight of each return in a composite.
        groups: Two groups of numbers, for a statement about which explains more variance; first, second and state stand for labels.
    """

    statement: Annotated[str, Field(min_length=1, max_length=300)]
    source: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Literal["mechanism", "implementation_check", "essay"]
    expected: Literal["+", "-"] | None = None
    base: Changes = Field(default_factory=dict)
    low: Changes = Field(default_factory=dict)
    middle: Changes = Field(default_factory=dict)
    high: Changes = Field(default_factory=dict)
    outcome: Annotated[list[Term], Field(min_length=1, max_length=20)]
    also: dict[Annotated[str, Field(min_length=1, max_length=60)], Annotated[list[Term], Field(min_length=1, max_length=20)]] = Field(default_factory=dict)
    statistic: Literal["mean", "cvar"] = "mean"
    weights: dict[Weighed, Annotated[Finite, Field(ge=0)]] | None = None
    groups: dict[Name, Annotated[list[Key], Field(min_length=1)]] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Hypothesis":
        if problem := self._problem() or next((problem for terms in (self.outcome, *self.also.values()) if (problem := _of_terms(terms))), None):
            raise PydanticCustomError("hypothesis", "{m}", {"m": problem})
        return self

    def _problem(self) -> str | None:
        """What does not fit together; None where all does."""
        if any(term.measure == COMPOSITE for term in self.terms) and not self.weights:
            return f"weights: a composite needs a weight for some of {', '.join(WEIGHED)}"
        if self.weights and sum(self.weights.values()) < LEAST:
            return f"weights: they must add up to at least {LEAST:g}"
        if self.middle and not (self.low and self.high):
            return "middle: a bend needs low and high as well"
        if self.groups is not None and (len(self.groups) != 2 or self.low or self.high or self.also or self.by_behaviour):
            return "groups: give two groups, and neither low, high, also nor best_where"
        if (self.expected is None) != (self.groups is not None):
            return "expected: give + or -; a share of variance (groups) has no sign and no verdict"
        if self.statistic == "cvar" and any(term.per is not None for term in self.terms):
            return "statistic: cvar is of one measure; leave out per"
        return None

    @property
    def sign(self) -> int:
        """+1 or -1; 0 where no sign is expected."""
        return {"+": 1, "-": -1}.get(self.expected or "", 0)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term of every outcome."""
        return (*self.outcome, *(term for terms in self.also.values() for term in terms))

    @property
    def strategies(self) -> tuple[str, ...]:
        """Every strategy that it names, once."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.strategies))

    @property
    def by_behaviour(self) -> bool:
        """Whether its outcome needs the whole library."""
        return any(term.best_where is not None for term in self.outcome)

    @property
    def otherwise(self) -> "dict[str, Hypothesis]":
        """The same statement with each other outcome, by label."""
        return {name: self.model_copy(update={"outcome": terms, "also": {}}) for name, terms in self.also.items()}

    @property
    def conditions(self) -> dict[str, Changes]:
        """The conditions that are simulated, by name, each with everything that it sets."""
        if self.groups is not None or not (self.low or self.high):
            return {"base": self.base}
        ends = {"low": self.low, "middle": self.middle, "high": self.high}
        return {name: self.base | changes for name, changes in ends.items() if name != "middle" or changes}


def _of_terms(terms: Sequence[Term]) -> str | None:
    """What does not fit in the terms of one outcome: sides are compared in one measure and with the same tools."""
    sides = {(term.measure, term.per, term.best_where.tools) for term in terms if term.best_where is not None}
    return "best_where: all sides of an outcome need the same measure, per and tools" if len(sides) > 1 else None
