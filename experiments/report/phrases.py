"""Numbers with their intervals as the reports of analyses say them."""

from collections.abc import Sequence

from experiments import words
from experiments.analysis.intervals import Estimate
from experiments.figures import telling
from experiments.words import NARROW_SPACE


def told(measure: str, part: Estimate) -> str:
    """A difference in a return with its interval, in the unit of the figures."""
    scale = telling.scale_of(measure)
    low, value, high = (float(scale.difference(end)) for end in (part.low, part.value, part.high))
    return f"{telling.interval(low, value, high)} {scale.unit}"


def share(part: Estimate) -> str:
    """A share with its interval."""
    return words.share(part.value, part.low, part.high)


def listed(names: Sequence[str], word: str = "and") -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}" if names else "none"


def cell(measure: str, part: Estimate, digits: int = 2) -> str:
    """A difference in a return with its interval, for a table."""
    scale = telling.scale_of(measure)
    value, low, high = (float(scale.difference(end)) for end in (part.value, part.low, part.high))
    return f"{value:.{digits}f} [{low:.{digits}f},{NARROW_SPACE}{high:.{digits}f}]".replace("-", "−")


def three(name: str, part: Estimate, i: int | tuple[int, ...] = ()) -> dict[str, object]:
    """An estimate as columns of a table for spreadsheets."""
    return {name: part.value[i], f"{name}_low": part.low[i], f"{name}_high": part.high[i]}
