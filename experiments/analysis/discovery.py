"""Scenario discovery: in which futures does something happen, told as a box of few inputs.

Half of the futures, at random, find the boxes; the other half judges them, so coverage, density and p-values are
those of futures that had no part in the choice. Two ways to find them: PRIM peels a box out of the whole, a
classification tree splits the whole into boxes.

Source: Friedman & Fisher (1999), Statistics and Computing 9: 123-143; Bryant & Lempert (2010), Technological
Forecasting and Social Change 77: 34-49.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.analysis.intervals import Estimate, share_interval
from sim.axes import Array

Mask = NDArray[np.bool_]
Side = Literal["above", "below"]
SIDES: tuple[Side, Side] = ("above", "below")

#: Share of the futures in a box that one peel takes away.
PEEL = 0.05
#: A box holds at least this share of the futures, and this many.
SUPPORT, FEWEST = 0.05, 10
#: A limit that chance alone would make as good in this share of cases is dropped; a box as good is no box.
CHANCE = 0.05
#: Most inputs that a box restricts, most boxes, most levels of splits of a tree.
INPUTS, BOXES, DEPTH = 4, 3, 3
#: So many thresholds of one input are about independent: the best of all is judged as the best of these (Miller & Siegmund 1982).
THRESHOLDS = 20


@dataclass(frozen=True)
class Limit:
    """One limit of a box.

    Attributes:
        name: The input.
        side: Whether the box lies above or below the value.
        value: In units of the input.
        found_p: Quasi-p-value on the futures that found the box: how often as many drawn from the box without this limit would hold as many
            failures by chance. Too small by what was searched.
        p: The same on the other half of the futures, which is honest.
    """

    name: str
    side: Side
    value: float
    found_p: float = 1.0
    p: float = 1.0


@dataclass(frozen=True)
class Box:
    """Futures within limits, judged on futures that did not find them.

    Attributes:
        limits: What must hold, inputs in the order of the design; none is the whole space.
        coverage: Share of all failures that lie in the box.
        density: Share of the futures in the box that fail.
        base: Share of all futures that fail, to compare the density with.
        support: Share of all futures that lie in the box.
        p: Chance that as many futures drawn from all would hold as many failures.
        digits: Decimals with which the limits of an input are told, by name.
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
        """From where to where an input may go; infinite where it is free."""
        of = {limit.side: limit.value for limit in self.limits if limit.name == name}
        return of.get("above", -np.inf), of.get("below", np.inf)

    def holds(self, x: Array, names: Sequence[str]) -> Mask:
        """Whether each future lies in the box, shape (futures,); x has shape (futures, inputs)."""
        return _inside(x, [(list(names).index(limit.name), limit.side, limit.value) for limit in self.limits])

    def in_words(self, labels: Mapping[str, str] | None = None, fail: str = "fail", failures: str = "failures", futures: str = "futures") -> str:
        """The box as a sentence without its full stop.

        Args:
            labels: What inputs are called, by name.
            fail: What such futures do, a verb.
            failures: What all of these are called.
            futures: What futures are called.
        """
        told = [f"{(labels or {}).get(name, name)} {self._range(name)}" for name in self.names]
        where = " and ".join(told) or "anywhere"
        density, coverage = (f"{_percent(part.value)} % [{_percent(part.low)}–{_percent(part.high)}]" for part in (self.density, self.coverage))
        against = f", against {_percent(self.base)} % without these limits" if self.limits else ""
        return f"{where}: {density} of such {futures} {fail}{against}; they are {coverage} of all {failures}"

    def _range(self, name: str) -> str:
        low, high = (f"{end:.{self.digits[name]}f}".replace("-", "−") for end in self.ends(name))
        sides = [limit.side for limit in self.limits if limit.name == name]
        return f"is {f'between {low} and {high}' if len(sides) == 2 else f'above {low}' if sides == ['above'] else f'below {high}'}"


#: Input by its column, side, value: a limit while it is searched.
_Cut = tuple[int, Side, float]


