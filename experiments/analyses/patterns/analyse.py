"""From cells to verdicts on patterns."""

from collections.abc import Callable

import numpy as np

from experiments.analyses.facts import opened
from experiments.analyses.patterns import statistics
from experiments.analyses.patterns.result import BASE, CHANGED, IN_PART, NOT, REPRODUCED, Shown, Trial
from experiments.cells.archive import Outcome
from experiments.configuration.design import value_of
from experiments.configuration.pattern import Pattern
from experiments.configuration.places import Keys
from experiments.methods.intervals import Estimate, mean_interval
from sim.axes import Array

#: How each statistic is made of one run, and of two.
OF_ONE: dict[str, Callable[[Array], Array]] = {
    "level": statistics.level, "growth": statistics.growth, "variation": statistics.variation, "persistence": statistics.persistence}


def shown(trial: Trial, read: Callable[[str], Outcome]) -> Shown:
    """What became of a pattern.

    Args:
        trial: What was simulated.
        read: Gives the outcome of a key.
    """
    values = _values(trial, read)
    value = Estimate(*mean_interval(values)) if len(values) > 1 else Estimate(*(values[0],) * 3)
    return Shown(trial.name, trial.pattern, value, verdict_of(trial.pattern, float(value.value)), len(values) if trial.series else 0)


def verdict_of(pattern: Pattern, value: float) -> str:
    """The verdict by rule."""
    low, high = pattern.expected
    if low <= value <= high:
        return REPRODUCED
    return IN_PART if low - pattern.tolerance <= value <= high + pattern.tolerance else NOT


def _values(trial: Trial, read: Callable[[str], Outcome]) -> Array:
    """One value for each world, or a single one."""
    pattern, settings = trial.pattern, trial.job.settings
    if pattern.number is not None:
        return np.array([value_of(settings, Keys(tuple(settings.world.powers)).placed(pattern.number))])
    if pattern.statistic == "first_year":
        facts = opened(settings, ("the first power", "the second power")).facts
        return np.array([np.mean([not fact.off for fact in facts])])
    base = _run(trial, BASE, 0, read)
    if pattern.statistic in OF_ONE:
        return OF_ONE[pattern.statistic](base)
    if pattern.statistic == "rank":
        return statistics.rank(base, np.array([pattern.facts[state] for state in trial.series]))
    changed = _run(trial, CHANGED, 0, read)
    if pattern.statistic == "elasticity":
        return statistics.elasticity(changed, base, _run(trial, CHANGED, 1, read), _run(trial, BASE, 1, read))
    if pattern.statistic == "moved":
        return statistics.moved(changed, base, float(pattern.threshold or 0))
    return statistics.effect(changed, base)


def _run(trial: Trial, run: str, which: int, read: Callable[[str], Outcome]) -> Array:
    """The series of a run in the years that count, shape (states, years, worlds)."""
    (share,) = trial.runs[run].shares.values()
    outcomes = [read(cell.key).payoffs for cell, _, _ in share.cells]
    first, last = trial.pattern.years
    return np.stack([np.concatenate([outcome[each[which].name][first - 1 : last] for outcome in outcomes], axis=1) for each in trial.series.values()])
