"""Options and result of imitation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from experiments.cells.cell import Society
from experiments.configuration.job import Job
from experiments.methods.evolution import Rule, Trajectory, Variant, leaders, mean_of, window
from experiments.methods.intervals import Estimate, independent_difference
from experiments.words import plural
from sim.axes import Array
from sim.payoffs import COMPOSITE

#: Populations; those of each variant of start, selection or mutation; generations.
POPULATIONS, SIDE_POPULATIONS, GENERATIONS = 512, 192, 100
#: How much gains count, per standard deviation of gains; chance that a member tries any strategy. Both are assumptions, so several values are tried.
#: Chance alone makes a population of ten uniform within some ten generations; with less mutation it remembers its start for hundreds.
SELECTION, MUTATION = 1.0, 0.05
#: Factors of both in the variants.
FACTORS = (0.25, 1.0, 4.0)
#: Name of the main variant, and of its start.
MAIN, EVEN = "main", "even"


@dataclass(frozen=True)
class Options:
    """Options of imitation.

    Attributes:
        job: Settings and run; its strategies are the library, and the members' own strategies are one of the starts.
        measure: The return that members compare.
        rule: How they revise.
        selection: How much gains count, per standard deviation of gains in the first generation.
        mutation: Chance that a member tries any strategy instead.
        populations: How many, one world each in every generation.
        generations: How many.
    """

    job: Job
    measure: str = COMPOSITE
    rule: Rule = "fermi"
    selection: float = SELECTION
    mutation: float = MUTATION
    populations: int = POPULATIONS
    generations: int = GENERATIONS

    @property
    def strategies(self) -> tuple[str, ...]:
        """The library."""
        return tuple(self.job.settings.strategies)

    @property
    def members(self) -> tuple[str, ...]:
        """The states."""
        return tuple(self.job.settings.world.states)

    @property
    def families(self) -> dict[str, str]:
        """Family of each strategy."""
        return {name: strategy.family for name, strategy in self.job.settings.strategies.items()}

    @cached_property
    def variants(self) -> dict[str, Variant]:
        """The main variant, from an even start, then variants of the start, of selection and mutation, and of the rule."""
        n, side = self.populations, min(self.populations, max(2, self.populations * SIDE_POPULATIONS // POPULATIONS))
        starts = self._starts()
        other: Rule = "replicator" if self.rule == "fermi" else "fermi"
        main = Variant(self.rule, self.selection, self.mutation, n, starts.pop(EVEN))
        result = {MAIN: main} | {f"start: {name}": Variant(self.rule, self.selection, self.mutation, side, start) for name, start in starts.items()}
        for by_selection in FACTORS:
            for by_mutation in FACTORS:
                if (by_selection, by_mutation) != (1.0, 1.0):
                    selection, mutation = self.selection * by_selection, min(1.0, self.mutation * by_mutation)
                    result[f"selection {selection:g}, mutation {mutation:g}"] = Variant(self.rule, selection, mutation, side, main.start)
        return result | {f"{other} rule": Variant(other, self.selection, self.mutation, side, main.start)}

    @property
    def about(self) -> str:
        """What is computed, in a line."""
        return (f"imitation: {plural(self.populations, 'population')} of {plural(len(self.members), 'member')} over "
                f"{plural(len(self.strategies), 'strategy')} × "
                f"{plural(self.generations, 'generation')}, {self.rule} rule, {self.measure} return, and {len(self.variants) - 1} variants of start, "
                "selection, mutation and rule")

    def _starts(self) -> dict[str, Array]:
        """Chance of each strategy for each member: all alike, their own where the library has them, all the reference, each large family alone."""
        settings, names, families = self.job.settings, self.strategies, self.families
        result = {EVEN: np.full((len(self.members), len(names)), 1 / len(names))}
        own = [settings.peers[member].name if member in settings.peers else self.job.run.reference for member in self.members]
        if all(name in names for name in own):
            result["their own"] = np.array([[float(name == each) for name in names] for each in own])
        groups = {f"all {self.job.run.reference}": [self.job.run.reference]} | {
            f"any {family}": its for family in dict.fromkeys(families.values()) if 1 < len(its := [n for n in names if families[n] == family]) < len(names)}
        for label, group in groups.items():
            result[label] = np.tile(np.isin(names, group) / len(group), (len(self.members), 1))
        return result


@dataclass(frozen=True)
class Societies:
    """Cells of societies, by name of the variant or of the invading strategy."""

    named: Mapping[str, Sequence[Society]]

    def cells(self) -> list[Society]:
        """Every cell, sorted by block, seed and size: cells of one size share random tables."""
        return sorted((cell for cells in self.named.values() for cell in cells), key=lambda cell: (cell.block, cell.settings.seed, cell.size))

    def keys(self) -> dict[str, list[str]]:
        """Their keys."""
        return {name: [cell.key for cell in cells] for name, cells in self.named.items()}


@dataclass(frozen=True)
class Invasion:
    """Gain of one member of each final population from playing another strategy, in the same worlds; all intervals of one kind hold at once.

    Attributes:
        gain: Its return less that with its own strategy, by strategy.
        lead: The same of its return less the mean return of the others: what imitation looks at.
        better: Share of populations in which it gains, without an interval.
    """

    gain: Estimate
    lead: Estimate
    better: Array


@dataclass(frozen=True)
class Played:
    """What was played.

    Attributes:
        options: Options of imitation.
        trajectories: Strategies played and gains, by variant, the main one first.
        cohesion: Cohesion of the region in the main variant, shape (generations, populations).
        reference_cohesion: Where everybody plays the reference, same shape.
        scale: Standard deviation of gains in the first generation, in units of the measure.
        invasion: Who could enter the final populations.
        duplicates: Strategies with nearly the same gain in all returns, by number.
        batch: Every cell.
    """

    options: Options
    trajectories: Mapping[str, Trajectory]
    cohesion: Array
    reference_cohesion: Array
    scale: float
    invasion: Invasion
    duplicates: tuple[tuple[int, ...], ...]
    batch: Societies

    @property
    def main(self) -> Trajectory:
        """The main variant."""
        return self.trajectories[MAIN]

    @cached_property
    def survivors(self) -> Array:
        """Share of each strategy over the last quarter of the generations, shape (strategies, cases)."""
        return window(self.main.shares)

    @cached_property
    def mix(self) -> Estimate:
        """The same on average, with its interval over independent cases."""
        return bounded(mean_of(self.survivors))

    @cached_property
    def leaders(self) -> tuple[int, ...]:
        """The strategy with the largest share, and those tied with it."""
        return leaders(self.survivors)

    def difference(self, name: str) -> Estimate:
        """Final mix of a variant less that of the main one, paired by population where both revise alike; all intervals at once."""
        one, other = window(self.trajectories[name].shares), self.survivors
        if self.options.variants[name].rule == self.options.variants[MAIN].rule:
            return mean_of(one - other[:, : one.shape[1]] if one.shape[1] <= other.shape[1] else one[:, : other.shape[1]] - other, len(one))
        return independent_difference(mean_of(one, len(one)), mean_of(other, len(one)))


@dataclass(frozen=True)
class Group:
    """A family at the end of the main variant.

    Attributes:
        name: The family.
        members: Number of its strategies.
        share: Share of members that play one of them, a single number.
        even: Their share in the even mix.
        sign: +1 or -1 where the share is clearly above or below that, else 0.
    """

    name: str
    members: int
    share: Estimate
    even: float
    sign: int


@dataclass(frozen=True)
class Ending:
    """The last quarter of the generations of a variant.

    Attributes:
        shares: Share of each strategy.
        leaders: The strategy with the largest share, and those tied with it.
        difference: The shares less those of the main variant, all intervals at once.
        families: Share of each family, in the order of `Statistics.families`.
    """

    shares: Estimate
    leaders: tuple[int, ...]
    difference: Estimate
    families: Estimate


@dataclass(frozen=True)
class OverGenerations:
    """Values over generations in the main variant.

    Attributes:
        mean: Mean over independent cases, shape (generations, ...).
        between: 5 and 95 % quantile over populations, shape (2, generations, ...).
    """

    mean: Estimate
    between: Array


@dataclass(frozen=True)
class Gains:
    """What all members gain in the main variant.

    Attributes:
        first: Mean gain in the first generation.
        last: The same in the last quarter.
        change: Last less first.
        cohesion: Cohesion less that where everybody plays the reference, in the last quarter.
    """

    first: Estimate
    last: Estimate
    change: Estimate
    cohesion: Estimate


@dataclass(frozen=True)
class Statistics:
    """Every number of the report.

    Attributes:
        above: Strategies clearly above their share in the even mix.
        below: Strategies clearly below it.
        largest: Share of the most frequent strategy of a population: median, 5 and 95 % quantile over populations.
        between: 5 and 95 % quantile over populations of each final share, shape (2, strategies).
        drift: Change of each share between the last two quarters of the generations, all intervals at once.
        families: Families at the end, the largest share first.
        endings: The end of each variant.
        strategies: Share of each strategy over generations.
        by_family: Share of each family over generations, in the order of `family_names`.
        family_names: Families in the order of the library.
        along: Mean gain of all members, cohesion, and cohesion where everybody plays the reference, over generations.
        followed: Strategies with a curve of their own, the largest share first.
        others: Share of all others together over generations; None where there are none.
        gains: What all members gain.
        survival: Share of the variants in which no strategy is clearly ahead of the leading one, and in which the leading family leads.
    """

    above: tuple[int, ...]
    below: tuple[int, ...]
    largest: tuple[float, float, float]
    between: Array
    drift: Estimate
    families: tuple[Group, ...]
    endings: Mapping[str, Ending]
    strategies: OverGenerations
    by_family: OverGenerations
    family_names: tuple[str, ...]
    along: Mapping[str, OverGenerations]
    followed: tuple[int, ...]
    others: Estimate | None
    gains: Gains
    survival: tuple[Estimate, Estimate]


@dataclass(frozen=True)
class Result(Played):
    """Result of imitation.

    Attributes:
        statistics: Every number of the report.
    """

    statistics: Statistics


def bounded(share: Estimate) -> Estimate:
    """The interval of a share, inside [0, 1]."""
    return Estimate(share.value, np.clip(share.low, 0, 1), np.clip(share.high, 0, 1))
