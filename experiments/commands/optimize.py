"""`counterpoise optimize`: search the numbers of a strategy for given weights and futures, then compare the best one found out-of-sample."""

import argparse
import re
from collections.abc import Sequence

from experiments.analyses.optimize import design
from experiments.analyses.optimize.design import CANDIDATES, FUTURES, WORLDS
from experiments.analyses.optimize.result import CANDIDATE, FRONT, OBJECTIVE_LABELS, OBJECTIVES, OUT_OF_SAMPLE, Options, names_of, searched_space
from experiments.analyses.optimize.search import search_result
from experiments.analyses.optimize.space import NUMBERS
from experiments.cells.returns import OUTCOMES
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import Parser, one_of, several, whole
from experiments.configuration.check import check_files
from experiments.configuration.design import MOST_POINTS
from experiments.configuration.errors import ConfigError
from experiments.configuration.overrides import recorded
from experiments.configuration.varied import job_of, policies, varied
from experiments.names import naming
from experiments.report.write import write
from sim.data import NAME as NAME_PATTERN
from sim.draws import BLOCK
from sim.payoffs import COMPOSITE

#: Keys that the search does not read.
UNUSED = {"n_worlds": "--worlds says how many worlds each future has"}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    given, watch = _parsed(arguments), Stopwatch()
    check_files()
    with watch.on("planning"):
        options = _options(given, recorded(["counterpoise", "optimize", *arguments]))
        futures = design.futures_of(options)
    with computing(options.job.run, [futures.library], design.about(options, futures), watch, given.dry_run, design.upcoming(options)) as session:
        session.compute([futures.library])
        try:
            result, compared, others = search_result(options, session, watch, futures)
        finally:
            session.report_failures(options.command)
        from experiments.analyses.optimize.report import report  # Matplotlib takes a second to import

        job = design.compared_job(futures, result)
        origin = Origin([job], [compared], others, options.command)
        with naming([job.settings], policies(options.job).values()):  # with what was found
            path = write("optimize", "optimize", lambda folder: report(options, result, futures, folder), origin, session)
    return session.end(path)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        "optimize", "Search the numbers of a strategy for the highest robust return over futures, on common worlds; then compare the best one found "
                    "out-of-sample: on other futures and worlds, with the whole library, with as many random candidates, and under every pair of policies. "
                    "Writes a strategy file.")
    parser.add_argument("--measure", type=one_of(OUTCOMES, "return"), default=COMPOSITE, metavar="NAME",
                        help=f"return to maximise: {', '.join(OUTCOMES)}; the composite has the weights of payoff.weights, or equal ones (default composite)")
    objectives = ", ".join(f"{name} ({label})" for name, label in OBJECTIVE_LABELS.items())
    parser.add_argument("--objective", type=one_of(OBJECTIVES, "objective"), default="mean", metavar="NAME", help=f"over futures: {objectives} (default mean)")
    parser.add_argument("--over", type=several(str), default=NUMBERS, metavar="NUMBERS",
                        help=f"numbers searched, comma-separated (default {', '.join(NUMBERS)})")
    parser.add_argument("--base", metavar="STRATEGY", help="strategy whose other numbers are kept (default: those of an empty strategy file)")
    parser.add_argument("--front", type=_front, default=_front(FRONT), metavar="A,B",
                        help=f"two returns between which the front is searched too, or none (default {FRONT})")
    parser.add_argument("--candidates", type=whole(2, MOST_POINTS), default=CANDIDATES, help=f"candidates of each search (default {CANDIDATES})")
    parser.add_argument("--futures", type=whole(2, MOST_POINTS), default=FUTURES, help=f"futures of the search (default {FUTURES})")
    parser.add_argument("--worlds", type=whole(2, BLOCK), default=WORLDS, help=f"worlds in each future (default {WORLDS})")
    parser.add_argument("--out-of-sample", type=whole(20, MOST_POINTS), default=OUT_OF_SAMPLE, metavar="FUTURES",
                        help=f"other futures, for the comparison (default {OUT_OF_SAMPLE})")
    parser.add_argument("--name", type=_name, default="optimised", metavar="NAME", help="name of the strategy found (default optimised)")
    parser.add_overrides()
    return parser.parse_intermixed_args(list(arguments))


def _front(word: str) -> tuple[str, str] | None:
    """Two returns, or None where the word is none."""
    if word == "none":
        return None
    names = several(one_of(OUTCOMES, "return"))(word)
    if len(names) != 2:
        raise argparse.ArgumentTypeError(f"must be two returns such as {FRONT}, or none; got {word!r}")
    return names[0], names[1]


def _name(word: str) -> str:
    """The name of a strategy, and of its file."""
    if not re.fullmatch(NAME_PATTERN, word) or len(word) > 40:
        raise argparse.ArgumentTypeError(f"must consist of at most 40 letters, digits, _ and -, got {word[:80]!r}")
    return word


def _options(given: argparse.Namespace, command: str) -> Options:
    """The options of the analysis.

    Raises:
        ConfigError: Something is wrong with the overrides, nothing is free to vary, or the library has a strategy of that name.
    """
    job = job_of(given.overrides, ["assumption_draws=0"], UNUSED, every_policy=True)
    space = searched_space(job, given.base, given.over)
    if not varied(job):
        raise ConfigError(["parameters: at least one number must be free to vary"])
    options = Options(job, given.measure, given.objective, space, given.front, given.candidates, given.futures, given.worlds, given.out_of_sample, given.name,
                      command)
    if taken := [name for name in (CANDIDATE, *names_of(options)) if name in options.library]:
        raise ConfigError([f"--name: there is a strategy {taken[0]!r} already; choose another name"])
    return options
