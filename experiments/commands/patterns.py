"""`counterpoise patterns`: facts about the world that the model should show, and whether it does. Each file of conf/pattern/ is one."""

from collections.abc import Sequence

from experiments.analyses.patterns.analyse import shown
from experiments.analyses.patterns.design import patterns, trial
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import Parser, several
from experiments.configuration.check import check_files
from experiments.configuration.effect import check_analysis
from experiments.configuration.errors import CommandError
from experiments.configuration.overrides import recorded
from experiments.configuration.varied import job_of
from experiments.report.write import write
from experiments.words import plural

#: Keys that no pattern reads.
UNUSED = {"reference": "strategies are not compared", "payoff": "no return is compared"}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser("patterns", "Which facts about the world does the model show? Each file of conf/pattern/ says how a published fact is measured in a run, "
                                "and which range counts. KEY=VALUE applies to all of them.")
    parser.add_argument("--only", type=several(str), metavar="NAMES", help="comma-separated names, such as trade_and_size,sanctions")
    parser.add_overrides()
    options, watch = parser.parse_intermixed_args(list(arguments)), Stopwatch()
    check_files()
    chosen = patterns(options.only)
    with watch.on("planning"):
        job_of(options.overrides, [], UNUSED, every_policy=True, compares=False)  # so that a wrong override is not reported as a wrong pattern
        trials = [trial(name, pattern, options.overrides) for name, pattern in chosen.items()]
        check_analysis([each.job for each in trials])
        cells = [run for each in trials for run in each.runs.values()]
    command = recorded(["counterpoise", "patterns", *arguments])
    with computing(trials[0].job.run, cells, f"{plural(len(trials), 'pattern')}, each in runs of its own", watch, options.dry_run) as session:
        session.compute(cells)
        session.report_failures(command)
        complete = [each for each in trials if session.failed.isdisjoint(cell.key for run in each.runs.values() for cell in run.cells())]
        if not complete:
            raise CommandError("nothing remains to show: the cells of every pattern failed")
        with watch.on("statistics"):
            result = [shown(each, session.store.read) for each in complete]
        failed = [each.name for each in trials if each not in complete]
        from experiments.analyses.patterns.report import report  # Matplotlib takes a second to import

        origin = Origin([trials[0].job], cells[:1], cells[1:], command)
        path = write("patterns", "patterns", lambda folder: report(result, failed, command, folder), origin, session)
    return session.end(path)
