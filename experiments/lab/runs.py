"""The runs of the results folder that have a report, each with a key from which no path follows."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from experiments.runs.index import Entry, entries

#: Runs that are listed.
MOST = 50
#: Where commands write, in the current folder.
RESULTS = "results"


@dataclass(frozen=True)
class Listed:
    """A run with a report.

    Attributes:
        key: What names it in an address.
        entry: What lists show of it.
        report: The file of its report.
    """

    key: str
    entry: Entry
    report: Path


def listed() -> list[Listed]:
    """The latest runs, the newest first."""
    every = [(entry, entry.folder / "report.html") for entry in entries(Path(RESULTS), MOST)]
    return [Listed(_key(entry.folder), entry, report) for entry, report in every if report.is_file() and not report.is_symlink()]


def report_of(key: str) -> Path | None:
    """The report with a key; None where there is none."""
    return next((each.report for each in listed() if each.key == key), None)


def _key(folder: Path) -> str:
    return hashlib.sha256(f"{folder.parent.name}/{folder.name}".encode()).hexdigest()[:20]
