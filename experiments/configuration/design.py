"""Numeric designs: many points over chosen numbers of the model, run along the world axis inside one job.

A number is named by its dotted name as on the command line: "parameters.rivalry_mean",
"world.powers.second.output", "strategies.equidistance.breadth", "policy.patron.reward". Every point meets the
same worlds.
"""

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from experiments.configuration.places import BASELINE, Keys
from experiments.configuration.table import MOST_POINTS as MOST_POINTS
from experiments.configuration.table import Table, below, read_table, unknown_number
from experiments.configuration.violations import dotted, violations
from sim.axes import DOMAINS, Array
from sim.data import USUAL_TRUST
from sim.draws import stream
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import Frozen, Interval, Quantity, quantities
from sim.settings import Settings
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import Strategy

#: Values of all points together.
MOST_VALUES = 10_000_000

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Values(Frozen):
    """The values of one number of a grid, given one by one."""

    values: Annotated[list[Finite], Field(min_length=1, max_length=10_000)]


Range = Annotated[list[Finite], Field(min_length=2, max_length=2)]


def latin_hypercube(n: int, k: int, rng: np.random.Generator) -> Array:
    """n points in the unit cube that spread evenly over each of k inputs, shape (n, k).

    Source: McKay, Beckman and Conover 1979. The points are those of `scipy.stats.qmc.LatinHypercube`, without the half second that its import takes.
    """
    (rng,) = rng.spawn(1)
    within = rng.uniform(size=(n, k))
    ranks = np.tile(np.arange(1, n + 1), (k, 1))
    for row in ranks:
        rng.shuffle(row)
    return (ranks.T - within) / n


