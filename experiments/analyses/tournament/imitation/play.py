"""Imitation among the states of the region: which strategies spread where they copy what paid, which mix survives, is it stable?

Part of `counterpoise tournament`, which calls it so:

    options = Options(job, measure="composite")
    known, later = planned(options)                     # for `experiments.cells.session.computing`
    with computing(job.run, [known], about(options), watch, upcoming=[later]) as session:
        result = imitated(options, session)             # None where a cell failed: `session.failures` says which
    result.batch                                        # every cell, for the manifest

In a generation every member plays its strategy for the whole horizon, in new worlds. What it gains
is its return less what the same member gets in the same worlds when everybody plays the reference strategy: so a member
is not copied for being rich or for its place between the powers. Nothing here favours a label: members copy gains.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from experiments.analyses.tournament.imitation.analyse import analysed
from experiments.analyses.tournament.imitation.result import MAIN, Invasion, Options, Played, Result, Societies
from experiments.cells.archive import Outcome
from experiments.cells.cell import Society
from experiments.cells.job_cells import blocks
from experiments.cells.plan import Upcoming
from experiments.cells.session import Session
from experiments.cells.simulate import grouped
from experiments.methods.decisions import near_duplicates
from experiments.methods.evolution import Plays, Random, evolve, first_plays, mean_of
from sim.axes import WORLD, Array
from sim.draws import BLOCK, stream
from sim.payoffs import COMPOSITE, OF_ALL, WEIGHED, composite
from sim.settings import Settings
from sim.strategies.strategy import Strategy


def planned(options: Options) -> tuple[Societies, Upcoming]:
    """The cells that are known before, those of the reference and of the start, and how many more there will be."""
    first = {name: _societies(options, 0, first_plays(variant, random_of(options))) for name, variant in options.variants.items()}
    known = Societies({"reference": [cell for generation in range(options.generations) for cell in _of_reference(options, generation)], **first})
    sizes, later, final = [variant.populations for variant in options.variants.values()], options.generations - 1, 1 + len(options.strategies)
    columns = later * sum(sizes) + final * options.populations
    cells = later * sum(len(list(blocks(size))) for size in sizes) + final * len(list(blocks(options.populations)))
    passes = later * len(list(grouped(Societies(first).cells(), BLOCK))) + -(-final * options.populations // BLOCK)
    return known, Upcoming(cells, columns, options.job.settings.horizon, len(options.members), passes, len(OF_ALL) * len(options.members))


def generation_seed(seed: int, generation: int) -> int:
    """The seed of the worlds and choices of a generation."""
    return int(stream(seed, "generation", generation).integers(2**63))


def random_of(options: Options) -> Random:
    """The random numbers of a purpose in a generation."""
    seed = options.job.settings.seed
    return lambda purpose, generation: stream(generation_seed(seed, generation), purpose, 0)


def _settings(options: Options, generation: int) -> Settings:
    bare: dict[str, object] = {"strategies": {}, "peers": {}, "seed": generation_seed(options.job.settings.seed, generation)}
    return options.job.settings.model_copy(update=bare)


def _societies(options: Options, generation: int, plays: Plays, strategies: Sequence[Strategy] | None = None) -> list[Society]:
    """The cells of one generation of some populations; plays has shape (members, populations)."""
    settings = _settings(options, generation)
    library = tuple(options.job.settings.strategies.values()) if strategies is None else tuple(strategies)
    return [Society(settings, library, plays[:, block * BLOCK : block * BLOCK + n], block) for block, n in blocks(plays.shape[WORLD])]


def _of_reference(options: Options, generation: int) -> list[Society]:
    """Everybody plays the reference in every world of a generation."""
    return _societies(options, generation, np.zeros((len(options.members), options.populations), dtype=np.int16),
                      [options.job.settings.strategies[options.job.run.reference]])


class _Failed(Exception):
    """A cell failed; what follows from it cannot be computed."""


@dataclass
class Playing:
    """Populations that play in the simulation; remembers their cells.

    Attributes:
        options: Options of imitation.
        simulate: Simulates societies, by name, and gives what reads the outcome of a key.
    """

    options: Options
    simulate: Callable[[Mapping[str, Sequence[Society]]], Callable[[str], Outcome]]
    cells: dict[str, list[Society]] = field(default_factory=dict)
    cohesion: list[Array] = field(default_factory=list)
    reference_cohesion: list[Array] = field(default_factory=list)

    def earn(self, generation: int, plays: Mapping[str, Plays]) -> dict[str, Array]:
        """Gains of every member, by variant."""
        result = self.outcomes({name: _societies(self.options, generation, now) for name, now in plays.items()} | {
            "reference": _of_reference(self.options, generation)})
        reference = result.pop("reference")
        self.cohesion.append(result[MAIN]["cohesion"][0])
        self.reference_cohesion.append(reference["cohesion"][0])
        return {name: self.gain(got, {measure: values[:, : plays[name].shape[WORLD]] for measure, values in reference.items()})
                for name, got in result.items()}

    def outcomes(self, societies: Mapping[str, list[Society]]) -> dict[str, dict[str, Array]]:
        """Every measure of every member, shape (members, populations), by name."""
        read = self.simulate(societies)
        for name, cells in societies.items():
            self.cells.setdefault(name, []).extend(cells)
        return {name: _side_by_side(read(cell.key) for cell in cells) for name, cells in societies.items()}

    def gain(self, got: Mapping[str, Array], other: Mapping[str, Array]) -> Array:
        """What is got in one case more than in another, in units of the measure."""
        if self.options.measure != COMPOSITE:
            return got[self.options.measure] - other[self.options.measure]
        payoff, zero = self.options.job.run.payoff, other["economic"]
        return composite(got, payoff, zero) - composite(other, payoff, zero)


def _side_by_side(outcomes: Iterable[Outcome]) -> dict[str, Array]:
    read = list(outcomes)
    return {measure: np.concatenate([outcome.payoffs[measure] for outcome in read], axis=WORLD) for measure in OF_ALL}


def imitated(options: Options, session: Session) -> Result | None:
    """Let the members imitate one another, and see who could enter what they end with.

    Returns:
        What was found; None where a cell failed, see `session.failures`.

    Raises:
        OSError: A cell cannot be written; those that were are valid.
        experiments.cells.store.MissingCell, experiments.cells.store.DamagedCell: A cell is gone since.
    """
    def simulate(societies: Mapping[str, Sequence[Society]]) -> Callable[[str], Outcome]:
        session.compute([Societies(societies)])
        if any(cell.key in session.failed for cells in societies.values() for cell in cells):
            raise _Failed
        return session.store.read

    playing = Playing(options, simulate)
    known, later = planned(options)
    try:
        with session.stage(sum({cell.key: cell.size for cell in known.cells()}.values()) + later.n_columns):
            trajectories, scale = evolve(options.variants, options.generations, playing.earn, random_of(options))
            invasion, duplicates = _invaded(options, playing, trajectories[MAIN].plays[-1])
    except _Failed:
        return None
    return analysed(Played(options, trajectories, np.stack(playing.cohesion), np.stack(playing.reference_cohesion), scale, invasion, duplicates,
                           Societies(playing.cells)))


def _invaded(options: Options, playing: Playing, plays: Plays) -> tuple[Invasion, tuple[tuple[int, ...], ...]]:
    """One member of each population, drawn at random, plays every strategy in turn, in worlds that nobody has met yet."""
    n_members, n = plays.shape
    after, columns = options.generations, np.arange(n)
    member = (stream(generation_seed(options.job.settings.seed, after), "invader", 0).random(n) * n_members).astype(int)
    cells = {"final": _societies(options, after, plays)}
    for k, name in enumerate(options.strategies):
        changed = plays.copy()
        changed[member, columns] = k
        cells[f"invaded by {name}"] = _societies(options, after, changed)
    result = playing.outcomes(cells)
    own = result.pop("final")
    more = np.stack([playing.gain(got, own) for got in result.values()])
    others = (more.sum(axis=1) - more[:, member, columns]) / max(1, n_members - 1)
    gain = more[:, member, columns]
    alike = near_duplicates([np.stack([got[measure][member, columns] for got in result.values()]) for measure in WEIGHED])
    return Invasion(mean_of(gain, len(gain)), mean_of(gain - others, len(gain)), (gain > 0).mean(axis=WORLD)), alike
