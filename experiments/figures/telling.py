"""What is told: which strategies, in which order, in which units, in which words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison import Comparison
from sim.axes import WORLD
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
    """How a measure is shown: the economic return as the steady consumption it is worth, shares in percent, differences of others in hundredths."""
    if measure not in MEASURES:
        return Scale(measure.replace("_", " ").capitalize(), "weighted score", "weighted score", _same, _same)
    found = MEASURES[measure]
    if measure == "economic":
        return Scale(found.label, "consumption,\nUSD bn/yr", "% of consumption", np.exp, lambda value: 100 * np.expm1(value))
    if found.unit.startswith("share of "):
        unit = found.unit.replace("share", "%")
        return Scale(found.label, unit, unit, _percent, _percent)
    return Scale(found.label, f"scale {found.unit}", "hundredths", _same, _percent)


def number(value: float, digits: int = 2) -> str:
    """A number with that many significant digits (at least those before the point, at most four after) and a true minus sign."""
    if not np.isfinite(value):
        return "unknown"
    if 0 < abs(value) < 5e-5:
        return "almost 0"
    decimals = max(0, digits - 1 - int(np.floor(np.log10(abs(value))))) if value else 0
    return f"{value:,.{min(decimals, 4)}f}".replace("-", "−")


def order_by(comparison: Comparison, measure: str = "economic") -> list[str]:
    """Strategies from the highest mean of a measure to the lowest; ties in the order of the settings."""
    mean = comparison.payoffs[measure].mean(axis=WORLD)
    return [comparison.strategies[i] for i in np.argsort(-mean, kind="stable")]


def several(comparison: Comparison) -> bool:
    """Whether there is anything to compare with the reference."""
    return len(comparison.strategies) > 1


def selection(comparison: Comparison, most: int = 6) -> list[str]:
    """A few strategies to follow over time: all, if there are few.

    Else the reference, the best and the worst in the economic return, then the families not yet shown, those
    best for most weights of the returns first, each by its strategy best for most weights; then other strategies
    best for most weights.
    """
    by_return = order_by(comparison)
    if len(by_return) <= most:
        return sorted(by_return, key=lambda name: name != comparison.reference)
    table, families = comparison.dominance, comparison.families
    share = {kind: dict(zip(table[table.kind == kind].name, table[table.kind == kind].share, strict=True)) for kind in ("strategy", "family")}
    by_share = sorted(by_return, key=lambda name: -float(share["strategy"][name]))
    chosen = [comparison.reference, by_return[0], by_return[-1]]
    heads = {families[name]: name for name in reversed(by_share)}  # the last written is the first by share
    rest = [heads[family] for family in sorted(heads, key=lambda family: -float(share["family"][family])) if family not in {families[name] for name in chosen}]
    return list(dict.fromkeys([*chosen, *rest, *by_share]))[:most]


def rows_of(comparison: Comparison, table: str, measure: str, names: Sequence[str]) -> pd.DataFrame:
    """The rows of `summary` or `paired` on one measure, one per name in that order."""
    frame: pd.DataFrame = getattr(comparison, table)
    found: pd.DataFrame = frame[frame.measure == measure].set_index("strategy").loc[list(names)]
    return found


def sentence(parts: Iterable[str]) -> str:
    """Parts joined into one sentence."""
    return "; ".join(parts) + "."


def interval(low: float, mean: float, high: float) -> str:
    """A mean and its interval in words, as exact as the interval is narrow."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return number(mean, 3)
    decimals = int(np.clip(-np.floor(np.log10((high - low) / 2)), 0, 5)) if high > low else 2
    return f"{mean:,.{decimals}f} [{low:,.{decimals}f} to {high:,.{decimals}f}]".replace("-", "−")