class Design(Frozen):
    """Which points a job runs at.

    Attributes:
        kind: none: the settings as they are; grid: every combination of evenly spaced values; lhs: a Latin hypercube;
            sobol: a scrambled Sobol sequence; table: the rows of a CSV file.
        over: The numbers varied by dotted name, each with its range [low, high] or, in a grid, {values: [...]};
            null: the plausible range of the number. A list of names means null for each of them.
        points: Values for each number of a grid; points of a hypercube or sequence.
        file: File of a table: names in its first row, a point in each other. In a configuration file it lies below the folder of that file.
    """

    kind: Literal["none", "grid", "lhs", "sobol", "table"] = "none"
    over: dict[str, Range | Values | None] | list[str] | None = None
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] = 11
    file: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Design":
        if isinstance(self.over, list) and (twice := [name for i, name in enumerate(self.over) if name in self.over[:i]]):
            raise PydanticCustomError("twice", "{m}", {"m": f"over: {twice[0]} is given twice"})  # wrong in a part of a configuration too
        problem = None
        if self.kind in ("grid", "lhs", "sobol") and not self.over:
            problem = f"over: name at least one number, such as 'design.over=[parameters.rivalry_mean]', for design={self.kind}"
        elif self.kind == "table" and self.file is None:
            problem = "file: design=table needs the name of a file, such as design.file=points.csv"
        elif self.kind != "table" and self.file is not None:
            problem = f"file: has no effect with design={self.kind}; choose design=table"
        elif self.kind in ("none", "table") and self.over:
            problem = f"over: design={self.kind} takes no numbers; choose design=grid, lhs or sobol"
        for name, options in self._options().items():
            if isinstance(options, Values) and self.kind != "grid":
                problem = f"over.{name}: only a grid takes single values, design={self.kind} takes a range [low, high]"
            if isinstance(options, Values) and len(set(options.values)) < len(options.values):
                raise PydanticCustomError("twice", "{m}", {"m": f"over.{name}: a value is given twice"})
            if isinstance(options, list) and not options[0] < options[1]:
                raise PydanticCustomError("range", "{m}", {"m": f"over.{name}: the first number of a range must be below the second"})
        if problem:
            raise PydanticCustomError("design", "{m}", {"m": problem})
        return self

    def _options(self) -> dict[str, Range | Values | None]:
        return dict.fromkeys(self.over) if isinstance(self.over, list) else self.over or {}

    def points_for(self, settings: Settings, folder: Path | None = None) -> "Points":
        """The points, each number checked against its hard domain.

        Args:
            settings: What the numbers belong to; its seed draws the hypercube.
            folder: Folder below which `file` must lie; None: it may be anywhere.

        Raises:
            ValueError: A name is unknown, or a value outside its domain; the message has a line for each.
        """
        if self.kind == "none":
            return NO_POINTS
        known, placed = numbers(settings), Keys(tuple(settings.world.powers)).placed
        table = self._table(folder, known, placed) if self.kind == "table" else None
        options = {placed(name): values for name, values in self._options().items()}
        names = tuple(options) if table is None else table.names
        if len(options) < len(self._options()):
            raise ValueError("design.over: a number is given twice, once by the place of a power")
        if missing := [name for name in names if name not in known]:
            raise ValueError("\n".join(f"design.over: {unknown_number(name, known)}" for name in missing))
        if table is not None:
            _check_domains(table, known)
        for name, given in options.items():
            ends, domain = given.values if isinstance(given, Values) else given or [], Interval.parse(known[name].domain)
            if outside := [value for value in ends if not domain.contains(value)]:
                raise ValueError(f"design.over.{name}: allowed range {domain}, got {outside[0]:g}")
        values = self._spread(options, known, settings.seed) if table is None else table.values
        points = Points(names, values)
        if problems := violations(Settings, dict(points.at(settings, values).model_copy(update={"n_worlds": len(values)}))):
            raise ValueError("\n".join(f"design.over: {dotted(path)}{message}" for path, message in problems))
        return points

    def _spread(self, options: Mapping[str, Range | Values | None], known: Mapping[str, Quantity], seed: int) -> Array:
        names = list(options)
        counts = [len(values.values) if isinstance(values := options[name], Values) else self.points for name in names]
        count = math.prod(counts) if self.kind == "grid" else self.points
        if count > MOST_POINTS:
            axes = " × ".join(map(str, [*counts[:5], "…"] if len(counts) > 6 else counts))
            raise ValueError(f"design: a grid of {axes} points makes {f'{count:,}' if count < 1e15 else 'more than 1e15'}; at most {MOST_POINTS:,}")
        if count * len(names) > MOST_VALUES:
            raise ValueError(f"design: {count:,} points of {len(names):,} numbers make {count * len(names):,} values; at most {MOST_VALUES:,}")
        low, high = np.array([values if isinstance(values := options[name], list) else known[name].plausible for name in names], dtype=float).T
        if self.kind == "grid":
            columns = [
                np.array(values.values) if isinstance(values := options[name], Values) else np.linspace(low[i], high[i], self.points)
                for i, name in enumerate(names)]
            return np.stack([grid.ravel() for grid in np.meshgrid(*columns, indexing="ij")], axis=1)
        rng = stream(seed, "design", 0)
        if self.kind == "lhs":
            drawn = latin_hypercube(self.points, len(names), rng)
        else:  # the first points of a balanced sequence
            with warnings.catch_warnings():  # it adds a filter, and takes half a second
                from scipy.stats import qmc

            drawn = qmc.Sobol(len(names), rng=rng).random_base2((self.points - 1).bit_length())[: self.points]
        return drawn * (high - low) + low

    def _table(self, folder: Path | None, known: Iterable[str], placed: Callable[[str], str]) -> Table:
        file = str(self.file)
        return read_table(Path(file) if folder is None else below(folder, file), known, placed)


