"""From measured effects to verdicts, and to the region of the assumptions in which a hypothesis fails; every number is finished here."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from experiments.analyses.hypotheses.effect import effects
from experiments.analyses.hypotheses.outcomes import Values, measures_of, parts_of
from experiments.analyses.hypotheses.teams import tools_of
from experiments.analyses.hypotheses.trial import Trial
from experiments.analyses.hypotheses.variance import Variance, group_shares, shares_of
from experiments.analyses.hypotheses.verdict import CONDITIONAL, Verdict
from experiments.analyses.hypotheses.verdict import verdict as verdict_of
from experiments.cells.job_cells import JobCells, gathered
from experiments.cells.session import Session
from experiments.configuration.hypothesis import Hypothesis
from experiments.methods.discovery import Box, prim, tree
from experiments.methods.survival import movers
from sim.axes import Array
from sim.draws import stream
from sim.payoffs import Payoff


def verdict(each: Trial, session: Session) -> Verdict:
    """The verdict on a hypothesis from the cells of its trial."""
    job = next(iter(each.jobs.values()))
    default, drawn, library = (_of_conditions(jobs_cells, each.hypothesis, session) for jobs_cells in (each.default, each.drawn, each.library))
    result = verdict_of(each.name, each.hypothesis, default, drawn, job.run.payoff, job.settings.seed, library or None)
    return replace(result, movers=movers(*_with_effect(result.draws, each.draws.values)), region=failing_region(each, result))


def variance(each: Trial, session: Session) -> Variance:
    """The shares of variance that two groups of numbers explain."""
    default, drawn = (_of_conditions(jobs_cells, each.hypothesis, session)["base"] for jobs_cells in (each.default, each.drawn))
    return variance_of(each, default, drawn, next(iter(each.jobs.values())).run.payoff)


def variance_of(each: Trial, default: Values, drawn: Values, payoff: Payoff) -> Variance:
    """The shares of variance: over the rows of the sample at the defaults, and in each draw of the assumptions."""
    at_defaults, in_draws = (
        group_shares(effects(each.hypothesis, parts_of(each.hypothesis, {"base": values}, payoff)), len(each.groups), n)
        for values, n in ((default, 1), (drawn, len(each.draws))))
    return Variance(each.name, each.hypothesis, each.groups, shares_of(at_defaults), in_draws.mean(axis=-1))


def _of_conditions(jobs_cells: Mapping[str, JobCells], hypothesis: Hypothesis, session: Session) -> dict[str, Values]:
    return {condition: _values(job_cells, hypothesis, session) for condition, job_cells in jobs_cells.items()}


def _values(job_cells: JobCells, hypothesis: Hypothesis, session: Session) -> Values:
    """The values of each measure, read from the cells of a strategy when they are first needed."""
    read: dict[str, dict[str, Array]] = {}

    def values(strategy: str, measure: str) -> Array:
        if strategy not in read:
            read[strategy] = dict(gathered(job_cells, strategy, session.store.read, measures_of(hypothesis))[0])
        return read[strategy][measure]

    return Values(values, {name: tools_of(strategy) for name, strategy in job_cells.settings.strategies.items()})


def _with_effect(draws: Array, points: Array) -> tuple[Array, Array]:
    """The draws that have an effect, and their points."""
    kept = np.isfinite(draws)
    return draws[kept], points[kept]


def failing_region(trial: Trial, verdict: Verdict) -> tuple[Box, ...]:
    """The region of the assumptions in which a conditional hypothesis fails; empty where there is none.

    By PRIM or, where PRIM gives no box, the leaf of a tree that holds most failures.
    """
    if verdict.word != CONDITIONAL:
        return ()
    draws, points = _with_effect(verdict.draws, trial.draws.values)
    fails = trial.hypothesis.sign * draws <= 0
    if not 0 < fails.sum() < len(fails):
        return ()
    names, seed = trial.draws.names, next(iter(trial.jobs.values())).settings.seed
    if boxes := prim(points, fails, names, stream(seed, "discovery", 0), boxes=1):
        return boxes
    densest = tree(points, fails, names, stream(seed, "discovery", 0))[0]
    return (densest,) if densest.limits else ()
