"""What is simulated: the futures of the search, other futures for the comparison, and the library on the former."""

from dataclasses import dataclass, replace

from experiments.analyses.optimize.result import RIVAL_WORLDS, Options, Result, names_of
from experiments.cells.job_cells import JobCells, job_cells_of
from experiments.cells.plan import Upcoming
from experiments.configuration.design import Points
from experiments.configuration.job import Job
from experiments.configuration.varied import checked, futures, policies
from experiments.words import plural
from sim.draws import BLOCK
from sim.payoffs import RETURNS

#: Candidates of the search (as many random ones, as many along the front), its futures, worlds in each. More candidates fit these futures better and no
#: others: the best of 2,000 is not ahead of the best of 1,000 out-of-sample (difference of the composite, 256 futures: −0.005 ± 0.004 and −0.002 ± 0.006).
CANDIDATES, FUTURES, WORLDS = 1000, 32, 16


@dataclass(frozen=True)
class Futures:
    """In which futures strategies meet.

    Attributes:
        in_sample: Those of the search.
        library: Cells of the library on them.
        out_of_sample: Those of the comparison.
        job: Job of the comparison, whose seed gives other worlds too.
    """

    in_sample: Points
    library: JobCells
    out_of_sample: Points
    job: Job


def futures_of(options: Options) -> Futures:
    """Futures in-sample and out-of-sample: the next seed has its own futures and its own worlds."""
    settings = options.job.settings
    shown = checked(futures(options.job, options.futures), settings)
    other = replace(options.job, settings=settings.replace(n_worlds=options.worlds, seed=(settings.seed + 1) % 2**128))
    return Futures(shown, job_cells_of(settings.replace(n_worlds=options.worlds), shown, RETURNS),
                   checked(futures(other, options.out_of_sample), settings), other)


def about(options: Options, futures: Futures) -> str:
    """What is simulated, in a line."""
    along, n = f", as many along the front {' / '.join(options.front)}" if options.front else "", len(policies(options.job))
    return (f"search of {len(options.space.known)} numbers: {options.candidates:,} candidates by CMA-ES, as many at random{along}, each in "
            f"{plural(len(futures.in_sample), 'future')} × {plural(options.worlds, 'world')}; compared in {len(futures.out_of_sample)} other futures "
            f"and under {n} × {n} policies")


def upcoming(options: Options) -> list[Upcoming]:
    """What the search will compute; a settled search may compute less, as it comes back to candidates it knows."""
    settings = options.job.settings
    size, more = (settings.horizon, len(settings.world.states)), len(names_of(options))
    columns = options.candidates * options.futures * options.worlds
    compared = (len(options.library) + more) * options.out_of_sample * options.worlds
    rivals = len(policies(options.job)) ** 2 * 3
    full, of_comparison = -(-columns // BLOCK), -(-compared // BLOCK)
    return [
        Upcoming(full, columns, *size, n_passes=full, n_measures=len(RETURNS)) for _ in range(3 if options.front else 2)
    ] + [Upcoming(of_comparison, compared, *size, n_passes=of_comparison),
         Upcoming(rivals, rivals * RIVAL_WORLDS, *size, n_passes=rivals // 3, n_measures=len(RETURNS))]


def compared_job(futures: Futures, result: Result) -> Job:
    """The job of the comparison, with the strategies found beside the library."""
    settings = futures.job.settings
    everybody = {**settings.strategies, **{strategy.name: strategy for strategy in result.candidates.strategies}}
    return replace(futures.job, settings=settings.replace(strategies=everybody), points=futures.out_of_sample)
