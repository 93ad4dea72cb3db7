"""The search itself: candidates, their cells and their scores."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from experiments.analyses.optimize.design import Futures
from experiments.analyses.optimize.out_of_sample import Compared, compared
from experiments.analyses.optimize.result import (
    CANDIDATE,
    FAMILY,
    N_WEIGHTS,
    OBJECTIVE_LABELS,
    OBJECTIVES,
    RIVAL_WORLDS,
    Candidates,
    Options,
    Result,
    names_of,
)
from experiments.cells.job_cells import JobCells, job_cells_of, whole
from experiments.cells.returns import returns
from experiments.cells.session import Session
from experiments.cells.stopwatch import Stopwatch
from experiments.configuration.design import Points
from experiments.configuration.errors import CommandError
from experiments.configuration.varied import policies
from experiments.methods import search
from experiments.methods.search import Trace
from sim.axes import WORLD, Array
from sim.draws import stream
from sim.payoffs import RETURNS
from sim.strategies.strategy import Strategy

#: Random candidates whose futures are held in memory at once.
AT_ONCE = 256


class Evaluation:
    """Values of candidates on the futures of the search; the same candidate always has the same value.

    Args:
        options: Options of the command.
        session: Where cells are computed.
        futures: The futures of the search.
        best: The best of the library in each future, by measure, shape (futures,).
    """

    def __init__(self, options: Options, session: Session, futures: Points, best: Mapping[str, Array]) -> None:
        self.options, self.session, self.futures, self.best = options, session, futures, best
        reference = options.job.run.reference
        self.names = (reference, CANDIDATE)
        self.settings = options.job.settings.replace(
            n_worlds=options.worlds, strategies={reference: options.library[reference], CANDIDATE: options.space.base})
        self.tried: list[Array] = []

    def __call__(self, units: Array) -> Array:
        """The objective in each of `Options.measures`, shape (candidates, measures).

        Raises:
            CommandError: Some could not be simulated.
        """
        result = np.concatenate([self._some(units[first : first + AT_ONCE]) for first in range(0, len(units), AT_ONCE)])
        self.tried.append(result)
        return result

    def of_measure(self, units: Array) -> Array:
        """The objective in the measure, shape (candidates,)."""
        return self(units)[:, 0]

    def of_front(self, units: Array) -> Array:
        """The objective in both returns of the front, shape (candidates, 2)."""
        return self(units)[:, 1:]

    def _some(self, units: Array) -> Array:
        n, n_futures = len(units), len(self.futures)
        values = np.concatenate([np.repeat(self.options.space.values(units), n_futures, axis=0), np.tile(self.futures.values, (n, 1))], axis=1)
        job_cells = job_cells_of(self.settings, Points((*self.options.space.names, *self.futures.names), values), RETURNS)
        # The reference is in the cells of the library already: its returns depend on the future alone.
        self.session.compute([replace(job_cells, shares={CANDIDATE: job_cells.shares[CANDIDATE]})])
        _stop_at_failures(self.session)
        of_all = returns(job_cells, self.names, self.session.store.read, self.options.job.run.payoff, self.names[0])
        means = {measure: of_all[measure][1].mean(axis=WORLD).reshape(n, n_futures) for measure in self.options.measures}
        return np.stack([OBJECTIVES[self.options.objective](means[measure], self.best[measure]) for measure in self.options.measures], axis=1)


def _stop_at_failures(session: Session) -> None:
    if session.failures:
        raise CommandError(f"the search stops: {len(session.failures):,} of its cells failed, and without these candidates it would take another path")


def search_result(options: Options, session: Session, watch: Stopwatch, futures: Futures) -> tuple[Result, JobCells, list[JobCells]]:
    """Search and compare.

    Args:
        options: Options of the command.
        session: Where cells are computed.
        watch: Counts the time.
        futures: In-sample and out-of-sample.

    Returns:
        The result, the cells of the out-of-sample comparison, and all other cells.

    Raises:
        CommandError: Cells failed.
    """
    _stop_at_failures(session)
    means = library_means(options, futures.library, session)
    candidates = _searched(options, session, futures.in_sample, means)
    settings, reference = options.job.settings, options.job.run.reference
    everybody = {**options.library, **{strategy.name: strategy for strategy in candidates.strategies}}
    names = tuple(everybody)
    in_sample = job_cells_of(settings.replace(n_worlds=options.worlds, strategies=everybody), futures.in_sample, RETURNS)
    out_of_sample = job_cells_of(futures.job.settings.replace(strategies=everybody), futures.out_of_sample)
    best = means[options.measure].max(axis=0)
    best_of_library = int(OBJECTIVES[options.objective](means[options.measure], best).argmax())
    sides = {name: everybody[name] for name in dict.fromkeys((reference, names[best_of_library], candidates.strategies[0].name))}
    known = policies(options.job)
    under_policies = [
        job_cells_of(settings.replace(n_worlds=RIVAL_WORLDS, strategies=sides, policies=dict(zip(settings.policies, pair, strict=True))), measures=RETURNS)
        for pair in product(known.values(), repeat=2)]
    session.compute([in_sample, out_of_sample, *under_policies])
    complete = all(whole([job_cells], session.failed) == tuple(sides) for job_cells in under_policies)
    if whole([in_sample, out_of_sample], session.failed) != names or not complete:
        raise CommandError("cells of the out-of-sample comparison failed: the best strategy found cannot be compared")
    with watch.on("statistics"):
        result = compared(options, session, candidates, Compared(in_sample, out_of_sample, tuple(known), under_policies), best_of_library)
    return result, out_of_sample, [futures.library, in_sample, *under_policies]


def _searched(options: Options, session: Session, futures: Points, means: Mapping[str, Array]) -> Candidates:
    """Try candidates at random, by CMA-ES and along the front; means are those of the library, shape (strategies, futures) by measure."""
    seed, n = options.job.settings.seed, len(options.space.known)
    best = {measure: values.max(axis=0) for measure, values in means.items()}
    evaluation = Evaluation(options, session, futures, best)
    with session.stage((3 if options.front else 2) * options.candidates * len(futures) * options.worlds):
        random = search.at_random(evaluation.of_measure, n, options.candidates, stream(seed, "optimize", 0))
        trace = search.cma_es(evaluation.of_measure, n, options.candidates, stream(seed, "optimize", 1))
        along = None
        if options.front:
            pairs = np.concatenate(evaluation.tried)[:, 1:]
            tried = Trace(np.concatenate([random.points, trace.points]), pairs)
            along = search.along_front(evaluation.of_front, tried, N_WEIGHTS, options.candidates, stream(seed, "optimize", 2))
    row = tuple(options.library).index(options.job.run.reference)
    of_reference = [float(OBJECTIVES[options.objective](means[measure][row], best[measure])) for measure in options.measures]
    objectives = np.concatenate([*evaluation.tried, [of_reference]])
    points = np.concatenate([random.points, trace.points, *([along.points] if along else [])])
    units, strategies = chosen(options, random, trace, points, objectives[:-1])
    return Candidates(trace, random, along, objectives, strategies, units)


def library_means(options: Options, library: JobCells, session: Session) -> dict[str, Array]:
    """Each of `Options.measures` of the library in each future, shape (strategies, futures)."""
    values = returns(library, tuple(options.library), session.store.read, options.job.run.payoff, options.job.run.reference)
    return {measure: values[measure].mean(axis=WORLD) for measure in options.measures}


def chosen(options: Options, random: Trace, trace: Trace, points: Array, objectives: Array) -> tuple[Array, tuple[Strategy, ...]]:
    """The best strategy found, the best random candidate and some of the front: points in the unit cube and strategies.

    Args:
        options: Options of the command.
        random: The random candidates.
        trace: Candidates of the search.
        points: All candidates, shape (n, numbers).
        objectives: Objectives of all candidates, shape (n, measures).
    """
    units = [trace.points[trace.best], random.points[random.best]]
    abouts = [f"Found by search: {OBJECTIVE_LABELS[options.objective]}, {options.measure}.",
              f"The best of {len(random.points):,} random candidates: {options.measure}."]
    called = ["", "best random candidate"]
    if options.front:
        pairs = objectives[:, 1:]
        rows = search.spread_out(pairs, search.front(pairs), N_WEIGHTS)
        units += list(points[rows])
        abouts += [f"On the front between {options.front[0]} and {options.front[1]}." for _ in rows]
        called += [f"strategy {i + 1} of the front" for i in range(len(rows))]
    source = f"counterpoise optimize, seed {options.job.settings.seed}"
    result = [options.space.strategy(name, unit, about, source, FAMILY, label)
              for name, unit, about, label in zip(names_of(options), units, abouts, called, strict=False)]
    return np.stack(units), tuple(result)
