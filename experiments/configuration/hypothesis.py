"""A hypothesis as data: what is varied, what is measured, which sign is expected, who claims it. One YAML file each."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sim.data import Name
from sim.payoffs import COMPOSITE, LEAST, MEASURES, WEIGHED, Finite, Weighed
from sim.quantity import Frozen

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=200)]
#: What is set on top of the defaults, by the names of the command line.
Changes = dict[Key, str | bool | int | float]


class Term(Frozen):
    """One part of an outcome.

    Attributes:
        measure: One of `sim.payoffs.MEASURES`, or composite.
        strategy: The strategy it is measured for.
        best_of: Instead of one strategy, the one among these with the highest mean.
        times: Its weight in the sum.
    """

    measure: str
    strategy: Name | None = None
    best_of: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = None
    times: Finite = 1.0

    @model_validator(mode="after")
    def _complete(self) -> "Term":
        problem = None
        if self.measure not in (*MEASURES, COMPOSITE):
            problem = f"measure: unknown measure {self.measure!r}; there are {', '.join((*MEASURES, COMPOSITE))}"
        elif (self.strategy is None) == (self.best_of is None):
            problem = "give either strategy or best_of"
        if problem:
            raise PydanticCustomError("term", "{m}", {"m": problem})
        return self

    @property
    def strategies(self) -> tuple[str, ...]:
        """Every strategy it needs."""
        return tuple(self.best_of or [str(self.strategy)])


class Hypothesis(Frozen):
    """A statement about the model that can fail.

    Its effect is the outcome at `high` less the outcome at `low`; with `middle`, the outcome there less the mean of both
    ends; with neither, the outcome itself; with `groups`, how much more of its variance the first group explains.

    Attributes:
        statement: What is claimed, one sentence.
        source: Who claims it.
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
        groups: Two groups of numbers, for a statement about which explains more variance.
    """

    statement: Annotated[str, Field(min_length=1, max_length=300)]
    source: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Literal["mechanism", "implementation_check", "essay"]
    expected: Literal["+", "-"]
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
        problem = None
        if any(term.measure == COMPOSITE for term in self.terms) and not self.weights:
            problem = f"weights: a composite needs a weight for some of {', '.join(WEIGHED)}"
        elif self.weights and sum(self.weights.values()) < LEAST:
            problem = f"weights: they must add up to at least {LEAST:g}"
        elif self.middle and not (self.low and self.high):
            problem = "middle: a bend needs low and high as well"
        elif self.groups is not None and (len(self.groups) != 2 or self.low or self.high or self.also):
            problem = "groups: give two groups, and neither low, high nor also"
        if problem:
            raise PydanticCustomError("hypothesis", "{m}", {"m": problem})
        return self

    @property
    def sign(self) -> int:
        """+1 or -1."""
        return 1 if self.expected == "+" else -1

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term of every outcome."""
        return (*self.outcome, *(term for terms in self.also.values() for term in terms))

    @property
    def strategies(self) -> tuple[str, ...]:
        """Every strategy it needs, once."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.strategies))

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
