"""What is simulated to try a hypothesis: at the defaults and over draws of the assumptions."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from experiments.cells.cell import plain as as_data
from experiments.cells.job_cells import JobCells, job_cells_of
from experiments.configuration.check import refuse_broken
from experiments.configuration.design import Design, Points, numbers
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GROUPS, document_of, file_of, names_in, shown
from experiments.configuration.hypothesis import Hypothesis, as_overrides
from experiments.configuration.job import Job
from experiments.configuration.load import load
from experiments.configuration.places import Keys
from experiments.configuration.varied import free_parameters, refuse_own
from experiments.messages import unknown
from experiments.names import plain, stated
from sim.draws import stream
from sim.payoffs import PLACES
from sim.settings import Settings

#: The folder of conf/ with the files of hypotheses.
GROUP = "hypothesis"
#: Worlds at the defaults and at each draw; more where the tail is what counts.
WORLDS, WORLDS_PER_DRAW, WORLDS_PER_DRAW_TAIL = 256, 16, 64
DRAWS = 256
#: Where the whole library is simulated only to show a statement measured otherwise: one in so many draws. Fewer worlds of each would do no good: the
#: sign of a difference that rests on rare crises would be that of chance.
FEWER_DRAWS = 6
#: Rows of the sample for groups of numbers and worlds at each of its points, at the defaults and in each draw. Many rows, few worlds: all points share
#: the worlds.
GROUP_ROWS, GROUP_WORLDS = 1024, 4
GROUP_ROWS_PER_DRAW, GROUP_WORLDS_PER_DRAW = 64, 2


@dataclass
class Trial:
    """All that is simulated for one hypothesis.

    Attributes:
        name: Name of the hypothesis.
        hypothesis: The hypothesis, its statement with the labels of its world.
        jobs: The job of each condition.
        default: The cells of each condition at the defaults.
        drawn: The cells of each condition at draws of the assumptions.
        library: The cells of the whole library at fewer draws, where another measurement than that of the verdict needs it.
        draws: The draws, none of which sets what the hypothesis or an override sets.
        groups: What two groups of numbers are called.
    """

    name: str
    hypothesis: Hypothesis
    jobs: dict[str, Job] = field(default_factory=dict)
    default: dict[str, JobCells] = field(default_factory=dict)
    drawn: dict[str, JobCells] = field(default_factory=dict)
    library: dict[str, JobCells] = field(default_factory=dict)
    draws: Points = field(default_factory=lambda: Points((), np.empty((1, 0))))
    groups: tuple[str, ...] = ()

    @property
    def jobs_cells(self) -> list[JobCells]:
        """The cells of all jobs."""
        return [*self.default.values(), *self.in_draws]

    @property
    def in_draws(self) -> list[JobCells]:
        """The cells at draws of the assumptions."""
        return [*self.drawn.values(), *self.library.values()]


def hypotheses(names: Sequence[str] | None = None) -> dict[str, Hypothesis]:
    """The hypotheses of conf/hypothesis/, by name in natural order.

    Raises:
        ConfigError: A name is unknown.
    """
    files = names_in(GROUP)
    if missing := [name for name in names or () if name not in files]:
        raise ConfigError([f"--only: {unknown(name, files, 'hypothesis')}" for name in missing])
    ordered = sorted(files, key=lambda name: (name[0], int("".join(c for c in name if c.isdigit()) or 0), name))
    chosen = [name for name in ordered if names is None or name in names]
    refuse_broken((GROUP, name) for name in chosen)
    return {name: Hypothesis.model_validate(file.data) for name in chosen if (file := document_of(GROUP, name))}


def trial(name: str, hypothesis: Hypothesis, overrides: Sequence[str], n_draws: int) -> Trial:
    """Everything to simulate for a hypothesis.

    Raises:
        ConfigError: The hypothesis sets or measures what does not exist.
    """
    made = Trial(name, hypothesis)
    _refuse_own(name, hypothesis, overrides)
    by_behaviour = any(term.best_where is not None for term in hypothesis.terms)
    alone: Job | None = None
    strategies = [] if by_behaviour else [f"strategies=[{','.join(hypothesis.strategies)}]"]  # none named: all of the library
    try:
        for condition, changes in hypothesis.conditions.items():
            made.jobs[condition] = load([*strategies, f"n_worlds={WORLDS}", "assumption_draws=0", *as_overrides(changes), *overrides])
    except ConfigError as error:
        with suppress(ConfigError):
            files = [text for text in overrides if text.lstrip("+").split("=")[0] in GROUPS]
            alone = load([*as_overrides(next(iter(hypothesis.conditions.values()))), *files])
        if alone is not None:  # its world is known
            _refuse_own(name, hypothesis, overrides, _placed(alone))
        raise ConfigError([f"{shown(file_of(GROUP, name))}: {problem}" for problem in error.problems]) from None
    first = next(iter(made.jobs.values()))
    _refuse_own(name, hypothesis, overrides, _placed(first))
    settings = [as_data(job.settings) for job in made.jobs.values()]
    if len(settings) > 1 and all(each == settings[0] for each in settings[1:]):
        raise ConfigError([f"{shown(file_of(GROUP, name))}: {' and '.join(made.jobs)} are the same: nothing is varied"])
    if missing := [each for each in hypothesis.strategies if any(each not in job.settings.strategies for job in made.jobs.values())]:
        raise ConfigError([f"{shown(file_of(GROUP, name))}: {missing[0]} is not among the strategies of its world and scenario"])
    made.hypothesis = hypothesis.model_copy(update={"statement": stated(hypothesis.statement, first.settings)})
    made.draws = _draws(hypothesis, first, n_draws)
    if hypothesis.groups is not None:
        _add_groups(made)
        return made
    worlds = WORLDS_PER_DRAW_TAIL if hypothesis.statistic == "cvar" else WORLDS_PER_DRAW
    fewer = _draws(hypothesis, first, max(2, n_draws // FEWER_DRAWS))
    for condition, job in made.jobs.items():
        made.default[condition] = job_cells_of(job.settings)
        of_verdict = job.settings if hypothesis.by_behaviour else _with(job.settings, hypothesis.strategies)
        made.drawn[condition] = _in_draws(of_verdict, worlds, made.draws)
        if by_behaviour and not hypothesis.by_behaviour:
            made.library[condition] = _in_draws(job.settings, worlds, fewer)
    return made


def _with(settings: Settings, strategies: Sequence[str]) -> Settings:
    """The same settings with some of their strategies."""
    return settings.model_copy(update={"strategies": {name: settings.strategies[name] for name in strategies}})


def _in_draws(settings: Settings, n_worlds: int, draws: Points) -> JobCells:
    return job_cells_of(settings.model_copy(update={"n_worlds": min(n_worlds, settings.n_worlds)}), draws)


def _draws(hypothesis: Hypothesis, job: Job, n: int) -> Points:
    return Design(kind="lhs", over=list(drawn_parameters(hypothesis, job)), points=n).points_for(job.settings)


def _placed(job: Job) -> Callable[[str], str]:
    """Makes a dotted name with the places of powers one with their own keys."""
    return Keys(tuple(job.settings.world.powers)).placed


def _refuse_own(name: str, hypothesis: Hypothesis, overrides: Sequence[str], placed: Callable[[str], str] = str) -> None:
    own = {"strategies": "strategies", **{key: key for changes in hypothesis.conditions.values() for key in changes}}
    refuse_own(name, own, overrides, f"remove the override, or leave {name} out with --only", placed)


def drawn_parameters(hypothesis: Hypothesis, job: Job) -> tuple[str, ...]:
    """The structural parameters that neither a hypothesis nor an override sets, by dotted name."""
    own = {key for changes in hypothesis.conditions.values() for key in changes}
    return tuple(name for name in free_parameters(job) if name not in own)


def _add_groups(made: Trial) -> None:
    """The samples for groups of numbers: one with all assumptions at their defaults, and a smaller one in each draw of them."""
    from experiments.analyses.hypotheses.variance import group_points

    job = made.jobs["base"]
    groups = {group: [_placed(job)(each) for each in its] for group, its in (made.hypothesis.groups or {}).items()}
    known = numbers(job.settings)
    if missing := [name for its in groups.values() for name in its if name not in known]:
        raise ConfigError([f"{shown(file_of(GROUP, made.name))}: groups: {unknown(name, known, 'number')}" for name in missing])
    made.groups = tuple(_called(group, job.settings) for group in groups)
    own = tuple(name for its in groups.values() for name in its)
    columns = {group: [own.index(name) for name in its] for group, its in groups.items()}
    low, high = np.array([known[name].plausible for name in own], dtype=float).T
    none = Points((), np.empty((1, 0)))
    for number, (target, draws, rows, worlds) in enumerate((
            (made.default, none, GROUP_ROWS, GROUP_WORLDS), (made.drawn, made.draws, GROUP_ROWS_PER_DRAW, GROUP_WORLDS_PER_DRAW))):
        unit = group_points(columns, len(own), rows * len(draws), stream(job.settings.seed, "groups", number))
        # Each block of the sample holds the rows of one draw after the other.
        assumed = np.tile(np.repeat(draws.values, rows, axis=0), (1 + len(groups), 1))
        points = Points((*own, *draws.names), np.concatenate([low + unit * (high - low), assumed], axis=1))
        settings = job.settings.replace(n_worlds=min(worlds, job.settings.n_worlds))
        points.at(settings, points.values).replace(n_worlds=len(points))  # every value in its domain
        target["base"] = job_cells_of(settings, points)


def _called(group: str, settings: Settings) -> str:
    """What a group of numbers is called: that of a power or of the state by its label."""
    return stated(f"{{{group}}}", settings) if group in (*PLACES, "state") else plain(group)
