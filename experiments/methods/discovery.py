"""Scenario discovery: in which futures something happens, described as a box of few inputs.

Half of the futures, drawn at random, are searched for boxes. The other half tests them, so that coverage, density
and p-values come from futures that had no part in the choice. There are two ways to search: PRIM peels a box out of
the whole, a classification tree splits the whole into boxes.

Source: Friedman & Fisher (1999), Statistics and Session 9: 123-143; Bryant & Lempert (2010), Technological
Forecasting and Social Change 77: 34-49.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.methods.cuts import CHANCE, Cut, Side, chance_of, inside_of, outside_of, quasi_p
from experiments.methods.intervals import Estimate, share_interval
from experiments.methods.peeling import peeled_box, peeling_trajectory
from experiments.methods.splitting import leaves_of
from sim.axes import Array

Mask = NDArray[np.bool_]

#: A box holds at least this share of the futures, and this many.
SUPPORT, FEWEST = 0.05, 10
#: Most inputs that a box restricts, most boxes, most levels of splits of a tree.
INPUTS, BOXES, DEPTH = 4, 3, 3


@dataclass(frozen=True)
class Limit:
    """One limit of a box.

    Attributes:
        name: The input.
        side: Whether the box lies above or below the value.
        value: In units of the input.
        found_p: Quasi-p-value on the searched half of the futures: the chance that as many futures, drawn from the box without this limit, hold as
            many failures. It is too small, since the limit was chosen on them.
        p: The same on the tested half of the futures, which had no part in the choice.
    """

    name: str
    side: Side
    value: float
    found_p: float = 1.0
    p: float = 1.0


@dataclass(frozen=True)
class Box:
    """Futures within limits, tested on futures that had no part in the choice of the limits.

    Attributes:
        limits: Limits that all hold, inputs in the order of the design; without any the box is the whole space.
        coverage: Share of all failures that lie in the box.
        density: Share of the futures in the box that fail.
        base: Share of all futures that fail, to compare the density with.
        support: Share of all futures that lie in the box.
        p: Chance that as many futures, drawn from all, hold as many failures.
        digits: Decimals with which the limits of an input are shown, by name.
    """

    limits: tuple[Limit, ...]
    coverage: Estimate
    density: Estimate
    base: float
    support: float
    p: float
    digits: Mapping[str, int]

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs restricted, in the order of the design."""
        return tuple(dict.fromkeys(limit.name for limit in self.limits))

    def ends(self, name: str) -> tuple[float, float]:
        """Lower and upper limit of an input; infinite where it has none."""
        of = {limit.side: limit.value for limit in self.limits if limit.name == name}
        return of.get("above", -np.inf), of.get("below", np.inf)

    def holds(self, x: Array, names: Sequence[str]) -> Mask:
        """Whether each future lies in the box, shape (futures,); x has shape (futures, inputs)."""
        return inside_of(x, [(list(names).index(limit.name), limit.side, limit.value) for limit in self.limits])

    def where(self, labels: Mapping[str, str] | None = None) -> str:
        """The limits in words, with labels of the inputs by name."""
        return " and ".join(f"{(labels or {}).get(name, name)} {self._range(name)}" for name in self.names) or "anywhere"

    def in_words(self, labels: Mapping[str, str] | None = None, fail: str = "fail", failures: str = "failures", futures: str = "futures") -> str:
        """The box as a sentence without a full stop.

        Args:
            labels: Labels of the inputs, by name.
            fail: A verb for what such futures do.
            failures: A noun for the futures that do it.
            futures: A noun for futures.
        """
        density, coverage = (f"{_percent(part.value)} % [{_percent(part.low)}–{_percent(part.high)}]" for part in (self.density, self.coverage))
        against = f", against {_percent(self.base)} % without these limits" if self.limits else ""
        return f"{self.where(labels)}: {density} of such {futures} {fail}{against}; they are {coverage} of all {failures}"

    def _range(self, name: str) -> str:
        low, high = (f"{end:.{self.digits[name]}f}".replace("-", "−") for end in self.ends(name))
        sides = [limit.side for limit in self.limits if limit.name == name]
        return f"is {f'between {low} and {high}' if len(sides) == 2 else f'above {low}' if sides == ['above'] else f'below {high}'}"


def prim(x: Array, fails: Mask, names: Sequence[str], rng: np.random.Generator, *,
         support: float = SUPPORT, inputs: int = INPUTS, boxes: int = BOXES) -> tuple[Box, ...]:
    """Boxes in which futures fail, the box with most failures first; none where they would add nothing beyond chance.

    Each peel takes away the twentieth of the futures at one end of one input that raises the share of failures most.
    Of all boxes on the way, the one is chosen with the largest excess: its failures beyond those among as many
    futures from everywhere (weighted relative accuracy). That favours neither a small pure box nor the whole space.
    Then each limit moves to where the excess is largest, which corrects peels that took too much or too little.
    Limits that add nothing beyond chance are dropped, the weakest first, and more until few inputs remain. The next
    box is searched among the remaining futures. Coverage counts all failures, so the coverage of several boxes adds
    up; density, base and support of a later box do not count the futures in earlier ones.

    Args:
        x: Inputs of each future, shape (futures, inputs).
        fails: Whether it fails, or does anything else that is to be explained, shape (futures,).
        names: Names of the inputs.
        rng: Splits the futures.
        support: Least share of the futures in a box.
        inputs: Most inputs restricted.
        boxes: Most boxes.

    Returns:
        Boxes whose density on the tested half is above that of all futures by more than chance.

    Raises:
        ValueError: Shapes do not fit, or a number is missing or infinite.
    """
    search, test = _halves(x, fails, names, rng)
    result: list[Box] = []
    before: list[list[Cut]] = []
    while len(result) < boxes:
        left = outside_of(x, before) & search
        cuts = peeled_box(x[left], fails[left], _fewest(search, support), inputs)
        if not cuts:
            break
        box = _tested(x, fails, names, cuts, left, outside_of(x, before) & test, test)
        if box.p >= CHANCE:
            break
        result.append(box)
        before.append(cuts)
    return tuple(result)


