"""What is simulated to look for patterns: one run each, and a changed one on the same worlds where an effect is measured."""

import re
from collections.abc import Sequence

from experiments.analyses.patterns.result import BASE, CHANGED, Trial
from experiments.cells.job_cells import JobCells, yearly_share
from experiments.configuration.check import refuse_broken
from experiments.configuration.design import NO_POINTS, numbers
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import document_of, file_of, names_in, shown
from experiments.configuration.hypothesis import as_overrides
from experiments.configuration.load import load
from experiments.configuration.pattern import STATISTICS, Pattern
from experiments.configuration.places import Keys
from experiments.configuration.varied import refuse_own
from experiments.configuration.violations import dotted, violations
from experiments.messages import unknown
from experiments.names import stated
from sim.scenario import Event
from sim.settings import Settings
from sim.yearly import QUARTERS, YearlySeries

#: The folder of conf/ with the files of patterns.
GROUP = "pattern"


def patterns(names: Sequence[str] | None = None) -> dict[str, Pattern]:
    """The patterns of conf/pattern/, by name.

    Raises:
        ConfigError: A name is unknown, or a file is wrong.
    """
    files = names_in(GROUP)
    if missing := [name for name in names or () if name not in files]:
        raise ConfigError([f"--only: {unknown(name, files, 'pattern')}" for name in missing])
    chosen = [name for name in files if names is None or name in names]
    refuse_broken((GROUP, name) for name in chosen)
    return {name: Pattern.model_validate(file.data) for name in chosen if (file := document_of(GROUP, name))}


def trial(name: str, pattern: Pattern, overrides: Sequence[str]) -> Trial:
    """Everything to simulate for a pattern.

    Raises:
        ConfigError: It sets or measures what does not exist.
    """
    try:
        return _trial(name, pattern, overrides)
    except ConfigError as error:
        raise ConfigError([f"{shown(file_of(GROUP, name))}: {problem}" for problem in error.problems]) from None


def _trial(name: str, pattern: Pattern, overrides: Sequence[str]) -> Trial:
    refuse_own(name, {"strategies": "strategy", "horizon": "years", **{key: key for key in (*pattern.base, *pattern.change)}}, overrides, "remove the override")
    words = [f"strategies=[{pattern.strategy}]", f"n_worlds={pattern.worlds}", f"horizon={QUARTERS * pattern.years[1]}", "assumption_draws=0", "against=null"]
    job = load([*words, *as_overrides(pattern.base), *overrides])
    settings, keys = job.settings, Keys(tuple(job.settings.world.powers))
    labelled = pattern.model_copy(update={"statement": stated(pattern.statement, settings)})
    if pattern.number is not None and (placed := keys.placed(pattern.number)) not in (known := numbers(settings)):
        raise ConfigError([f"number: {unknown(placed, known, 'number')}"])
    if pattern.measure is None:
        return Trial(name, labelled, job, {}, {BASE: JobCells(settings, NO_POINTS, {})})
    states = {"all": tuple(settings.world.states), "focal": (settings.focal,)}.get(str(pattern.states), tuple(pattern.states))
    actor = keys.named(pattern.actor) or ""
    if strange := [state for state in pattern.facts if state not in settings.world.states]:
        raise ConfigError([f"facts: {unknown(strange[0], settings.world.states, 'state', where=settings.world.name)}"])
    if pattern.facts:
        states = tuple(state for state in settings.world.states if state in pattern.facts)
    series = {state: (YearlySeries(pattern.measure, actor, state), *((YearlySeries(pattern.per, actor, state),) if pattern.per else ()))
              for state in states}
    if problems := [problem for each in series.values() for one in each if (problem := one.problem(settings.world))]:
        raise ConfigError(problems[:1])
    runs = {BASE: cells_of(settings, series)}
    if STATISTICS[pattern.statistic]:
        changed = load([*words, *as_overrides({**pattern.base, **pattern.change}), *overrides])
        runs[CHANGED] = cells_of(_with(changed.settings, pattern.events, keys), series)
    return Trial(name, labelled, job, series, runs)


def _with(settings: Settings, events: Sequence[Event], keys: Keys) -> Settings:
    """The same settings with some more events.

    Raises:
        ConfigError: One of them does not fit the world.
    """
    placed = [event.model_copy(update={"actor": keys.named(event.actor), "target": keys.named(event.target)}) for event in events]
    before = len(settings.scenario.events)
    result = settings.model_copy(update={"scenario": settings.scenario.model_copy(update={"events": [*settings.scenario.events, *placed]})})
    if problems := violations(Settings, dict(result)):
        raise ConfigError([re.sub(r"scenario\.events\.(\d+)", lambda match: f"events.{int(match[1]) - before}", f"{dotted(path)}{text}")
                           for path, text in problems])
    return result


def cells_of(settings: Settings, series: dict[str, tuple[YearlySeries, ...]]) -> JobCells:
    """The cells of one run."""
    (name, strategy), = settings.strategies.items()
    wanted = tuple(dict.fromkeys(one.name for each in series.values() for one in each))
    share = yearly_share(settings.model_copy(update={"strategies": {}}), strategy, wanted, slice(0, settings.n_worlds))
    return JobCells(settings, NO_POINTS, {name: share})