def prim(x: Array, fails: Mask, names: Sequence[str], rng: np.random.Generator, *, peel: float = PEEL, support: float = SUPPORT, inputs: int = INPUTS,
         boxes: int = BOXES) -> tuple[Box, ...]:
    """Boxes in which futures fail, the first with most; none where nothing but chance is found.

    Peeling takes away, again and again, the twentieth of the futures at one end of one input whose loss raises the
    share of failures most. Of the boxes on that way the one is chosen that holds most failures beyond those of as
    many futures from everywhere (weighted relative accuracy): neither a small pure box nor the whole space,
    whatever the share of all that fails. Then each limit moves to where that excess is largest, which pastes back
    what a peel took too much and takes what it left; limits that add nothing beyond chance are dropped, the
    weakest first, and more until few inputs are left. The next box is sought in what is left. Coverage counts all
    failures, so that of several boxes adds up; density, base and support of a later box leave out the futures in
    earlier ones.

    Args:
        x: Inputs of each future, shape (futures, inputs).
        fails: Whether it fails (or whatever is to be explained), shape (futures,).
        names: Names of the inputs.
        rng: Splits the futures.
        peel: Share taken away at a time.
        support: Least share of the futures in a box.
        inputs: Most inputs restricted.
        boxes: Most boxes.

    Returns:
        Boxes whose density on fresh futures is above that of all futures by more than chance.

    Raises:
        ValueError: Shapes do not fit, or a number is missing or infinite.
    """
    search, judge = _halves(x, fails, names, rng)
    found: list[Box] = []
    before: list[list[_Cut]] = []
    while len(found) < boxes:
        left = _outside(x, before) & search
        cuts = _find(x[left], fails[left], peel, max(FEWEST, int(np.ceil(support * search.sum()))), inputs)
        if not cuts:
            break
        box = _judged(x, fails, names, cuts, left, _outside(x, before) & judge, judge)
        if box.p >= CHANCE:
            break
        found.append(box)
        before.append(cuts)
    return tuple(found)


def tree(x: Array, fails: Mask, names: Sequence[str], rng: np.random.Generator, *, depth: int = DEPTH, support: float = SUPPORT) -> tuple[Box, ...]:
    """The leaves of a classification tree as boxes, from the highest density; a single one without limits where nothing but chance is found.

    Each split is where the impurity (Gini) falls most, and is made only if that beats chance after as many tries.

    Args:
        x: Inputs of each future, shape (futures, inputs).
        fails: Whether it fails, shape (futures,).
        names: Names of the inputs.
        rng: Splits the futures into those that grow the tree and those that judge it.
        depth: Most splits one after the other.
        support: Least share of the futures in a leaf.

    Raises:
        ValueError: Shapes do not fit, or a number is missing or infinite.

    Source: Breiman, Friedman, Olshen & Stone (1984); the stop at chance: Hothorn, Hornik & Zeileis (2006).
    """
    search, judge = _halves(x, fails, names, rng)
    fewest = max(FEWEST, int(np.ceil(support * search.sum())))
    leaves = [_judged(x, fails, names, cuts, search, judge, judge) for cuts in _grown(x, fails, search, [], depth, fewest)]
    return tuple(sorted(leaves, key=lambda leaf: -float(leaf.density.value)))


