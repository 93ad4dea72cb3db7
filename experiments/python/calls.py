"""The calls: a comparison, a sweep, a league, a history."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from experiments.configuration.errors import CommandError, ConfigError
from experiments.configuration.job import Job
from experiments.configuration.load import load, load_sweep
from experiments.configuration.overrides import recorded
from experiments.messages import printable, shortened, unknown
from experiments.python.given import Override, texts
from experiments.python.quiet import Memory, callers_state, files, here, session, store_of

if TYPE_CHECKING:
    from experiments.python.history import History
    from experiments.python.results import Compared, Ranked, Swept


def compare(*overrides: Override, conf: str | PathLike[str] | None = None, progress: bool = False, **keywords: Any) -> "Compared":
    """Compare strategies on the same worlds, as `counterpoise` does; the numbers are the same, bit for bit.

    Args:
        overrides: As on the command line, "scenario=cold_war", or values by key, {"parameters.rivalry_mean": 1.5}.
        conf: Folder of your own files, laid over the shipped ones, as `--conf` names it; None: conf/ of the current folder.
        progress: Whether to show how far it is.
        keywords: Values of keys without dots: n_worlds=256, strategies=["equidistance", "status_quo"], policies={"us": "coercion"}.
            With results="folder" it writes cells and report there, as the command does; workers=4 computes in processes,
            which a script needs `if __name__ == "__main__":` for.

    Raises:
        ConfigError: Something is wrong with them; all problems are listed.
        CommandError: Too few cells could be computed to compare anything.
        OSError: Results cannot be written.
    """
    with files(conf):
        jobs = load_sweep(texts(overrides, keywords), False)
    if len(jobs) > 1 or jobs[0].points.names:
        raise ConfigError(["this varies something: counterpoise.sweep takes it"])
    from experiments.python.results import Compared

    return _run(jobs, Compared, progress)


def sweep(*overrides: Override, conf: str | PathLike[str] | None = None, progress: bool = False, **keywords: Any) -> "Swept":
    """Compare strategies at many points, as `counterpoise -m` and `counterpoise design=grid` do.

    Args:
        overrides: As in `compare`; a key with several values, "scenario=calm,cold_war" or {"parameters.rivalry_mean": [0, 1]}, means every combination.
        progress: Whether to show how far it is.
        keywords: As in `compare`: scenario=["calm", "cold_war"], design={"over": ["parameters.rivalry_mean"]} with "design=grid".

    Raises:
        ConfigError: Something is wrong with them, or nothing varies.
        CommandError: Too few cells could be computed to compare anything.
        OSError: Results cannot be written.
    """
    with files(conf):
        jobs = load_sweep(texts(overrides, keywords, several=True), True)
    if len(jobs) == 1 and not jobs[0].points.names:
        raise ConfigError(["nothing varies: give a key several values, such as scenario=['calm', 'cold_war'], or choose 'design=grid'"])
    from experiments.python.results import Swept

    return _run(jobs, Swept, progress)


def rank(folder: str | PathLike[str], *overrides: Override, scenarios: str | Iterable[str] | None = None, conf: str | PathLike[str] | None = None,
         progress: bool = False, **keywords: Any) -> "Ranked":
    """Rank the strategies in the files of a folder under several scenarios, as `counterpoise rank` does.

    Args:
        folder: A folder with strategy files, and folders in it.
        overrides: As in `compare`.
        scenarios: Names; None: those that suit the world.
        conf: As in `compare`.
        progress: Whether to show how far it is.
        keywords: As in `compare`.

    Raises:
        ConfigError: Something is wrong, there is no such folder, or there is nothing to rank.
        CommandError: Too few cells could be computed to rank anything.
        OSError: Results cannot be written.
    """
    if not isinstance(folder, str | PathLike):
        raise ConfigError([f"expected a folder with strategy files, got {shortened(folder)}"])
    if not Path(folder).is_dir():
        raise ConfigError([f"there is no folder {printable(str(folder))}"])
    with files(conf):
        from experiments.commands.rank import options_of

        names = scenarios.split(",") if isinstance(scenarios, str) else _names(scenarios, "scenarios", "'calm'")
        options = options_of(Path(folder), names, texts(overrides, keywords))
    from experiments.analyses.rank.analyse import analysed
    from experiments.cells.job_cells import job_cells_of, whole
    from experiments.cells.session import Origin
    from experiments.python.results import Ranked
    from sim.payoffs import RETURNS

    options = replace(options, jobs=here(options.jobs))
    jobs_cells = [job_cells_of(job.settings, measures=RETURNS) for job in options.jobs]
    store = store_of(options.jobs)
    with session(options.jobs, store, progress) as quiet:
        quiet.compute(jobs_cells)
        complete = whole(jobs_cells, quiet.failed)
        if options.reference not in complete or len(complete) < 2:
            raise CommandError("nothing remains to rank: the cells of all entrants or of the reference failed")
        quiet.warn_of_failures()
        result = analysed(options, complete, jobs_cells, quiet.store.read)
        made = Ranked(options, result, Origin(options.jobs, jobs_cells, [], options.command), store, quiet.failed)
    if not isinstance(store, Memory):
        made.report(options.jobs[0].run.results, progress=progress)
    return made


def simulate(strategy: str | PathLike[str], *overrides: Override, record: str | Iterable[str] | None = None, states: Literal["all", "focal"] = "all",
             conf: str | PathLike[str] | None = None, **keywords: Any) -> "History":
    """Simulate every world with one strategy and return its history.

    Args:
        strategy: Its name, or its file.
        overrides: As in `compare`.
        record: Names of variables of sim/MODEL.md, section 2; None: all.
        states: Record all states or the focal one only.
        conf: As in `compare`.
        keywords: As in `compare`; deterministic=True switches all noise off.

    Raises:
        ConfigError: Something is wrong with them.
        UnknownName: No variable of that name.
        ArithmeticError: A variable stopped being a finite number.
    """
    if not isinstance(strategy, str | PathLike):
        raise ConfigError([f"expected the name of one strategy, such as 'equidistance', or its file, got {shortened(strategy)}"])
    if "=" in str(strategy):
        raise ConfigError([f"the name of a strategy comes first, such as simulate('equidistance', {str(strategy)!r})"])
    names = _names(record, "record", "'trust'")
    if states not in ("all", "focal"):
        raise ConfigError([f"states: expected 'all' or 'focal', got {shortened(states)}; history.of('VNM') takes one state"])
    given = texts(overrides, keywords)
    if named := [text for text in given if text.lstrip("+").startswith("strategies=")]:
        raise ConfigError([f"{named[0]}: has no effect here; simulate takes one strategy, its first argument; others may play in peers.KHM=NAME"])
    with files(conf):
        name, job = _with_strategy(str(strategy), given)
    from experiments.python.history import History, UnknownName
    from sim.history import VARIABLES
    from sim.simulation import simulate as simulated

    if strange := [name for name in names or () if name not in VARIABLES]:
        raise UnknownName(unknown(str(strange[0]), VARIABLES, "variable"))
    with callers_state():
        return History(simulated(job.settings, name, record=names, states=states), job.settings, name)


def _names(given: Any, what: str, such_as: str) -> list[Any] | None:
    """Names that were given as one or several; None where none was given."""
    if given is None or isinstance(given, str):
        return None if given is None else [given]
    if not isinstance(given, Iterable):
        raise ConfigError([f"{what}: expected names, such as [{such_as}], got {shortened(given)}"])
    return list(given)


def _with_strategy(strategy: str, given: Sequence[str]) -> tuple[str, Job]:
    """The name of a strategy that may be given as a file, and a job that has it."""
    job = load(given, compares=False)
    if not isinstance(store_of([job]), Memory):
        raise ConfigError(["results: simulate writes no files; history.to_xarray().to_netcdf(file) does"])
    if job.points.names or job.run.sweep:
        raise ConfigError(["design and sweep: simulate takes one point; leave out design= and experiments that sweep"])
    if strategy in job.settings.strategies:
        return strategy, job
    job = load([*given, f"strategies=[{strategy}]"])  # a file, or a name that is refused
    name, *others = job.settings.strategies
    if others:
        raise ConfigError([f"{strategy} is a family; simulate takes one strategy, such as {name}"])
    return name, job


def _run(jobs: Sequence[Job], kind: Any, progress: bool) -> Any:
    """Compute what is not there yet; report where a folder for results was named."""
    from experiments.analyses import outcome
    from experiments.analyses.sweep.comparable import check
    from experiments.cells.job_cells import job_cells_of, of_baselines
    from experiments.cells.session import Origin
    from experiments.configuration.effect import check_comparison

    check(jobs)
    check_comparison(jobs)
    jobs = here(jobs)
    store = store_of(jobs)
    origin = Origin(jobs, [job_cells_of(job.settings, job.points) for job in jobs], [], _command(jobs), of_baselines(jobs))
    with session(jobs, store, progress) as quiet:
        quiet.compute([*origin.jobs_cells, *origin.distinct_baselines])
        quiet.warn_of_failures()
        made = kind(outcome.gathered_by(origin, quiet), origin, store, quiet.failed)
    if not isinstance(store, Memory):
        made.report(jobs[0].run.results, progress=progress)
    return made


def _command(jobs: Sequence[Job]) -> str:
    """The command that makes the same run."""
    first = jobs[0]
    if len(jobs) == 1:
        return recorded(["counterpoise", *first.overrides])
    axes: dict[str, dict[str, None]] = {key: {} for key in first.varied}
    for key, _, value in (text.partition("=") for job in jobs for text in job.overrides):
        if key in axes:
            axes[key][value] = None
    fixed = [text for text in first.overrides if text.lstrip("+").split("=")[0] not in axes]
    return recorded(["counterpoise", "-m", *fixed, *(f"{key}={','.join(values)}" for key, values in axes.items())])
