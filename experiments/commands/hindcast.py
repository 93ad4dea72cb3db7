"""`counterpoise hindcast`: put the model into the past and score what it says of years that were observed."""

import argparse
from collections.abc import Callable, Sequence

from experiments.analyses.hindcast.analyse import analysed
from experiments.analyses.hindcast.design import DEFAULT, about, cells_of, options_of
from experiments.cells.job_cells import whole
from experiments.cells.session import Origin, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.commands import command
from experiments.commands.command import Parser
from experiments.configuration.check import check_files
from experiments.configuration.errors import CommandError
from experiments.configuration.overrides import recorded
from experiments.report.write import write
from sim.scenario import FIRST_YEAR

#: Keys of this command, with the check of each.
OWN: dict[str, Callable[[str], object]] = {"case": str, "targets": str, "until": command.whole(FIRST_YEAR, 9999), "draws": command.whole(100, 100_000)}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    given, watch = _parsed(arguments), Stopwatch()
    check_files()
    with watch.on("planning"):
        options = options_of(given.case, given.targets, given.until, given.draws, given.overrides, recorded(["counterpoise", "hindcast", *arguments]))
        cells = cells_of(options)
    with computing(options.job.run, [cells], about(options), watch, given.dry_run) as session:
        session.compute([cells])
        session.report_failures(options.command)
        if not (names := whole([cells], session.failed)):
            raise CommandError("nothing remains to score: the cells of every strategy failed")
        with watch.on("statistics"):
            result = analysed(options, names, cells, session.store.read)
        from experiments.analyses.hindcast.report import report  # Matplotlib takes a second to import

        path = write("hindcast", "hindcast", lambda folder: report(options, result, folder), Origin([options.job], [cells], [], options.command), session)
    return session.end(path)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        "hindcast", "Put the model into the past: simulate from the facts of a past year on, keep the draws of a prior that come nearest to the training "
                    "years, and score the test years beside forecasts that need no model. case=NAME chooses a case of conf/case/ (default "
                    f"{DEFAULT}); targets=FILE scores other observed series, as CSV or YAML; until=YEAR ends the training; draws=N draws so often under "
                    "each strategy. Any other KEY=VALUE is set in every draw.")
    parser.add_argument("--dry-run", action="store_true", help="print the plan and stop")
    parser.add_argument("overrides", nargs="*", type=_word, metavar="KEY=VALUE")
    given = parser.parse_intermixed_args(list(arguments))
    for key in OWN:
        values = [value for name, value in given.overrides if name == key]
        if len(values) > 1:
            parser.error(f"{key} is given twice")
        setattr(given, key, values[0] if values else DEFAULT if key == "case" else None)
    given.overrides = [text for name, text in given.overrides if name not in OWN]
    return given


def _word(word: str) -> tuple[str, object]:
    """KEY=VALUE: a key of this command with its value, or an override as Hydra's grammar wants it."""
    key, equals, value = word.partition("=")
    if equals and key in OWN:
        if not value:
            raise argparse.ArgumentTypeError(f"{key}= needs a value")
        try:
            return key, OWN[key](value)
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentTypeError(f"{key} {error}") from None
    return key, command.override(word)
