"""The best strategy found, compared out-of-sample with the library, with random candidates and under every pair of policies; every number is finished here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analyses.optimize.result import OBJECTIVES, Candidates, Comparison, Front, Options, Result, UnderPolicies
from experiments.cells.job_cells import JobCells, gathered
from experiments.cells.returns import returns
from experiments.cells.session import Session
from experiments.methods import search
from experiments.methods.decisions import resampled_statistic
from experiments.methods.intervals import Estimate, counts, independent_difference, mean_interval, share_interval
from experiments.methods.search import Trace
from experiments.methods.survival import survival
from sim.axes import WORLD, Array
from sim.draws import stream

#: The best of the random candidates, as a share of them, and how many at least: what these have in common, the objective pins down.
GOOD, LEAST_GOOD = 0.05, 10
#: A number is not pinned down where the middle half of these spans more than this share of its range.
WIDE = 0.4


@dataclass(frozen=True)
class Compared:
    """Cells of the comparison.

    Attributes:
        in_sample: Of all strategies on the futures of the search.
        out_of_sample: Of all strategies on other futures.
        policies: Names of the policies that the powers may follow.
        under_policies: Of the reference, the best of the library and the best strategy found under each pair of policies, those of the second power fastest.
    """

    in_sample: JobCells
    out_of_sample: JobCells
    policies: tuple[str, ...]
    under_policies: Sequence[JobCells]


@dataclass(frozen=True)
class _Statistics:
    """The objective and its resampled estimates."""

    options: Options

    def objective(self, means: Array) -> Array:
        """Objective of each strategy, shape (names, futures) to (names,)."""
        return OBJECTIVES[self.options.objective](means, means[: len(self.options.library)].max(axis=0))

    def estimate(self, values: Array, statistic: Callable[[Array], Array], number: int) -> Estimate:
        """A statistic with its interval over futures and worlds."""
        # A largest shortfall is one of these futures and no others: worlds alone are resampled.
        rng = stream(self.options.job.settings.seed, "judgement", number)
        return resampled_statistic(values, statistic, rng, futures=self.options.objective != "regret")


def compared(options: Options, session: Session, candidates: Candidates, cells: Compared, best_of_library: int) -> Result:
    """All statistics of the comparison.

    Args:
        options: Options of the command.
        session: Where cells are read.
        candidates: What the search hands over.
        cells: Cells of the comparison.
        best_of_library: Row of the best of the library in-sample.
    """
    payoff, reference = options.job.run.payoff, options.job.run.reference
    names = tuple({**options.library, **{strategy.name: strategy for strategy in candidates.strategies}})
    in_sample, values = (returns(job_cells, names, session.store.read, payoff, reference) for job_cells in (cells.in_sample, cells.out_of_sample))
    behaviour = {measure: np.array([gathered(cells.out_of_sample, name, session.store.read, (measure,))[0][measure].mean() for name in names])
                 for measure in ("lean", "hedging_index")}
    good = _good(candidates.random)
    chosen = len(good) < len(candidates.random.points)  # of few candidates all are in, and their spread says nothing of the objective
    quantiles = np.quantile(good, (0.05, 0.25, 0.75, 0.95), axis=0)
    best_found = names.index(candidates.strategies[0].name)
    comparison = _comparison(
        options, in_sample[options.measure], values[options.measure], (best_found, best_of_library), behaviour, cells.out_of_sample.points.values)
    return Result(
        candidates, names, best_of_library, comparison,
        _front(options, values, names) if options.front else None, _under_policies(options, session, cells, (names[best_of_library], names[best_found])),
        float(candidates.search.values.max() - candidates.random.values.max()), good, quantiles,
        tuple(name for name, width in zip(options.space.known, quantiles[2] - quantiles[1], strict=True) if chosen and width > WIDE), session.failed)


def _comparison(
        options: Options, in_sample: Array, out_of_sample: Array, rows: tuple[int, int], behaviour: Mapping[str, Array], points: Array) -> Comparison:
    """In-sample and out-of-sample.

    Args:
        options: Options of the command.
        in_sample: Shape (names, futures, worlds).
        out_of_sample: The same in other futures.
        rows: The best strategy found and the best of the library.
        behaviour: See `Comparison`.
        points: The numbers drawn for the futures out-of-sample, shape (futures, inputs).
    """
    best_found, best_of_library = rows
    statistics = _Statistics(options)
    objective, estimate = statistics.objective, statistics.estimate

    def lead(means: Array) -> Array:
        values = objective(means)
        return np.asarray(values[best_found] - values[best_of_library])

    before, after = (estimate(values, objective, number) for number, values in enumerate((in_sample, out_of_sample)))
    leads = [estimate(values, lead, number) for number, values in enumerate((in_sample, out_of_sample))]
    means = out_of_sample.mean(axis=WORLD)
    ahead, by_future = estimate(out_of_sample, lambda means: objective(means)[best_found] - objective(means), 1), means[best_found] - means
    survivals = tuple(survival(np.sign(ahead.value[i]) * each > 0, each, points) for i, each in enumerate(by_future))
    return Comparison(before, after, independent_difference(before, after), ahead, by_future, independent_difference(*leads), behaviour, survivals)


def _front(options: Options, values: Mapping[str, Array], names: tuple[str, ...]) -> Front:
    """The front out-of-sample, values of shape (names, futures, worlds) by return."""
    assert options.front is not None
    statistics, base = _Statistics(options), names.index(options.job.run.reference)

    def gain(means: Array) -> Array:
        objectives = statistics.objective(means)
        return np.asarray(objectives - objectives[base])

    parts = [statistics.estimate(values[measure], gain, 1) for measure in options.front]
    gains = Estimate(*(np.stack([getattr(part, end) for part in parts], axis=1) for end in ("value", "low", "high")))
    rows = tuple(i for i, name in enumerate(names) if name.startswith(f"{options.name}_front_"))
    smallest = [options.job.run.payoff.smallest(measure) for measure in options.front]
    improved_on = tuple(i for i in range(len(options.library)) if any(
        all(counts(gains.low[row, k] - gains.high[i, k], gains.high[row, k] - gains.low[i, k], least) > 0 for k, least in enumerate(smallest))
        for row in rows))
    return Front(gains, rows, len(search.front(gains.value[list(rows)])), improved_on)


def _good(random: Trace) -> Array:
    """The best of the random candidates, shape (candidates, numbers); those of a search that has settled are alike whether or not it matters."""
    order = np.argsort(-random.values, kind="stable")
    best: Array = random.points[order[: max(LEAST_GOOD, int(GOOD * len(order)))]]
    return best


def _under_policies(options: Options, session: Session, cells: Compared, names: tuple[str, str]) -> UnderPolicies:
    """Mean differences over worlds with their intervals; names are those of the best of the library and of the best strategy found."""
    run, n = options.job.run, len(cells.policies)
    values = [returns(job_cells, (run.reference, *names), session.store.read, run.payoff, run.reference)[options.measure][:, 0]
              for job_cells in cells.under_policies]
    less_reference, less_library = (
        Estimate(*(end.reshape(n, n) for end in mean_interval(np.stack([of[2] - of[other] for of in values])))) for other in (0, 1))
    verdicts = less_library.counts(options.smallest)
    ahead, behind = (share_interval(int(some.sum()), some.size) for some in (verdicts > 0, verdicts < 0))
    return UnderPolicies(cells.policies, less_library, less_reference, ahead, behind)
