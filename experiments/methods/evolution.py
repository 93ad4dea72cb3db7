"""Which strategies spread where members copy what paid: how members revise, and how the mix changes over generations.

Populations of members live side by side, one column each. In a generation every member plays one strategy and gains
something; then all revise at once. Nothing here knows what a strategy is: the caller supplies the gains.

Sources: Traulsen, Nowak & Pacheco (2006) for pairwise comparison by the Fermi function; Taylor & Jonker (1978) for
the replicator equation; Schlag (1998) for copying in proportion to the difference of gains.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from experiments.methods.intervals import LEVEL, Estimate
from sim.axes import WORLD, Array
from sim.rules.numeric import expit

Rule = Literal["fermi", "replicator"]
RULES: tuple[Rule, ...] = ("fermi", "replicator")
Plays = NDArray[np.integer]

#: Common mixes under the replicator rule, each of different populations: the mixes differ by chance alone.
REPLICAS = 8
#: A spread or a skewness below this, in units of what it belongs to, is what rounding leaves.
EVEN = 1e-9
#: Share of all generations, the last ones, whose mean mix counts as the one that survives.
WINDOW = 0.25


@dataclass(frozen=True)
class Variant:
    """What societies start from and how they revise.

    Attributes:
        rule: fermi: each member compares itself with one other and copies it with a probability that rises with the other's gain. replicator:
            members draw from a mix in which strategies that gain more than the mean grow.
        selection: How much gains count, per standard deviation of gains; 0: not at all.
        mutation: Chance that a member tries any strategy instead.
        populations: Number of populations.
        start: Chance of each strategy for each member at the start, shape (members, strategies).
    """

    rule: Rule
    selection: float
    mutation: float
    populations: int
    start: Array

    @property
    def replicas(self) -> NDArray[np.intp]:
        """Case of each population, shape (populations,): each its own or, under the replicator rule, one for all that share a mix."""
        n = self.populations if self.rule == "fermi" else min(REPLICAS, self.populations)
        return np.arange(self.populations) % n


@dataclass(frozen=True)
class Trajectory:
    """What was played and gained.

    Attributes:
        plays: Strategy of each member of each population, shape (generations, members, populations).
        gains: What it gained, same shape.
        shares: Share of each strategy in each independent case: in each population, or in those of a common mix, shape
            (generations, strategies, cases).
    """

    plays: Plays
    gains: Array
    shares: Array


Earn = Callable[[int, Mapping[str, Plays]], Mapping[str, Array]]
#: The random numbers of a purpose in a generation.
Random = Callable[[str, int], np.random.Generator]


@dataclass(frozen=True)
class Generation:
    """One generation of each variant, as in `Trajectory`, and the scale of gains."""

    plays: Mapping[str, Plays]
    gains: Mapping[str, Array]
    scale: float


def evolve(variants: Mapping[str, Variant], generations: int, earn: Earn, random: Random, scale: float | None = None) -> tuple[dict[str, Trajectory], float]:
    """Let societies of several kinds revise side by side, on the same random numbers.

    Args:
        variants: By name, the main one first.
        generations: Number of generations.
        earn: Gains of every member, shape (members, populations), in a generation, from what they play, by variant.
        random: Random numbers; with fewer populations the first ones are the same.
        scale: One standard deviation of gains; None: that of the first variant in the first generation.

    Returns:
        The trajectory of each variant, and the scale.
    """
    all_of_them = list(islice(generations_of(variants, earn, random, scale), generations))
    played, gained = ({name: [getattr(each, what)[name] for each in all_of_them] for name in variants} for what in ("plays", "gains"))
    return {name: _trajectory(played[name], gained[name], variant) for name, variant in variants.items()}, all_of_them[-1].scale


def generations_of(variants: Mapping[str, Variant], earn: Earn, random: Random, scale: float | None = None) -> Iterator[Generation]:
    """One generation after another, without end; arguments as of `evolve`."""
    plays: dict[str, Plays] = {}
    mixes: dict[str, Array] = {}
    for name, variant in variants.items():
        plays[name] = first_plays(variant, random)
        mixes[name] = np.repeat(variant.start.mean(axis=0)[:, None], variant.replicas.max() + 1, axis=1)
    for generation in count():
        gains = earn(generation, plays)
        if scale is None:
            scale = float(next(iter(gains.values())).std()) or 1.0
        yield Generation(dict(plays), gains, scale)
        for name, variant in variants.items():
            drawn = np.moveaxis(random("revision", generation).random((variant.populations, len(variant.start), 4)), 0, -1)
            if variant.rule == "fermi":
                plays[name] = fermi(plays[name], gains[name] / scale, drawn, variant)
            else:
                mixes[name] = replicated(mixes[name], plays[name], gains[name] / scale, variant)
                plays[name] = _picked(mixes[name][:, variant.replicas], drawn[:, 0])


def first_plays(variant: Variant, random: Random) -> Plays:
    """What each member plays in the first generation, shape (members, populations)."""
    drawn = random("start", 0).random((variant.populations, len(variant.start))).T
    return np.stack([_picked(chances[:, None], of_member) for chances, of_member in zip(variant.start, drawn, strict=True)])


def fermi(plays: Plays, gains: Array, drawn: Array, variant: Variant) -> Plays:
    """What members play next: each copies one other member with probability 1 / (1 + exp(-selection × (its gain - own gain))).

    Args:
        plays: Shape (members, populations).
        gains: In standard deviations, same shape.
        drawn: Uniform, shape (members, 4, populations): whom a member compares itself with, whether it copies, whether and what it tries.
        variant: Selection, mutation, strategies.

    Source: Traulsen, Nowak & Pacheco (2006), Physical Review E 74, 011909; all members at once instead of one.
    """
    n_members, n_strategies = variant.start.shape
    whom, copies, tries, what = np.moveaxis(drawn, 1, 0)
    others = (np.arange(n_members)[:, None] + 1 + (whom * (n_members - 1)).astype(int)) % n_members
    copied = copies < expit(variant.selection * (np.take_along_axis(gains, others, axis=0) - gains))
    revised = np.where(copied, np.take_along_axis(plays, others, axis=0), plays)
    result: Plays = np.where(tries < variant.mutation, (what * n_strategies).astype(int), revised)
    return result


def replicated(mix: Array, plays: Plays, gains: Array, variant: Variant) -> Array:
    """The mix of the next generation: each strategy times exp(selection / 2 × mean gain of those who played it), then mutation.

    The exponential form keeps every share positive and does not change when a constant is added to all gains, unlike the form
    of Maynard Smith, which needs a background fitness. With a step of selection / 2 it is the mean change under the Fermi
    rule where selection is weak. A strategy that nobody played changes with the mean.

    Args:
        mix: Shape (strategies, cases).
        plays: Drawn from it, shape (members, populations).
        gains: In standard deviations, same shape.
        variant: Selection, mutation, cases.

    Source: Taylor & Jonker (1978), Mathematical Biosciences 40; Hofbauer & Sigmund (1998), chapter 7.
    """
    n_strategies, n_cases = mix.shape
    place = (plays * n_cases + variant.replicas).ravel()
    counts, sums = (np.bincount(place, weights, n_strategies * n_cases).reshape(mix.shape) for weights in (None, gains.ravel()))
    mean = np.where(counts > 0, sums / np.maximum(counts, 1), sums.sum(axis=0) / counts.sum(axis=0))
    grown = mix * np.exp(variant.selection / 2 * (mean - mean.max(axis=0)))
    return (1 - variant.mutation) * grown / grown.sum(axis=0) + variant.mutation / n_strategies


def _picked(mix: Array, drawn: Array) -> Plays:
    """Strategies by their chances, shape (strategies, populations or 1), from uniform numbers, shape (..., populations)."""
    ends = np.cumsum(mix, axis=0)[:-1]
    result: Plays = (drawn[..., None, :] * mix.sum(axis=0) >= ends).sum(axis=-2)
    return result


def shares_in(plays: Plays, cases: NDArray[np.intp], n_strategies: int) -> Array:
    """Share of each strategy among the members of all populations of each case, shape (generations, strategies, cases).

    Args:
        plays: Shape (generations, members, populations).
        cases: Case of each population, from 0.
        n_strategies: How many there are.
    """
    n_cases = int(cases.max()) + 1
    counts = np.stack([np.bincount((now * n_cases + cases).ravel(), minlength=n_strategies * n_cases) for now in plays.astype(int)])
    shares = counts.reshape(len(plays), n_strategies, n_cases)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _trajectory(played: list[Plays], gained: list[Array], variant: Variant) -> Trajectory:
    plays = np.stack(played).astype(np.int16)
    return Trajectory(plays, np.stack(gained), shares_in(plays, variant.replicas, variant.start.shape[1]))


def mean_of(cases: Array, n_comparisons: int = 1) -> Estimate:
    """Mean over independent cases with its interval, shape (..., cases) to (...).

    Shares are skewed: a strategy has nobody in most populations and all in a few. A t interval ends too low then, most of all where many statements shall
    hold at once: where 25 strategies are worth the same, it calls one of them rarer than chance in 16 of 100 cases of 512 populations and in 50 of 100 cases
    of 128. Transformed so that skewness goes, it does so in 1 of 100; without skewness it is the t interval.

    Args:
        cases: Values.
        n_comparisons: Number of statements that shall all hold at once (Bonferroni).

    Source: Hall (1992), On the removal of skewness by transformation, Journal of the Royal Statistical Society B 54: 221-228.
    """
    n, mean = cases.shape[WORLD], cases.mean(axis=WORLD)
    if n < 2:
        return Estimate(mean, np.full_like(mean, -np.inf), np.full_like(mean, np.inf))
    deviation, far = cases.std(axis=WORLD, ddof=1), _far(n, n_comparisons)
    third = ((cases - mean[..., None]) ** 3).mean(axis=WORLD)
    skewness = np.divide(third, deviation**3, out=np.zeros_like(mean), where=deviation > EVEN * np.abs(mean)) / np.sqrt(n)
    low, high = (mean - _unskewed(end, skewness) * deviation / np.sqrt(n) for end in (far, -far))
    return Estimate(mean, low, high)


def _far(n: int, n_comparisons: int) -> float:
    """Half the width of the t interval of a mean of n cases, in its standard errors."""
    return float(special.stdtrit(n - 1, 1 - (1 - LEVEL) / 2 / n_comparisons))


def _unskewed(t: float, skewness: Array) -> Array:
    """Where a mean less its truth, in standard errors, lies whose transformed value is t; `skewness` is that of a case over the root of their number."""
    skewed = np.abs(skewness) > EVEN
    some = np.where(skewed, skewness, 1.0)
    return np.where(skewed, 3 / some * (np.cbrt(1 + some * (t - some / 6)) - 1), t)


def window(shares: Array, which: int = 1) -> Array:
    """Mean over the last quarter of the generations, or the `which`-th last, shape (generations, ..., cases) to (..., cases)."""
    n = max(1, round(WINDOW * len(shares)))
    end = len(shares) - (which - 1) * n
    return shares[max(0, end - n) : max(1, end)].mean(axis=0)


def summed(shares: Array, labels: tuple[str, ...], axis: int) -> tuple[tuple[str, ...], Array]:
    """Shares added up by label, such as the family of each strategy; the distinct labels, and the sums."""
    names = tuple(dict.fromkeys(labels))
    return names, np.stack([shares.take([i for i, label in enumerate(labels) if label == name], axis=axis).sum(axis=axis) for name in names], axis=axis)


def leaders(cases: Array) -> tuple[int, ...]:
    """The largest of several shares, shape (things, cases), and those tied with it: no t interval of their paired differences excludes 0.

    The intervals hold for all pairs at once, because the first is known after looking only: where 25 strategies are worth the same, one of them is called
    behind in 1 to 3 of 100 cases, and in 16 to 33 if only the pairs with the first counted. Two shares that are worth the same differ without skewness.
    """
    n, pairs = cases.shape[WORLD], len(cases) * (len(cases) - 1) // 2
    order = np.argsort(-cases.mean(axis=WORLD), kind="stable")
    ahead = cases[order[0]] - cases
    half = _far(n, max(1, pairs)) * ahead.std(axis=WORLD, ddof=1) / np.sqrt(n) if n > 1 else np.full(len(cases), np.inf)
    return (int(order[0]), *(int(i) for i in order[1:] if not ahead[i].mean() > half[i]))


def drift(shares: Array) -> Estimate:
    """Change of each share from the second last to the last quarter of the generations, all intervals at once."""
    change = window(shares) - window(shares, 2)
    return mean_of(change, len(change))