def trajectory(x: Array, fails: Mask, names: Sequence[str], rng: np.random.Generator, *, support: float = SUPPORT) -> tuple[Box, ...]:
    """Every box on the way of PRIM's peels, from all futures to the smallest box, to choose one by its coverage, density and number of inputs.

    `prim` reports the box with the largest excess, which covers much. A denser box, or one with fewer inputs, may serve better. Box n is what is left
    after n peels; no limit is moved or dropped.

    Args:
        x: Inputs of each future, shape (futures, inputs).
        fails: Whether it fails, shape (futures,).
        names: Names of the inputs.
        rng: Splits the futures; the same as that of `prim` gives the same halves.
        support: Least share of the futures in a box.

    Returns:
        Boxes, each with its estimates on the tested half; none where no future fails or all do.

    Raises:
        ValueError: Shapes do not fit, or a number is missing or infinite.

    Source: Bryant & Lempert (2010), section 3.
    """
    search, test = _halves(x, fails, names, rng)
    if not fails.any() or fails.all():
        return ()
    return tuple(_tested(x, fails, names, cuts, search, test, test) for cuts in peeling_trajectory(x[search], fails[search], _fewest(search, support)))


def tree(x: Array, fails: Mask, names: Sequence[str], rng: np.random.Generator, *, depth: int = DEPTH, support: float = SUPPORT) -> tuple[Box, ...]:
    """The leaves of a classification tree as boxes, from the highest density; one box without limits where splits would add nothing beyond chance.

    Each split is made where the Gini impurity falls most, and only if that is beyond chance after as many tries.

    Args:
        x: Inputs of each future, shape (futures, inputs).
        fails: Whether it fails, shape (futures,).
        names: Names of the inputs.
        rng: Splits the futures into those that grow the tree and those that test it.
        depth: Most splits one after the other.
        support: Least share of the futures in a leaf.

    Raises:
        ValueError: Shapes do not fit, or a number is missing or infinite.

    Source: Breiman, Friedman, Olshen & Stone (1984); the stop at chance: Hothorn, Hornik & Zeileis (2006).
    """
    search, test = _halves(x, fails, names, rng)
    leaves = [_tested(x, fails, names, cuts, search, test, test) for cuts in leaves_of(x, fails, search, [], depth, _fewest(search, support))]
    return tuple(sorted(leaves, key=lambda leaf: -float(leaf.density.value)))


def _fewest(search: Mask, support: float) -> int:
    """Least number of searched futures in a box."""
    return max(FEWEST, int(np.ceil(support * search.sum())))


def _halves(x: Array, fails: Mask, names: Sequence[str], rng: np.random.Generator) -> tuple[Mask, Mask]:
    """Which futures are searched and which test, each with half of the failures."""
    if x.ndim != 2 or x.shape != (len(fails), len(names)):
        raise ValueError(f"expected inputs of shape (futures, inputs) = ({len(fails)}, {len(names)}), got {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("expected finite inputs")
    search = np.zeros(len(x), dtype=bool)
    for kind in (True, False):
        search[rng.permutation(np.flatnonzero(fails == kind))[::2]] = True
    return search, ~search


def _tested(x: Array, fails: Mask, names: Sequence[str], cuts: Sequence[Cut], search: Mask, test: Mask, everyone: Mask) -> Box:
    """A box with its estimates: quasi-p-values on `search`, all else on `test`, coverage of the failures among `everyone`."""
    limits = tuple(
        Limit(names[cut[0]], cut[1], cut[2], quasi_p(x[search], fails[search], cuts, cut), quasi_p(x[test], fails[test], cuts, cut)) for cut in cuts)
    inside = inside_of(x, cuts) & test
    hits, n = int((inside & fails).sum()), int(inside.sum())
    n_test, failures = max(1, int(test.sum())), int((everyone & fails).sum())
    return Box(limits, share_interval(hits, failures), share_interval(hits, n), int((test & fails).sum()) / n_test, n / n_test,
               chance_of(inside, test, fails), {name: _decimals(x[:, i]) for i, name in enumerate(names)})


def _decimals(values: Array) -> int:
    """Decimals that show a fortieth of the range."""
    width = float(np.ptp(values))
    return int(np.clip(np.ceil(-np.log10(width / 40)), 0, 6)) if width > 0 else 0


def _percent(share: Array | float) -> str:
    return f"{100 * float(share):.0f}"
