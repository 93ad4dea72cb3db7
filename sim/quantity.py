"""Numbers with their unit, hard domain, plausible range, source and grade.

Every number of the model is declared once, as a `quantity` field of a `Quantities` class. Validation
messages, the JSON Schema for editors and the tables of MODEL.md are all made from these declarations.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from sim import axes
from sim.axes import DOMAINS

Number = Annotated[axes.Number, SkipValidation, WithJsonSchema({"type": "number"})]
PerDomain = Annotated[axes.PerDomain, SkipValidation, WithJsonSchema({})]
PerKey = Annotated[Mapping[str, axes.Number], SkipValidation, WithJsonSchema({})]

Grade = Literal["A", "B", "C"]
GRADES = {"A": "measured", "B": "inferred from a cited figure", "C": "assumption"}

#: How a quantity may be split, and how a message shows the keys it then has. Those of powers come from the world, which checks them.
Each = Literal["domain", "power", "partner", "creditor", "measure"]
KEYS: dict[str, tuple[str, ...]] = {
    "domain": DOMAINS, "power": ("FIRST POWER", "SECOND POWER"), "partner": ("FIRST POWER", "SECOND POWER", "rest"),
    "creditor": ("FIRST POWER", "SECOND POWER", "other"), "measure": ("survey", "votes"),
}


@dataclass(frozen=True)
class Interval:
    """A range of numbers in the usual notation: `[0, 1]` includes its ends, `(0, inf)` does not."""

    low: float
    high: float
    holds_low: bool = True
    holds_high: bool = True

    @classmethod
    @cache
    def parse(cls, text: str) -> "Interval":
        low, high = text[1:-1].split(",")
        return cls(float(low), float(high), text[0] == "[", text[-1] == "]")

    def contains(self, x: Any) -> bool:
        """Whether every value of `x` lies inside."""
        above = x >= self.low if self.holds_low else x > self.low
        below = x <= self.high if self.holds_high else x < self.high
        both = above & below
        return both if isinstance(both, bool) else bool(np.all(both))  # numbers come by the thousand, and NumPy takes its time for each

    def __str__(self) -> str:
        return f"{'[' if self.holds_low else '('}{self.low:g}, {self.high:g}{']' if self.holds_high else ')'}"


@dataclass(frozen=True)
class Quantity:
    """The metadata of one number of the model.

    Attributes:
        meaning: One line on what it is.
        symbol: The symbol of the equations.
        unit: Its unit; "-" for a pure number.
        domain: Hard domain in interval notation; a value outside is refused.
        plausible: Plausible range, the default range of any sweep.
        source: Where default and range come from.
        grade: Evidence: A measured, B inferred from a cited figure, C assumption.
        each: "domain": one number, or one per domain. "power": one number for each power; "partner": and for the rest of
            the world; "creditor": and for other creditors; "measure": one or more of the measures. None: one number.
        word: A word that may stand in place of a number.
    """

    meaning: str
    symbol: str
    unit: str
    domain: str
    plausible: tuple[float, float]
    source: str
    grade: Grade
    each: Each | None = None
    word: str | None = None


def quantity(
    default: Any = ...,
    *,
    meaning: str,
    symbol: str,
    domain: str,
    plausible: tuple[float, float],
    source: str,
    grade: Grade = "C",
    unit: str = "-",
    each: Each | None = None,
    word: str | None = None,
) -> Any:
    """Declare a field of a `Quantities` class as a number of the model. Arguments as in `Quantity`."""
    known = Quantity(meaning, symbol, unit, domain, plausible, source, grade, each, word)
    interval = Interval.parse(domain)
    limits: dict[str, Any] = {"minimum" if interval.holds_low else "exclusiveMinimum": interval.low}
    if math.isfinite(interval.high):
        limits["maximum" if interval.holds_high else "exclusiveMaximum"] = interval.high
    schema: dict[str, Any] = {"type": "number"} | limits
    if word is not None:
        schema = {"anyOf": [schema, {"const": word}]}
    if each is not None:
        split: dict[str, Any] = {"type": "object", "minProperties": 1, "additionalProperties": schema}
        if each in ("domain", "measure"):
            split = {"type": "object", "properties": {key: schema for key in KEYS[each]}, "additionalProperties": False}
            split |= {"required": list(KEYS[each])} if each == "domain" else {"minProperties": 1}
        schema = {"anyOf": [schema, split]} if each == "domain" else split
    return Field(
        default,
        description=f"{meaning}. {unit}, {domain}. {source}.",
        json_schema_extra=schema | {"x-quantity": asdict(known)},
    )


@cache
def quantities(kind: type[BaseModel]) -> dict[str, Quantity]:
    """The declared numbers of a class, by field name."""
    extras: dict[str, Any] = {name: field.json_schema_extra for name, field in kind.model_fields.items()}
    return {n: Quantity(**e["x-quantity"]) for n, e in extras.items() if isinstance(e, dict) and "x-quantity" in e}


def _checked(value: Any, known: Quantity) -> axes.Number | str:
    """A number, or one value per world, of the right type and inside its hard domain; or the word that may stand in its place."""
    if isinstance(value, str) and value == known.word:
        return value
    interval = Interval.parse(known.domain)
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiu" and value.size:
        per_world = np.array(value, dtype=float)
        per_world.setflags(write=False)
        number: axes.Number = per_world
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # a whole number of hundreds of digits
            number = math.inf if value > 0 else -math.inf
    else:
        raise PydanticCustomError("number_type", "{message}", {"message": f"expected {wanted(known)}, got {value!r}"})
    finite = math.isfinite(number) if isinstance(number, float) else np.all(np.isfinite(number))
    if not finite or not interval.contains(number):
        shown = value if not isinstance(value, np.ndarray) else "a value outside it in at least one world"
        raise PydanticCustomError("domain", "{message}", {"message": f"allowed range {interval}, got {shown}"})
    return number


def wanted(known: Quantity) -> str:
    """The values that a field accepts, in words."""
    one = f"a number in {known.domain}" + (f" or the word {known.word}" if known.word else "")
    if known.each is None:
        return one
    keys = ", ".join(f"{key}:" for key in KEYS[known.each])
    return f"{one}, or {{{keys}}}" if known.each == "domain" else f"{{{keys}}}, each {one}"


def _has_its_keys(value: Mapping[Any, Any], known: Quantity) -> bool:
    """Whether a split value has the keys it needs, as far as they do not come from the world."""
    fixed = set(KEYS[str(known.each)])
    if known.each == "domain":
        return set(value) == fixed
    if known.each == "measure":
        return bool(value) and set(value) <= fixed
    return len(value) == len(fixed) and all(isinstance(key, str) for key in value)


class Frozen(BaseModel):
    """A settings class: immutable, strict about types, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, hide_input_in_errors=True,
                              revalidate_instances="always")


