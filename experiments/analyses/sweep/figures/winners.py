"""Who leads in each cell of a sweep figure, in which colour and by how much."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from experiments import words
from experiments.analyses.sweep.figures.panels import dots_handle, shade
from experiments.analyses.sweep.sweep import Sweep, winners
from experiments.figures import layout, scales, style
from experiments.names import names, naming
from sim.axes import Array

BY_NUMBER = "best with all its members, not size-adjusted"


@dataclass(frozen=True)
class Won:
    """Which is best in one return, cell by cell.

    Attributes:
        name: Family (or strategy, where all are of one family), shape (points,).
        margin: As shown, shape (points,).
        certain: Whether the interval of the margin excludes 0, shape (points,).
        size_adjusted: Whether it is ahead also with no more members than any other family has, shape (points,).
        nothing: Whether no strategy differs from another in any world.
    """

    name: NDArray[np.object_]
    margin: Array
    certain: NDArray[np.bool_]
    size_adjusted: NDArray[np.bool_]
    nothing: bool

    @property
    def by_number(self) -> NDArray[np.bool_]:
        """Where a family is best with all its members only, shape (points,)."""
        by_number: NDArray[np.bool_] = self.certain & ~self.size_adjusted
        return by_number


def won(sweep: Sweep, measure: str) -> Won:
    """Which is best in one return."""
    rows = winners(sweep, measure)
    values = sweep.measures[measure]
    return Won(rows.family.to_numpy(object), np.asarray(scales.scale_of(measure).difference(rows.margin.to_numpy())), rows.ahead.to_numpy(),
               rows.size_adjusted.to_numpy(), not np.ptp(values, axis=0).any())


def by_number_handles(result: Iterable[Won]) -> list[Line2D]:
    """Explains the dots where a family is best with all its members only; nothing where there are none."""
    return [dots_handle(BY_NUMBER)] if any(each.by_number.any() for each in result if not each.nothing) else []


def colours_of(sweep: Sweep, result: Mapping[str, Won]) -> dict[str, str]:
    """The colour of each winner, the one that is best at most points first.

    Strategies of a single family take colours that no family of the model has, and grey where these end.
    """
    counts: dict[str, int] = {}
    for each in result.values():
        for name in ([] if each.nothing else each.name):
            counts[name] = counts.get(name, 0) + 1
    order = sorted(counts, key=lambda name: (-counts[name], name))
    if len(set(sweep.families.values())) == 1:
        return {name: style.APART[i] if i < len(style.APART) else style.PALE for i, name in enumerate(order)}
    with naming(replace(names(), families=(*names().families, *order))):
        return {name: style.colour_of(name) for name in order}


def winner_handles(sweep: Sweep, colours: Mapping[str, str]) -> list[Line2D]:
    """One patch of colour for each winner."""
    families = len(set(sweep.families.values())) > 1
    shown = style.short_labels(sweep.strategies)
    named = {name: colour for name, colour in colours.items() if families or colour != style.PALE}
    rest = [layout.patch(style.PALE, words.plural(len(colours) - len(named), "other"))] if len(named) < len(colours) else []
    return [*(layout.patch(colour, style.shortened(style.family_label(name)) if families else shown[name]) for name, colour in named.items()), *rest]


def called(sweep: Sweep, name: str) -> str:
    """What a winner is called: a family, or a strategy where all are of one family."""
    return style.family_label(name) if len(set(sweep.families.values())) > 1 else style.labels(sweep.strategies)[name]


def most_often(sweep: Sweep, result: Won) -> tuple[list[str], int] | None:
    """Who is best at most points, size-adjusted, several where they tie, and at how many; None where nobody is at any."""
    counts = Counter(str(name) for name, sure in zip(result.name, result.size_adjusted, strict=True) if sure)
    if result.nothing or not counts:
        return None
    most = max(counts.values())
    return [called(sweep, name) for name, count in counts.items() if count == most], most


def at_how_many(count: int, adjusted: int, of: str = "") -> str:
    """At how many points somebody is best, and at how many size-adjusted where these are fewer, such as "at 13 of 26 points (size-adjusted at none)"."""
    fewer = f" (size-adjusted at {f'{adjusted:,}' if adjusted else 'none'})" if adjusted < count else ""
    return f"at {count:,}{of}{fewer}"


def leader(result: Won) -> str | None:
    """Who is best at every point for certain, where there are several points; None where nobody is."""
    everywhere = not result.nothing and len(result.name) > 1 and result.certain.all() and len(set(result.name)) == 1
    return str(result.name[0]) if everywhere else None


def least_margin(result: Won) -> float:
    """The margin that is palest: the smallest one where the same is best everywhere, for its colour would be flat; else 0."""
    return float(result.margin.min()) if leader(result) else 0.0


def strengths(result: Won) -> Array:
    """Where the margin lies between the palest and the largest, shape (points,); 0 where none is best."""
    least, most = least_margin(result), largest_margin(result)
    return np.where(result.certain, (result.margin - least) / (most - least), 0.0) if most > least else np.zeros_like(result.margin) + bool(leader(result))


def largest_margin(result: Won) -> float:
    """The largest margin of a winner; 0 where none is best anywhere."""
    return float(result.margin[result.certain].max(initial=0.0))


def winner_colours(result: Won, colours: Mapping[str, str]) -> Array:
    """Red, green, blue of each point, shape (points, 3)."""
    colour = np.ones((len(result.name), 3))
    if result.nothing:
        return colour
    share = strengths(result)
    for name in set(result.name):
        if name in colours:
            at = result.name == name
            colour[at] = shade(colours[name], share[at])
    return colour
