"""Differences with intervals, in the units a reader sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments import words
from experiments.methods.intervals import Estimate, counts, mean_interval, negligible
from experiments.names import plain
from sim.axes import Array
from sim.payoffs import MEASURES

MINUS = "\N{MINUS SIGN}"
#: What a return is called after "points of", where its label is not a noun.
NOUNS = {"composite": "the composite"}


@dataclass(frozen=True)
class Difference:
    """One strategy less another on the same worlds.

    Attributes:
        mean: Mean over worlds.
        low: Lower end of its 95 % interval.
        high: Upper end.
        better: Share of worlds in which the one strategy is better.
        smallest: Smallest difference that matters, see `sim.payoffs.Payoff.matters`.
    """

    mean: float
    low: float
    high: float
    better: float
    smallest: float = 0.0

    @property
    def sign(self) -> int:
        """+1 or -1 where the interval excludes 0, else 0."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    @property
    def small(self) -> bool:
        """Whether it makes no practical difference: the interval lies within the smallest difference that matters."""
        return bool(negligible(self.low, self.high, self.smallest))

    @property
    def counts(self) -> int:
        """+1 or -1 where it is certain and makes a practical difference, else 0: who is ahead."""
        return int(counts(self.low, self.high, self.smallest))


def of_worlds(worlds: Array, smallest: float = 0.0) -> Difference:
    """A difference from its value in each world, shape (worlds,)."""
    mean, low, high = mean_interval(worlds)
    return Difference(float(mean), float(low), float(high), float((worlds > 0).mean()), smallest)


def verdict(low: float, high: float, smallest: float) -> str:
    """What an interval says: better or worse; same where it makes no practical difference; else open."""
    d = Difference(float("nan"), low, high, float("nan"), smallest)
    return "same" if d.small else "better" if d.sign > 0 else "worse" if d.sign < 0 else "open"


def standing(part: Estimate, smallest: float) -> str:
    """The verdict on a single difference."""
    return verdict(float(part.low), float(part.high), smallest)


#: Verdicts on a difference that is certain and makes a practical difference.
COUNTED = ("better", "worse")


def in_points(measure: str, value: float) -> float:
    """A return or difference as a reader sees it: % of consumption for the economic return, else points (hundredths of the return)."""
    return 100 * float(np.expm1(value) if measure == "economic" else value)


def noun(measure: str) -> str:
    """A return as a noun within a sentence, such as "consumption" or "autonomy"."""
    if measure == "economic":
        return "consumption"
    return NOUNS.get(measure, words.within(MEASURES[measure].label) if measure in MEASURES else plain(measure))


def unit(measure: str) -> str:
    """The unit of `in_points` where the return is named already."""
    return "% of consumption" if measure == "economic" else "points"


def amount(measure: str, d: Difference) -> str:
    """A difference with its interval and sign, such as "+0.07 [+0.06, +0.08] % of consumption"."""
    return f"{interval(measure, d.mean, d.low, d.high)} {unit(measure)}"


def interval(measure: str, mean: float, low: float, high: float) -> str:
    """A difference with its interval and sign, without its unit."""
    low, mean, high = (in_points(measure, value) for value in (low, mean, high))
    return words.interval(low, mean, high, sign=True)


def size(measure: str, d: Difference) -> str:
    """The size of a difference with its interval and the name of the return, such as "3.1 [2.9, 3.3] points of autonomy"."""
    low, mean, high = (in_points(measure, value) for value in (d.low, d.mean, d.high))
    if d.mean < 0:
        low, mean, high = -high, -mean, -low
    return f"{words.interval(low, mean, high)} {unit(measure)}{'' if measure == 'economic' else f' of {noun(measure)}'}"


def short(measure: str, value: float) -> str:
    """The size of a difference in two digits with its unit, such as "1.8 %" or "3.1 points"."""
    points = abs(in_points(measure, value))
    return f"{words.number(points)} {'%' if measure == 'economic' else 'point' if points == 1 else 'points'}"


def gains_short(measure: str, d: Difference) -> str:
    """What a strategy gains in two digits, with its sign: "+1.8 %" or "−3.1 points"."""
    return f"{'+' if d.mean > 0 else MINUS if d.mean < 0 else ''}{short(measure, d.mean)}"


def gains_and_costs(named: Mapping[int, Sequence[str]]) -> str:
    """What is gained (1) and what it costs (-1), such as "gains trust and costs consumption"; empty where there is neither."""
    return " and ".join(f"{verb} {words.listed(named[sign])}" for sign, verb in ((1, "gains"), (-1, "costs")) if named[sign])


def smallest_text(smallest: Mapping[str, float]) -> str:
    """The smallest differences that matter, by return, in a phrase."""
    return words.listed([f"{short(measure, value)} of {noun(measure)}" for measure, value in smallest.items() if value])


def gains(measure: str, d: Difference) -> str:
    """What a strategy gains or costs: "gains 3.1 [2.9, 3.3] points of autonomy", "costs 0.8 [0.7, 0.9] % of consumption"."""
    if d.low == d.high == 0:
        return f"leaves {noun(measure)} unchanged"
    if d.small:
        return f"makes no practical difference to {noun(measure)} ({amount(measure, d)})"
    if d.sign == 0:
        return f"makes no certain difference to {noun(measure)} ({amount(measure, d)})"
    return f"{'gains' if d.sign > 0 else 'costs'} {size(measure, d)}"