def _halves(x: Array, fails: Mask, names: Sequence[str], rng: np.random.Generator) -> tuple[Mask, Mask]:
    """Which futures search and which judge, each with half of the failures."""
    if x.ndim != 2 or x.shape != (len(fails), len(names)):
        raise ValueError(f"expected inputs of shape (futures, inputs) = ({len(fails)}, {len(names)}), got {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("expected finite inputs")
    search = np.zeros(len(x), dtype=bool)
    for kind in (True, False):
        search[rng.permutation(np.flatnonzero(fails == kind))[::2]] = True
    return search, ~search


def _inside(x: Array, cuts: Sequence[_Cut]) -> Mask:
    inside = np.ones(len(x), dtype=bool)
    for column, side, value in cuts:
        inside &= x[:, column] > value if side == "above" else x[:, column] < value
    return inside


def _outside(x: Array, boxes: Sequence[Sequence[_Cut]]) -> Mask:
    outside = np.ones(len(x), dtype=bool)
    for cuts in boxes:
        outside &= ~_inside(x, cuts)
    return outside


def _excess(inside: NDArray[np.intp] | int, hits: NDArray[np.intp] | int, fails: Mask) -> Array:
    """Failures inside beyond those that as many futures from everywhere hold, from the numbers of futures and failures inside.

    Source: as a share of all futures the weighted relative accuracy of Lavrač, Flach & Zupan (1999).
    """
    return np.asarray(hits - inside * fails.mean())


def _find(x: Array, fails: Mask, peel: float, fewest: int, inputs: int) -> list[_Cut]:
    """One box, empty where limits would add nothing beyond chance."""
    if not fails.any() or fails.all():
        return []
    way = [dict[tuple[int, Side], float]()]
    while step := _peeled(x, fails, way[-1], peel, fewest):
        way.append(step)

    def worth(cuts: Mapping[tuple[int, Side], float]) -> float:
        inside = _inside(x, _listed(cuts))
        return float(_excess(int(inside.sum()), int((inside & fails).sum()), fails))

    best = max(way, key=worth)
    cuts = _moved(x, fails, best, fewest)
    while cuts:
        chance = {key: _quasi_p(x, fails, _listed(cuts), (*key, cuts[key])) for key in cuts}
        weakest = max(chance, key=lambda key: chance[key])
        # Every end of every input was tried.
        if chance[weakest] * 2 * x.shape[1] < CHANCE and len({column for column, _ in cuts}) <= inputs:
            break
        cuts = _moved(x, fails, {key: value for key, value in cuts.items() if key != weakest}, fewest)
    return _listed(cuts)


def _listed(cuts: Mapping[tuple[int, Side], float]) -> list[_Cut]:
    return [(*key, cuts[key]) for key in sorted(cuts)]


def _peeled(x: Array, fails: Mask, cuts: Mapping[tuple[int, Side], float], peel: float, fewest: int) -> dict[tuple[int, Side], float] | None:
    """The box after the best peel, or None where it would hold too few futures."""
    rows = np.flatnonzero(_inside(x, _listed(cuts)))
    n, share = len(rows), fails[rows].mean()
    best, gain = None, -np.inf
    for column in range(x.shape[1]):
        values = x[rows, column]
        for side in SIDES:
            value = _end(values, side, max(1, round(peel * n)))
            if value is None:
                continue
            stays = values > value if side == "above" else values < value
            if stays.sum() < fewest:
                continue
            # Per future taken away, so that inputs of few values, which lose many at once, are not preferred; ties go to inputs already restricted.
            found = (fails[rows[stays]].mean() - share) / (n - stays.sum()) + 1e-12 * ((column, side) in cuts)
            if found > gain:
                best, gain = {**cuts, (column, side): value}, found
    return best


def _end(values: Array, side: Side, n: int) -> float | None:
    """Where to cut so that about n of the values at one end are lost, halfway between two of them; None where all are alike."""
    some = np.sort(values) if side == "above" else -np.sort(-values)
    last = some[n - 1]
    stays = some[some > last] if side == "above" else some[some < last]
    return float((last + stays[0]) / 2) if len(stays) else None


def _moved(x: Array, fails: Mask, cuts: Mapping[tuple[int, Side], float], fewest: int) -> dict[tuple[int, Side], float]:
    """Each limit in turn where the excess of failures is largest, the others held, until none moves; one that is best at the very end is dropped."""
    now = dict(cuts)
    for _ in range(20):
        before = dict(now)
        for key in list(now):
            column, side = key
            rest = {other: value for other, value in now.items() if other != key}
            rows = np.flatnonzero(_inside(x, _listed(rest)))
            values = x[rows, column] if side == "above" else -x[rows, column]
            order = np.argsort(-values, kind="stable")  # from the far end of the box outwards
            values, hits = values[order], np.cumsum(fails[rows[order]], dtype=np.intp)
            inside = np.arange(1, len(rows) + 1)
            # A limit lies between two different values, or beyond them all.
            possible = np.append(values[1:] < values[:-1], True) & ((inside >= fewest) | (inside == len(rows)))
            score = np.where(possible, _excess(inside, hits, fails), -np.inf)
            at = int(len(score) - 1 - score[::-1].argmax())  # of equals the widest
            now = rest
            if at < len(rows) - 1:
                middle = float((values[at] + values[at + 1]) / 2)
                now[key] = middle if side == "above" else -middle
        if now == before:
            break
    return now


def _quasi_p(x: Array, fails: Mask, cuts: Sequence[_Cut], one: _Cut) -> float:
    """Chance that a box holds as many failures if one limit told nothing; 1 where the box is empty."""
    wide = _inside(x, [cut for cut in cuts if cut != one])
    return _chance(wide & _inside(x, cuts), wide, fails)


def _chance(inside: Mask, among: Mask, fails: Mask) -> float:
    """Chance that so many futures drawn from some others hold as many failures; Bryant & Lempert (2010), binomial."""
    n, hits = int(inside.sum()), int((inside & fails).sum())
    return float(stats.binom.sf(hits - 1, n, fails[among].mean())) if n else 1.0


def _judged(x: Array, fails: Mask, names: Sequence[str], cuts: Sequence[_Cut], search: Mask, judge: Mask, everyone: Mask) -> Box:
    """A box with what it is worth: quasi-p-values on `search`, all else on `judge`, coverage of the failures among `everyone`."""
    limits = tuple(
        Limit(names[cut[0]], cut[1], cut[2], _quasi_p(x[search], fails[search], cuts, cut), _quasi_p(x[judge], fails[judge], cuts, cut)) for cut in cuts)
    inside = _inside(x, cuts) & judge
    hits, n = int((inside & fails).sum()), int(inside.sum())
    n_judge, failures = max(1, int(judge.sum())), int((everyone & fails).sum())
    return Box(limits, share_interval(hits, failures), share_interval(hits, n), int((judge & fails).sum()) / n_judge, n / n_judge,
               _chance(inside, judge, fails), {name: _decimals(x[:, i]) for i, name in enumerate(names)})


def _decimals(values: Array) -> int:
    """Decimals that tell a fortieth of the range apart."""
    width = float(np.ptp(values))
    return int(np.clip(np.ceil(-np.log10(width / 40)), 0, 6)) if width > 0 else 0


def _grown(x: Array, fails: Mask, inside: Mask, cuts: list[_Cut], depth: int, fewest: int) -> Iterator[list[_Cut]]:
    """The limits of each leaf within a node."""
    split = _split(x, fails, np.flatnonzero(inside), fewest) if depth else None
    if split is None:
        yield cuts
        return
    column, value = split
    for side in SIDES:
        # Of two limits on the same side of an input the nearer one counts.
        kept = [cut for cut in cuts if cut[:2] != (column, side)]
        yield from _grown(x, fails, inside & _inside(x, [(column, side, value)]), sorted([*kept, (column, side, value)]), depth - 1, fewest)


def _split(x: Array, fails: Mask, rows: NDArray[np.intp], fewest: int) -> tuple[int, float] | None:
    """The input and value whose split lowers the Gini impurity most, or None where chance would do as well."""
    n, failures = len(rows), int(fails[rows].sum())
    if failures in (0, n) or n < 2 * fewest:
        return None
    best, impurity, chance = None, np.inf, 1.0
    for column in range(x.shape[1]):
        order = rows[np.argsort(x[rows, column], kind="stable")]
        values, hits = x[order, column], np.cumsum(fails[order])[:-1]
        below = np.arange(1, n)
        # Gini impurity of a side with n futures and h failures, times n / 2: h (n − h) / n.
        found = hits * (below - hits) / below + (failures - hits) * (n - below - (failures - hits)) / (n - below)
        found = np.where((values[1:] > values[:-1]) & (below >= fewest) & (n - below >= fewest), found, np.inf)
        at = int(found.argmin())
        if found[at] < impurity:
            best, impurity = (column, float((values[at] + values[at + 1]) / 2)), found[at]
            one, other = (stats.hypergeom.cdf(hits[at], n, failures, at + 1), stats.hypergeom.sf(hits[at] - 1, n, failures, at + 1))
            chance = 2 * min(float(one), float(other))
    return best if chance * THRESHOLDS * x.shape[1] < CHANCE else None


def _percent(share: Array | float) -> str:
    return f"{100 * float(share):.0f}"
