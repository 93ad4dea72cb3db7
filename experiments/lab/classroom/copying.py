"""Let them copy: the states of the region take up the strategies of the class and copy what paid, see `experiments.analyses.tournament.imitation`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analyses.tournament.imitation.play import Playing, random_of
from experiments.analyses.tournament.imitation.result import MAIN, Options, Societies
from experiments.cells.archive import Outcome
from experiments.cells.cell import Society
from experiments.cells.simulate import grouped, simulated_together
from experiments.configuration.errors import CommandError
from experiments.configuration.job import Job
from experiments.methods.evolution import generations_of, shares_in
from sim.draws import BLOCK

#: Populations, a world each, and generations. With so few populations shares are a game, not a finding; `counterpoise tournament` has many.
POPULATIONS, GENERATIONS = 32, 30


@dataclass(frozen=True)
class Shares:
    """How many members play each strategy.

    Attributes:
        names: Strategies.
        shares: Share of each in every generation so far, shape (generations, strategies).
    """

    names: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]

    @property
    def finished(self) -> bool:
        """Whether this is the last generation."""
        return len(self.shares) >= GENERATIONS


def steps(job: Job) -> Iterator[Shares | None]:
    """Compute one generation after another: the shares after each but the last are shown on the way, see `experiments.lab.desk`.

    Args:
        job: The job of a league, with its strategies.

    Raises:
        CommandError: There is nothing to copy, or it cannot be simulated.
    """
    options = Options(job, populations=POPULATIONS, generations=GENERATIONS)
    if len(options.strategies) < 2:
        raise CommandError("nothing was handed in yet that could be copied")
    playing = Playing(options, _simulated)
    result: list[tuple[float, ...]] = []
    for generation in generations_of({MAIN: options.variants[MAIN]}, playing.earn, random_of(options)):
        together = np.zeros(POPULATIONS, dtype=np.intp)
        shares = shares_in(generation.plays[MAIN][None], together, len(options.strategies))[0, :, 0]
        result.append(tuple(shares.tolist()))
        yield Shares(options.strategies, tuple(result))
        if len(result) == GENERATIONS:
            return


def _simulated(societies: Mapping[str, Sequence[Society]]) -> Callable[[str], Outcome]:
    try:
        groups = grouped(Societies(societies).cells(), BLOCK)
        return {cell.key: outcome for group in groups for cell, outcome in zip(group, simulated_together(group), strict=True)}.__getitem__
    except Exception as error:  # a number that is not finite, or the code of a strategy
        raise CommandError(f"it cannot be simulated: {type(error).__name__}") from error
