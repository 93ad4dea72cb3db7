"""Imitation among the members of ASEAN: which strategies spread where members copy what paid, which mix survives, is it stable?

Part of `counterpoise tournament`, which calls it so:

    asked = Asked(job, measure="composite")
    known, later = planned(asked)                       # for `experiments.computing.computing`
    with computing(job.run, [known], about(asked), watch, upcoming=[later]) as session:
        found = imitated(asked, session)                # None where a cell failed: `session.failures` says which
    found.batch                                         # every cell, for the manifest

In a generation every member plays its strategy for the whole horizon, in worlds of that generation's own. What it gains
is its return less what the same member gets in the same worlds when everybody plays the reference strategy: so a member
that is rich, or in the way of a power, is not copied for that. Nothing here favours a label: members copy gains.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from experiments.analysis.decisions import near_duplicates
from experiments.analysis.evolution import RULES, Course, Plays, Rule, Variant, evolve, first_plays, leaders, mean_of, window
from experiments.analysis.intervals import Estimate
from experiments.cells import Outcome, Society, blocks
from experiments.computing import Computing
from experiments.config import Job
from experiments.hypothesis import COMPOSITE
from experiments.outcome import OUTCOMES, weights_of
from experiments.plan import Upcoming
from experiments.words import unknown
from sim.axes import WORLD, Array
from sim.draws import BLOCK, stream
from sim.payoffs import OF_ALL, WEIGHED
from sim.settings import Settings
from sim.strategies.strategy import Strategy

#: Populations; those of each variant of start, selection or mutation; generations.
POPULATIONS, SIDE_POPULATIONS, GENERATIONS = 512, 192, 100
#: How much gains count, per standard deviation of gains; chance that a member tries any strategy. Assumptions, hence shown at several values. With less
#: mutation populations of ten, which chance alone makes uniform within some ten generations, remember their start for hundreds.
SELECTION, MUTATION = 1.0, 0.05
#: What both are multiplied by to see what rests on them.
FACTORS = (0.25, 1.0, 4.0)
#: Name of the variant asked for; how it starts; names of the others.
MAIN, EVEN = "main", "even"


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        job: Settings and run; its strategies are the library, its own strategies of the members one of the starts.
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
        """What is asked for, from an even start, then what it may rest on: the start, selection and mutation, the rule."""
        n, side = self.populations, min(self.populations, max(2, self.populations * SIDE_POPULATIONS // POPULATIONS))
        starts = self._starts()
        other: Rule = "replicator" if self.rule == "fermi" else "fermi"
        main = Variant(self.rule, self.selection, self.mutation, n, starts.pop(EVEN))
        found = {MAIN: main} | {f"start: {name}": Variant(self.rule, self.selection, self.mutation, side, start) for name, start in starts.items()}
        for by_selection in FACTORS:
            for by_mutation in FACTORS:
                if (by_selection, by_mutation) != (1.0, 1.0):
                    selection, mutation = self.selection * by_selection, min(1.0, self.mutation * by_mutation)
                    found[f"selection {selection:g}, mutation {mutation:g}"] = Variant(self.rule, selection, mutation, side, main.start)
        return found | {f"{other} rule": Variant(other, self.selection, self.mutation, side, main.start)}

    def _starts(self) -> dict[str, Array]:
        """Chance of each strategy for each member: all alike, their own where the library has them, all the reference, each large family alone."""
        settings, names, families = self.job.settings, self.strategies, self.families
        found = {EVEN: np.full((len(self.members), len(names)), 1 / len(names))}
        own = [settings.peers[member].name if member in settings.peers else self.job.run.reference for member in self.members]
        if all(name in names for name in own):
            found["their own"] = np.array([[float(name == each) for name in names] for each in own])
        groups = {f"all {self.job.run.reference}": [self.job.run.reference]} | {
            f"any {family}": its for family in dict.fromkeys(families.values()) if 1 < len(its := [n for n in names if families[n] == family]) < len(names)}
        for label, group in groups.items():
            found[label] = np.tile(np.isin(names, group) / len(group), (len(self.members), 1))
        return found


@dataclass(frozen=True)
class Societies:
    """Cells of societies, by the name of what they are of."""

    named: Mapping[str, Sequence[Society]]

    def cells(self) -> list[Society]:
        """Every cell; those of one size after the other, since they share random tables."""
        return sorted((cell for cells in self.named.values() for cell in cells), key=lambda cell: (cell.block, cell.settings.seed, cell.size))

    def keys(self) -> dict[str, list[str]]:
        """Their keys."""
        return {name: [cell.key for cell in cells] for name, cells in self.named.items()}


@dataclass(frozen=True)
class Invasion:
    """What one member of each final population gets from playing another strategy, in the same worlds; all intervals of one kind hold at once.

    Attributes:
        gain: Its return less that with its own strategy, by strategy.
        lead: The same of its return less the mean return of the others: what imitation looks at.
        better: Share of populations in which it gains, without an interval.
    """

    gain: Estimate
    lead: Estimate
    better: Array


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        asked: What was asked for.
        courses: What was played and gained, by variant, the main one first.
        cohesion: Cohesion of ASEAN in the main variant, shape (generations, populations).
        reference_cohesion: Where everybody plays the reference, same shape.
        scale: Standard deviation of gains in the first generation, in units of the measure.
        invasion: Who could enter the final populations.
        duplicates: Strategies that bring nearly the same in all returns, by number.
        batch: Every cell.
    """

    asked: Asked
    courses: Mapping[str, Course]
    cohesion: Array
    reference_cohesion: Array
    scale: float
    invasion: Invasion
    duplicates: tuple[tuple[int, ...], ...]
    batch: Societies

    @property
    def main(self) -> Course:
        """The variant asked for."""
        return self.courses[MAIN]

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
        one, other = window(self.courses[name].shares), self.survivors
        if self.asked.variants[name].rule == self.asked.variants[MAIN].rule:
            return mean_of(one - other[:, : one.shape[1]] if one.shape[1] <= other.shape[1] else one[:, : other.shape[1]] - other, len(one))
        first, second = mean_of(one, len(one)), mean_of(other, len(one))
        value, half = first.value - second.value, np.hypot(first.half_width, second.half_width)
        return Estimate(value, value - half, value + half)


