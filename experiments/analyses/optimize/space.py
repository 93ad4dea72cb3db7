"""The numbers of a strategy as a space to search: from a point of the unit cube to a strategy, and to the YAML of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.configuration.design import numbers
from experiments.messages import unknown
from sim.axes import DOMAINS, Array
from sim.quantity import Quantity
from sim.settings import Settings
from sim.strategies.strategy import Strategy

#: Searched by default. Learning is not among them: a state that learns follows another rule, which begins at any positive number.
NUMBERS = (
    "anchor.economy", "anchor.security", "breadth.economy", "breadth.security", "speed", "lean_with.inducement", "lean_with.power",
    "lean_with.pressure", "lean_with.dependence", "lean_with.perception", "lean_with.reciprocity", "lean_with.rivalry", "lean_with.threat",
    "defence", "association_effort",
    "ambiguity", "diversification")
#: What a file need not say.
_PLAIN = Strategy(name="plain", family="plain", description="-", source="-")
#: Decimals of a number found.
DECIMALS = 6


@dataclass(frozen=True)
class Space:
    """The numbers that are searched, and the strategy whose other numbers are kept.

    Attributes:
        base: The strategy whose other numbers are kept; its name is that of the candidates.
        known: What is known of each number searched, by its name within the strategy, such as "anchor.economy".
    """

    base: Strategy
    known: Mapping[str, Quantity]

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names of the numbers among those of the settings."""
        return tuple(f"strategies.{self.base.name}.{name}" for name in self.known)

    def values(self, unit: Array) -> Array:
        """Numbers of candidates from points of the unit cube, shape (..., numbers); few decimals, so that a file can say them exactly."""
        low, high = np.array([known.plausible for known in self.known.values()]).T
        result: Array = np.round(low + unit * (high - low), DECIMALS)
        return result

    def strategy(self, name: str, unit: Array, about: str, source: str, family: str, label: str = "") -> Strategy:
        """The strategy at a point of the unit cube, shape (numbers,)."""
        return Strategy.model_validate(
            {"name": name, "label": label, "family": family, "description": about, "source": source, "rule": self.base.rule,
             "options": self.base.options, **self._numbers(unit)})

    def _numbers(self, unit: Array) -> dict[str, Any]:
        """All numbers of the strategy at a point as plain data: those searched, and the others of the base."""
        others = ("name", "label", "family", "description", "source", "rule", "options")
        result = {field: value for field, value in self.base.model_dump().items() if field not in others}
        for name, value in zip(self.known, self.values(unit).tolist(), strict=True):
            *groups, key = name.split(".")
            inside = result
            for group in groups:
                if not isinstance(inside[group], Mapping):
                    inside[group] = dict.fromkeys(DOMAINS, inside[group])
                inside = inside[group]
            inside[key] = value
        return result

    def yaml(self, strategy: Strategy, unit: Array, provenance: Sequence[str]) -> str:
        """The file of a strategy found, ready for conf/strategies.

        Args:
            strategy: As `strategy` gives it.
            unit: Its point.
            provenance: Lines that say where it comes from.
        """
        from json import dumps  # a JSON string is a YAML string

        lines = [*(f"# {line}" for line in provenance), f"{strategy.name}:", f"  family: {strategy.family}", f"  description: {dumps(strategy.description)}",
                 f"  source: {dumps(strategy.source)}"]
        if strategy.rule != "linear":
            lines.append(f"  rule: {strategy.rule}")
        if strategy.options:
            lines += ["  options:", *(f"    {key}: {value}" for key, value in strategy.options.items())]
        for field, value in self._numbers(unit).items():
            default = getattr(_PLAIN, field)
            if value != (default if not hasattr(default, "model_dump") else default.model_dump()):
                lines += self._entry("  ", field, value)
        return "\n".join(lines) + "\n"

    def _entry(self, indent: str, path: str, value: Any) -> list[str]:
        key = path.rsplit(".", 1)[-1]
        if isinstance(value, Mapping):
            return [f"{indent}{key}:", *(line for name, part in value.items() for line in self._entry(indent + "  ", f"{path}.{name}", part))]
        known = self.known.get(path)
        text = f"{indent}{key}: {value}"
        if known is None:
            return [f"{text:<34}# not searched"]
        low, high = known.plausible
        return [f"{text:<34}# searched in [{low:g}, {high:g}]"]


def space(settings: Settings, base: Strategy, names: Sequence[str]) -> Space:
    """The space of some numbers of a strategy that is among the settings.

    Args:
        settings: Hold the base among their strategies.
        base: Strategy whose other numbers are kept.
        names: Names within the strategy; "anchor" is one number for both domains, "anchor.economy" one of two.

    Raises:
        ValueError: A name is unknown, or overlaps with another.
    """
    prefix = f"strategies.{base.name}."
    known = {name.removeprefix(prefix): quantity for name, quantity in numbers(settings).items() if name.startswith(prefix)}
    if strange := [name for name in names if name not in known]:
        raise ValueError(unknown(strange[0], known, "number of a strategy"))
    for name in names:
        if names.count(name) > 1 or any(other.startswith(f"{name}.") for other in names):
            raise ValueError(f"{name} is named twice")
    return Space(base, {name: known[name] for name in names})
