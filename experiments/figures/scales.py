"""Scales and ticks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.names import filled, plain
from sim.payoffs import MEASURES


@dataclass(frozen=True)
class Scale:
    """How a measure is shown, in units a reader knows.

    Attributes:
        label: Name for a person.
        level_unit: Unit of `level`.
        unit: Unit of `difference`.
        level: From the measure to what is shown.
        difference: From a difference of two to what is shown.
    """

    label: str
    level_unit: str
    unit: str
    level: Callable[[Any], Any]
    difference: Callable[[Any], Any]


def _percent(value: Any) -> Any:
    return 100 * value


def _same(value: Any) -> Any:
    return value


def scale_of(measure: str) -> Scale:
    """How a measure is shown: the economic return as the steady consumption it is worth, shares in percent, differences of others in points.

    A point is a hundredth of the return.
    """
    if measure not in MEASURES:
        return Scale(plain(measure).capitalize(), "weighted score", "weighted score", _same, _same)
    result = MEASURES[measure]
    label = filled(result.label)
    if measure == "economic":
        return Scale(label, "consumption,\nUSD bn/yr", "% of consumption", np.exp, lambda value: 100 * np.expm1(value))
    if result.unit.startswith("share of "):
        unit = result.unit.replace("share", "%")
        return Scale(label, unit, unit, _percent, _percent)
    return Scale(label, f"scale {result.unit}", "points", _same, _percent)