def bounded(share: Estimate) -> Estimate:
    """The interval of a share, inside [0, 1]."""
    return Estimate(share.value, np.clip(share.low, 0, 1), np.clip(share.high, 0, 1))


# ---- What the command asks


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the imitation among members."""
    parser.add_argument("--measure", default=COMPOSITE, metavar="NAME", help=f"return that members compare: {', '.join(OUTCOMES)} (default {COMPOSITE})")
    parser.add_argument("--rule", default="fermi", metavar="NAME", help=f"how members revise: {', '.join(RULES)} (default fermi)")
    parser.add_argument("--selection", type=float, default=SELECTION, metavar="X",
                        help=f"how much gains count, per standard deviation of gains (default {SELECTION:g})")
    parser.add_argument("--mutation", type=float, default=MUTATION, metavar="X",
                        help=f"chance that a member tries any strategy, each generation (default {MUTATION:g})")
    parser.add_argument("--populations", type=int, default=POPULATIONS, help=f"populations, a world each (default {POPULATIONS})")
    parser.add_argument("--generations", type=int, default=GENERATIONS, help=f"generations (default {GENERATIONS})")


def problem(asked: argparse.Namespace) -> str | None:
    """What is wrong with the values of the options, or None."""
    if asked.measure not in OUTCOMES:
        return f"--measure: {unknown(asked.measure, OUTCOMES, 'return')}"
    if asked.rule not in RULES:
        return f"--rule: {unknown(asked.rule, RULES, 'rule')}"
    if not (np.isfinite(asked.selection) and asked.selection >= 0):
        return f"--selection takes a number from 0, got {asked.selection:g}"
    if not 0 <= asked.mutation <= 1:
        return f"--mutation takes a number from 0 to 1, got {asked.mutation:g}"
    if asked.populations < 2 or asked.populations > BLOCK * 64:
        return f"--populations takes 2 to {BLOCK * 64}, got {asked.populations}"
    if asked.generations < 4 or asked.generations > 10_000:
        return f"--generations takes 4 to 10000, got {asked.generations}"
    return None


# ---- What is computed


def planned(asked: Asked) -> tuple[Societies, Upcoming]:
    """The cells that are known before, those of the reference and of the start, and how many more there will be."""
    first = {name: first_plays(variant, _random(asked)) for name, variant in asked.variants.items()}
    known = Societies({"reference": [cell for generation in range(asked.generations) for cell in _of_reference(asked, generation)],
                       **{name: _societies(asked, 0, plays) for name, plays in first.items()}})
    columns = (asked.generations - 1) * sum(variant.populations for variant in asked.variants.values()) + (1 + len(asked.strategies)) * asked.populations
    cells = ((asked.generations - 1) * sum(len(list(blocks(variant.populations))) for variant in asked.variants.values())
             + (1 + len(asked.strategies)) * len(list(blocks(asked.populations))))
    return known, Upcoming(cells, columns, asked.job.settings.horizon, len(asked.members), len(OF_ALL) * len(asked.members), societies=True)


def about(asked: Asked) -> str:
    """What is computed, in a line."""
    return (f"imitation: {asked.populations:,} populations of {len(asked.members)} members over {len(asked.strategies)} strategies × {asked.generations} "
            f"generations, {asked.rule} rule, {asked.measure} return, and {len(asked.variants) - 1} variants of start, selection, mutation and rule")


def generation_seed(seed: int, generation: int) -> int:
    """The seed of the worlds and choices of a generation."""
    return int(stream(seed, "generation", generation).integers(2**63))


def _random(asked: Asked) -> Callable[[str, int], np.random.Generator]:
    seed = asked.job.settings.seed
    return lambda purpose, generation: stream(generation_seed(seed, generation), purpose, 0)


def _settings(asked: Asked, generation: int) -> Settings:
    bare: dict[str, object] = {"strategies": {}, "peers": {}, "seed": generation_seed(asked.job.settings.seed, generation)}
    return asked.job.settings.model_copy(update=bare)


def _societies(asked: Asked, generation: int, plays: Plays, strategies: Sequence[Strategy] | None = None) -> list[Society]:
    """The cells of one generation of some populations; plays has shape (members, populations)."""
    settings = _settings(asked, generation)
    library = tuple(asked.job.settings.strategies.values()) if strategies is None else tuple(strategies)
    return [Society(settings, library, plays[:, block * BLOCK : block * BLOCK + n], block) for block, n in blocks(plays.shape[WORLD])]


def _of_reference(asked: Asked, generation: int) -> list[Society]:
    """Everybody plays the reference in every world of a generation."""
    return _societies(asked, generation, np.zeros((len(asked.members), asked.populations), dtype=np.int16),
                      [asked.job.settings.strategies[asked.job.run.reference]])


class _Lost(Exception):
    """A cell could not be computed; what follows from it cannot be either."""


@dataclass
class _Playing:
    """Populations that play in the simulation; remembers their cells."""

    asked: Asked
    session: Computing
    cells: dict[str, list[Society]] = field(default_factory=dict)
    cohesion: list[Array] = field(default_factory=list)
    reference_cohesion: list[Array] = field(default_factory=list)

    def earn(self, generation: int, plays: Mapping[str, Plays]) -> dict[str, Array]:
        """Gains of every member, by variant."""
        found = self.outcomes({name: _societies(self.asked, generation, now) for name, now in plays.items()} | {
            "reference": _of_reference(self.asked, generation)})
        reference = found.pop("reference")
        self.cohesion.append(found[MAIN]["cohesion"][0])
        self.reference_cohesion.append(reference["cohesion"][0])
        return {name: self.gain(got, {measure: values[:, : plays[name].shape[WORLD]] for measure, values in reference.items()})
                for name, got in found.items()}

    def outcomes(self, societies: Mapping[str, list[Society]]) -> dict[str, dict[str, Array]]:
        """Every measure of every member, shape (members, populations), by name."""
        self.session.compute([Societies(societies)])
        for name, cells in societies.items():
            self.cells.setdefault(name, []).extend(cells)
        if any(cell.key in self.session.lost for cells in societies.values() for cell in cells):
            raise _Lost
        return {name: _side_by_side(self.session.store.read(cell.key) for cell in cells) for name, cells in societies.items()}

    def gain(self, got: Mapping[str, Array], other: Mapping[str, Array]) -> Array:
        """What is got in one case more than in another, in units of the measure."""
        if self.asked.measure != COMPOSITE:
            return got[self.asked.measure] - other[self.asked.measure]
        payoff = self.asked.job.run.payoff
        parts = {name: (got[name] - other[name]) / (payoff.anchors[name][1] - payoff.anchors[name][0]) for name in WEIGHED}  # type: ignore[index]
        return np.add.reduce([weight * parts[name] for name, weight in weights_of(payoff).items()])


def _side_by_side(outcomes: Iterable[Outcome]) -> dict[str, Array]:
    read = list(outcomes)
    return {measure: np.concatenate([outcome.payoffs[measure] for outcome in read], axis=WORLD) for measure in OF_ALL}


def imitated(asked: Asked, session: Computing) -> Found | None:
    """Let the members imitate one another, and see who could enter what they end with.

    Returns:
        What was found; None where a cell failed, see `session.failures`.

    Raises:
        OSError: A cell cannot be written; those that were are valid.
        experiments.cells.MissingCell, experiments.cells.DamagedCell: A cell is gone since.
    """
    playing = _Playing(asked, session)
    known, later = planned(asked)
    try:
        with session.stage(sum({cell.key: cell.size for cell in known.cells()}.values()) + later.n_columns):
            courses, scale = evolve(asked.variants, asked.generations, playing.earn, _random(asked))
            invasion, duplicates = _invaded(asked, playing, courses[MAIN].plays[-1])
    except _Lost:
        return None
    return Found(asked, courses, np.stack(playing.cohesion), np.stack(playing.reference_cohesion), scale, invasion, duplicates, Societies(playing.cells))


def _invaded(asked: Asked, playing: _Playing, plays: Plays) -> tuple[Invasion, tuple[tuple[int, ...], ...]]:
    """One member of each population, drawn at random, plays every strategy in turn, in worlds that nobody has met yet."""
    n_members, n = plays.shape
    after, columns = asked.generations, np.arange(n)
    member = (stream(generation_seed(asked.job.settings.seed, after), "invader", 0).random(n) * n_members).astype(int)
    cells = {"final": _societies(asked, after, plays)}
    for k, name in enumerate(asked.strategies):
        changed = plays.copy()
        changed[member, columns] = k
        cells[f"invaded by {name}"] = _societies(asked, after, changed)
    found = playing.outcomes(cells)
    own = found.pop("final")
    more = np.stack([playing.gain(got, own) for got in found.values()])
    others = (more.sum(axis=1) - more[:, member, columns]) / max(1, n_members - 1)
    gain = more[:, member, columns]
    alike = near_duplicates([np.stack([got[measure][member, columns] for got in found.values()]) for measure in WEIGHED])
    return Invasion(mean_of(gain, len(gain)), mean_of(gain - others, len(gain)), (gain > 0).mean(axis=WORLD)), alike
