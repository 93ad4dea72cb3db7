"""What a hindcast simulates: from the facts of a past year on, many draws of a prior under each strategy that the state may have played."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.analyses.hindcast.result import Options
from experiments.cells.job_cells import JobCells, blocks, yearly_share
from experiments.configuration.case import Case
from experiments.configuration.check import refuse_broken
from experiments.configuration.design import MOST_VALUES, NO_POINTS, Design, numbers
from experiments.configuration.effect import WITHOUT_SMALLEST
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import document_of, file_of, is_own, names_in, shown
from experiments.configuration.hypothesis import as_overrides
from experiments.configuration.job import Job
from experiments.configuration.observed import Observed, read_observed
from experiments.configuration.places import Keys
from experiments.configuration.table import below
from experiments.configuration.varied import job_of, set_by, varied
from experiments.messages import shortened, unknown
from experiments.words import plural
from sim.yearly import QUARTERS, YearlySeries

#: The folder of conf/ with the files of cases.
GROUP = "case"
#: The case of a bare command.
DEFAULT = "cambodia_1994"
#: Years that are simulated at most.
MOST_YEARS = 200
#: Keys of the job that a hindcast sets itself, and what to do instead.
UNUSED = {"strategies": "the case names the strategies that may have been played", "n_worlds": "draws=… says how many worlds there are",
          "horizon": "the years observed say how long is simulated", "assumption_draws": "the case has a prior",
          "against": "nothing is compared with a baseline", "focal": "the case is about its own state", "reference": "strategies are not compared",
          "payoff": "no return is compared"}


def case_of(name: str) -> Case:
    """The case of a name.

    Raises:
        ConfigError: There is none, or its file is wrong.
    """
    if name not in names_in(GROUP):
        raise ConfigError([f"case={name}: {unknown(name, names_in(GROUP), 'case')}"])
    refuse_broken([(GROUP, name)])
    document = document_of(GROUP, name)
    assert document is not None
    return Case.model_validate(document.data)


def options_of(name: str, targets: str | None, until: int | None, draws: int | None, overrides: Sequence[str], command: str) -> Options:
    """The options of the command.

    Args:
        name: Name of the case.
        targets: A file of observed series; None: that of the case.
        until: The last year of training; None: that of the case.
        draws: Draws for each strategy; None: those of the case.
        overrides: Hydra overrides, which are set in every draw.
        command: What makes the result again.

    Raises:
        ConfigError: Something is wrong with the case, the series or an override.
    """
    case = case_of(name)
    n = draws or case.draws
    base = [*as_overrides(case.base), f"strategies=[{','.join(case.strategies)}]"]
    job = job_of([*base, f"n_worlds={n}", "assumption_draws=0", "against=null", *_checked(case, overrides)], [], WITHOUT_SMALLEST)
    world, drawn_here = job.settings.world, _prior(case, job)
    for text in overrides:
        if twice := [key for key in set_by(text, job.settings) if key in _own(case, job)]:
            raise ConfigError([f"override {text}: the case draws {twice[0]}; leave it out, or write a case of your own without it"])
    if not world.start.endswith("Q1"):
        raise ConfigError([f"world: {world.name} starts in {world.start}; the world of a hindcast starts in a first quarter, as its years are calendar years"])
    first = int(world.start[:4])
    every = read_observed(_file_of(name, case, targets), world, job.settings.focal, case.prices)
    observed = _since(first, every)
    last_of_all = max(max(one.values) for one in observed)
    if last_of_all - first >= MOST_YEARS:
        raise ConfigError([f"targets: a value of {last_of_all}; at most {MOST_YEARS} years from {first} on are simulated"])
    own = [one for one in observed if one.series.state == job.settings.focal]
    last = until if until is not None else case.until if max(max(one.values) for one in own or observed) > case.until else case.held_back
    if last > last_of_all:
        raise ConfigError([f"until={last}: the last year observed is {last_of_all}; training ends there at the latest"])
    if not any(sum(year <= last for year in one.values) >= 2 for one in own):
        raise ConfigError([f"targets: no series of {job.settings.focal} has two years up to {last}, the last year of training; until=… gives another"])
    horizon = (last_of_all - first + 1) * QUARTERS
    settings = job.settings.model_copy(update={"horizon": horizon})
    over = drawn_here
    if n > (most := MOST_VALUES // (len(over) * len(case.strategies))):
        raise ConfigError([f"draws={n}: at most {most:,} under each of {plural(len(case.strategies), 'strategy')}, of {plural(len(over), 'number')} each"])
    try:
        points = Design(kind="lhs", over=dict(over), points=n * len(case.strategies)).points_for(settings)
    except ValueError as error:
        raise ConfigError([f"{shown(file_of(GROUP, name))}: {line.replace('design.over', 'prior')}"
                           for line in str(error).split("\n")]) from None
    known = numbers(settings)
    low, high = np.array([ends or known[number].plausible for number, ends in over.items()], dtype=float).T
    drawn = (points.values - low) / (high - low)
    settings = points.at(settings, points.values).model_copy(update={"n_worlds": len(points)})
    own_files = (*job.own_files, *([shown(file_of(GROUP, name))] if is_own(file_of(GROUP, name)) else []))
    job = Job(settings, job.run, job.points, job.overrides, job.varied, job.composed, own_files=own_files)
    before = sum(year < first for one in every for year in one.values)
    return Options(name, case, job, points, drawn, observed, last, str(targets or case.targets), command, before)


def _file_of(name: str, case: Case, targets: str | None) -> Path:
    """The file of the series: the one that was named, or that beside the case."""
    if targets is not None:
        return Path(targets).expanduser()
    try:
        return below(file_of(GROUP, name).parent, case.targets)
    except ValueError:
        raise ConfigError([f"{shown(file_of(GROUP, name))}: targets: {shortened(case.targets)} is not below the folder of this file; name it on the command "
                           "line: targets=FILE"]) from None


def _checked(case: Case, overrides: Sequence[str]) -> list[str]:
    """Overrides, none of which sets what a hindcast sets itself."""
    if wrong := [key for key in case.base if key.split(".")[0] in UNUSED and key != "focal"]:
        raise ConfigError([f"base: {wrong[0]} has no effect in a case; {UNUSED[wrong[0].split('.')[0]]}"])
    for text in overrides:
        key = text.lstrip("+").split("=")[0]
        if key.split(".")[0] in UNUSED:
            raise ConfigError([f"override {text}: has no effect here; {UNUSED[key.split('.')[0]]}"])
        if key in case.base:
            raise ConfigError([f"override {text}: the case sets {key} itself; write a case of your own"])
    return list(overrides)


def _prior(case: Case, job: Job) -> dict[str, list[float] | None]:
    """The range of each number that is drawn; None: its plausible range."""
    every = dict.fromkeys(varied(job)) if case.assumptions else {}
    return {**every, **_own(case, job)}


def _own(case: Case, job: Job) -> dict[str, list[float] | None]:
    """The numbers that the case draws itself, with the world's own keys.

    Raises:
        ConfigError: One is given twice, by two spellings.
    """
    placed = Keys(tuple(job.settings.world.powers)).placed
    own: dict[str, list[float] | None] = {}
    for name, ends in case.prior.items():
        if placed(name) in own:
            raise ConfigError([f"prior: {placed(name)} is given twice, by two spellings"])
        own[placed(name)] = ends
    return own


def _since(first: int, observed: Sequence[Observed]) -> list[Observed]:
    """Series without the years before a world begins; those with nothing later are left out.

    Raises:
        ConfigError: Nothing is left.
    """
    kept = [Observed(one.series, {year: value for year, value in sorted(one.values.items()) if year >= first}, one.errors, one.source) for one in observed]
    if not (kept := [one for one in kept if one.values]):
        raise ConfigError([f"targets: no value of {first} or later, when the world begins"])
    return kept


def cells_of(options: Options) -> JobCells:
    """The cells: each strategy under its own share of the draws, and with its own chance."""
    settings, n = options.job.settings, options.n_draws
    turning = (YearlySeries(point.measure, point.actor or "", point.state or options.focal) for point in options.case.turning_points)
    series = tuple(dict.fromkeys(each.name for each in (*(one.series for one in options.observed), *turning)))
    bare, n_blocks = settings.model_copy(update={"strategies": {}}), len(list(blocks(n)))
    shares = {name: yearly_share(bare, strategy, series, slice(i * n, (i + 1) * n), i * n_blocks)
              for i, (name, strategy) in enumerate(settings.strategies.items())}
    return JobCells(settings, NO_POINTS, shares)


def about(options: Options) -> str:
    """What is simulated, in a line or two."""
    s = options.job.settings
    return (f"hindcast {options.name}: {s.world.name}, {s.scenario.name}, {options.first_year} to {options.first_year + s.horizon // QUARTERS - 1}; "
            f"{plural(len(s.strategies), 'strategy')} × {plural(options.n_draws, 'draw')} of {plural(len(options.points.names), 'number')}\n"
            f"{plural(len(options.observed), 'observed series') if len(options.observed) == 1 else f'{len(options.observed)} observed series'}; "
            f"training until {options.until}")
