"""Numbers with their intervals as the reports of analyses write them."""

import numpy as np

from experiments import words
from experiments.figures import scales
from experiments.methods.intervals import ENOUGH, FEWEST_FOR_TAIL, FEWEST_WITH_TAIL, Estimate
from experiments.words import NARROW_SPACE
from sim.axes import Array

#: Numbers nearer to each other than this share of their range or size differ by rounding alone.
ROUNDING = 1e-9


def exact_ties(values: Array, one: int) -> list[int]:
    """One of some things, by number, then every other with the same value but for rounding, shape (things,)."""
    near = np.abs(values - values[one]) <= ROUNDING * max(np.ptp(values), abs(values[one]))
    return [one, *(i for i in np.flatnonzero(near).tolist() if i != one)]


def text(measure: str, part: Estimate) -> str:
    """A difference in a return with its interval, in the unit of the figures."""
    scale = scales.scale_of(measure)
    low, value, high = (float(scale.difference(end)) for end in (part.low, part.value, part.high))
    return f"{words.interval(low, value, high)} {scale.unit}"


def share(part: Estimate) -> str:
    """A share with its interval."""
    return words.share(part.value, part.low, part.high)


def scaled(measure: str, part: Estimate) -> Estimate:
    """Differences in a return, in the unit of the figures."""
    return Estimate(*(np.asarray(scales.scale_of(measure).difference(end)) for end in (part.value, part.low, part.high)))


def cell(part: Estimate, digits: int = 2, *, times: float = 1.0) -> str:
    """A number with its interval, for a table whose numbers all have as many decimals; a dash where there is none."""
    if not np.isfinite(part.value):
        return "—"
    if not (np.isfinite(part.low) and np.isfinite(part.high)):
        return f"{words.fixed(times * float(part.value), digits)} [no interval]"
    value, low, high = (words.fixed(times * float(end), digits) for end in (part.value, part.low, part.high))
    return f"{value} [{low},{NARROW_SPACE}{high}]"


def three(name: str, part: Estimate, i: int | tuple[int, ...] = ()) -> dict[str, object]:
    """An estimate as three columns of a CSV table: the value and the ends of its interval."""
    return {name: part.value[i], f"{name}_low": part.low[i], f"{name}_high": part.high[i]}


def cautions(n: int, things: str = "worlds") -> list[str]:
    """Notes for a reader where so few things, independent of each other, make intervals too narrow, or leave none; of one nothing has any."""
    if n < 2:
        return []
    skewed = f"With fewer than {ENOUGH} {things} 95 % intervals of skewed returns, such as security, are too narrow: they cover 91 to 93 %."
    if n < FEWEST_WITH_TAIL:  # the interval is infinite
        tail = (f"So few {things} do not show how sure the mean of the worst tenth (CVaR) is: it rests on one of them and has no interval.")
    else:
        tail = (f"With fewer than {FEWEST_FOR_TAIL} {things} 95 % intervals of the worst tenth (CVaR) are much too narrow: they cover 30 to 80 %, and nearly "
                "all that miss are too favourable.")
    return [skewed] * (n < ENOUGH) + [tail] * (n < FEWEST_FOR_TAIL)
