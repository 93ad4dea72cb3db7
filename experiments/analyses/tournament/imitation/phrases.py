"""Words for shares, strategies and variants."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments import words
from experiments.analyses.tournament.imitation.result import Result
from experiments.figures.style import labels
from experiments.methods.intervals import Estimate
from experiments.names import plain
from experiments.report.phrases import exact_ties
from sim.axes import Array

#: Tied strategies that are named.
LISTED = 6
QUARTER = "the last quarter of the generations"


def share(part: Estimate, unit: str = " %") -> str:
    """A share in percent, or a difference of shares in points, with its interval."""
    return f"{words.interval(*(float(100 * end) for end in (part.low, part.value, part.high)))}{unit}"


def named(result: Result, rows: Sequence[int] | NDArray[np.intp]) -> str:
    """Strategies by number, as a list in a sentence."""
    shown = labels(result.options.strategies)
    return words.listed([shown[result.options.strategies[i]] for i in rows])


def highest(result: Result, values: Array) -> tuple[str, int]:
    """The strategies with exactly the highest value, in a sentence, and how many they are; shape (strategies,)."""
    ties = exact_ties(values, int(values.argmax()))
    shown = labels(result.options.strategies)
    return words.some([shown[result.options.strategies[i]] for i in ties]), len(ties)


def variant(name: str) -> str:
    """The name of a variant at the beginning of a sentence, without the underscores of families and strategies."""
    return name[:1].upper() + plain(name[1:])
