"""From cells to the decision statistics; every number is finished here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from experiments.analyses.robustness.break_even import break_evens, champion_of
from experiments.analyses.robustness.result import (
    LARGE,
    N_WEIGHTS,
    WORTH,
    Duplicates,
    Failures,
    GoodEnough,
    Measured,
    Options,
    ParetoSet,
    Result,
    Weights,
)
from experiments.analyses.sweep.gather import sweep_of
from experiments.analyses.sweep.sweep import Sweep
from experiments.cells.job_cells import JobCells
from experiments.cells.returns import returns
from experiments.cells.session import Session
from experiments.configuration.design import Points
from experiments.configuration.errors import CommandError
from experiments.configuration.job import Job
from experiments.configuration.varied import varied
from experiments.methods import decisions
from experiments.methods.decisions import Mask, Regret
from experiments.methods.discovery import Box, prim, trajectory, tree
from experiments.methods.intervals import Estimate, mean_interval, picked, share_difference, share_interval
from experiments.methods.sides import advantage
from experiments.methods.survival import survival
from sim.axes import WORLD, Array
from sim.draws import stream
from sim.payoffs import COMPOSITE, WEIGHED, on_scale


def analysed(options: Options, names: tuple[str, ...], jobs: Sequence[Job], jobs_cells: Sequence[JobCells], session: Session) -> Result:
    """All statistics.

    Args:
        options: Options of the command.
        names: Strategies with all their cells.
        jobs: The futures, then the grid of rivalry and lens where there is one.
        jobs_cells: Their cells.
        session: Where cells are read, and where returns are resampled side by side.
    """
    payoff, reference, seed = options.job.run.payoff, options.job.run.reference, options.job.settings.seed
    families = {name: options.job.settings.strategies[name].family for name in names}
    points, base = jobs[0].points, names.index(reference)
    values = returns(jobs_cells[0], names, session.store.read, payoff, reference)
    sides = options.one.among(names), options.other.among(names)
    resampled = {measure: session.executor.submit(_measured, values[measure], base, sides, points, seed)
                 for measure in dict.fromkeys((options.measure, "economic", COMPOSITE))}
    grid = _grid(jobs[1], jobs_cells[1], session) if len(jobs) > 1 else None
    weighed = [values[measure] for measure in WEIGHED]
    scaled = np.stack([each.mean(axis=WORLD) for each in on_scale(values, payoff, values["economic"][base]).values()])
    all_weights = weights(scaled, names, families, seed)
    kept = decisions.thinned(weighed, keep=(base,))
    some = tuple(names[i] for i in kept)
    duplicates = Duplicates(
        decisions.near_duplicates(weighed), kept, pareto_set([each[list(kept)] for each in weighed]),
        all_weights if some == names else weights(scaled[:, list(kept)], some, families, seed))
    measured = {measure: replace(future.result(), smallest=payoff.smallest(measure), champion="" if grid is None else champion_of(options, grid, measure))
                for measure, future in resampled.items()}
    regret = measured[options.measure].regret
    missed = regret.matrix[int(regret.mean.value.argmin())]
    return Result(
        names, families, reference, points, {name: varied(options.job)[name] for name in points.names},
        _failures(options, values[options.measure], sides, points), measured, _good_enough(options, values, base, points),
        ParetoSet(pareto_set(weighed), share_in_front(weighed, _rng(seed))), duplicates, all_weights, grid,
        survival(missed <= abs(options.fails_below), missed, points.values), break_evens(options, grid, tuple(measured), families, reference), session.failed)


def _rng(seed: int) -> np.random.Generator:
    """The same for each statistic, so that all are over the same resamples."""
    return stream(seed, "robustness", 0)


def _failures(options: Options, values: Array, sides: tuple[Sequence[int], Sequence[int]], points: Points) -> Failures:
    """Where the one side fails, from values of shape (strategies, futures, worlds)."""
    margin = advantage(values, *sides)
    means = margin.mean(axis=WORLD)
    fails = means < options.fails_below
    boxes, peels, leaves = (find(points.values, fails, points.names, stream(options.job.settings.seed, "discovery", 0)) for find in (prim, trajectory, tree))
    reported = boxes if options.box is None else (_chosen(peels, options.box),)
    unadjusted = _best(values[sides[0]]) - _best(values[sides[1]])
    return Failures(
        margin, means, fails, share_interval(int(fails.sum()), len(fails)), reported, peels, leaves, Estimate(*mean_interval(means)),
        Estimate(*mean_interval(unadjusted.mean(axis=WORLD))), np.quantile(means, (0.05, 0.95)),
        np.median(np.quantile(margin - means[:, None], (0.05, 0.95), axis=WORLD), axis=1), survival(~fails, means, points.values))


def _chosen(peels: Sequence[Box], number: int) -> Box:
    """The box after so many peels.

    Raises:
        CommandError: There is none.
    """
    if not peels:
        raise CommandError("--box: no future fails, or all do, so there is no box to choose; leave --box out")
    if number >= len(peels):
        raise CommandError(f"--box: must be at most {len(peels) - 1}, the number of peels; got {number}")
    return peels[number]


def _measured(values: Array, base: int, sides: tuple[Sequence[int], Sequence[int]], points: Points, seed: int) -> Measured:
    """Decision statistics of one return, from values of shape (strategies, futures, worlds)."""
    regret = decisions.regret(values, _rng(seed))
    margin = advantage(values, *sides).mean(axis=WORLD)
    mean = Estimate(*mean_interval(margin))
    return Measured(
        decisions.over_worlds(values), regret, behind(values, regret, _rng(seed)), decisions.cvar(values, _rng(seed)),
        decisions.cvar(values, _rng(seed), base=base),
        decisions.dominance(values, 1, _rng(seed)), decisions.dominance(values, 2, _rng(seed)), margin, mean,
        survival(np.sign(mean.value) * margin > 0, margin, points.values))


def _good_enough(options: Options, values: Mapping[str, Array], base: int, points: Points) -> GoodEnough:
    """How often strategies meet the thresholds, from values of shape (strategies, futures, worlds) by return."""
    good = decisions.satisficing({measure: values[measure] - (0.0 if options.absolute else values[measure][base]) for measure in options.thresholds},
                                 options.thresholds)
    order = tuple(i for i in np.argsort(-good.jointly.value, kind="stable").tolist() if options.absolute or i != base)
    tied = tuple(i for i in order[1:] if share_difference(good.met[order[0]], good.met[i]).low <= 0)
    met = {name: good.each[name].value[list(order)] for name in good.each}
    hardest = min(met, key=lambda name: float(met[name].sum()))
    first = survival(good.met[order[0]], good.met[order[0]].astype(float), points.values) if order else None
    return GoodEnough(good, order, tied, hardest if (met[hardest] < 1).any() else "", first)


def _grid(job: Job, job_cells: JobCells, session: Session) -> Sweep | None:
    """Rivalry by the lens, with the composite among the returns."""
    result = sweep_of([job], [job_cells], session.store.read, session.failed)
    if result is None:
        return None
    values = returns(job_cells, result.strategies, session.store.read, job.run.payoff, result.reference)
    return replace(result, measures={**result.measures, COMPOSITE: values[COMPOSITE]})


def _best(values: Array) -> Array:
    """The best member by its mean in each future, shape (members, futures, worlds) to (futures, worlds)."""
    best = values.mean(axis=WORLD).argmax(axis=0)
    result: Array = values[best, np.arange(values.shape[1])]
    return result


def behind(values: Array, regret: Regret, rng: np.random.Generator) -> Estimate:
    """Mean regret of each strategy less that of the one with the least, on the same futures; where it is not above 0 the two cannot be distinguished."""
    least = int(regret.mean.value.argmin())

    def statistic(means: Array) -> Array:
        mean = decisions.regret_in(means).mean(axis=1)
        return mean - mean[least]

    return decisions.resampled_statistic(values, statistic, rng)


def pareto_set(weighed: Sequence[Array]) -> Mask:
    """Which strategies no other one dominates in the means over futures of all weighed returns."""
    return decisions.pareto(np.stack([decisions.over_worlds(values).mean(axis=1) for values in weighed], axis=1), np.array(list(WORTH.values())))


def share_in_front(weighed: Sequence[Array], rng: np.random.Generator) -> Estimate:
    """Share of resamples of futures in which each strategy is in the Pareto set, with its interval over resamples."""
    means = np.stack([decisions.over_worlds(values) for values in weighed], axis=1)
    margins = np.array(list(WORTH.values()))
    rows = picked(means.shape[-1], rng)[1:]
    kept = np.stack([decisions.pareto(means[..., some].mean(axis=-1), margins) for some in rows])
    return share_interval(kept.sum(axis=0), len(kept))


def weights(scaled: Array, names: tuple[str, ...], families: Mapping[str, str], seed: int) -> Weights:
    """Weight dominance of all strategies, and of the large families alone.

    Args:
        scaled: Returns on the common scale, shape (returns, strategies, futures).
        names: The strategies.
        families: Family of each.
        seed: Entropy.
    """
    own = [families[name] for name in names]
    every = decisions.weight_dominance(scaled, own, stream(seed, "weights", 1), N_WEIGHTS)
    large = [i for i, family in enumerate(own) if own.count(family) >= LARGE]
    smallest = min(own.count(family) for family in own)
    if len({own[i] for i in large}) < 2 or smallest >= LARGE:
        return Weights(names, every, smallest, None, 0)
    of_large = decisions.weight_dominance(scaled[:, large], [own[i] for i in large], stream(seed, "weights", 1), N_WEIGHTS)
    return Weights(names, every, smallest, of_large, min(own.count(own[i]) for i in large))
