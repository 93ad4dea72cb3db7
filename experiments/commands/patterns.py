"""`counterpoise patterns`: facts about the world that the model should show, and whether it does. Each file of conf/pattern/ is one."""

from collections.abc import Sequence

from experiments.analyses.patterns.analyse import shown
from experiments.analyses.patterns.design import patterns, trial
from experiments.cells.job_cells import whole
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import Parser, several
from experiments.configuration.check import check_files
from experiments.configuration.effect import WITHOUT_SMALLEST, check_analysis
from experiments.configuration.errors import CommandError
from experiments.configuration.overrides import recorded
from experiments.configuration.varied import job_of
from experiments.report.write import write
from experiments.words import plural


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser("patterns", "Which facts about the world does the model show? Each file of conf/pattern/ says how a published fact is measured in a run, "
                                "and which range counts. KEY=VALUE applies to all of them.")
    parser.add_argument("--only", type=several(str), metavar="NAMES", help="comma-separated names, such as gravity,sanctions")
    parser.add_overrides()
    options, watch = parser.parse_intermixed_args(list(arguments)), Stopwatch()
    check_files()
    chosen = patterns(options.only)
    with watch.on("planning"):
        job_of(options.overrides, [], every_policy=True)  # so that a wrong override is not reported as a wrong pattern
        trials = [trial(name, pattern, options.overrides) for name, pattern in chosen.items()]
        check_analysis([each.job for each in trials], WITHOUT_SMALLEST)
        cells = [run for each in trials for run in each.runs.values()]
    command = recorded(["counterpoise", "patterns", *arguments])
    with computing(trials[0].job.run, cells, f"{plural(len(trials), 'pattern')}, each in runs of its own", watch, options.dry_run) as session:
        session.compute(cells)
        session.report_failures(command)
        complete = [each for each in trials if all(whole([run], session.failed) for run in each.runs.values())]
        if not complete:
            raise CommandError("nothing remains to show: the cells of every pattern failed")
        with watch.on("statistics"):
            result = [shown(each, session.store.read) for each in complete]
        failed = [each.name for each in trials if each not in complete]
        from experiments.analyses.patterns.report import report  # Matplotlib takes a second to import

        jobs = [each.job for each in trials]
        path = write("patterns", "patterns", lambda folder: report(result, failed, command, folder), Origin(jobs[:1], cells[:1], cells[1:], command), session)
    return session.end(path)
