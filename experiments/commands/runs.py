"""`counterpoise runs`: every run of a results folder, the newest first."""

import os
from collections.abc import Sequence
from pathlib import Path

from experiments.commands.command import Parser, folder
from experiments.configuration.errors import LONGEST, OK
from experiments.messages import printable
from experiments.runs.index import Entry, entries


def main(arguments: Sequence[str]) -> int:
    """Print the list and write `index.html` again; returns the exit code, 0 also where some cannot be read."""
    parser = Parser("runs", "List every run of a results folder, the newest first: date, question, what was overridden, headline, report.")
    parser.add_argument("folder", type=folder, nargs="?", default="results", metavar="RESULTS", help="the results folder; results where none is given")
    results = Path(parser.parse_args(list(arguments)).folder)
    listed = 0
    for entry in entries(results):
        listed += 1
        for line in _lines(entry):
            print(printable(line, LONGEST))
    if not listed:
        print(printable(f"no run was finished in {results}", LONGEST))
    elif os.access(results, os.W_OK):
        from experiments.report.runs import write_index  # with what reports need, which takes a second to import

        print(printable(str(write_index(results)), LONGEST))
    return OK


def _lines(entry: Entry) -> list[str]:
    report = entry.folder / "report.html"
    where = str(report if report.is_file() else entry.folder)
    if entry.problem:
        return [f"{entry.time}  unreadable: {entry.problem}", f"  {where}"]
    about = [f"{entry.time}  {entry.question or entry.command or 'its command cannot be shown'}"]
    if entry.question:
        about.append(f"  overridden: {', '.join(entry.overridden) or 'nothing'}")
    return [*about, *([f"  {entry.headline}"] if entry.headline else []), f"  {where}"]
