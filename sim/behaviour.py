"""What a state did, measured from its trajectories: families are labels, behaviour is measured. MODEL.md, section "Behaviour"."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.axes import Array

#: In this order: the first that fits a world.
CLASSES = ("withdrawn", "split", "aligned_first", "aligned_second", "hedging", "in_between")
#: Names for a reader; {first} and {second} stand for the powers.
LABELS = {
    "withdrawn": "withdrawn", "aligned_first": "aligned with {first}", "aligned_second": "aligned with {second}", "hedging": "hedging",
    "split": "split between the powers", "in_between": "in between",
}
#: Less mean engagement is withdrawn; more lean is aligned; less lean, with a hedging index above, is hedging.
WITHDRAWN, ALIGNED, EVEN, BALANCED = 0.35, 0.5, 0.25, 0.5
#: Tilts of the two domains, or of earlier and later quarters, cancel within this: a lean without a side is a split.
CANCELLED = 0.15

#: Measures of `sim.payoffs.MEASURES` from which classes are made.
NEEDED = ("mean_engagement", "lean", "hedging_index", "tilt")


def classes(measures: Mapping[str, Array]) -> NDArray[np.intp]:
    """Class of each world, a position in `CLASSES`, shape (R,), from time means of a world."""
    engagement, lean, index, tilt = (measures[name] for name in NEEDED)
    fits = [engagement < WITHDRAWN, (lean >= EVEN) & (np.abs(tilt) <= CANCELLED), (lean >= ALIGNED) & (tilt > 0), lean >= ALIGNED,
            (lean < EVEN) & (index >= BALANCED)]
    return np.select(fits, range(len(fits)), len(fits)).astype(np.intp)


def shares(measures: Mapping[str, Array]) -> dict[str, float]:
    """Share of the worlds in each class."""
    counted = np.bincount(classes(measures), minlength=len(CLASSES))
    return {name: float(count) / counted.sum() for name, count in zip(CLASSES, counted, strict=True)}
