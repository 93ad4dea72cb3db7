"""`counterpoise sensitivity`: which assumptions decide? Morris screening over all parameters, Sobol indices of those that matter."""

import argparse
from collections.abc import Sequence

from experiments.analyses.sensitivity import design
from experiments.analyses.sensitivity.analyse import analysed, screened
from experiments.analyses.sensitivity.design import ENDS_WORLDS, INPUTS, MOST_ROWS, MOST_TRAJECTORIES, ROWS, STRATEGIES, TRAJECTORIES, WORLDS
from experiments.analyses.sensitivity.result import Inputs, Options
from experiments.cells.returns import OUTCOMES
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import Parser, one_of, power_of_two, several, whole
from experiments.configuration.check import check_files
from experiments.configuration.design import MOST_POINTS
from experiments.configuration.errors import ConfigError
from experiments.configuration.overrides import recorded
from experiments.configuration.varied import free_parameters, job_of, side
from experiments.report.write import write
from sim.draws import BLOCK
from sim.payoffs import COMPOSITE


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    given, watch = _parsed(arguments), Stopwatch()
    check_files()
    with watch.on("planning"):
        options, inputs = _options(given, recorded(["counterpoise", "sensitivity", *arguments]))
        screening = design.screening(options, inputs)
    with computing(options.job.run, [screening.cells], design.about_screening(options, inputs), watch, given.dry_run) as session:
        session.compute([screening.cells])
        session.report_failures(options.command)
        with watch.on("statistics"):
            effects = screened(options, inputs, screening, session)
    with watch.on("planning"):
        indices = design.indices(options, inputs, effects.chosen)
    with computing(options.job.run, indices.cells, design.about_indices(options, indices), watch, failed_before=session.failed) as session:
        session.compute(indices.cells)
        session.report_failures(options.command)
        with watch.on("statistics"):
            result = analysed(options, effects, indices, session)
        from experiments.analyses.sensitivity.report import report  # Matplotlib takes a second to import

        origin = Origin([indices.job], [indices.ends], [indices.sobol, indices.everywhere, screening.cells], options.command)
        path = write("sensitivity", "sensitivity", lambda folder: report(options, result, folder), origin, session)
    return session.end(path)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        "sensitivity", "Which assumptions decide? Morris screening over all structural parameters, then Sobol indices of those that matter, of the advantage "
                       "of the best hedging over the best aligned strategy. A parameter set by KEY=VALUE stays there.")
    parser.add_argument("--measure", type=several(one_of(OUTCOMES, "return")), default=("economic", COMPOSITE), metavar="NAMES",
                        help=f"returns in which, comma-separated: {', '.join(OUTCOMES)}")
    parser.add_argument("--strategy", default="hedging", metavar="NAME", help="family or strategy whose advantage is explained (default hedging)")
    parser.add_argument("--against", default="alignment", metavar="NAME", help="family or strategy it is compared with (default alignment)")
    parser.add_argument("--trajectories", type=whole(2, MOST_TRAJECTORIES), default=TRAJECTORIES,
                        help=f"Morris trajectories of the screening (default {TRAJECTORIES})")
    parser.add_argument("--inputs", type=whole(2, MOST_POINTS), default=INPUTS, help=f"inputs that go on to Sobol indices, at most (default {INPUTS})")
    parser.add_argument("--rows", type=power_of_two(8, MOST_ROWS), default=ROWS, help=f"rows of their design, a power of two (default {ROWS})")
    parser.add_argument("--worlds", type=whole(2, BLOCK), default=WORLDS, help=f"worlds at each point (default {WORLDS}); n_worlds= at the ends of the ranges")
    parser.add_overrides()
    given = parser.parse_intermixed_args(list(arguments))
    if given.strategy == given.against:
        parser.error("--strategy and --against name the same side")
    return given


def _options(given: argparse.Namespace, command: str) -> tuple[Options, Inputs]:
    """The options of the analysis, and the parameters that it varies.

    Raises:
        ConfigError: Something is wrong with the overrides, or nothing is free to vary.
    """
    job = job_of(given.overrides, [f"strategies=[{','.join(STRATEGIES)}]", f"n_worlds={ENDS_WORLDS}", "assumption_draws=0"], unused={"reference": ""})
    one, other = side(job.settings, given.strategy, "--strategy"), side(job.settings, given.against, "--against")
    if len(free := free_parameters(job)) < 2:
        raise ConfigError(["parameters: at least two of them must be free to vary"])
    if job.settings.n_worlds < 2:
        raise ConfigError(["n_worlds: must be at least 2, for intervals over worlds; got 1"])
    if (points := (min(given.inputs, len(free)) + 2) * given.rows) > MOST_POINTS:
        raise ConfigError([f"sensitivity: --inputs and --rows make {points:,} points; at most {MOST_POINTS:,} are possible"])
    worlds = min(given.worlds, job.settings.n_worlds)
    return Options(job, one, other, given.measure, given.trajectories, given.inputs, given.rows, worlds, command), Inputs(free)
