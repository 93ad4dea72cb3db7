"""Cuts: limits of a box while it is searched, and which futures lie inside them."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim.axes import Array

Mask = NDArray[np.bool_]
Side = Literal["above", "below"]
SIDES: tuple[Side, Side] = ("above", "below")
#: A limit by the column of its input, its side and its value.
Cut = tuple[int, Side, float]

#: A limit or a box that chance alone would make as good in this share of cases is dropped.
CHANCE = 0.05


def inside_of(x: Array, cuts: Sequence[Cut]) -> Mask:
    """Which futures lie inside all cuts, shape (futures,); x has shape (futures, inputs)."""
    inside = np.ones(len(x), dtype=bool)
    for column, side, value in cuts:
        inside &= x[:, column] > value if side == "above" else x[:, column] < value
    return inside


def outside_of(x: Array, boxes: Sequence[Sequence[Cut]]) -> Mask:
    """Which futures lie outside every box, shape (futures,)."""
    outside = np.ones(len(x), dtype=bool)
    for cuts in boxes:
        outside &= ~inside_of(x, cuts)
    return outside


def quasi_p(x: Array, fails: Mask, cuts: Sequence[Cut], one: Cut) -> float:
    """Quasi-p-value of one limit: the chance that a box holds as many failures if that limit made no difference; 1 where the box is empty."""
    wide = inside_of(x, [cut for cut in cuts if cut != one])
    return chance_of(wide & inside_of(x, cuts), wide, fails)


def chance_of(inside: Mask, among: Mask, fails: Mask) -> float:
    """Chance that as many futures, drawn from `among`, hold as many failures as those inside.

    Source: Bryant & Lempert (2010), binomial.
    """
    n, hits = int(inside.sum()), int((inside & fails).sum())
    return float(stats.binom.sf(hits - 1, n, fails[among].mean())) if n else 1.0
