"""`counterpoise robustness`: which strategy to choose when nobody knows the future, where it fails, and at which rivalry it breaks even."""

import argparse
from collections.abc import Sequence

from experiments.analyses.robustness.analyse import analysed
from experiments.analyses.robustness.design import FUTURES, GRID_WORLDS, WORLDS, about, designed, grid
from experiments.analyses.robustness.result import FAILS_BELOW, THRESHOLDS, Options
from experiments.cells.job_cells import job_cells_of, whole
from experiments.cells.returns import OUTCOMES
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands import command
from experiments.commands.command import Parser, joined, number, one_of
from experiments.configuration.check import check_files
from experiments.configuration.design import MOST_POINTS
from experiments.configuration.errors import CommandError, ConfigError
from experiments.configuration.overrides import recorded
from experiments.configuration.varied import job_of, side, varied
from experiments.report.write import write
from sim.draws import BLOCK


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    given, watch = _parsed(arguments), Stopwatch()
    check_files()
    with watch.on("planning"):
        options = _options(given, recorded(["counterpoise", "robustness", *arguments]))
        jobs = designed(options.job, given.futures, given.worlds)
        jobs_cells = [job_cells_of(job.settings, job.points) for job in jobs]
    with computing(options.job.run, jobs_cells, about(jobs), watch, given.dry_run) as session:
        session.compute(jobs_cells)
        session.report_failures(options.command)
        names = whole(jobs_cells, session.failed)
        if not options.one.among(names) or not options.other.among(names) or options.job.run.reference not in names:
            raise CommandError(f"nothing remains to compare {options.one.name}, {options.other.name} and {options.job.run.reference}: their cells failed")
        with watch.on("statistics"):
            result = analysed(options, names, jobs, jobs_cells, session)
        from experiments.analyses.robustness.report import report  # Matplotlib takes a second to import

        path = write("robustness", "robustness", lambda folder: report(options, result, jobs, folder), Origin(jobs, jobs_cells, [], options.command), session)
    return session.end(path)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The words of the command, each of its type; `thresholds` by return."""
    parser = Parser(
        "robustness", "Which strategy is good whatever comes? Regret, satisficing, risk and dominance over many futures: structural parameters, rivalry "
                      "and the policies of both powers, drawn over their plausible ranges. Where does one side fail, and at which rivalry does each strategy "
                      "break even? A number set by KEY=VALUE stays there.")
    parser.add_argument("--futures", type=command.whole(20, MOST_POINTS), default=FUTURES, help=f"futures drawn (default {FUTURES})")
    parser.add_argument("--worlds", type=command.whole(2, BLOCK), default=WORLDS, help=f"worlds in each future (default {WORLDS})")
    parser.add_argument("--measure", type=one_of(OUTCOMES, "return"), default="economic", metavar="NAME",
                        help=f"return in which a side may fail: {', '.join(OUTCOMES)} (default economic)")
    parser.add_argument("--strategy", default="hedging", metavar="NAME", help="family or strategy that may fail (default hedging)")
    parser.add_argument("--against", default="alignment", metavar="NAME", help="family or strategy it is compared with (default alignment)")
    parser.add_argument("--fails-below", type=number(), default=FAILS_BELOW, metavar="X", help=f"an advantage below this is a failure (default {FAILS_BELOW})")
    parser.add_argument("--box", type=command.whole(1, MOST_POINTS), metavar="N",
                        help="report the box after N peels of PRIM (trajectory.csv and the figure of the peels show all), not the one with the largest excess "
                             "of failures")
    parser.add_argument("--threshold", type=_threshold, action="append", default=[], metavar="RETURN=X",
                        help="what is good enough, instead of the defaults; may be repeated")
    parser.add_argument("--absolute", action="store_true", help="thresholds are levels, not differences to the reference in the same future")
    parser.add_overrides()
    given = parser.parse_intermixed_args(joined("--fails-below", arguments))
    if given.strategy == given.against:
        parser.error("--strategy and --against name the same side")
    if given.absolute and not given.threshold:
        parser.error("--absolute needs a --threshold: the default thresholds are differences to the reference")
    names = [name for name, _ in given.threshold]
    if twice := [name for i, name in enumerate(names) if name in names[:i]]:
        parser.error(f"--threshold: {twice[0]} is given twice")
    given.thresholds = dict(given.threshold) or THRESHOLDS
    return given


def _threshold(word: str) -> tuple[str, float]:
    """RETURN=X."""
    name, sign, value = word.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"must be RETURN=NUMBER, got {word!r}")
    return one_of(OUTCOMES, "return")(name), number()(value)


def _options(given: argparse.Namespace, recorded_command: str) -> Options:
    """The options of the analysis.

    Raises:
        ConfigError: Something is wrong with the overrides, or nothing is free to vary.
    """
    job = job_of(given.overrides, ["n_worlds=1024", "assumption_draws=0"])
    one, other = side(job.settings, given.strategy, "--strategy"), side(job.settings, given.against, "--against")
    if len(varied(job)) < 2:
        raise ConfigError(["parameters: at least two numbers must be free to vary"])
    unused = [text for text in job.overrides if text.lstrip("+").startswith("n_worlds=") and text in given.overrides]
    if unused and grid(job) is None:
        raise ConfigError([f"override {unused[-1]}: has no effect here; --worlds says how many worlds each future has"])
    if unused and job.settings.n_worlds > GRID_WORLDS:
        raise ConfigError([f"override {unused[-1]}: break-even values have at most {GRID_WORLDS} worlds; --worlds says how many each future has"])
    if job.settings.n_worlds < 2:
        raise ConfigError(["n_worlds: must be at least 2, for intervals of break-even values over worlds; got 1"])
    return Options(job, one, other, given.measure, given.fails_below, given.thresholds, given.absolute, recorded_command, given.box)