class Quantities(Frozen):
    """A settings class some fields of which are declared with `quantity`."""

    @field_validator("*", mode="before")
    @classmethod
    def _check_quantity(cls, value: Any, info: ValidationInfo) -> Any:
        known = quantities(cls).get(info.field_name or "")
        if known is None or (value is None and cls.model_fields[str(info.field_name)].default is None):
            return value
        if known.each is None:
            return _checked(value, known)
        if known.each == "domain" and not isinstance(value, Mapping):
            return _checked(value, known)
        if not isinstance(value, Mapping) or not _has_its_keys(value, known):
            message = f"expected {wanted(known)}, got {value!r}"
            raise PydanticCustomError("split", "{message}", {"message": message})
        return {key: _checked(part, known) for key, part in value.items()}


# ---- Values per world

#: Types of most parts of settings, which hold no others.
SINGLE = (float, str, int, bool, type(None))


def _parts(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        inside = value.__dict__
        return [(name, inside[name]) for name in type(value).model_fields]
    return [(str(key), part) for key, part in value.items()] if isinstance(value, Mapping) else ()


def per_world(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """Every number of some settings, or of a part of them, that is given as one value per world, with its path."""
    if isinstance(value, np.ndarray):
        yield path, value
    for name, part in _parts(value):
        if part.__class__ not in SINGLE and isinstance(part, (np.ndarray, BaseModel, Mapping)):
            yield from per_world(part, (*path, name))


def of_worlds(value: Any, worlds: slice | NDArray[np.intp]) -> Any:
    """Settings, or any part of them, with every value per world cut to some worlds."""
    if isinstance(value, np.ndarray):
        return value[worlds]
    if not any(True for _ in per_world(value)):
        return value
    cut = {name: of_worlds(part, worlds) for name, part in _parts(value)}
    return value.model_copy(update=cut) if isinstance(value, BaseModel) else cut


def same(one: Any, other: Any) -> bool:
    """Whether two settings, or parts of them, are equal in type and in every number, word and list."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, (BaseModel, Mapping)):
        mine, its = dict(_parts(one)), dict(_parts(other))
        return list(mine) == list(its) and all(same(part, its[name]) for name, part in mine.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
