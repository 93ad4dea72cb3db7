"""`counterpoise rank`: a league of strategies that others sent, under several scenarios."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from experiments.analyses.rank.analyse import analysed
from experiments.analyses.rank.result import SCENARIOS, WORLDS, Options
from experiments.cells.job_cells import job_cells_of, whole
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import Parser, several
from experiments.commands.command import folder as folder_that_is_there
from experiments.configuration.check import check_files, choice_problems
from experiments.configuration.effect import WITHOUT_SMALLEST
from experiments.configuration.entries import entries
from experiments.configuration.errors import CommandError, ConfigError
from experiments.configuration.keys import scenarios_for
from experiments.configuration.load import load
from experiments.configuration.overrides import folder_name, recorded
from experiments.configuration.varied import job_of
from experiments.report.write import write
from experiments.words import plural
from sim.payoffs import RETURNS


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    given, watch = _parsed(arguments), Stopwatch()
    check_files()
    with watch.on("planning"):
        options = options_of(given.folder, given.scenarios, given.overrides)
        jobs_cells = [job_cells_of(job.settings, measures=RETURNS) for job in options.jobs]
    first = options.jobs[0].settings
    about = "\n".join([f"league of {plural(len(options.entries), 'entrant')} in {plural(len(options.jobs), 'scenario')} × {plural(first.n_worlds, 'world')}, "
                       f"reference {options.reference}", *(f"not ranked: {each.file}: {each.reason}" for each in options.refused)])
    with computing(options.jobs[0].run, jobs_cells, about, watch, given.dry_run) as session:
        session.compute(jobs_cells)
        session.report_failures(options.command)
        names = whole(jobs_cells, session.failed)
        if options.reference not in names or len(names) < 2:
            raise CommandError("nothing remains to rank: the cells of all entrants or of the reference failed")
        with watch.on("statistics"):
            result = analysed(options, names, jobs_cells, session.store.read)
        from experiments.analyses.rank.report import report  # Matplotlib takes a second to import

        path = write("rank", "rank", lambda folder: report(options, result, folder), Origin(options.jobs, jobs_cells, [], options.command), session)
    return session.end(path)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        "rank", "Rank the strategies in the files of a folder by the weights of the payoff, under several scenarios on the same worlds. Entrants that cannot "
                "be distinguished share a place; a file that is wrong is listed with the reason.")
    parser.add_argument("folder", type=folder_that_is_there, metavar="FOLDER", help="a folder with strategy files, and folders in it")
    parser.add_argument("--scenarios", type=several(str), metavar="NAMES",
                        help=f"comma-separated (default: those of {', '.join(SCENARIOS)} that fit the world)")
    parser.add_overrides()
    return parser.parse_intermixed_args(list(arguments))


def options_of(folder: Path, scenarios: Sequence[str] | None, overrides: Sequence[str]) -> Options:
    """The options of the analysis.

    Args:
        folder: Whose strategies are ranked.
        scenarios: Their names; None: those that suit the world.
        overrides: Hydra overrides.

    Raises:
        ConfigError: Something is wrong with the overrides, a scenario does not fit, or there is nothing to rank.
    """
    if named := [text for text in overrides if text.lstrip("+").startswith("scenario=")]:
        raise ConfigError([f"override {named[0]}: a league has several scenarios; write --scenarios={named[0].partition('=')[2]}"])
    if scenarios is not None and not scenarios:
        raise ConfigError([f"scenarios: name at least one, such as {SCENARIOS[0]}; without it those that fit the world are taken"])
    if problems := [problem for name in scenarios or () for problem in choice_problems("scenario", name)]:
        raise ConfigError([f"--scenarios: {problem}" for problem in problems])
    unused = {"strategies": "the files of FOLDER are compared", **WITHOUT_SMALLEST}
    base = job_of(overrides, [f"n_worlds={WORLDS}", "assumption_draws=0"], unused, compares=False)
    if base.settings.n_worlds < 2:
        raise ConfigError(["n_worlds: must be at least 2, for intervals over worlds; got 1"])
    reference = base.settings.strategies[base.run.reference]
    entrants, refused = entries(folder, [reference.name])
    compared = {reference.name: reference, **{entry.strategy.name: entry.strategy for entry in entrants}}
    fitting = scenarios_for(base.settings.world.name)
    jobs = [load([*base.overrides, f"scenario={name}"], compares=False) for name in scenarios or (name for name in SCENARIOS if name in fitting)]
    words = [folder_name(folder), *([f"--scenarios={','.join(scenarios)}"] if scenarios else []), *overrides]
    # A scenario in which all peers play one strategy makes that the focal state's own; scores count from the same reference in every scenario.
    jobs = [replace(job, settings=job.settings.replace(strategies=compared), run=job.run.model_copy(update={"reference": reference.name})) for job in jobs]
    return Options(jobs, entrants, refused, recorded(["counterpoise", "rank", *words]))
