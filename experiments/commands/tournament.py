"""`counterpoise tournament`: everybody chooses. Which policies of the powers survive, and what does the small state then play?"""

import argparse
from collections.abc import Sequence

from experiments.analyses.tournament.design import about, designed
from experiments.analyses.tournament.imitation.play import imitated
from experiments.analyses.tournament.imitation.result import GENERATIONS, MUTATION, POPULATIONS, SELECTION
from experiments.analyses.tournament.imitation.result import Options as ImitationOptions
from experiments.analyses.tournament.options import IMITATION, PARTS, POWERS, WORLDS, Options, policies_of
from experiments.analyses.tournament.powers.game import N_RESAMPLES
from experiments.analyses.tournament.powers.solve import solution_of
from experiments.cells.cell import Batch
from experiments.cells.returns import OUTCOMES
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import Parser, number, one_of, several, whole
from experiments.configuration.check import check_files
from experiments.configuration.effect import WITHOUT_SMALLEST
from experiments.configuration.errors import CommandError
from experiments.configuration.overrides import recorded
from experiments.configuration.varied import job_of
from experiments.methods.evolution import RULES
from experiments.names import naming
from experiments.report.write import write
from sim.draws import BLOCK
from sim.payoffs import COMPOSITE

#: Options that say something of the other part alone, by the one that is played.
OF_THE_OTHER = {POWERS: ("rule", "selection", "mutation", "populations", "generations"), IMITATION: ("policies", "prices")}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    given, watch = _parsed(arguments), Stopwatch()
    check_files()
    with watch.on("planning"):
        options = _options(given, recorded(["counterpoise", "tournament", *arguments]))
        design = designed(options)
    with (computing(options.job.run, design.batches, about(options), watch, given.dry_run, design.upcoming) as session,
          naming([options.job.settings], options.policies.values())):
        session.compute(design.pairs)
        solution = imitation = None
        if POWERS in options.parts:
            with watch.on("statistics"):
                solution = solution_of(options, design.pairs, session, N_RESAMPLES)
        if IMITATION in options.parts:
            imitation = imitated(options.imitation, session)
        session.report_failures(options.command)
        if solution is None and imitation is None:
            raise CommandError(f"nothing can be said of {' and '.join(options.parts)}: cells failed that all else rests on")
        from experiments.analyses.tournament.report import report  # Matplotlib takes a second to import

        # The settings of all pairs but for the policies are the same, so the manifest holds them once; the cells of all pairs are in it.
        cells: list[Batch] = [*design.pairs, *([] if imitation is None else [imitation.batch])]
        origin = Origin((design.jobs or [options.job])[:1], cells[:1], cells[1:], options.command)
        path = write("tournament", "tournament", lambda folder: report(options, solution, imitation, folder), origin, session)
    return session.end(path)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        "tournament", "Everybody chooses. Powers: both great powers choose policies, the small state its strategy; from which pairs does no power "
                      "move away, which survive in the long run, and what does the small state then play? Imitation: all states of the region copy what paid, "
                      "generation after generation; which mix survives, and is it stable?")
    parser.add_argument("--policies", type=several(str), metavar="A,B,…", help="policies that either power may choose (default: every file of conf/policy)")
    parser.add_argument("--prices", type=several(number(0)), metavar="X,Y,…", help="points of influence that 0.01 %% of its GDP is worth to a power "
                        "(default: from 0, where influence is all, to where least effort is always best)")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    parser.add_argument("--measure", type=one_of(OUTCOMES, "return"), default=COMPOSITE, metavar="NAME",
                        help=f"return that members compare: {', '.join(OUTCOMES)} (default {COMPOSITE})")
    parser.add_argument("--rule", type=one_of(RULES, "rule"), default="fermi", metavar="NAME", help=f"how members revise: {', '.join(RULES)} (default fermi)")
    parser.add_argument("--selection", type=number(0), default=SELECTION, metavar="X",
                        help=f"how much gains count, per standard deviation of gains (default {SELECTION:g})")
    parser.add_argument("--mutation", type=number(0, 1), default=MUTATION, metavar="X",
                        help=f"chance that a member tries any strategy, each generation (default {MUTATION:g})")
    parser.add_argument("--populations", type=whole(2, BLOCK * 64), default=POPULATIONS, help=f"populations, a world each (default {POPULATIONS})")
    parser.add_argument("--generations", type=whole(4, 10_000), default=GENERATIONS, help=f"generations (default {GENERATIONS})")
    parser.add_overrides()
    given = parser.parse_intermixed_args(list(arguments))
    if unused := [name for name in OF_THE_OTHER.get(given.only, ()) if getattr(given, name) != parser.get_default(name)]:
        parser.error(f"--{unused[0]}: has no effect with --only={given.only}")
    return given


def _options(given: argparse.Namespace, command: str) -> Options:
    """The options of the analysis.

    Raises:
        ConfigError: Something is wrong with the overrides or the policies.
    """
    unused = {"n_worlds": "--populations says how many worlds are played", "peers": "every state chooses its strategy; strategies=[…] says among which"}
    alone = given.only == IMITATION
    defaults = ["assumption_draws=0", *([] if alone else [f"n_worlds={WORLDS}"])]
    job = job_of(given.overrides, defaults, {**WITHOUT_SMALLEST, **(unused if alone else {})}, every_policy=not alone)
    imitation = ImitationOptions(job, given.measure, given.rule, given.selection, given.mutation, given.populations, given.generations)
    prices = None if given.prices is None else tuple(sorted(given.prices))
    return Options(job, policies_of(job, given), given.measure, prices, (given.only,) if given.only else PARTS, imitation, command)
