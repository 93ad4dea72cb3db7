"""From measured effects to verdicts, and to the region of the assumptions in which a hypothesis fails; every number is finished here."""

from dataclasses import replace

from experiments.analyses.hypotheses.trial import Trial
from experiments.analyses.hypotheses.verdict import Effect, Values, Verdict, effects, group_shares, measures_of, verdict_on
from experiments.analyses.hypotheses.verdict import verdict as verdict_of
from experiments.cells.job_cells import JobCells, gathered
from experiments.cells.session import Session
from experiments.configuration.hypothesis import Hypothesis
from experiments.methods.discovery import Box, prim, tree
from experiments.methods.intervals import mean_interval
from experiments.methods.survival import movers
from sim.axes import Array
from sim.draws import stream
from sim.payoffs import Payoff


def verdict(each: Trial, session: Session) -> Verdict:
    """The verdict on a hypothesis from the cells of its trial."""
    job = next(iter(each.jobs.values()))
    default, drawn = (
        {condition: _values(job_cells, each.hypothesis, session) for condition, job_cells in jobs_cells.items()} for jobs_cells in (each.default, each.drawn))
    if each.hypothesis.groups is not None:
        result = _group_verdict(each, default["base"], drawn["base"], job.run.payoff)
    else:
        result = verdict_of(each.name, each.hypothesis, default, drawn, job.run.payoff, job.settings.seed)
    return replace(result, movers=movers(result.draws, each.draws.values), region=failing_region(each, result))


def _values(job_cells: JobCells, hypothesis: Hypothesis, session: Session) -> Values:
    """The values of each measure, read from the cells of a strategy when they are first needed."""
    read: dict[str, dict[str, Array]] = {}

    def values(strategy: str, measure: str) -> Array:
        if strategy not in read:
            read[strategy] = dict(gathered(job_cells, strategy, session.store.read, measures_of(hypothesis))[0])
        return read[strategy][measure]

    return values


def _group_verdict(each: Trial, default: Values, drawn: Values, payoff: Payoff) -> Verdict:
    """Which group of numbers explains more: over the rows of the sample at the defaults, and in each draw of the assumptions."""
    at_defaults, in_draws = (
        group_shares(effects(each.hypothesis, {"base": values}, payoff), 2, n) for values, n in ((default, 1), (drawn, len(each.draws))))
    mean, low, high = mean_interval(at_defaults[0, 0] - at_defaults[1, 0])
    return verdict_on(each.name, each.hypothesis, Effect(float(mean), float(low), float(high)), (in_draws[0] - in_draws[1]).mean(axis=-1))


def failing_region(trial: Trial, verdict: Verdict) -> tuple[Box, ...]:
    """The region of the assumptions in which a conditional hypothesis fails; empty where there is none.

    By PRIM or, where PRIM gives no box, the leaf of a tree that holds most failures.
    """
    if verdict.word != "conditional":
        return ()
    fails = trial.hypothesis.sign * verdict.draws <= 0
    if not 0 < fails.sum() < len(fails):
        return ()
    points, seed = trial.draws, next(iter(trial.jobs.values())).settings.seed
    if boxes := prim(points.values, fails, points.names, stream(seed, "discovery", 0), boxes=1):
        return boxes
    densest = tree(points.values, fails, points.names, stream(seed, "discovery", 0))[0]
    return (densest,) if densest.limits else ()
