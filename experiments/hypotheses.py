"""`counterpoise hypotheses`: the scoreboard. Each file of conf/hypothesis/ is one statement that can fail."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.cells import plain
from experiments.cli import BAD_CONFIG, FAILED, OK
from experiments.command_line import Parser, beyond, recorded
from experiments.computing import Computing, attempted, computing
from experiments.config import Job, load
from experiments.config_check import ConfigError, check_files, documents
from experiments.config_files import conf_dir
from experiments.design import MOST_POINTS, Design, Points, numbers
from experiments.hypothesis import Changes, Hypothesis
from experiments.outcome import free_parameters, job_of
from experiments.runner import Work, gathered, work_of
from experiments.stopwatch import Stopwatch
from experiments.words import unknown
from sim.axes import Array
from sim.draws import stream

#: Worlds at the defaults and at each draw; more where the tail is what counts.
WORLDS, WORLDS_PER_DRAW, WORLDS_PER_DRAW_TAIL = 256, 16, 64
DRAWS = 256
#: Rows of the sample for groups of numbers and worlds at each of its points, at the defaults and in each draw. Rows tell more: all points share the worlds.
GROUP_ROWS, GROUP_WORLDS = 1024, 4
GROUP_ROWS_PER_DRAW, GROUP_WORLDS_PER_DRAW = 64, 2


@dataclass
class Trial:
    """All that is simulated for one hypothesis.

    Attributes:
        name: Its name.
        hypothesis: What it says.
        jobs: The job of each condition.
        default: The cells of each condition at the defaults.
        drawn: The cells of each condition at draws of the assumptions.
        draws: The draws.
    """

    name: str
    hypothesis: Hypothesis
    jobs: dict[str, Job] = field(default_factory=dict)
    default: dict[str, Work] = field(default_factory=dict)
    drawn: dict[str, Work] = field(default_factory=dict)
    draws: Points = field(default_factory=lambda: Points((), np.empty((1, 0))))

    @property
    def works(self) -> list[Work]:
        """Every work."""
        return [*self.default.values(), *self.drawn.values()]


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser(
        "hypotheses", "Test every hypothesis of conf/hypothesis/ at the defaults and over draws of all assumptions. KEY=VALUE applies to all of them, is "
        "not drawn, and is nothing that one of them sets itself.")
    parser.add_argument("--only", metavar="NAMES", help="comma-separated names, such as H1,O3")
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"draws of all structural parameters over their ranges (default {DRAWS})")
    parser.add_overrides()
    asked = parser.parse_intermixed_args(list(arguments))
    if wrong := beyond(asked, {"draws": (2, MOST_POINTS)}):
        parser.error(wrong)
    watch = Stopwatch()
    try:
        check_files()
        chosen = hypotheses(None if asked.only is None else asked.only.split(","))
        with watch.on("planning"):
            job_of(asked.overrides, [])  # what is wrong with them is no fault of a hypothesis
            trials = [trial(name, hypothesis, asked.overrides, asked.draws) for name, hypothesis in chosen.items()]
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    return attempted(lambda: _judge(trials, recorded(["counterpoise", "hypotheses", *arguments]), watch, asked.dry_run))


def hypotheses(names: Sequence[str] | None = None) -> dict[str, Hypothesis]:
    """The hypotheses of conf/hypothesis/, by name in natural order.

    Raises:
        ConfigError: A name is unknown.
    """
    files = {file.stem: file for file in documents() if file.parent == conf_dir() / "hypothesis"}
    if missing := [name for name in names or () if name not in files]:
        raise ConfigError([f"--only: {unknown(name, files, 'hypothesis')}" for name in missing])
    ordered = sorted(files, key=lambda name: (name[0], int("".join(c for c in name if c.isdigit()) or 0), name))
    return {name: Hypothesis.model_validate(documents()[files[name]].data) for name in ordered if names is None or name in names}


def trial(name: str, hypothesis: Hypothesis, overrides: Sequence[str], n_draws: int) -> Trial:
    """Everything to simulate for a hypothesis.

    Raises:
        ConfigError: What it sets or measures does not exist.
    """
    made = Trial(name, hypothesis)
    _refuse_own(name, hypothesis, overrides)
    worlds_per_draw = WORLDS_PER_DRAW_TAIL if hypothesis.statistic == "cvar" else WORLDS_PER_DRAW
    strategies = f"strategies=[{','.join(hypothesis.strategies)}]"
    try:
        for condition, changes in hypothesis.conditions.items():
            made.jobs[condition] = load([strategies, f"n_worlds={WORLDS}", "assumption_draws=0", *_as_overrides(changes), *overrides])
    except ConfigError as error:
        raise ConfigError([f"conf/hypothesis/{name}.yaml: {problem}" for problem in error.problems]) from None
    settings = [plain(job.settings) for job in made.jobs.values()]
    if len(settings) > 1 and all(each == settings[0] for each in settings[1:]):
        raise ConfigError([f"conf/hypothesis/{name}.yaml: {' and '.join(made.jobs)} are the same: nothing is varied"])
    first = next(iter(made.jobs.values()))
    made.draws = Design(kind="lhs", over=list(drawn_parameters(hypothesis, first)), points=n_draws).points_for(first.settings)
    if hypothesis.groups is not None:
        _add_groups(made)
        return made
    for condition, job in made.jobs.items():
        made.default[condition] = work_of(job.settings)
        made.drawn[condition] = work_of(job.settings.replace(n_worlds=min(worlds_per_draw, job.settings.n_worlds)), made.draws)
    return made


def _refuse_own(name: str, hypothesis: Hypothesis, overrides: Sequence[str]) -> None:
    """An override of what a hypothesis sets itself would test another statement under its name."""
    own = {"strategies", *(key for changes in hypothesis.conditions.values() for key in changes)}
    for text in overrides:
        key = text.lstrip("+~").split("=")[0]
        if taken := sorted(each for each in own if each == key or each.startswith(f"{key}.")):
            raise ConfigError([f"override {text}: {name} sets {taken[0]} itself; leave the override out, or {name} by --only"])


def drawn_parameters(hypothesis: Hypothesis, job: Job) -> tuple[str, ...]:
    """The structural parameters that neither a hypothesis nor an override sets, by dotted name."""
    own = {key for changes in hypothesis.conditions.values() for key in changes}
    return tuple(name for name in free_parameters(job) if name not in own)


def _as_overrides(changes: Changes) -> list[str]:
    return [f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in changes.items()]


def _add_groups(made: Trial) -> None:
    """The samples for groups of numbers: one with all assumptions at their defaults, and a smaller one in each draw of them."""
    from experiments.scoreboard import group_points

    job, groups = made.jobs["base"], made.hypothesis.groups or {}
    known = numbers(job.settings)
    if missing := [name for names in groups.values() for name in names if name not in known]:
        raise ConfigError([f"conf/hypothesis/{made.name}.yaml: groups: {unknown(name, known, 'number')}" for name in missing])
    own = tuple(name for names in groups.values() for name in names)
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
        target["base"] = work_of(settings, points)


# ---- From cells to verdicts


def _judge(trials: Sequence[Trial], command: str, watch: Stopwatch, dry_run: bool) -> int:
    works = [work for each in trials for work in each.works]
    asked = next(iter(trials[0].jobs.values())).run
    n_drawn = max(len(each.draws.names) for each in trials)
    about = f"{len(trials)} {'hypothesis' if len(trials) == 1 else 'hypotheses, each'} at the defaults and over draws of {n_drawn} parameters"
    with computing(asked, works, about, watch, dry_run) as session:
        session.compute(works)
        session.tell({cell.key: command for work in works for cell in work.cells()})
        with watch.on("statistics"):
            kept = [each for each in trials if not any(cell.key in session.lost for work in each.works for cell in work.cells())]
            verdicts = [_verdict(each, session) for each in kept]
        if not verdicts:
            print("counterpoise: no hypothesis could be judged", file=sys.stderr)
            return FAILED
        from experiments.hypotheses_report import report

        print(report(kept, verdicts, session, command, watch))
    return FAILED if session.failures or session.absent() else OK


def _verdict(each: Trial, session: Computing) -> Any:
    from experiments.scoreboard import verdict

    payoff = next(iter(each.jobs.values())).run.payoff
    seed = next(iter(each.jobs.values())).settings.seed
    default, drawn = ({condition: _values(work, each.hypothesis, session) for condition, work in works.items()} for works in (each.default, each.drawn))
    if each.hypothesis.groups is not None:
        return _group_verdict(each, default["base"], drawn["base"], payoff)
    return verdict(each.name, each.hypothesis, default, drawn, payoff, seed)


def _values(work: Work, hypothesis: Hypothesis, session: Computing) -> Callable[[str, str], Array]:
    from experiments.scoreboard import measures_of

    read: dict[str, Mapping[str, Array]] = {}

    def values(strategy: str, measure: str) -> Array:
        if strategy not in read:
            read[strategy] = gathered(work, strategy, session.store.read, measures_of(hypothesis))[0]
        return read[strategy][measure]

    return values


def _group_verdict(each: Trial, default: Callable[[str, str], Array], drawn: Callable[[str, str], Array], payoff: Any) -> Any:
    """Which group explains more: over the rows of the sample at the defaults, and in each draw of the assumptions."""
    from experiments.comparison import mean_interval
    from experiments.scoreboard import Effect, effects, group_shares, judged

    at_defaults, in_draws = (group_shares(effects(each.hypothesis, {"base": values}, payoff), 2, n) for values, n in ((default, 1), (drawn, len(each.draws))))
    mean, low, high = mean_interval(at_defaults[0, 0] - at_defaults[1, 0])
    return judged(each.name, each.hypothesis, Effect(float(mean), float(low), float(high)), (in_draws[0] - in_draws[1]).mean(axis=-1))
