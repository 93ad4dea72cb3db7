"""What a hindcast simulates: from the facts of a past year on, many draws of a prior under each strategy that the state may have played."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from experiments.analyses.hindcast.result import Options
from experiments.cells.job_cells import JobCells, blocks, yearly_share
from experiments.configuration.case import Case
from experiments.configuration.check import refuse_broken
from experiments.configuration.design import MOST_VALUES, NO_POINTS, Design, Points, numbers
from experiments.configuration.effect import WITHOUT_SMALLEST
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import document_of, file_of, is_own, names_in, shown
from experiments.configuration.hypothesis import as_overrides
from experiments.configuration.job import Job
from experiments.configuration.observed import Observed, read_observed
from experiments.configuration.places import Keys
from experiments.configuration.table import below
from experiments.configuration.varied import job_of, refuse_own, set_by, varied
from experiments.messages import shortened, unknown
from experiments.words import plural
from sim.axes import Array
from sim.settings import Settings
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
    over, settings, world = _prior(case, job, overrides), job.settings, job.settings.world
    if not world.start.endswith("Q1"):
        raise ConfigError([f"world: {world.name} starts in {world.start}; the world of a hindcast starts in a first quarter, as its years are calendar years"])
    first, turning = int(world.start[:4]), _turning(name, case, settings)
    every = read_observed(_file_of(name, case, targets), world, settings.focal, case.prices)
    observed = _since(first, every)
    last = _until(until, case, observed, settings.focal)
    settings = settings.model_copy(update={"horizon": (max(max(one.values) for one in observed) - first + 1) * QUARTERS})
    points, drawn = _drawn(name, over, n, settings)
    settings = points.at(settings, points.values).model_copy(update={"n_worlds": len(points)})
    own_files = (*job.own_files, *([shown(file_of(GROUP, name))] if is_own(file_of(GROUP, name)) else []))
    before = sum(year < first for one in every for year in one.values)
    return Options(name, case, replace(job, settings=settings, own_files=own_files), points, drawn, observed, turning, last, str(targets or case.targets),
                   command, before)


def _turning(name: str, case: Case, settings: Settings) -> list[YearlySeries]:
    """The series of each turning point.

    Raises:
        ConfigError: The world has none.
    """
    keys, result = Keys(tuple(settings.world.powers)), []
    for i, point in enumerate(case.turning_points):
        series = YearlySeries(point.measure, keys.named(point.actor) or "", point.state or settings.focal)
        if problem := series.problem(settings.world):
            raise ConfigError([f"{shown(file_of(GROUP, name))}: turning_points.{i}.{problem}"])
        result.append(series)
    return result


def _until(until: int | None, case: Case, observed: Sequence[Observed], focal: str) -> int:
    """The last year of training: the one asked for, else that of the case, or an earlier one where nothing later was observed.

    Raises:
        ConfigError: There is nothing to train with, or nothing was observed in that year or later.
    """
    own = [one for one in observed if one.series.state == focal]
    last_of_own, last_of_all = (max(max(one.values) for one in some) for some in (own or observed, observed))
    last = until if until is not None else case.until if last_of_own > case.until else case.held_back
    if last > last_of_all:
        raise ConfigError([f"until={last}: the last year observed is {last_of_all}; training ends there at the latest"])
    if not any(sum(year <= last for year in one.values) >= 2 for one in own):
        raise ConfigError([f"targets: no series of {focal} has two years up to {last}, the last year of training; until=… gives another"])
    return last


def _drawn(name: str, over: Mapping[str, list[float] | None], n: int, settings: Settings) -> tuple[Points, Array]:
    """So many draws for each strategy: their values, and the same as shares of each range.

    Raises:
        ConfigError: There are too many, a name is unknown, or a range leaves its domain.
    """
    n_strategies = len(settings.strategies)
    if n > (most := MOST_VALUES // (len(over) * n_strategies)):
        raise ConfigError([f"draws={n}: at most {most:,} under each of {plural(n_strategies, 'strategy')}, of {plural(len(over), 'number')} each"])
    try:
        points = Design(kind="lhs", over=dict(over), points=n * n_strategies).points_for(settings)
    except ValueError as error:
        raise ConfigError([f"{shown(file_of(GROUP, name))}: {line.replace('design.over', 'prior')}" for line in str(error).split("\n")]) from None
    known = numbers(settings)
    low, high = np.array([ends or known[number].plausible for number, ends in over.items()], dtype=float).T
    return points, (points.values - low) / (high - low)


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
    refuse_own("the case", {key: key for key in case.base}, overrides, "write a case of your own")
    return list(overrides)


def _prior(case: Case, job: Job, overrides: Sequence[str]) -> dict[str, list[float] | None]:
    """The range of each number that is drawn, with the world's own keys; None: its plausible range.

    Raises:
        ConfigError: An override sets a number that the case names, or the case names one twice, by two spellings.
    """
    placed = Keys(tuple(job.settings.world.powers)).placed
    own: dict[str, list[float] | None] = {}
    for name, ends in case.prior.items():
        if placed(name) in own:
            raise ConfigError([f"prior: {placed(name)} is given twice, by two spellings"])
        own[placed(name)] = ends
    for text in overrides:
        if taken := [key for key in set_by(text, job.settings) if key in own]:
            raise ConfigError([f"override {text}: the case draws {taken[0]}; leave it out, or write a case of your own without it"])
    return {**(dict.fromkeys(varied(job)) if case.assumptions else {}), **own}


def _since(first: int, observed: Sequence[Observed]) -> list[Observed]:
    """Series without the years before a world begins; those with nothing later are left out.

    Raises:
        ConfigError: Nothing is left, or more years than are simulated.
    """
    kept = [Observed(one.series, {year: value for year, value in sorted(one.values.items()) if year >= first}, one.errors, one.source) for one in observed]
    if not (kept := [one for one in kept if one.values]):
        raise ConfigError([f"targets: no value of {first} or later, when the world begins"])
    if (last := max(max(one.values) for one in kept)) - first >= MOST_YEARS:
        raise ConfigError([f"targets: a value of {last}; at most {MOST_YEARS} years from {first} on are simulated"])
    return kept


def cells_of(options: Options) -> JobCells:
    """The cells: each strategy under its own share of the draws, and with its own chance."""
    settings, n = options.job.settings, options.n_draws
    series = tuple(dict.fromkeys(each.name for each in (*(one.series for one in options.observed), *options.turning)))
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