@dataclass(frozen=True)
class Points:
    """Points of a design.

    Attributes:
        names: Dotted names of the numbers varied.
        values: Their values, shape (points, numbers).
    """

    names: tuple[str, ...]
    values: Array

    def __len__(self) -> int:
        return len(self.values)

    def reaching(self, strategy: str) -> "tuple[Points, np.ndarray]":
        """The distinct points that affect one strategy, and which of them each point is.

        Numbers of other strategies do not affect it, so a design over the numbers of one strategy simulates the
        reference once.
        """
        columns = [i for i, name in enumerate(self.names) if not name.startswith("strategies.") or name.split(".")[1] == strategy]
        unique, first, index = np.unique(self.values[:, columns], axis=0, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")  # in the order of the design, not sorted
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return Points(tuple(self.names[i] for i in columns), unique[order]), place[index.ravel()]

    def at(self, settings: Settings, values: Array) -> Settings:
        """The settings with the values of some points, shape (columns, numbers), one column of worlds for each. Values are not checked again."""
        settings = _with_baselines(settings) if any(f".{BASELINE}." in name for name in self.names) else settings
        for i, name in enumerate(self.names):
            settings = _changed(settings, _paths(settings, name), np.ascontiguousarray(values[:, i]))
        return settings


#: What a job without a design has.
NO_POINTS = Points((), np.empty((1, 0)))


def _check_domains(table: Table, known: Mapping[str, Quantity]) -> None:
    """Refuse a table with a value outside the hard domain of its number; the first such value of each column is named."""
    problems = []
    for column, name in enumerate(table.names):
        domain = Interval.parse(known[name].domain)
        values = table.values[:, column]
        if not domain.contains(values):
            point = next(i for i, value in enumerate(values) if not domain.contains(value))
            problems.append(f"design.file: {table.place(point, column)}: allowed range {domain}, got {values[point]:g}")
    if problems:
        raise ValueError("\n".join(problems))


def numbers(settings: Settings) -> dict[str, Quantity]:
    """Every number a design may vary, by dotted name."""
    followed = {policy.name: policy for policy in settings.policies.values()}
    result: dict[str, Quantity] = {}
    settings = _with_baselines(settings)
    for root, value in (("parameters", settings.parameters), ("world", settings.world), ("strategies", settings.strategies), ("policy", followed)):
        result.update(_numbers(value, root))
    return result


def _with_baselines(settings: Settings) -> Settings:
    """The settings with the trust baselines that are left at their default, given."""
    usual = dict.fromkeys(settings.world.powers, USUAL_TRUST)
    states = {name: state if state.trust_baseline is not None else state.model_copy(update={BASELINE: usual}) for name, state in settings.world.states.items()}
    return settings.model_copy(update={"world": settings.world.model_copy(update={"states": states})})


def _numbers(value: Any, path: str) -> Iterator[tuple[str, Quantity]]:
    if isinstance(value, BaseModel):
        known = quantities(type(value))
        for name in type(value).model_fields:
            here, part = f"{path}.{name}", getattr(value, name)
            if name in known:
                each = known[name].each
                if each in (None, "domain"):
                    yield here, known[name]
                keys = part if isinstance(part, Mapping) else DOMAINS if each == "domain" else ()
                yield from ((f"{here}.{key}", known[name]) for key in keys)
            elif name == "options" and isinstance(value, (Strategy, Policy)):
                yield from _numbers(_rule(value).Options.model_validate(dict(part)), here)
            else:
                yield from _numbers(part, here)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _numbers(part, f"{path}.{key}")


def _rule(value: Strategy | Policy) -> Any:
    return STRATEGY_RULES[value.rule] if isinstance(value, Strategy) else POLICY_RULES[value.rule]


def _paths(settings: Settings, name: str) -> list[list[str]]:
    """Where a number stands in the settings: a policy stands with every power that follows it."""
    root, *rest = _split(name, settings)
    if root != "policy":
        return [[root, *rest]]
    return [["policies", power, *rest[1:]] for power, policy in settings.policies.items() if policy.name == rest[0]]


def value_of(settings: Settings, name: str) -> float:
    """The value of a number by its dotted name; of a policy, that of a power which follows it."""
    value: Any = settings
    for key in _paths(settings, name)[0]:
        value = getattr(value, key) if isinstance(value, BaseModel) else value[key] if isinstance(value, Mapping) else value
    return float(value)


def _split(name: str, settings: Settings) -> list[str]:
    """The parts of a dotted name; the name of a strategy, state, power or policy may hold dots itself."""
    for group in (settings.strategies, settings.world.states, settings.world.powers, [policy.name for policy in settings.policies.values()]):
        for key in group:
            if "." in key and f".{key}." in name:
                before, after = name.split(f".{key}.", 1)
                return [*before.split("."), key, *after.split(".")]
    return name.split(".")


def _changed(value: Any, paths: Sequence[Sequence[str]], new: Array) -> Any:
    """A copy with another number at the end of each path."""
    for path in paths:
        value = _replaced(value, path, new)
    return value


def _replaced(value: Any, path: Sequence[str], new: Array) -> Any:
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(value, BaseModel):
        return value.model_copy(update={key: _replaced(getattr(value, key), rest, new)})
    if not isinstance(value, Mapping):  # one number for both domains, of which one is to change
        value = dict.fromkeys(DOMAINS, value)
    return {**value, key: _replaced(value.get(key), rest, new)}
