"""`counterpoise hypotheses`: the scoreboard. Each file of conf/hypothesis/ is one statement that can fail."""

from collections.abc import Sequence

from experiments.analyses.hypotheses.judge import variance, verdict
from experiments.analyses.hypotheses.trial import DRAWS, Trial, hypotheses, trial
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands.command import Parser, several, whole
from experiments.configuration.check import check_files
from experiments.configuration.design import MOST_POINTS
from experiments.configuration.effect import check_analysis
from experiments.configuration.errors import CommandError
from experiments.configuration.overrides import recorded
from experiments.configuration.varied import job_of
from experiments.report.write import write


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser(
        "hypotheses", "Test every hypothesis of conf/hypothesis/ at the defaults and over draws of all assumptions. KEY=VALUE applies to all of them, is "
        "not drawn, and cannot be a number that one of them sets itself.")
    parser.add_argument("--only", type=several(str), metavar="NAMES", help="comma-separated names, such as H1,O3")
    parser.add_argument("--draws", type=whole(2, MOST_POINTS), default=DRAWS, help=f"draws of all structural parameters over their ranges (default {DRAWS})")
    parser.add_overrides()
    options, watch = parser.parse_intermixed_args(list(arguments)), Stopwatch()
    check_files()
    chosen = hypotheses(options.only)
    with watch.on("planning"):
        job_of(options.overrides, [], every_policy=True, compares=False)  # so that a wrong override is not reported as a wrong hypothesis
        trials = [trial(name, hypothesis, options.overrides, options.draws) for name, hypothesis in chosen.items()]
        check_analysis([job for each in trials for job in each.jobs.values()], unused={"reference": "", "payoff.weights": ""})
    command = recorded(["counterpoise", "hypotheses", *arguments])
    with computing(next(iter(trials[0].jobs.values())).run, [cells for each in trials for cells in each.jobs_cells], _about(trials), watch,
                   options.dry_run) as session:
        session.compute([cells for each in trials for cells in each.jobs_cells])
        session.report_failures(command)
        with watch.on("statistics"):
            tested = [each for each in trials if session.failed.isdisjoint(cell.key for cells in each.jobs_cells for cell in cells.cells())]
            verdicts = [verdict(each, session) for each in tested if each.hypothesis.groups is None]
            variances = [variance(each, session) for each in tested if each.hypothesis.groups is not None]
            failed = [name for name in chosen if name not in {each.name for each in tested}]
        if not tested:
            raise CommandError("no hypothesis could be tested: cells of each failed")
        from experiments.analyses.hypotheses.report import report  # Matplotlib takes a second to import

        path = write("hypotheses", "hypotheses", lambda folder: report(tested, verdicts, variances, failed, command, folder), _origin(tested, command), session)
    return session.end(path)


def _about(trials: Sequence[Trial]) -> str:
    n_drawn = max(len(each.draws.names) for each in trials)
    return f"{len(trials)} {'hypothesis' if len(trials) == 1 else 'hypotheses, each'} at the defaults and over draws of {n_drawn} numbers"


def _origin(trials: Sequence[Trial], command: str) -> Origin:
    return Origin([job for each in trials for job in each.jobs.values()], [each.default[condition] for each in trials for condition in each.jobs],
                  [cells for each in trials for cells in each.in_draws], command)
