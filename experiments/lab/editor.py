"""The numbers of a strategy that a page shows as sliders; the page that asks and the page of a student have the same."""

from collections.abc import Iterator
from typing import Any

from sim.quantity import Quantity, quantities
from sim.strategies.strategy import LeanWith, Strategy

#: Numbers of a strategy that have a slider, with those of `lean_with`.
EDITED = ("anchor", "breadth", "speed")
#: What a slider does to a number that is not one number.
SPLIT = "Some of these numbers are the state's own, or differ between economy and security; a slider that is moved sets one for both."


def numbers(strategy: Strategy) -> Iterator[tuple[str, Any, Quantity]]:
    """The key of each below the strategy, its value, and what is known of it."""
    yield from ((name, getattr(strategy, name), quantities(Strategy)[name]) for name in EDITED)
    yield from ((f"lean_with.{name}", getattr(strategy.lean_with, name), known) for name, known in quantities(LeanWith).items())


def is_split(strategy: Strategy) -> bool:
    """Whether one of them is not one number."""
    return any(not isinstance(value, int | float) for _, value, _ in numbers(strategy))


def changed(strategy: Strategy, key: str, value: float) -> Strategy:
    """The strategy with another number.

    Raises:
        pydantic.ValidationError: It is outside its domain.
    """
    group, _, name = key.rpartition(".")
    data = strategy.model_dump()
    (data[group] if group else data)[name] = value
    return Strategy.model_validate(data)
